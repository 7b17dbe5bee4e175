"""Erasing what destructions left in cases, searches, line-ups, saved filters and stored answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from biometrics.jobs.erasure import remove_answers
from biometrics.records.store import RecordStore
from biometrics.retention.leftovers import (
    erase_from_cases,
    erase_from_lineups,
    erase_from_saved_filters,
    erase_from_searches,
    forget_leftovers,
    identifiers_in,
    load_leftovers,
)


def erase_leftovers(store: RecordStore, expungements: Sequence[str]) -> None:
    """Erase what expungements left, each kind in transactions of its own; a second call continues.

    The stored answers are read once, however many expungements there are.
    """
    database, keys = store.database, store.keys
    with database.reading() as connection:
        loaded = {expungement_id: load_leftovers(connection, keys, expungement_id) for expungement_id in expungements}
    left = [leftover for leftover in loaded.values() if leftover is not None]
    if not left:
        return
    for leftovers, _ in left:
        with database.writing() as connection:
            erase_from_cases(connection, leftovers)
        with database.writing() as connection:
            erase_from_searches(connection, leftovers)
        with database.writing() as connection:
            erase_from_lineups(connection, leftovers)
        with database.writing() as connection:
            erase_from_saved_filters(connection, leftovers)
    identifiers_of_all = {identifier for leftovers, _ in left for identifier in leftovers.known_as}

    def is_about_one(texts: Sequence[str], changed_at: datetime) -> bool:
        identifiers = identifiers_in(texts) & identifiers_of_all
        return any(leftovers.are_about(texts, identifiers, before=changed_at < at) for leftovers, at in left)

    with database.writing() as connection:
        remove_answers(connection, keys, is_about_one)
    with database.writing() as connection:
        for expungement, remaining in sorted(loaded.items()):  # in one order: another server may be doing the same
            if remaining is not None:
                forget_leftovers(connection, keys, expungement)
