"""Removal of image files that are no longer referenced."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from itertools import islice
from typing import Final

from biometrics.domain.errors import StoreUnavailable
from biometrics.records.blobs.folder import ImageStore
from biometrics.records.database.engine import Database
from biometrics.records.people.encounters import referenced_images

_CHUNK: Final = 500  # names in one IN list
log = logging.getLogger("pehchan")


def remove_unreferenced(database: Database, images: ImageStore, names: Iterable[str]) -> int:
    """Remove those of some image files that no sample refers to; return how many.

    Raises:
        StoreUnavailable: the database or the images do not answer.
    """
    remaining, removed = iter(names), 0
    while chunk := set(islice(remaining, _CHUNK)):
        with database.removing_images() as connection:
            orphans = chunk - referenced_images(connection, chunk)
            for name in orphans:
                images.delete(name)
        removed += len(orphans)
    return removed


def clear_up(database: Database, images: ImageStore, names: Iterable[str]) -> None:
    """Remove such files after a commit that left them behind; what fails is logged, and done by `RecordStore.sweep`."""
    try:
        remove_unreferenced(database, images, names)
    except StoreUnavailable as error:  # an error here would say that nothing was stored
        log.warning("Image files without a sample are removed later: %s", error.message)
