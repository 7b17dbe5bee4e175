"""Copying image files from one folder to another, each before the row that refers to it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from sqlalchemy import select

from biometrics.errors import InvalidField, StoreUnavailable
from biometrics.records.database import Database
from biometrics.records.encounters import referenced_digests
from biometrics.records.images import ImageFolder
from biometrics.records.tables import samples
from biometrics.records.walking import BATCH, batched, lasting

MANY = 1000  # images; more that cannot be read are no accident


class ImageCopies:
    """The images of a station on their way to another folder; what is there already is not read again.

    `unreadable` names the images that the station itself has lost, each once: they do not hold up the others.
    """

    def __init__(self, source: Database, here: Path, there: Path) -> None:
        """Copy from the folder `here`, which `source` refers to, to the folder `there`, created where absent.

        Raises:
            InvalidField: it is one and the same folder.
            StoreUnavailable: a folder cannot be used.
        """
        self.folders = (ImageFolder(here), _Folder(there))
        if here.samefile(there):
            raise InvalidField(f"{there} is the station's own image folder; leave it out, and the images stay there.")
        self.unreadable: set[str] = set()
        self._database = source

    def copy(self, digests: Iterable[str]) -> None:
        """Copy the images of some digests.

        Raises:
            StoreUnavailable: the target folder cannot be written, or very many images cannot be read.
        """
        source, target = self.folders
        for digest in digests:
            if target.holds(digest):
                continue
            try:
                content = source.get(digest)
            except StoreUnavailable:
                if self._wanted(digest):
                    self._note_unreadable(digest)
            else:
                target.put(content)

    def copy_of(self, target: Database) -> None:
        """Copy the images that rows of the target refer to: an earlier run may have left them out."""
        query = select(samples.c.image_sha256).distinct().order_by(samples.c.image_sha256)
        with lasting(target) as connection:
            for digests in batched(connection.execute(query.execution_options(yield_per=BATCH)).scalars(), BATCH):
                self.copy(digests)

    def remove(self, digests: Collection[str]) -> None:
        """Remove images from the target folder."""
        for digest in digests:
            self.folders[1].delete(digest)

    def _note_unreadable(self, digest: str) -> None:
        self.unreadable.add(digest)
        if len(self.unreadable) > MANY:
            raise StoreUnavailable(f"More than {MANY:,} images cannot be read; is the station's image folder in place?")

    def _wanted(self, digest: str) -> bool:
        """Say whether a record still has the image: if not, it was removed since the copying began."""
        with self._database.reading() as connection:
            return bool(referenced_digests(connection, [digest]))


class _Folder(ImageFolder):
    def holds(self, digest: str) -> bool:
        """Say whether there is a file of this digest, which then is whole: it got its name after its bytes."""
        return self._path(digest).exists()
