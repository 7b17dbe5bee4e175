"""Denormalised columns that record searches use, updated whenever encounters are added to a record or leave it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, case, exists, func, null, select, update

from biometrics.storage.tables.people import encounters, records


def place(connection: Connection, record_ids: Collection[str]) -> None:
    """Let the encounters of records (few enough for one IN list) know when their records were made.

    A record without any is seen by the state whose code its national number begins with.
    """
    created_at = select(records.c.created_at).where(records.c.id == encounters.c.record_id).scalar_subquery()
    theirs = encounters.c.record_id.in_(record_ids)
    connection.execute(update(encounters).where(theirs).values(record_created_at=created_at))
    has_some = exists().where(encounters.c.record_id == records.c.id)
    state = case((has_some, null()), else_=func.substr(records.c.national_number, 1, 2))
    connection.execute(update(records).where(records.c.id.in_(record_ids)).values(bare_state=state))
