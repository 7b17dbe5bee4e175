"""The files of probes, kept with their stored search and encrypted with its key."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from biometrics.kernel.errors import StoreUnavailable
from biometrics.searches.model import KeptImage, ProbeImage
from biometrics.storage.blobs import encrypted
from biometrics.storage.blobs.encrypted import Owner, SealedImage
from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.blobs.upload import Uploads
from biometrics.storage.crypto.aead import search_image_place
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.engine import Database, insert
from biometrics.storage.tables.watchlist import search_images


def insert_images(
    connection: Connection, uploads: Uploads, search_id: str, images: Sequence[KeptImage], keep_until: date | None
) -> None:
    """Keep files of a search's probes until a day; one that is kept already stays."""
    present = {image.ordinal for image in load_images(connection, search_id)}
    new = [image for image in images if image.ordinal not in present]
    if not new:
        return
    for image, stored in zip(new, uploads.of_files(connection, search_id, files_of(new)), strict=True):
        row = {
            "id": str(uuid.uuid4()),
            "search_id": search_id,
            "ordinal": image.ordinal,
            "media_type": image.media_type,
            "image_sha256": stored.digest,
            "image_name": stored.name,
            "keep_until": keep_until,
        }
        connection.execute(insert(connection, search_images).values(row).on_conflict_do_nothing())


def files_of(images: Sequence[KeptImage]) -> list[tuple[bytes, str]]:
    """Return the files of images, each with its SHA-256 (hex), to be uploaded."""
    return [(image.content, sha256(image.content).hexdigest()) for image in images]


def keep_longer(connection: Connection, search_id: str, keep_until: date) -> None:
    """Keep the files of a search until a day at least."""
    earlier = or_(search_images.c.keep_until.is_(None), search_images.c.keep_until < keep_until)
    of_search = search_images.c.search_id == search_id
    connection.execute(update(search_images).where(of_search, earlier).values(keep_until=keep_until))


def load_images(connection: Connection, search_id: str) -> tuple[ProbeImage, ...]:
    """Return the descriptions of the kept files of a search, in the order of their probes."""
    columns = search_images.c
    query = select(columns.ordinal, columns.media_type, columns.image_sha256, columns.keep_until)
    rows = connection.execute(query.where(columns.search_id == search_id).order_by(columns.ordinal))
    return tuple(ProbeImage(*row) for row in rows)


def load_image(
    database: Database, images: ImageStore, keys: DataKeys, search_id: str, ordinal: int
) -> KeptImage | None:
    """Return the file of a search's probe; None where it is not kept.

    Raises:
        StoreUnavailable: the file is missing or damaged.
        DecryptionFailed: it was tampered with, or its key is gone.
    """
    while True:
        with database.reading() as connection:
            if (row := _row(connection, search_id, ordinal)) is None:
                return None
            secret = keys.get(connection, row.search_id, search_image_place(row.search_id, ordinal))
        try:
            sealed = SealedImage(row.image_sha256, row.image_name)
            return KeptImage(ordinal, row.media_type, encrypted.get(images, Owner(row.search_id, secret), sealed))
        except StoreUnavailable:
            with database.reading() as connection:
                if _row(connection, search_id, ordinal) == row:
                    raise
            # else it was encrypted again meanwhile, under another name, or destroyed


def _row(connection: Connection, search_id: str, ordinal: int) -> Row[Any] | None:
    columns = search_images.c
    return connection.execute(
        select(search_images).where(columns.search_id == search_id, columns.ordinal == ordinal)
    ).first()
