"""Removing people's records, and the names that other records have of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, select

from biometrics.access.persons import merged_into
from biometrics.kernel.technique.chunks import in_chunks
from biometrics.people.name_search import write_names
from biometrics.people.rows import load_records, lock_record_row, resolve_merged_id
from biometrics.people.shared_names import forget_names, shared_names
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.counters import CHANGE_COUNTER, advance
from biometrics.storage.database.locks import Lock, acquire, hold, hold_each, released
from biometrics.storage.tables.history import moves
from biometrics.storage.tables.people import aliases, encounters, records
from biometrics.storage.tables.subscriptions import subscriptions

CHUNK: Final = 500  # values in one IN list


def lock_to_remove(connection: Connection, record_id: str) -> Row[Any]:
    """Do as `lock_record`, and lock the records that may go with its encounters, or lose what they have of them.

    Those that were merged into it go with it, those that lost their last encounters to it with these; those that have
    names of them by merges lose the names.

    Raises:
        UnknownRecord: there is none of this id.
    """
    while True:  # again if the record was merged while we waited for it
        lead_id = resolve_merged_id(connection, record_id)
        affected = _changed_with(connection, lead_id)
        with connection.begin_nested() as attempt:
            row = None
            for locked_id in sorted({lead_id, *affected}):
                if locked_id == lead_id:
                    row = lock_record_row(connection, lead_id)
                else:
                    hold(connection, Lock.RECORD, select(records.c.id).where(records.c.id == locked_id), locked_id)
            if row is not None and _changed_with(connection, lead_id) <= affected:
                return row
            attempt.rollback()
        for locked_id in {lead_id, *affected}:
            released(connection, Lock.RECORD, locked_id)


def remove_records(connection: Connection, keys: DataKeys, record_ids: Collection[str]) -> None:
    """Remove records without encounters that `lock_to_remove` holds, those that were merged into them included.

    Names that other records have of them by merges are removed, also from their histories. Call it late in a
    transaction: subscriptions, which go with it, come just before the audit log in the order of locks.
    """
    going = sorted(record_ids)
    for record_id in going:
        acquire(connection, Lock.RECORD, record_id)  # refused, if it is not held: others may hold it and wait for us
        keys.destroy(connection, record_id)
    advance(connection, CHANGE_COUNTER, 0)  # of two removals at once one waits here: both may change the same merges
    names = shared_names(connection, going)
    forget_names(connection, names)
    _take_back(connection, going, names)
    subscription_ids = select(subscriptions.c.id).where(subscriptions.c.record_id.in_(going))
    hold_each(connection, Lock.SUBSCRIPTION, subscriptions.c.id, connection.execute(subscription_ids).scalars())
    for record_id in going:
        connection.execute(delete(records).where(records.c.id == record_id))  # the rest goes by ON DELETE CASCADE


def emptied_by(connection: Connection, encounter_ids: Collection[str]) -> list[str]:
    """Return the records whose last encounters are among these, wherever they are, with those merged into them."""
    last_of: defaultdict[str, set[str]] = defaultdict(set)
    last, emptied_move = moves.alias(), moves.alias()
    of_emptied = (emptied_move.c.from_id == last.c.from_id) & emptied_move.c.emptied & last.c.emptied
    for chunk in in_chunks(sorted(encounter_ids), CHUNK):
        query = (
            select(last.c.from_id, last.c.encounter_id)
            .join(emptied_move, of_emptied)
            .where(emptied_move.c.encounter_id.in_(chunk))
        )
        for record_id, encounter_id in connection.execute(query):
            last_of[record_id].add(encounter_id)
    going = [record_id for record_id, last_ids in last_of.items() if last_ids <= {*encounter_ids}]
    return sorted(
        {emptied_id for record_id in going for emptied_id in (record_id, *merged_into(connection, record_id))}
    )


def _changed_with(connection: Connection, record_id: str) -> set[str]:
    """Return the records that may be changed if some, or all, of a record's encounters go."""
    present = connection.execute(select(encounters.c.id).where(encounters.c.record_id == record_id)).scalars().all()
    going = {*merged_into(connection, record_id), *emptied_by(connection, present)}
    alone = (shared_names(connection, [record_id]).keys() for record_id in sorted(going))  # others of them may stay
    return going.union(shared_names(connection, [record_id, *going]), *alone) - {record_id}


def _take_back(connection: Connection, going: Sequence[str], names: Mapping[str, Collection[str]]) -> None:
    """Take the names of records that go from those that they were merged into, which stay."""
    heirs = {survivor for record_id in going for survivor in _survivors(connection, record_id)} - {*going}
    for record_id in sorted(heirs & names.keys()):
        passed_on = (aliases.c.record_id == record_id, aliases.c.name.in_(names[record_id]))
        connection.execute(delete(aliases).where(*passed_on))
        (record,) = load_records(connection, [record_id])
        write_names(connection, record_id, record.person)


def _survivors(connection: Connection, record_id: str) -> list[str]:
    """Return the records that one leads to by merges, the nearest first."""
    survivors: list[str] = []
    following = select(records.c.merged_into)
    while (survivor := connection.execute(following.where(records.c.id == record_id)).scalar()) is not None:
        survivors.append(record_id := survivor)
    return survivors
