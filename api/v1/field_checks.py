"""The field check: whether a person stopped by an officer is on record, in one of three plain answers."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter, Response
from pydantic import Field

from api.http.authentication import ActDependency, needs
from api.http.errors import raising
from api.http.idempotency import WritingEngine
from api.http.schemas import FromAttributes, Schema
from api.http.turns import IN_TURN
from api.v1.portraits import newest_samples, portrait
from api.v1.samples_form import UploadedSamples
from api.v1.search_terms import SearchPurpose
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import ContactlessPrint
from biometrics.kernel.people.person import Sex
from biometrics.kernel.people.record import Elsewhere
from biometrics.use_cases.search.field_check import FieldAnswer, FieldCheck, FieldPerson, check_in_field
from biometrics.watchlist.model import StandingKind

router = APIRouter(prefix="/field-checks", tags=["identification"])


class LookedForOut(FromAttributes):
    """What a person is looked for as, and the unit to call about it."""

    kind: StandingKind
    unit: Elsewhere


class FieldPersonOut(Schema):
    """A person above the threshold whose record you may see."""

    answer: FieldAnswer
    record_id: str
    national_number: str
    name: str
    sex: Sex
    birth_year: int | None
    looked_for: list[LookedForOut]
    unit: Elsewhere = Field(description="The unit to call about the record: that of its latest encounter")
    photo: int | None = Field(description="Sample of a photo of the person; null without one")

    @classmethod
    def of(cls, person: FieldPerson) -> FieldPersonOut:
        """Show a person."""
        photo = portrait(newest_samples(person.record))
        return cls.showing(
            person.record.person,
            answer=person.answer,
            record_id=person.record.id,
            national_number=person.record.national_number,
            looked_for=person.entry.looked_for,
            unit=person.entry.unit,
            photo=photo and photo.id,
        )


class FieldCheckOut(Schema):
    """A field check. Its search is stored under the same id, without what was sent."""

    id: str
    created_at: dt.datetime
    answer: FieldAnswer = Field(
        description="`on_record`: a record is above the threshold, well ahead of any next one, and at most 1 in 100 "
        "searches for people not on record would show such a score. `possible`: a record is above the threshold; call "
        "its unit. `not_found`: no record is, which does not show who the person is"
    )
    people: list[FieldPersonOut] = Field(description="Those who are wanted or missing first")
    units: list[Elsewhere] = Field(description="Other units with a record above the threshold: call them")

    @classmethod
    def of(cls, check: FieldCheck) -> FieldCheckOut:
        """Show a field check."""
        people = [FieldPersonOut.of(person) for person in check.people]
        return cls.showing(check.searched, answer=check.answer, people=people, units=check.units)


@router.post(
    "",
    status_code=201,
    summary="Check a person in the field",
    dependencies=[needs(Scope.IDENTIFY), IN_TURN],
    responses=raising(ContactlessPrint),
)
def create_field_check(
    samples: UploadedSamples,
    purpose: SearchPurpose,
    act: ActDependency,
    engine: WritingEngine,
    response: Response,
) -> FieldCheckOut:
    """Search all records with up to two prints of a scanner, or with one photo of a face; wanted and missing first.

    Nothing that was sent is kept. To put a candidate to examiners, search with the same samples (`POST /identify`), and
    open a case about that search.
    """
    check = check_in_field(engine.for_actor(purpose.add_to(act)), samples)
    response.headers["Location"] = f"/api/v1/searches/{check.searched.id}"
    return FieldCheckOut.of(check)
