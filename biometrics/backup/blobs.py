"""Copying images from one store to another, each before the row that refers to it is."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from sqlalchemy import select

from biometrics.backup.table_sync import STREAMED, lasting
from biometrics.kernel.errors import MoveRefused, StoreUnavailable
from biometrics.kernel.technique.chunks import in_chunks
from biometrics.kernel.technique.helper_process import HelperPool, answer_requests
from biometrics.storage.blobs import ownership
from biometrics.storage.blobs.folder import ImageFolder, ImageStore
from biometrics.storage.blobs.garbage import NAMES, referenced_images
from biometrics.storage.database.engine import Database

_BEGUN = 20_000  # images that a copy is asked for before it is waited for
MANY = 1000  # images; more that cannot be read are no accident
_TOGETHER = 125  # images that are written and flushed together: enough to flush a whole file system for
_WRITERS = (
    4  # of such groups at a time: a disk has several flushes to do at once, and a network several answers to wait for
)


class ImageCopies:
    """The images of a station on their way to another store; what is there already is not read again. Close it.

    `stores` are where they are and where they go. `unreadable` names the images that the station itself has lost, each
    once: they do not hold up the others.
    """

    def __init__(self, source: Database, target: Database, stores: tuple[ImageStore, ImageStore]) -> None:
        """Copy from the first of two stores, which `source` refers to, to the second.

        Raises:
            MoveRefused: both are the same store, or the second holds images of another station.
            StoreUnavailable: a store cannot be used, or the first is not the station's.
        """
        self.stores = source_store, target_store = stores
        self.unreadable: set[str] = set()
        self._source, self._target = source, target
        self._writers = ThreadPoolExecutor(_WRITERS)
        on_disks = isinstance(source_store, ImageFolder) and isinstance(target_store, ImageFolder)
        self._copier = (
            FolderCopier(source_store.place, target_store.place).copy
            if on_disks
            else partial(copy_images, source_store, target_store)
        )
        station, copy = (_user_of(database) for database in (source, target))
        self._user = replace(copy, station=station.station)
        ownership.join(source_store, station)
        if station.database in target_store.marks():
            raise MoveRefused(
                f"{target_store.place} is the station's own image store; leave it out, and the images stay there."
            )
        if ownership.holds_others(target_store, self._user):
            raise MoveRefused(f"{target_store.place} holds images of another station; name an empty place.")

    def begin(self) -> None:
        """Copy the images that rows of the target refer to already: an earlier run may have left them out."""
        ownership.join(self.stores[1], self._user)
        with lasting(self._target) as connection:
            for column in NAMES:
                query = select(column).distinct().where(column.is_not(None)).order_by(column)
                names = connection.execute(query.execution_options(yield_per=STREAMED)).scalars()
                for digests in in_chunks(names, _BEGUN):
                    for copied in self.copy(digests):
                        copied.result()

    def copy(self, digests: Iterable[str]) -> list[Future[None]]:
        """Begin to copy the images of some digests; return what to wait for.

        Each raises StoreUnavailable where the target cannot be written, or very many images cannot be read.
        """
        return [self._writers.submit(self._copy_together, some) for some in in_chunks(digests, _TOGETHER)]

    def close(self) -> None:
        """End, after what is being copied; what has not begun is left out."""
        self._writers.shutdown(cancel_futures=True)

    def _copy_together(self, digests: Sequence[str]) -> None:
        for digest in self._copier(digests):
            self.stores[0].marks()  # ends the run where not one image but the whole store is away
            if self._is_referenced(digest):
                self._note_unreadable(digest)

    def remove(self, digests: Collection[str]) -> None:
        """Remove images from the target."""
        for digest in digests:
            self.stores[1].delete(digest)

    def _note_unreadable(self, digest: str) -> None:
        self.unreadable.add(digest)
        if len(self.unreadable) > MANY:
            raise StoreUnavailable(f"More than {MANY:,} images cannot be read; is the station's image store in place?")

    def _is_referenced(self, digest: str) -> bool:
        """Say whether a row still refers to the image: if not, it was removed since the copying began."""
        with self._source.reading() as connection:
            return bool(referenced_images(connection, [digest]))


def _user_of(database: Database) -> ownership.StoreUser:
    with database.reading() as connection:
        return ownership.user_of(connection)


_SECONDS = 600.0  # for the images of one request; a disk that takes longer does not answer


def copy_images(source: ImageStore, target: ImageStore, digests: Sequence[str]) -> list[str]:
    """Copy images from one store to another, but those that are there; return the digests of those that cannot be read.

    Raises:
        StoreUnavailable: the target cannot be written.
    """
    files, unreadable = {}, []
    for digest in digests:
        if target.holds(digest):
            continue
        try:
            files[digest] = source.get(digest)
        except StoreUnavailable:
            unreadable.append(digest)
    target.put_all(files)
    return unreadable


class FolderCopier:
    """Copies image files as `copy_images` does, in as many processes as threads ask at once."""

    def __init__(self, source: str, target: str) -> None:
        """Copy from one image folder to another."""
        self._helpers = HelperPool([sys.executable, "-I", "-m", __name__, source, target], _SECONDS)

    def copy(self, digests: Sequence[str]) -> list[str]:
        """Return the digests of images that cannot be read.

        Raises:
            StoreUnavailable: the target cannot be written, or does not answer.
        """
        answer = self._helpers.ask("\n".join(digests).encode())
        if answer is None:
            raise StoreUnavailable("The process that copies image files has ended; run the command again.")
        result = json.loads(answer)
        if result["refused"]:
            raise StoreUnavailable(result["refused"])
        return [str(digest) for digest in result["unreadable"]]


def _answer(source: ImageStore, target: ImageStore, request: bytes) -> bytes:
    result: dict[str, object] = {"unreadable": [], "refused": ""}
    try:
        result["unreadable"] = copy_images(source, target, request.decode().split())
    except StoreUnavailable as error:
        result["refused"] = error.message
    return json.dumps(result).encode()


if __name__ == "__main__":
    source_store, target_store = (ImageFolder(Path(name), create=False) for name in sys.argv[1:])
    answer_requests(partial(_answer, source_store, target_store))
