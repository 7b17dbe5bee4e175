"""Files that are whole or not there at all, also after a power cut."""

from __future__ import annotations

import ctypes
import fcntl
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

MANY = 100  # files from which on it is sooner done to flush the whole file system than each of them

_SYNCFS = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None) if sys.platform == "linux" else None


@contextmanager
def whole_file(path: Path, mode: int = 0o666) -> Iterator[TextIO]:
    """Write a text file that replaces `path` once it is complete, and is removed if writing fails.

    `mode` holds the permissions, less the process's umask. Another writer of the same file is waited for; what a killed
    writer left in `part_of(path)` is overwritten.

    Raises:
        OSError: it cannot be written.
    """
    part = part_of(path)
    with _alone(part, mode) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink()
            raise
    sync_folder(path.parent)


@contextmanager
def replacing_file(path: Path, part: Path, mode: int = 0o666) -> Iterator[BinaryIO]:
    """Write a binary file `part`, new and of the same file system, that replaces `path` once it is complete.

    Writers of one file do not wait for each other: the last one to finish wins. `part` is removed if writing fails.
    `mode` holds the permissions, less the process's umask. The new name is durable after `sync_folder`.

    Raises:
        OSError: it cannot be written.
    """
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def replace_files(files: Mapping[Path, bytes], part: Callable[[], Path], mode: int = 0o666) -> None:
    """Write several files as `replacing_file` does one: all of them, before the first is flushed.

    The file system then has several to flush at a time. `part` names a new file of the same file system each time.

    Raises:
        OSError: one cannot be written. Some may have been replaced.
    """
    parts: dict[Path, Path] = {}
    with ExitStack() as opened:
        try:
            written = []
            for path, content in files.items():
                parts[path] = part()
                descriptor = os.open(parts[path], os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
                file = opened.enter_context(os.fdopen(descriptor, "wb"))
                file.write(content)
                file.flush()
                written.append(file)
            if len(written) < MANY or not sync_file_system(next(iter(parts.values())).parent):
                for file in written:
                    os.fsync(file.fileno())
            for path, its_part in parts.items():
                its_part.replace(path)
        finally:
            for its_part in parts.values():
                its_part.unlink(missing_ok=True)


def part_of(path: Path) -> Path:
    """Return the path that a file is written to before it is whole."""
    return path.with_name(f".{path.name}.part")


def remove_part(path: Path) -> None:
    """Remove what a killed writer of a file left behind, if anything; a running writer is waited for.

    Raises:
        OSError: it cannot be removed.
    """
    part = part_of(path)
    if part.exists():
        with _alone(part, 0o600):
            part.unlink()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, not only the bytes behind them."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file_system(folder: Path) -> bool:
    """Make everything durable on the file system that a folder is on; False where the system cannot, as macOS.

    Raises:
        OSError: something could not be written.
    """
    if _SYNCFS is None:
        return False
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if _SYNCFS(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(descriptor)
    return True


@contextmanager
def _alone(part: Path, mode: int) -> Iterator[TextIO]:
    """Open an empty file under an exclusive lock, which lasts until it is closed or the process ends."""
    while True:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, mode), "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not _is_at(file, part):  # the previous writer renamed or removed it
                continue
            file.truncate()
            yield file
            return


def _is_at(file: TextIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
