"""The original image files, kept under the SHA-256 of their bytes: the port, and a folder as one way to keep them."""

from __future__ import annotations

import hashlib
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.technique.atomic_file import MANY, replace_files, sync_file_system, sync_folder

MISSING = "A stored image file is missing; restore it from a backup."


class ImageStore(ABC):
    """Image files by digest, each written once and never changed, and marks of their users (`ownership`).

    Every method raises StoreUnavailable where the store does not answer. Safe to use from many threads and processes.
    """

    place: str  # the folder, or s3://bucket/prefix
    refusal: str = ""  # why a remote store refused the last call for its keys; empty if it did not

    def put(self, content: bytes) -> str:
        """Store an image file so that it survives a power cut, and return its SHA-256 in hex.

        Raises:
            StoreUnavailable: the store cannot be written, or is full.
        """
        digest = hashlib.sha256(content).hexdigest()
        self.write(digest, content)
        return digest

    def put_all(self, files: Mapping[str, bytes]) -> None:
        """Store several image files, named by their SHA-256 in hex, as `put` does.

        Raises:
            StoreUnavailable: the store cannot be written, or is full; some files may be stored.
        """
        for digest, content in files.items():
            self.write(digest, content)

    def get(self, digest: str) -> bytes:
        """Return the image file of a digest.

        Raises:
            StoreUnavailable: the file is missing, or is not what was stored.
        """
        content = self.read(digest)
        if hashlib.sha256(content).hexdigest() != digest:
            raise StoreUnavailable("A stored image file is damaged; restore it from a backup.")
        return content

    def refused_within(self, seconds: float) -> bool:
        """Return whether a call was refused lately because others keep all places; only a remote store has places."""
        return False

    @abstractmethod
    def write(self, digest: str, content: bytes) -> None:
        """Make `content` the file of a digest, durably and whole or not at all, also where another one is there."""

    @abstractmethod
    def read(self, digest: str) -> bytes:
        """Return the file of a digest as it is.

        Raises:
            StoreUnavailable: the file is missing.
        """

    @abstractmethod
    def holds(self, digest: str) -> bool:
        """Say whether there is a file of this digest, which then is whole."""

    @abstractmethod
    def delete(self, digest: str) -> None:
        """Remove the image file of a digest, where there is one."""

    def digests(self) -> Iterator[str]:
        """Walk through the digests of all files."""
        return self.names(timedelta())

    @abstractmethod
    def names(self, age: timedelta, part: str = "") -> Iterator[str]:
        """Walk through the digests of the files that were written at least so long ago, by the store's own clock.

        With a `part`, a digit of 0 to f, only through those that begin with it.
        """

    @abstractmethod
    def clear_incoming(self, age: timedelta) -> int:
        """Remove the remains of writes that were interrupted at least so long ago, and return how many."""

    @abstractmethod
    def mark(self, name: str, content: bytes) -> None:
        """Make `content` the mark of a name: the file users/NAME of the store."""

    @abstractmethod
    def marks(self) -> Mapping[str, bytes]:
        """Return all marks by name."""


class ImageFolder(ImageStore):
    """A folder of image files; the file of digest abcdef… is ab/cd/abcdef…."""

    def __init__(self, folder: Path, *, create: bool = True, noun: str = "image folder") -> None:
        """Use `folder`, which is created where absent, unless it is another process that has done so.

        Errors call it `noun`.

        Raises:
            StoreUnavailable: it cannot be created.
        """
        self.place = str(folder)
        self._folder, self._noun = folder, noun
        self._incoming, self._users = folder / "incoming", folder / "users"
        self._settled = set[Path]()  # folders that are known to survive a power cut: to make sure takes a flush each
        with self._translated():
            for folder_needed in (self._incoming, self._users) if create else ():
                folder_needed.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, digest: str, content: bytes) -> None:
        """Write the file under another name first, and flush the names that lead to it."""
        self.put_all({digest: content})

    def put_all(self, files: Mapping[str, bytes]) -> None:
        """Write them together, so that the disk has fewer flushes to wait for."""
        targets = {self._path(digest): content for digest, content in files.items()}
        with self._translated():
            for target in targets:
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            missing = {target: content for target, content in targets.items() if not _has(target, content)}
            replace_files(missing, self._new_part)
            # Also for files that were there: their writers may not have come this far yet.
            self._settle({target.parent for target in targets})

    def read(self, digest: str) -> bytes:
        """Return the file of a digest as it is."""
        with self._translated():
            try:
                return self._path(digest).read_bytes()
            except FileNotFoundError as error:
                raise StoreUnavailable(MISSING) from error

    def holds(self, digest: str) -> bool:
        """Say whether there is a file of this digest: it got its name after its bytes."""
        with self._translated():
            return self._path(digest).exists()

    def delete(self, digest: str) -> None:
        """Remove the image file of a digest, where there is one."""
        with self._translated():
            target = self._path(digest)
            if target.exists():
                target.unlink()
                sync_folder(target.parent)

    def names(self, age: timedelta, part: str = "") -> Iterator[str]:
        """Walk through the names of the files whose last change is so long ago."""
        latest = self._now() - age.total_seconds()
        digit = "[0-9a-f]"
        for path in self._folder.glob(f"{part or digit}{digit}/{digit * 2}/{digit * 64}"):
            if self._is_older(path, latest):
                yield path.name

    def clear_incoming(self, age: timedelta) -> int:
        """Remove the files that never got their own name."""
        latest = self._now() - age.total_seconds()
        with self._translated():
            leftovers = [path for path in self._incoming.iterdir() if self._is_older(path, latest)]
            for path in leftovers:
                path.unlink(missing_ok=True)
        return len(leftovers)

    def _now(self) -> float:
        """Return the time by the clock that dates the files: that of the file server, where the folder is on one."""
        probe = self._incoming / uuid.uuid4().hex
        with self._translated():
            probe.touch(exist_ok=False)
            try:
                return probe.stat().st_mtime
            finally:
                probe.unlink(missing_ok=True)

    def mark(self, name: str, content: bytes) -> None:
        """Write users/NAME."""
        with self._translated():
            replace_files({self._users / name: content}, self._new_part)
            self._settle({self._users})

    def marks(self) -> dict[str, bytes]:
        """Read users/*."""
        with self._translated():
            return {path.name: path.read_bytes() for path in self._users.iterdir()}

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest[2:4] / digest

    def _new_part(self) -> Path:
        return self._incoming / uuid.uuid4().hex

    def _settle(self, folders: Set[Path]) -> None:
        """Make the names in some folders of files durable, and once the names of the folders themselves."""
        if len(folders) >= MANY and sync_file_system(self._folder):
            self._settled |= folders
            return
        for folder in folders:
            sync_folder(folder)
        if new := folders - self._settled:
            for above in {folder.parent for folder in new} | {self._folder}:
                sync_folder(above)
            self._settled |= new

    def _is_older(self, path: Path, latest: float) -> bool:
        with self._translated(), suppress(FileNotFoundError):  # it was removed since it was listed
            return path.stat().st_mtime <= latest
        return False

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreUnavailable(
                f"The {self._noun} cannot be used ({error.strerror}); check that its disk is mounted, is writable "
                "and has free space."
            ) from error


def _has(path: Path, content: bytes) -> bool:
    return path.exists() and path.read_bytes() == content
