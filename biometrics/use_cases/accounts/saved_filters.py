"""Use cases: an account saves filters of the list of records."""

from __future__ import annotations

from typing import Final

from biometrics.accounts.saved_filters import SavedFilter
from biometrics.kernel.people.record import RecordQuery
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action

SAVE: Final = "save filter"  # the step of a request that saves one


def save_filter(store: RecordStore, name: str, query: RecordQuery) -> SavedFilter:
    """Save a filter for the actor's own account, in place of one of the same name; see `SavedFilterRepository.save`."""
    with store.begin(SAVE) as work:
        if work.is_first:
            saved = work.saved_filters.save(name, query)
            work.audit(Action.FILTER_SAVED, filter=saved.id, conditions=sorted(saved.conditions))
            work.remember(vars(saved))
        return SavedFilter(**work.answer)


def remove_filter(store: RecordStore, filter_id: str) -> None:
    """Remove a filter of the actor's own account; nothing happens if there is none of this id."""
    with store.begin() as work:
        if removed := work.saved_filters.remove(filter_id):
            work.audit(Action.FILTER_REMOVED, filter=removed)
        else:
            work.leave_unchanged()
