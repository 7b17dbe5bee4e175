"""Whether the disks have room for what may come next."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile

from api.settings import Settings
from biometrics.use_cases.engine.engine import Engine

MEGABYTE = 1_000_000
LEAST_INODES = 100  # an enrolment makes a file, and folders for it, for each of its samples


def folders_written(settings: Settings, engine: Engine) -> dict[str, Path]:
    """Return the folders on this machine that requests write to: `data` with uploads on their way, database, images."""
    folders = {"data": settings.data_folder}
    if engine.store.database.folder:
        folders["database"] = engine.store.database.folder
    if "://" not in settings.resolved_images_url:
        folders["images"] = Path(settings.resolved_images_url)
    return folders


def shortage(folders: Iterable[Path], least_megabytes: int) -> str | None:
    """Say which disk has less room than that, or few files left, or cannot be written; None where all have room."""
    for folder in folders:
        try:
            statistics = os.statvfs(folder)
        except OSError as error:
            return f"The folder {folder} cannot be used ({error.strerror})."
        free = statistics.f_bavail * statistics.f_frsize / MEGABYTE
        try:
            with TemporaryFile(dir=folder):  # a file system that failed does not always say that it is read-only
                pass
        except OSError as error:
            return f"The disk of {folder} cannot be written ({error.strerror})."
        if free < least_megabytes:
            return f"The disk of {folder} has {free:,.0f} MB left; {least_megabytes:,} MB are needed."
        if statistics.f_files and statistics.f_favail < LEAST_INODES:  # some file systems have no fixed number of files
            return f"The disk of {folder} has room for {statistics.f_favail} files only."
    return None
