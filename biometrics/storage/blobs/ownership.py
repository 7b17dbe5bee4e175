"""Which databases keep images in a store, so that none takes the images of another for leftovers of its own.

Every database leaves a mark in the store before it keeps anything there: the file users/DATABASE, which names the
station. With the mark of another station in it a store is not used at all. Databases of one station (a copy that
`pehchan migrate` made has the station's identity) may share a store, but then none of them removes what it does not
know: only the single user of a store sweeps it. An operator takes a database that is gone out of the account by
removing its mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from biometrics.kernel.errors import StoreUnavailable
from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.tables.station import identity

UNKNOWN = "unknown"  # the owner of images in a store without any mark, as one whose marks were not copied with it

_NOTE = "A database keeps its images here. Remove this file only once that database is gone for good."


@dataclass(frozen=True)
class StoreUser:
    """A database as an image store knows it: two UUIDs, `database` of its own, `station` the same in all copies."""

    database: str
    station: str


def user_of(connection: Connection) -> StoreUser:
    """Return what a database is to an image store."""
    row = connection.execute(select(identity)).one()
    return StoreUser(row.database_id, row.id)


def join(store: ImageStore, user: StoreUser) -> None:
    """Mark a store as used by a database too.

    Raises:
        StoreUnavailable: it holds the images of another station; nothing was written.
    """
    marks = _stations(store)
    if strangers := _strangers(marks, user):
        raise StoreUnavailable(
            f"The image store {store.place} is that of another station ({_user_names(strangers)}); "
            "name one of this station's own in PEHCHAN_IMAGES_URL."
        )
    if not marks and _is_filled(store):
        store.mark(UNKNOWN, _content(UNKNOWN))
    if marks.get(user.database) != user.station:
        store.mark(user.database, _content(user.station))


def holds_others(store: ImageStore, user: StoreUser) -> bool:
    """Return whether a store holds images of another station, or of an unknown one."""
    marks = _stations(store)
    return bool(_strangers(marks, user)) or UNKNOWN in marks or (not marks and _is_filled(store))


def other_users(store: ImageStore, user: StoreUser) -> list[str]:
    """Return all marks but the database's own; empty if the store has no other user."""
    return sorted(store.marks().keys() - {user.database})


def warning(store: ImageStore, marks: Iterable[str]) -> str:
    """Say that a store was not swept on account of other users' marks."""
    return (
        f"{store.place} was not searched for image files that a crash left behind, since others may keep images there: "
        f"{_user_names(marks)}. Remove the mark of a database that is gone for good."
    )


def _user_names(marks: Iterable[str]) -> str:
    return ", ".join(f"users/{mark}" for mark in marks)


def _strangers(marks: Mapping[str, str], user: StoreUser) -> list[str]:
    return [name for name in sorted(marks.keys() - {user.database, UNKNOWN}) if marks[name] != user.station]


def _is_filled(store: ImageStore) -> bool:
    return any(True for _ in store.digests())


def _stations(store: ImageStore) -> dict[str, str]:
    return {name: content.decode(errors="replace").partition("\n")[0] for name, content in store.marks().items()}


def _content(station: str) -> bytes:
    return f"{station}\n{_NOTE}\n".encode()
