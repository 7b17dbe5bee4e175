"""The original image files, kept under the SHA-256 of their bytes."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from biometrics.errors import StoreUnavailable


class ImageFolder:
    """A folder of image files; the file of digest abcdef… is ab/cd/abcdef…, written once and never changed.

    Whoever removes a file must know that no one stores the same bytes meanwhile: `Database.removing_images` does.
    """

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which is created where absent.

        Raises:
            StoreUnavailable: it cannot be created.
        """
        self._folder = folder
        self._incoming = folder / "incoming"
        self._settled: set[Path] = (
            set()
        )  # folders that are known to survive a power cut: to make sure takes a flush each
        with _translated():
            self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, content: bytes) -> str:
        """Store an image file so that it survives a power cut, and return its SHA-256 in hex.

        Raises:
            StoreUnavailable: the folder cannot be written, or the disk is full.
        """
        digest = hashlib.sha256(content).hexdigest()
        target = self._path(digest)
        with _translated():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _holds(target, content):
                self._write(target, content)
            self._settle(target.parent)  # also for a file that was there: its writer may not have come this far yet
        return digest

    def get(self, digest: str) -> bytes:
        """Return the image file of a digest.

        Raises:
            StoreUnavailable: the file is missing, or is not what was stored.
        """
        with _translated():
            content = self._path(digest).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise StoreUnavailable("A stored image file is damaged; restore it from a backup.")
        return content

    def delete(self, digest: str) -> None:
        """Remove the image file of a digest, where there is one.

        Raises:
            StoreUnavailable: the folder cannot be written.
        """
        with _translated():
            target = self._path(digest)
            if target.exists():
                target.unlink()
                _sync_folder(target.parent)

    def digests(self) -> Iterator[str]:
        """Walk through the digests of all files."""
        for path in self._folder.glob("/".join("[0-9a-f]" * digits for digits in (2, 2, 64))):
            yield path.name

    def clear_incoming(self) -> int:
        """Remove files whose writing was cut off, and return how many; nobody may be storing an image meanwhile.

        Raises:
            StoreUnavailable: the folder cannot be written.
        """
        with _translated():
            leftovers = list(self._incoming.iterdir())
            for path in leftovers:
                path.unlink()
        return len(leftovers)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest[2:4] / digest

    def _write(self, target: Path, content: bytes) -> None:
        temporary = self._incoming / uuid.uuid4().hex
        try:
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)

    def _settle(self, folder: Path) -> None:
        """Make the names in a folder of files durable, and once the name of the folder itself."""
        _sync_folder(folder)
        if folder not in self._settled:
            _sync_folder(folder.parent)
            _sync_folder(self._folder)
            self._settled.add(folder)


def _holds(path: Path, content: bytes) -> bool:
    return path.exists() and path.read_bytes() == content


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, not only the bytes behind them."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise StoreUnavailable("A stored image file is missing; restore it from a backup.") from error
    except OSError as error:
        raise StoreUnavailable(
            "The image folder cannot be used; check that its disk is mounted, may be written to and has free space."
        ) from error
