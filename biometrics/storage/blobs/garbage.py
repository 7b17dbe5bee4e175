"""Removal of image files that are no longer referenced."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import islice
from typing import Final

from sqlalchemy import Connection, select

from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.jobs import task_files
from biometrics.storage.tables.people import samples
from biometrics.storage.tables.watchlist import search_images

# A file is stored before its row. A younger one may be of a request that is still at work; see `upload.LONGEST`.
GRACE: Final = timedelta(days=1)

# Every column that names a file in the image store.
NAMES: Final = (samples.c.image_name, search_images.c.image_name, task_files.c.image_name)

_CHUNK: Final = 500  # names in one IN list


def collect(database: Database, images: ImageStore, grace: timedelta, stopped: Callable[[], bool]) -> int:
    """Remove the files that nothing refers to and that are older than `grace`, until `stopped`; return how many.

    Raises:
        StoreUnavailable: the database or the images do not answer.
    """
    return images.clear_incoming(grace) + remove_unreferenced(database, images, images.names(grace), stopped)


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
    """Return those of the names of image files (few enough for one IN list) that a row refers to."""
    wanted = set(names)
    return {
        name
        for column in NAMES
        for name in connection.execute(select(column).distinct().where(column.in_(wanted))).scalars()
    }
