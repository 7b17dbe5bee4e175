"""Another master key: every data key is wrapped anew, while the station works.

First the database is told which master wraps from now on; whoever is just making a key with the old one is waited for.
Then the keys are wrapped anew, some at a time, and at the end every one is opened with the new master. Data keys stay
what they are, so that nothing that they sealed is touched, and servers read on: a master that they do not know yet they
find in the file. Cut off anywhere, the next run goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select, update

from biometrics.domain.errors import Conflict, DecryptionFailed
from biometrics.records.crypto.data_keys import DataKeys
from biometrics.records.crypto.master_keys import MasterKey
from biometrics.records.crypto.tables import data_keys
from biometrics.records.database.engine import Database
from biometrics.records.database.locks import Lock, hold, hold_unlocked
from biometrics.records.people.tables import identity

BATCH: Final = 200  # keys wrapped anew in one transaction

Progress = Callable[[str, int, int], None]  # called with what is done, how many, and of how many


@dataclass(frozen=True)
class Rotation:
    """What a rotation did: how many data keys it wrapped anew, and how many it opened with the new master then."""

    master_id: str
    wrapped: int
    checked: int


def is_settled(database: Database, master_id: str) -> bool:
    """Say whether a master wraps all data keys, and new ones."""
    with database.reading() as connection:
        current = connection.execute(select(identity.c.master_id)).scalar_one()
        others = select(data_keys.c.id).where(data_keys.c.master_id != master_id).limit(1)
        return bool(current == master_id) and connection.execute(others).first() is None


def masters_in_use(database: Database) -> set[str]:
    """Return the ids of the masters that wrap any data key, or new ones."""
    with database.reading() as connection:
        wrapping = connection.execute(select(data_keys.c.master_id).distinct()).scalars()
        return {connection.execute(select(identity.c.master_id)).scalar_one(), *wrapping}


def rotate(database: Database, keys: DataKeys, progress: Progress) -> Rotation:
    """Make the newest master at hand the station's, and check it.

    Raises:
        MasterKeyMissing: a master that is still needed is not at hand; what was done stays.
        Conflict: another rotation began meanwhile, and goes on where this one is.
        DecryptionFailed: a data key does not open: it was tampered with; what was done stays.
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
    done = 0
    query = select(data_keys).where(of_others).order_by(data_keys.c.id)
    while True:
        with database.writing() as connection:
            _require_newest(connection, new)
            # Whoever holds keys may wait for others of these: what is free first, then one at a time.
            rows = hold_unlocked(connection, query.limit(BATCH)) or hold(connection, Lock.DATA_KEY, query.limit(1))
            for row in rows:
                secret = keys.masters.named(row.master_id).unwrap(row.wrapped)
                anew = new.wrap(secret)
                if new.unwrap(anew) != secret:  # a device that fails must not cost a key
                    raise DecryptionFailed("The new master key does not open what it wrapped; keep the old one.")
                connection.execute(
                    update(data_keys).where(data_keys.c.id == row.id).values(wrapped=anew, master_id=new.id)
                )
        if not rows:
            return done
        done += len(rows)
        progress("data keys", done, max(total, done))


def _check_all(database: Database, new: MasterKey, progress: Progress) -> int:
    """Open every data key with the new master."""
    done, last = 0, ""
    query = select(data_keys).order_by(data_keys.c.id).limit(BATCH)
    with database.reading() as connection:
        total = connection.execute(select(func.count()).select_from(data_keys)).scalar_one()
    while True:
        with database.reading() as connection:
            _require_newest(connection, new)
            rows = connection.execute(query.where(data_keys.c.id > last)).all()
        for row in rows:
            if row.master_id != new.id:
                raise DecryptionFailed("A data key is wrapped by another master again; somebody has put it there.")
            new.unwrap(row.wrapped)
        if not rows:
            return done
        done, last = done + len(rows), rows[-1].id
        progress("checked", done, max(total, done))


def _require_newest(connection: Connection, new: MasterKey) -> None:
    """Refuse to go on where another rotation has told the database of another master."""
    if connection.execute(select(identity.c.master_id)).scalar_one() != new.id:
        raise Conflict("Another rotation of the master key began meanwhile; it goes on where this one is.")
