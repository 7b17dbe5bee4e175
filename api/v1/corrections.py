"""Changes of existing records: corrections with their history, court decisions, links."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.http.authentication import needs
from api.http.conditional_requests import OptionalVersion, Version
from api.http.dependencies import StoreDependency
from api.http.errors import raising
from api.http.idempotency import WritingStore
from api.v1.display_names import ColleaguesDependency
from api.v1.encounters_schemas import EncounterPatch, EncounterVersionOut, LinkIn, LinkOut, OutcomeOut, WithdrawalIn
from api.v1.records import record_response
from api.v1.records_schemas import PersonPatch, PersonVersionOut, RecordOut
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import Conflict
from biometrics.kernel.people.court import Outcome

router = APIRouter(tags=["records"])


@router.patch("/records/{record_id}", summary="Correct a person's data", dependencies=[needs(Scope.ENCOUNTER_WRITE)])
def correct_person(
    record_id: str,
    change: PersonPatch,
    version: Version,
    store: WritingStore,
    colleagues: ColleaguesDependency,
    response: Response,
) -> RecordOut:
    """Change the given fields of a person's data. The history keeps the earlier version.

    `If-Match` must be the ETag of the record as it was read: 428 without, 412 where it was changed since.
    """
    person = store.people.get(record_id).person.corrected(change)
    return colleagues.fill_names(record_response(store.editor.correct_person(record_id, person, version), response))


@router.get(
    "/records/{record_id}/history",
    summary="List earlier versions of a person's data",
    dependencies=[needs(Scope.ENCOUNTER_READ)],
)
def read_record_history(
    record_id: str, store: StoreDependency, colleagues: ColleaguesDependency
) -> list[PersonVersionOut]:
    """List the earlier versions: content, who replaced it and when, oldest first."""
    return colleagues.fill_names([PersonVersionOut.of(old) for old in store.history.of_person(record_id)])


@router.patch(
    "/encounters/{encounter_id}",
    summary="Correct an encounter",
    dependencies=[needs(Scope.ENCOUNTER_WRITE), needs(Scope.RECORD_EXPUNGE)],
)
def correct_encounter(
    encounter_id: str,
    change: EncounterPatch,
    version: Version,
    store: WritingStore,
    colleagues: ColleaguesDependency,
    response: Response,
) -> RecordOut:
    """Change the given fields of an encounter. Its prints and photos stay; the history keeps the earlier version.

    `If-Match` must be the ETag of the record as it was read: 428 without, 412 where it was changed since. An encounter
    of another unit is not corrected, also in a record that one sees.
    """
    corrected = store.editor.correct_encounter(encounter_id, lambda encounter: encounter.corrected(change), version)
    return colleagues.fill_names(record_response(corrected, response))


@router.get(
    "/encounters/{encounter_id}/history",
    summary="List earlier versions of an encounter",
    dependencies=[needs(Scope.ENCOUNTER_READ)],
)
def read_encounter_history(
    encounter_id: str, store: StoreDependency, colleagues: ColleaguesDependency
) -> list[EncounterVersionOut]:
    """List the earlier versions: content, who replaced it and when, and the samples replaced with it, oldest first."""
    return colleagues.fill_names([EncounterVersionOut.of(old) for old in store.history.of_encounter(encounter_id)])


@router.post(
    "/encounters/{encounter_id}/outcomes",
    status_code=201,
    summary="Add a court outcome",
    dependencies=[needs(Scope.OUTCOME_WRITE)],
)
def create_outcome(encounter_id: str, outcome: Outcome, version: OptionalVersion, store: WritingStore) -> OutcomeOut:
    """Add a decision, an appeal, its outcome, or that no further appeal is possible."""
    return OutcomeOut.of(store.editor.add_outcome(encounter_id, outcome, version))


@router.post(
    "/encounters/{encounter_id}/outcomes/{outcome_id}/withdrawal",
    summary="Withdraw a court outcome",
    dependencies=[needs(Scope.OUTCOME_WRITE)],
    responses=raising(Conflict),
)
def withdraw_outcome(
    encounter_id: str,
    outcome_id: str,
    withdrawal: WithdrawalIn,
    version: OptionalVersion,
    store: WritingStore,
    colleagues: ColleaguesDependency,
) -> OutcomeOut:
    """Withdraw an outcome that was entered by mistake, with a reason; `instead` replaces it.

    How long samples are kept follows at once. What was destroyed already is not brought back.
    """
    because, instead = withdrawal.because, withdrawal.instead
    stored = store.editor.withdraw_outcome(encounter_id, outcome_id, because, version, instead)
    return colleagues.fill_names(OutcomeOut.of(stored))


@router.post(
    "/encounters/{encounter_id}/links",
    status_code=201,
    summary="Link two encounters",
    dependencies=[needs(Scope.ENCOUNTER_WRITE)],
)
def create_link(encounter_id: str, link: LinkIn, store: WritingStore) -> LinkOut:
    """Record that an encounter follows another, shares its case, or identifies its unknown person."""
    return LinkOut.model_validate(store.editor.link(encounter_id, link.to_id, link.kind))
