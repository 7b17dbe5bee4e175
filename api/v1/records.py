"""Records and their encounters: create, read, find, enrol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Response
from pydantic import Json

from api.http.authentication import needs
from api.http.conditional_requests import tag_of
from api.http.dependencies import StoreDependency, query_of
from api.http.errors import raising
from api.http.idempotency import WritingStore
from api.http.operations import Answer, Caller, RunOnce, operation
from api.http.pagination import USUAL, After, Limit
from api.http.turns import IN_TURN, LATER
from api.v1.display_names import Colleagues, ColleaguesDependency
from api.v1.records_schemas import EnrolmentOut, NewRecordIn, RecordOut, RecordPage, SectionsBegun
from api.v1.sample_details import StoredSample
from api.v1.samples_form import AcceptPoorQuality, UploadedSamples
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import DuplicateNationalNumber
from biometrics.kernel.people.encounter import ACT_LENGTH, Encounter
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Enrolment, Record, RecordQuery
from biometrics.use_cases.enrolment.enrol import add_encounter, enrol

router = APIRouter(tags=["records"])

SUGGESTED = 20  # acts and sections


@dataclass(frozen=True)
class EnrolmentInput:
    """A person to enrol."""

    person: Person
    encounter: Encounter
    samples: list[StoredSample]
    accept_poor_quality: str


@operation("POST /api/v1/enrolments", EnrolmentInput)
def _enrol(caller: Caller, form: EnrolmentInput) -> Answer[EnrolmentOut]:
    enrolment = enrol(caller.engine, form.person, form.encounter, form.samples, form.accept_poor_quality)
    return _enrolled(caller, enrolment, {"Location": f"/api/v1/records/{enrolment.record_id}"})


@router.post(
    "/enrolments",
    status_code=201,
    summary="Enrol a person",
    dependencies=[needs(Scope.ENCOUNTER_WRITE), LATER, IN_TURN],
    responses=raising(DuplicateNationalNumber),
)
def create_enrolment(
    record: Annotated[Json[Person], Form()],
    encounter: Annotated[Json[Encounter], Form()],
    samples: UploadedSamples,
    run: RunOnce,
    accept_poor_quality: AcceptPoorQuality = "",
) -> EnrolmentOut:
    """Create a record with its first encounter, prints and photos. Either everything is stored or nothing.

    `record` and `encounter` are JSON in form fields. Each image, or finger minutiae record of another system, goes in
    the field named after its finger, photos in `photo`; `details` describes each file. A print of poor quality, or
    an image that may show more than one, is refused, unless `accept_poor_quality` gives a reason for enrolling it. Once
    the response arrives, searches can find the person.
    """
    return run(_enrol, EnrolmentInput(record, encounter, samples, accept_poor_quality))


@router.post(
    "/records",
    status_code=201,
    summary="Create a record without samples",
    dependencies=[needs(Scope.ENCOUNTER_WRITE)],
    responses=raising(DuplicateNationalNumber),
)
def create_record(record: NewRecordIn, store: WritingStore, response: Response) -> RecordOut:
    """Create a record to which encounters with samples are added later."""
    created = store.create_record(record.person(), record.state_code)
    response.headers["Location"] = f"/api/v1/records/{created.id}"
    return record_response(created, response)


@dataclass(frozen=True)
class EncounterInput:
    """An encounter to add to a record."""

    record_id: str
    encounter: Encounter
    samples: list[StoredSample]
    accept_poor_quality: str


@operation("POST /api/v1/records/{record_id}/encounters", EncounterInput)
def _add_encounter(caller: Caller, form: EncounterInput) -> Answer[EnrolmentOut]:
    enrolment = add_encounter(caller.engine, form.record_id, form.encounter, form.samples, form.accept_poor_quality)
    return _enrolled(caller, enrolment, {})


@router.post(
    "/records/{record_id}/encounters",
    status_code=201,
    summary="Add an encounter",
    dependencies=[needs(Scope.ENCOUNTER_WRITE), LATER, IN_TURN],
)
def create_encounter(
    record_id: str,
    encounter: Annotated[Json[Encounter], Form()],
    samples: UploadedSamples,
    run: RunOnce,
    accept_poor_quality: AcceptPoorQuality = "",
) -> EnrolmentOut:
    """Add an encounter to a record; the form is that of an enrolment, without `record`."""
    return run(_add_encounter, EncounterInput(record_id, encounter, samples, accept_poor_quality))


@router.get("/records/{record_id}", summary="Get a record", dependencies=[needs(Scope.ENCOUNTER_READ)])
def read_record(
    record_id: str, store: StoreDependency, colleagues: ColleaguesDependency, response: Response
) -> RecordOut:
    """Get a record with its encounters and samples. Send its ETag as If-Match to change it."""
    return colleagues.fill_names(record_response(store.people.get(record_id), response))


@router.get(
    "/records",
    summary="Find records",
    dependencies=[needs(Scope.ENCOUNTER_READ)],
)
def find_records(
    store: StoreDependency,
    query: Annotated[RecordQuery, Depends(query_of(RecordQuery))],
    limit: Limit = USUAL,
    after: After = None,
) -> RecordPage:
    """Find records by name, number, FIR, station, date or section. Omitted parameters do not filter.

    They come newest first, or, with a name, most similar first. A name is found in any script, spelling and order of
    its words, and by the beginnings of words.
    """
    return RecordPage.of(store.people.find(query, limit, after))


@router.get(
    "/sections",
    summary="Suggest acts and sections",
    dependencies=[needs(Scope.ENCOUNTER_READ)],
)
def list_sections(
    store: StoreDependency,
    text: Annotated[str, Query(max_length=ACT_LENGTH, description="Beginnings of words, such as `303` or `bns 303`")],
) -> SectionsBegun:
    """Suggest up to 20 acts and sections that were entered before."""
    return SectionsBegun.model_validate({"sections": store.people.sections(text, SUGGESTED)})


def _enrolled(caller: Caller, enrolment: Enrolment, headers: dict[str, str]) -> Answer[EnrolmentOut]:
    store = caller.engine.store
    record = enrolment.record or store.people.get(enrolment.record_id)
    enrolment_out = Colleagues(store.database).fill_names(EnrolmentOut.after(record, enrolment))
    return Answer(enrolment_out, _version(record) | headers)


def _version(record: Record) -> dict[str, str]:
    """Return the headers with a record's version, and with where it is: a merged record's id leads to another."""
    return {"ETag": tag_of(record.version), "Content-Location": f"/api/v1/records/{record.id}"}


def record_response(record: Record, response: Response) -> RecordOut:
    """Show a record, and name its version and where it is."""
    response.headers.update(_version(record))
    return RecordOut.of(record)
