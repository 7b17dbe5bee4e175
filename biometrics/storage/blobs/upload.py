"""Image files are stored before the transaction whose rows refer to them, so that no lock waits for a disk or a bucket.

A transaction only looks up what was uploaded. Where something else is needed by then, because another request has
changed the record's key in the meantime, it is rolled back, the missing files are uploaded, and it runs again:

    with store.uploads() as uploads:
        uploads.prepare(Owner(record_id, secret), samples)
        return store.carry_out(write, step, uploads)

Every upload has a name of its own, which nothing refers to before this transaction: `garbage` may remove a file once
no transaction that could refer to it can still be open.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self

from sqlalchemy import Connection

from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.people.record import EnrolledSample
from biometrics.storage.blobs import encrypted
from biometrics.storage.blobs.encrypted import Owner, Sealed, SealedImage
from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.crypto.aead import KEY_BYTES
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.connections import BUSY
from biometrics.storage.database.engine import Database

# Between an upload and the row that refers to it; much less than garbage.GRACE, after which the file may be removed.
LONGEST: Final = 3600.0  # seconds

File = tuple[bytes, str]  # its content, and the SHA-256 (hex) of that

log = logging.getLogger("pehchan")


class NotUploaded(Exception):
    """A transaction needs files that are not uploaded; `upload` stores them."""

    def __init__(self, upload: Callable[[], None]) -> None:
        super().__init__("files must be uploaded before the transaction")
        self.upload = upload


class Uploads:
    """The files that one request stores and removes: at the end no file is left that no row refers to."""

    def __init__(self, images: ImageStore, keys: DataKeys) -> None:
        self.keys = keys
        self._images = images
        self._began = time.time()
        self._prepared: dict[tuple[Owner, tuple[str, ...]], list[SealedImage]] = {}  # by the digests of the files
        self._reencrypted: dict[tuple[str, Owner], SealedImage | StoreUnavailable] = {}
        self._secrets: dict[str, bytes] = {}
        self._stored: set[str] = set()  # all that were uploaded
        self._used: set[str] = set()  # those that rows of the present transaction refer to
        self._replaced: set[str] = set()  # those that its rows referred to before
        self._garbage: set[str] = set()

    def __enter__(self) -> Self:
        """Return the uploads themselves."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the files that nothing refers to; what fails is logged, and done by `RecordStore.sweep`."""
        try:
            for name in sorted(self._garbage | self._stored):
                self._images.delete(name)
        except StoreUnavailable as failure:  # the rows are committed, or an error is raised already
            log.warning("Image files without a sample are removed later: %s", failure.message)

    @contextmanager
    def transaction(self, database: Database) -> Iterator[Connection]:
        """Open a write transaction whose rows refer to uploaded files.

        Raises:
            NotUploaded: files are missing; upload them and open another.
        """
        self._used, self._replaced = set(), set()
        with database.writing() as connection:
            yield connection
            self._stored -= self._used  # from here on the commit may have been carried out, whatever it raises
        self._garbage |= self._replaced

    def new_secret(self, owner: str) -> bytes:
        """Return a new data key for an owner, the same each time that the transaction runs."""
        return self._secrets.setdefault(owner, os.urandom(KEY_BYTES))

    def prepare(self, owner: Owner, samples: Sequence[EnrolledSample]) -> None:
        """Upload the files of samples, encrypted with a record's key."""
        self.prepare_files(owner, _files_of(samples))

    def prepare_files(self, owner: Owner, files: Sequence[File]) -> None:
        """Upload files, encrypted with their owner's key."""
        if (key := _key(owner, files)) not in self._prepared:
            self._prepared[key] = self._put([encrypted.sealed(owner, *file) for file in files])

    def put(self, contents: Mapping[str, bytes]) -> None:
        """Upload encrypted files by their names; the transaction whose rows refer to them says so by `use`."""
        self._stored |= contents.keys()  # before they are: some may be stored where others cannot be
        self._images.put_all(contents)

    def of_samples(
        self, connection: Connection, record_id: str, samples: Sequence[EnrolledSample]
    ) -> tuple[bytes, list[SealedImage]]:
        """Return a record's data key, locked until the commit, and the files of the samples in their order."""
        images = self.of_files(connection, record_id, _files_of(samples))
        return self.keys.obtain(connection, record_id, new=self.new_secret(record_id)), images

    def of_files(self, connection: Connection, owner_id: str, files: Sequence[File]) -> list[SealedImage]:
        """Return files in their order as they are stored for a record or a search; its key is locked until the commit.

        Raises:
            NotUploaded: they must be uploaded first.
        """
        owner = Owner(owner_id, self.keys.obtain(connection, owner_id, new=self.new_secret(owner_id)))
        if (key := _key(owner, files)) not in self._prepared:
            raise NotUploaded(lambda: self.prepare_files(owner, files))
        self.use(image.name for image in self._prepared[key])
        return self._prepared[key]

    def use(self, names: Iterable[str]) -> None:
        """Note that rows of the present transaction refer to uploaded files.

        Raises:
            StoreUnavailable: they were uploaded so long ago that they may be removed.
        """
        if time.time() - self._began > LONGEST:
            raise StoreUnavailable(BUSY)
        self._used.update(names)

    def remove(self, names: Iterable[str]) -> None:
        """Remove files once the transaction, whose rows referred to them before, is committed."""
        self._replaced.update(names)

    def reencrypted(self, images: Sequence[SealedImage], old: Owner, new: Owner) -> list[SealedImage]:
        """Return stored files of one owner, encrypted for another, in whose place they are stored.

        Raises:
            StoreUnavailable: a file is missing or damaged.
            DecryptionFailed: a file was tampered with.
        """
        if missing := [image for image in images if (image.name, new) not in self._reencrypted]:
            raise NotUploaded(lambda: self._reencrypt(missing, old, new))
        reencrypted_images = []
        for image in images:
            result = self._reencrypted[image.name, new]
            if isinstance(result, StoreUnavailable):  # and the row still refers to the file, which was not replaced
                raise result
            reencrypted_images.append(result)
        self.use(image.name for image in reencrypted_images)
        self.remove(image.name for image in images)
        return reencrypted_images

    def _reencrypt(self, images: Sequence[SealedImage], old: Owner, new: Owner) -> None:
        for image in images:
            try:
                content = encrypted.get(self._images, old, image)
            except StoreUnavailable as error:
                self._reencrypted[image.name, new] = error
            else:
                self._reencrypted[image.name, new] = self._put([encrypted.sealed(new, content, image.digest)])[0]

    def _put(self, files: Sequence[Sealed]) -> list[SealedImage]:
        """Store encrypted files, and return what their rows say of them."""
        self.put({file.image.name: file.content for file in files})
        return [file.image for file in files]


def _files_of(samples: Sequence[EnrolledSample]) -> list[File]:
    return [(sample.sample.content, sample.sample.image_sha256) for sample in samples]


def _key(owner: Owner, files: Sequence[File]) -> tuple[Owner, tuple[str, ...]]:
    return owner, tuple(digest for _, digest in files)
