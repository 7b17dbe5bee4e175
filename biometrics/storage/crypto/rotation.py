"""Rotation of the master key: every data key is rewrapped while the station works.

First the database records the new master key; transactions that are creating a key with the old one finish first.
Then the data keys are rewrapped in batches, and at the end each one is unwrapped with the new master key. Data keys
do not change, so the data that they sealed is not touched, and servers read on: they find a new master key in the
file. After an interruption the next run continues.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select, update

from biometrics.kernel.errors import Conflict, DecryptionFailed
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.crypto.master_keys import MasterKey
from biometrics.storage.database.engine import Database
from biometrics.storage.database.locks import Lock, hold, hold_unlocked
from biometrics.storage.tables.keys import data_keys
from biometrics.storage.tables.station import identity

BATCH: Final = 200  # keys rewrapped in one transaction

Progress = Callable[[str, int, int], None]  # called with what is done, how many, and of how many


@dataclass(frozen=True)
class Rotation:
    """The result of a rotation: how many data keys were rewrapped, and how many checked with the new master key."""

    master_id: str
    wrapped: int
    checked: int


def is_settled(database: Database, master_id: str) -> bool:
    """Say whether a master wraps all data keys, and new ones."""
    with database.reading() as connection:
        current = connection.execute(select(identity.c.master_id)).scalar_one()
        wrapped_otherwise = select(data_keys.c.id).where(data_keys.c.master_id != master_id).limit(1)
        return bool(current == master_id) and connection.execute(wrapped_otherwise).first() is None


def masters_in_use(database: Database) -> set[str]:
    """Return the ids of the masters that wrap any data key, or new ones."""
    with database.reading() as connection:
        wrapping = connection.execute(select(data_keys.c.master_id).distinct()).scalars()
        return {connection.execute(select(identity.c.master_id)).scalar_one(), *wrapping}


def rotate(database: Database, keys: DataKeys, progress: Progress) -> Rotation:
    """Make the newest available master key the station's, and check the result.

    Raises:
        MasterKeyMissing: a master key that is still needed is missing; keys rewrapped so far stay so.
        Conflict: another rotation began meanwhile, and continues this one.
        DecryptionFailed: a data key does not open: it was tampered with; keys rewrapped so far stay so.
        StoreUnavailable: the database does not answer.
    """
    new = keys.masters.newest()
    with database.writing() as connection:
        connection.execute(update(identity).values(master_id=new.id))
    wrapped = _wrap_all(database, keys, new, progress)
    return Rotation(new.id, wrapped, _check_all(database, new, progress))


def _wrap_all(database: Database, keys: DataKeys, new: MasterKey, progress: Progress) -> int:
    of_others = data_keys.c.master_id != new.id
    with database.reading() as connection:
        total = connection.execute(select(func.count()).select_from(data_keys).where(of_others)).scalar_one()
    wrapped_count = 0
    query = select(data_keys).where(of_others).order_by(data_keys.c.id)
    while True:
        with database.writing() as connection:
            _require_newest(connection, new)
            # Holders of keys may wait for others of these: take the unlocked ones first, then one at a time.
            rows = hold_unlocked(connection, query.limit(BATCH)) or hold(connection, Lock.DATA_KEY, query.limit(1))
            for row in rows:
                secret = keys.masters.get(row.master_id).unwrap(row.wrapped)
                wrapped = new.wrap(secret)
                if new.unwrap(wrapped) != secret:  # a device that fails must not cost a key
                    raise DecryptionFailed("The new master key does not open what it wrapped; keep the old one.")
                connection.execute(
                    update(data_keys).where(data_keys.c.id == row.id).values(wrapped=wrapped, master_id=new.id)
                )
        if not rows:
            return wrapped_count
        wrapped_count += len(rows)
        progress("data keys", wrapped_count, max(total, wrapped_count))


def _check_all(database: Database, new: MasterKey, progress: Progress) -> int:
    """Open every data key with the new master."""
    checked, last = 0, ""
    query = select(data_keys).order_by(data_keys.c.id).limit(BATCH)
    with database.reading() as connection:
        total = connection.execute(select(func.count()).select_from(data_keys)).scalar_one()
    while True:
        with database.reading() as connection:
            _require_newest(connection, new)
            rows = connection.execute(query.where(data_keys.c.id > last)).all()
        for row in rows:
            if row.master_id != new.id:
                raise DecryptionFailed("A data key is wrapped by another master key again: it was tampered with.")
            new.unwrap(row.wrapped)
        if not rows:
            return checked
        checked, last = checked + len(rows), rows[-1].id
        progress("checked", checked, max(total, checked))


def _require_newest(connection: Connection, new: MasterKey) -> None:
    """Refuse to continue if another rotation has set another master key."""
    if connection.execute(select(identity.c.master_id)).scalar_one() != new.id:
        raise Conflict("Another rotation of the master key began meanwhile; it goes on where this one is.")
