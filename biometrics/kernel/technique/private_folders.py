"""Folders that only their owner may read, and working folders in them that a killed process does not leave for long."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from biometrics.kernel.errors import StoreUnavailable

WORK: Final = "work"  # holds the working folders of the processes that use a data folder
OWNER_ONLY: Final = 0o700

log = logging.getLogger("pehchan")


def make_private(path: Path) -> None:
    """Create a folder that only its owner may use, or restrict an existing one to its owner.

    A folder of another owner, such as a mounted volume, may also be open to this process's group.

    Raises:
        StoreUnavailable: others may read it and this process cannot change that, or it cannot be made.
    """
    try:
        path.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"The folder {path} cannot be created ({error.strerror}); name another one.") from error
    restrict(path)


def restrict(path: Path) -> None:
    """Restrict an existing file or folder to its owner.

    Raises:
        StoreUnavailable: others may read it, and this process cannot change that.
    """
    try:
        status = path.stat()
        mode = stat.S_IMODE(status.st_mode)
        owned = status.st_uid == os.geteuid()
        if not mode & (0o077 if owned else 0o007):
            return
        path.chmod(mode & ~0o077)
    except OSError as error:
        raise StoreUnavailable(
            f"Other users of this machine may read {path}, which holds personal data, and its rights cannot be changed "
            f"({error.strerror}). Run: chmod -R go-rwx {path}"
        ) from error
    log.warning("Other users of this machine could read %s (mode %o). Now only its owner can.", path, mode)


@contextmanager
def work_folder(data_folder: Path, purpose: str) -> Iterator[Path]:
    """Make an owner-only folder in a data folder, and remove it at the end; `clear_work` does so after a fault.

    Raises:
        StoreUnavailable: it cannot be made.
    """
    parent = data_folder / WORK
    make_private(parent)
    with locked(parent):  # so that `clear_work` does not meet the folder before its own lock
        folder = Path(mkdtemp(prefix=f"{purpose}-", dir=parent))
        descriptor = os.open(folder, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        try:
            shutil.rmtree(folder)
        except OSError as error:
            log.warning("%s cannot be removed (%s); the next start removes it.", folder, error.strerror)
        os.close(descriptor)


def clear_work(data_folder: Path) -> None:
    """Remove the working folders whose process has ended without removing them."""
    parent = data_folder / WORK
    if not parent.is_dir():
        return
    with locked(parent):
        for folder in parent.iterdir():
            with try_lock(folder) as mine:
                if mine:
                    shutil.rmtree(folder)
                    log.warning("%s was removed: a process that was killed had left it.", folder)


@contextmanager
def try_lock(folder: Path) -> Iterator[bool]:
    """Lock a folder for one process until the end of the `with`; say whether that succeeded."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep others out who lock the same folder; the lock goes with the process.

    Raises:
        OSError: the folder cannot be opened.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
