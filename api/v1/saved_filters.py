"""Filters of the list of records that an account has saved."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from api.http.authentication import ActDependency, needs
from api.http.dependencies import StoreDependency
from api.http.idempotency import WritingStore
from api.http.schemas import FromAttributes, RequestBody, Schema, merge_patch_of
from biometrics.accounts.saved_filters import OF_ONE_PERSON, SavedFilterReader
from biometrics.kernel.access import Scope
from biometrics.kernel.people.record import RecordQuery
from biometrics.kernel.technique.entry import patched
from biometrics.use_cases.accounts.own_account import remove_filter, save_filter

router = APIRouter(
    prefix="/me/record-filters", tags=["records"], dependencies=[needs(Scope.ENCOUNTER_READ, person=True)]
)


RecordConditions = merge_patch_of(RecordQuery, *OF_ONE_PERSON)


class RecordFilterIn(RequestBody):
    """A filter to save."""

    name: str
    conditions: RecordConditions = Field(  # type: ignore[valid-type]
        description="Conditions of `GET /records`: none about a single person"
    )


class RecordFilterOut(FromAttributes):
    """A saved filter; its conditions are query parameters of `GET /records`."""

    id: str
    name: str
    conditions: dict[str, str]


class RecordFiltersOut(Schema):
    """The saved filters of an account, by name."""

    filters: list[RecordFilterOut]


@router.get("", summary="List your saved filters of records")
def list_filters(store: StoreDependency, act: ActDependency) -> RecordFiltersOut:
    """List the filters that you have saved, by name. Only you see them."""
    saved = SavedFilterReader(store.database, act).list()
    return RecordFiltersOut(filters=[RecordFilterOut.of(saved_filter) for saved_filter in saved])


@router.post("", status_code=201, summary="Save a filter of records")
def create_filter(new: RecordFilterIn, store: WritingStore) -> RecordFilterOut:
    """Save conditions of `GET /records` under a name, in place of a filter of the same name.

    A filter shows no more than the list shows you. It holds no name, number, FIR or words of a mark of a person.
    """
    return RecordFilterOut.of(save_filter(store, new.name, patched(RecordQuery(), new.conditions)))


@router.delete("/{filter_id}", status_code=204, summary="Remove a saved filter of records")
def delete_filter(filter_id: str, store: StoreDependency) -> None:
    """Remove a filter that you have saved."""
    remove_filter(store, filter_id)
