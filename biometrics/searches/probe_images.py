"""The files of probes that examiners must see, kept with their stored search."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import Connection, select

from biometrics.searches.model import KeptImage
from biometrics.storage.crypto.aead import seal, search_image_place, unseal
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.engine import insert
from biometrics.storage.tables.watchlist import search_images


def insert_images(connection: Connection, keys: DataKeys, search_id: str, images: Sequence[KeptImage]) -> None:
    """Keep files of a search's probes, sealed with its key; one that is kept already stays."""
    secret = keys.obtain(connection, search_id)
    for image in images:
        row = {
            "id": str(uuid.uuid4()),
            "search_id": search_id,
            "ordinal": image.ordinal,
            "media_type": image.media_type,
            "data": seal(secret, search_image_place(search_id, image.ordinal), image.content),
        }
        connection.execute(insert(connection, search_images).values(row).on_conflict_do_nothing())


def load_image(connection: Connection, keys: DataKeys, search_id: str, ordinal: int) -> KeptImage | None:
    """Return the file of a search's probe; None where it was not kept.

    Raises:
        DecryptionFailed: it was tampered with, or its key is gone.
    """
    query = select(search_images).where(search_images.c.search_id == search_id, search_images.c.ordinal == ordinal)
    row = connection.execute(query).first()
    if row is None:
        return None
    place = search_image_place(row.search_id, row.ordinal)
    return KeptImage(row.ordinal, row.media_type, unseal(keys.get(connection, row.search_id, place), place, row.data))
