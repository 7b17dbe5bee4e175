"""Data keys: one a person, one a stored search, one for the saved indexes; each wrapped by the station's master key.

A key has the id of the record or search that it is of. It is made with the first thing that is sealed, goes when its
owner goes, and all that it sealed, wherever copies of that may be, is unreadable from then on.
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, select, update

from biometrics.kernel.errors import MasterKeyMissing
from biometrics.storage.crypto.aead import KEY_BYTES, Place, failure, unseal
from biometrics.storage.crypto.master_keys import MasterKey, MasterKeys
from biometrics.storage.database.engine import Database, insert
from biometrics.storage.database.locks import Lock, acquire, hold, hold_leaf
from biometrics.storage.tables.keys import data_keys
from biometrics.storage.tables.station import identity

CACHED: Final = 100_000  # unwrapped keys kept in memory, some 30 MB


class DataKeys:
    """Makes, opens and destroys the data keys of a database. Safe to use from many threads."""

    def __init__(self, masters: MasterKeys) -> None:
        """Use these masters."""
        self.masters = masters
        self._open = lru_cache(CACHED)(self._unwrap)

    def join(self, connection: Connection) -> None:
        """Make sure that the database's master key is available; a new database gets the newest one.

        Raises:
            MasterKeyMissing: it is not.
        """
        current = connection.execute(select(identity.c.master_id)).scalar_one()
        if current is None:
            newest = self.masters.newest(may_make=True)
            first = update(identity).where(identity.c.master_id.is_(None)).values(master_id=newest.id)
            connection.execute(first)
            current = connection.execute(select(identity.c.master_id)).scalar_one()
        self.masters.get(current)

    def opened(self, master_id: str | None, wrapped: bytes | None, associated: Place) -> bytes:
        """Return the data key of a row of `data_keys`, for something in a place; cached.

        Raises:
            DecryptionFailed: the key no longer exists.
            MasterKeyMissing: its master key is missing.
        """
        if master_id is None or wrapped is None:
            raise failure(associated, "its key is gone")
        return self._open(master_id, wrapped)

    def open_row(self, row: Row[Any], associated: Place) -> bytes:
        """Decrypt the `data` of a row with the data key in its `master_id` and `wrapped`; it was encrypted for a place.

        Raises:
            DecryptionFailed, MasterKeyMissing: as for `opened` and `unseal`.
        """
        return unseal(self.opened(row.master_id, row.wrapped, associated), associated, row.data)

    def get(self, connection: Connection, owner: str, associated: Place) -> bytes:
        """Return the data key of a record or a search, for something in a place.

        Raises:
            DecryptionFailed, MasterKeyMissing: as for `opened`.
        """
        row = connection.execute(select(data_keys).where(data_keys.c.id == owner)).first()
        return self.opened(row.master_id if row else None, row.wrapped if row else None, associated)

    def find(self, connection: Connection, owner: str) -> bytes | None:
        """Return an owner's data key, None where there is none."""
        row = connection.execute(select(data_keys).where(data_keys.c.id == owner)).first()
        return self._open(row.master_id, row.wrapped) if row else None

    def obtain(self, connection: Connection, owner: str, lock: Lock = Lock.DATA_KEY, new: bytes | None = None) -> bytes:
        """Return an owner's data key, locked until the commit; where it has none, `new` or a random one becomes it."""
        query = select(data_keys).where(data_keys.c.id == owner)
        while not (rows := hold(connection, lock, query, owner, shared=True)):  # again where another one replaced it
            connection.execute(
                insert(connection, data_keys).values(self._new(connection, owner, new)).on_conflict_do_nothing()
            )
        return self._open(rows[0].master_id, rows[0].wrapped)

    def obtained(self, database: Database, owner: str) -> bytes:
        """Return an owner's data key by a read; where it has none, one is made in a transaction of its own."""
        with database.reading() as connection:
            secret = self.find(connection, owner)
        if secret is None:
            with database.noting() as connection:
                secret = self.obtain(connection, owner)
        return secret

    def hold(self, connection: Connection, owner: str) -> bytes | None:
        """Return an owner's data key, None if there is none, locked until the commit.

        Transactions that are sealing with it finish first: what is read from here on includes what they sealed.
        """
        query = select(data_keys).where(data_keys.c.id == owner)
        while not (rows := hold(connection, Lock.DATA_KEY, query, owner)):
            if not connection.execute(query).first():  # the row waited for can be gone because another one replaced it
                return None
        return self._open(rows[0].master_id, rows[0].wrapped)

    def replace(self, connection: Connection, owner: str, new: bytes | None = None) -> tuple[bytes | None, bytes]:
        """Give an owner a new key, `new` or a random one; return the old one, None if there was none, and the new one.

        Both are locked until the commit.
        """
        old = self.hold(connection, owner)
        connection.execute(delete(data_keys).where(data_keys.c.id == owner))
        return old, self.obtain(connection, owner, new=new)

    def destroy(self, connection: Connection, owner: str, lock: Lock = Lock.DATA_KEY) -> None:
        """Destroy a key, and forget it in this process; other processes may hold it in memory for a while."""
        acquire(connection, lock, owner)
        connection.execute(delete(data_keys).where(data_keys.c.id == owner))
        self._open.cache_clear()

    def _new(self, connection: Connection, owner: str, secret: bytes | None) -> dict[str, Any]:
        master = self.current(connection)
        return {
            "id": owner,
            "wrapped": master.wrap(secret or os.urandom(KEY_BYTES)),
            "master_id": master.id,
            "created_at": datetime.now(UTC),
        }

    def current(self, connection: Connection) -> MasterKey:
        """Return the master to wrap with; it stays the one until the transaction ends."""
        ((current,),) = hold_leaf(connection, select(identity.c.master_id))  # a rotation locks nothing else with it
        if current is None:
            raise MasterKeyMissing("The database has no master key yet; start the service once, or run 'pehchan keys'.")
        return self.masters.get(current)

    def _unwrap(self, master_id: str, wrapped: bytes) -> bytes:
        return self.masters.get(master_id).unwrap(wrapped)


def fingerprint(secret: bytes) -> str:
    """Return an identifier of a data key that reveals nothing about it."""
    return hashlib.sha256(b"pehchan data key" + secret).hexdigest()
