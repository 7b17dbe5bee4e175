"""Removing a person's record, and the names that other records have of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, select

from biometrics.access.merge_chains import merged_into
from biometrics.people.encounters import count_encounters
from biometrics.people.repository import lead, touch_itself
from biometrics.people.shared_names import forget_names, shared_names
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.counters import CHANGE_COUNTER, advance
from biometrics.storage.database.locks import Lock, hold, hold_each, released, take
from biometrics.storage.tables.people import records
from biometrics.storage.tables.subscriptions import subscriptions


def touch_to_remove(connection: Connection, record_id: str) -> Row[Any]:
    """Do as `touch`, and hold the records that go with this one, or lose what they have of it.

    Those that were merged into it go; those that have names of it by merges lose these.

    Raises:
        UnknownRecord: there is none of this id.
    """
    while True:  # again if the record was merged while we waited for it
        lead_id = lead(connection, record_id)
        others = _changed_with(connection, lead_id)
        with connection.begin_nested() as attempt:
            row = None
            for each in sorted({lead_id, *others}):
                if each == lead_id:
                    row = touch_itself(connection, lead_id)
                else:
                    hold(connection, Lock.RECORD, select(records.c.id).where(records.c.id == each), each)
            if row is not None and _changed_with(connection, lead_id) <= others:
                return row
            attempt.rollback()
        for each in {lead_id, *others}:
            released(connection, Lock.RECORD, each)


def remove_if_empty(connection: Connection, keys: DataKeys, record_id: str) -> bool:
    """Remove a record that `touch_to_remove` holds, its keys first, and say so; not one that has an encounter.

    Names that other records have of it by merges are removed from their histories. Call it late in a transaction:
    subscriptions, which go with it, come just before the audit log in the order of locks.
    """
    if count_encounters(connection, record_id):
        return False
    going = sorted([*merged_into(connection, record_id), record_id])
    for each in going:
        take(connection, Lock.RECORD, each)  # refused, if it is not held by now: others may hold it and wait for us
        keys.destroy(connection, each)
    advance(connection, CHANGE_COUNTER, 0)  # of two removals at once one waits here: both may change the same merges
    forget_names(connection, _names_elsewhere(connection, record_id))
    theirs = select(subscriptions.c.id).where(subscriptions.c.record_id.in_(going))
    hold_each(connection, Lock.SUBSCRIPTION, subscriptions.c.id, connection.execute(theirs).scalars())
    for each in going:
        connection.execute(delete(records).where(records.c.id == each))  # the rest goes by ON DELETE CASCADE
    return True


def _changed_with(connection: Connection, record_id: str) -> set[str]:
    return {*merged_into(connection, record_id), *_names_elsewhere(connection, record_id)}


def _names_elsewhere(connection: Connection, record_id: str) -> dict[str, set[str]]:
    return shared_names(connection, [record_id, *merged_into(connection, record_id)])
