"""Removal of image files that are no longer referenced."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from sqlalchemy import Connection, select

from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.database.engine import Database, insert
from biometrics.storage.tables.jobs import task_files
from biometrics.storage.tables.people import samples
from biometrics.storage.tables.station import image_sweeps
from biometrics.storage.tables.watchlist import search_images

# A file is stored before its row. A younger one may be of a request that is still at work; see `upload.LONGEST`.
GRACE: Final = timedelta(days=1)

# Every column that names a file in the image store.
NAMES: Final = (samples.c.image_name, search_images.c.image_name, task_files.c.image_name)

_CHUNK: Final = 500  # names in one IN list
_PARTS: Final = "0123456789abcdef"  # of the image store: the first digit of the names


def collect(
    database: Database, images: ImageStore, grace: timedelta, every: timedelta, stopped: Callable[[], bool]
) -> int:
    """Remove the files that nothing refers to and that are older than `grace`, until `stopped`; return how many.

    Part after part: those that no server has begun with for `every`. A part that a server could not finish has its
    turn again after that time.

    Raises:
        StoreUnavailable: the database or the images do not answer.
    """
    removed = images.clear_incoming(grace)
    for part in _PARTS:
        if stopped():
            break
        if _begin(database, part, every):
            removed += remove_unreferenced(database, images, images.names(grace, part), stopped)
    return removed


def _begin(database: Database, part: str, every: timedelta) -> bool:
    """Note that this server begins with a part now; return False if one began less than `every` ago."""
    now = datetime.now(UTC)
    recent = select(image_sweeps).where(image_sweeps.c.part == part, image_sweeps.c.begun_at > now - every)
    with database.reading() as connection:
        if connection.execute(recent).first():
            return False
    with database.noting() as connection:
        noted = insert(connection, image_sweeps).values(part=part, begun_at=now)
        noted = noted.on_conflict_do_update(
            index_elements=[image_sweeps.c.part],
            set_={"begun_at": noted.excluded.begun_at},
            where=image_sweeps.c.begun_at <= now - every,
        )
        return connection.execute(noted.returning(image_sweeps.c.part)).first() is not None


def remove_unreferenced(
    database: Database, images: ImageStore, names: Iterable[str], stopped: Callable[[], bool] = lambda: False
) -> int:
    """Remove those of some image files that nothing refers to; return how many.

    The names must be of files that no row can come to refer to: those that a committed transaction has taken from
    their row, or those older than `GRACE`.

    Raises:
        StoreUnavailable: the database or the images do not answer.
    """
    remaining, removed = iter(names), 0
    while not stopped() and (chunk := set(islice(remaining, _CHUNK))):
        with database.reading() as connection:
            orphans = chunk - referenced_images(connection, chunk)
        for name in orphans:
            images.delete(name)
        removed += len(orphans)
    return removed


def referenced_images(connection: Connection, names: Iterable[str]) -> set[str]:
    """Return the names of image files (few enough for one IN list) that a row refers to."""
    name_set = set(names)
    return {
        name
        for column in NAMES
        for name in connection.execute(select(column).distinct().where(column.in_(name_set))).scalars()
    }
