"""Storing samples' images, in the transaction of the rows that refer to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection

from biometrics.records.blobs import encrypted
from biometrics.records.blobs.encrypted import SealedImage
from biometrics.records.blobs.folder import ImageStore
from biometrics.records.blobs.garbage import clear_up
from biometrics.records.crypto.data_keys import DataKeys
from biometrics.records.database.engine import Database
from biometrics.records.values import EnrolledSample


class Storing:
    """A write transaction, its `connection`, and the images that were stored in it."""

    def __init__(self, connection: Connection, images: ImageStore, keys: DataKeys) -> None:
        self.connection = connection
        self._images = images
        self._keys = keys
        self._stored: list[SealedImage] = []

    @property
    def names(self) -> list[str]:
        """The names of the files stored so far."""
        return [image.name for image in self._stored]

    def put(self, record_id: str, samples: Sequence[EnrolledSample]) -> tuple[bytes, list[SealedImage]]:
        """Store the samples' images under a record's key; return the key and the images, in their order."""
        secret = self._keys.obtain(self.connection, record_id)
        first = len(self._stored)
        for enrolled in samples:  # one by one, so that those before one that fails are known
            self._stored.append(encrypted.put(self._images, record_id, secret, enrolled.sample.content))
        return secret, self._stored[first:]


@contextmanager
def storing(database: Database, images: ImageStore, keys: DataKeys) -> Iterator[Storing]:
    """Open a transaction that images are stored in; an error undoes both rows and images."""
    begun: Storing | None = None
    try:
        with database.storing_images() as connection:
            begun = Storing(connection, images, keys)
            yield begun
    except BaseException:
        clear_up(database, images, begun.names if begun else ())  # logs its own errors: the first one is raised
        raise
