"""Denormalised columns that record searches use, updated whenever encounters are added to a record or leave it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, case, exists, false, func, null, select, update

from biometrics.storage.tables.history import moves
from biometrics.storage.tables.people import encounters, records


def refresh_search_columns(connection: Connection, record_ids: Collection[str]) -> None:
    """Refresh the columns of records (few enough for one IN list) and of their encounters that searches use.

    A record that never had any is seen by the state whose code its national number begins with, one that lost them by
    the units of those that it had last.
    """
    created_at = select(records.c.created_at).where(records.c.id == encounters.c.record_id).scalar_subquery()
    of_records = encounters.c.record_id.in_(record_ids)
    connection.execute(update(encounters).where(of_records).values(record_created_at=created_at))
    filled = select(encounters.c.record_id).where(of_records)
    refilled = update(moves).where(moves.c.from_id.in_(record_ids), moves.c.from_id.in_(filled), moves.c.emptied)
    connection.execute(refilled.values(emptied=false()))
    has_some = exists().where(encounters.c.record_id == records.c.id)
    had_some = exists().where(moves.c.from_id == records.c.id, moves.c.emptied)
    state = case((has_some | had_some, null()), else_=func.substr(records.c.national_number, 1, 2))
    connection.execute(update(records).where(records.c.id.in_(record_ids)).values(bare_state=state))
