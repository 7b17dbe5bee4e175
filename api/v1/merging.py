"""Merging two records of one person, moving encounters, and undoing both."""

from __future__ import annotations

from fastapi import APIRouter

from api.http.authentication import needs
from api.http.conditional_requests import Version
from api.http.dependencies import StoreDependency
from api.http.errors import raising
from api.http.idempotency import WritingStore
from api.v1.display_names import ColleaguesDependency
from api.v1.merges_schemas import MergeIn, MergeOut, MoveIn, MoveOut, ProvenanceOut, UndoIn
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import MergeRefused

router = APIRouter(tags=["records"])


@router.post(
    "/records/{record_id}/merges",
    status_code=201,
    summary="Merge two records",
    dependencies=[needs(Scope.RECORD_MERGE)],
    responses=raising(MergeRefused),
)
def create_merge(
    record_id: str, merge: MergeIn, version: Version, store: WritingStore, colleagues: ColleaguesDependency
) -> MergeOut:
    """Merge another record of the person into this one. The other id and number then lead here.

    The other's encounters come along and its names become aliases. `If-Match` is this record's ETag.
    """
    merge_result = store.editor.merge(record_id, version, merge.other_id, merge.reason, merge.other_version)
    return colleagues.fill_names(MergeOut.model_validate(merge_result))


@router.post(
    "/merges/{merge_id}/undo",
    summary="Undo a merge",
    dependencies=[needs(Scope.RECORD_MERGE)],
    responses=raising(MergeRefused),
)
def undo_merge(
    merge_id: str, why: UndoIn, version: Version, store: WritingStore, colleagues: ColleaguesDependency
) -> MergeOut:
    """Restore the other record with its number and its encounters, except those moved since.

    What was added after the merge stays in the survivor. `If-Match` is the survivor's ETag.
    """
    return colleagues.fill_names(MergeOut.model_validate(store.editor.undo_merge(merge_id, version, why.reason)))


@router.post(
    "/encounters/{encounter_id}/moves",
    status_code=201,
    summary="Move an encounter to another record",
    dependencies=[needs(Scope.RECORD_MERGE)],
    responses=raising(MergeRefused),
)
def create_move(
    encounter_id: str, move: MoveIn, version: Version, store: WritingStore, colleagues: ColleaguesDependency
) -> MoveOut:
    """Move an encounter with its samples to the right record. `If-Match` is the ETag of its present record."""
    return colleagues.fill_names(
        MoveOut.model_validate(store.editor.move_encounter(encounter_id, version, move.to_id, move.reason))
    )


@router.post(
    "/moves/{move_id}/undo",
    summary="Undo a move",
    dependencies=[needs(Scope.RECORD_MERGE)],
    responses=raising(MergeRefused),
)
def undo_move(
    move_id: str, why: UndoIn, version: Version, store: WritingStore, colleagues: ColleaguesDependency
) -> MoveOut:
    """Move an encounter back. `If-Match` is the ETag of its present record."""
    return colleagues.fill_names(MoveOut.model_validate(store.editor.undo_move(move_id, version, why.reason)))


@router.get(
    "/records/{record_id}/provenance",
    summary="Get the provenance of a record",
    dependencies=[needs(Scope.ENCOUNTER_READ)],
)
def read_provenance(record_id: str, store: StoreDependency, colleagues: ColleaguesDependency) -> ProvenanceOut:
    """Get all merges and moves of the record, including those undone: who, when and why."""
    return colleagues.fill_names(ProvenanceOut.model_validate(store.history.provenance(record_id)))
