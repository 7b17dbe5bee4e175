"""What an operator sees of the keys, and does with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from biometrics.access.rights import needs, unrestricted
from biometrics.backup.key_export import forget, masters_of_copies, rewrite
from biometrics.kernel.access import Scope
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action
from biometrics.storage.crypto.rotation import Progress, Rotation, is_settled, masters_in_use, rotate
from biometrics.storage.tables.keys import data_keys, key_copies
from biometrics.storage.tables.station import identity


@dataclass(frozen=True)
class KeyState:
    """The masters and how many data keys each wraps, by id; `current` wraps new ones.

    `at_hand` are those that this process has, the newest first.
    """

    current: str
    wrapped: Mapping[str, int]
    at_hand: tuple[str, ...]


@unrestricted("only the local operator has it; there is no route to it")
class KeyStore:
    """The keys of a records store."""

    def __init__(self, store: RecordStore) -> None:
        """Share a store's database, on the same behalf."""
        self._store = store

    def state(self) -> KeyState:
        """Return the state of the keys."""
        with self._store.database.reading() as connection:
            current = connection.execute(select(identity.c.master_id)).scalar_one()
            counted = select(data_keys.c.master_id, func.count()).group_by(data_keys.c.master_id)
            wrapped = {row[0]: row[1] for row in connection.execute(counted)}
        at_hand = tuple(master.id for master in self._store.keys.masters.all())
        return KeyState(current, wrapped, at_hand)

    def copies(self) -> dict[str, str]:
        """Return the ids of the masters that wrap the copies of the keys, by place."""
        with self._store.database.reading() as connection:
            rows = connection.execute(select(key_copies.c.place, key_copies.c.master_id).order_by(key_copies.c.place))
            return {row.place: row.master_id for row in rows}

    @needs(Scope.KEY_MANAGE)
    def forget_copy(self, path: str) -> bool:
        """No longer keep a copy of the keys true; say whether there was one. Its file must be removed."""
        return forget(self._store.database, path)

    def is_settled(self) -> bool:
        """Return whether the newest master key wraps all data keys, and will wrap new ones."""
        return is_settled(self._store.database, self._store.keys.masters.newest().id)

    def masters_in_use(self) -> set[str]:
        """Return the ids of the masters without which something could not be read."""
        with self._store.database.reading() as connection:
            copies = masters_of_copies(connection)
        return masters_in_use(self._store.database) | copies

    @needs(Scope.KEY_MANAGE)
    def rotate(self, progress: Progress) -> Rotation:
        """Wrap every data key with the newest master key; see `biometrics.storage.crypto.rotation`."""
        rotation = rotate(self._store.database, self._store.keys, progress)
        rewrite(self._store.database)
        self._store.note(Action.KEYS_ROTATED, rotation.master_id, wrapped=rotation.wrapped, checked=rotation.checked)
        return rotation
