"""Backups of a working station: a folder with the database, without its keys, and the sealed files.

A backup is a copy as `pehchan migrate` makes one, of one state of the station, with the data keys left out. The folder
has pehchan.db (SQLite, whatever the station runs on), images/, and, written last, backup.json, which says what it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, select

from biometrics.backup import key_export
from biometrics.backup.replicate import MoveResult, Progress, move
from biometrics.backup.table_sync import WITHOUT_KEYS
from biometrics.kernel.atomic_file import whole_file
from biometrics.kernel.errors import BackupDamaged, InvalidField, StoreUnavailable
from biometrics.kernel.private_folders import make_private
from biometrics.storage.blobs.folder import ImageFolder, ImageStore
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.people import encounters, records, samples
from biometrics.storage.tables.retention import expungements
from biometrics.storage.tables.searches import searches
from biometrics.storage.tables.station import identity
from biometrics.storage.tables.templates import templates
from biometrics.templates.change_log import last_sequence

FORMAT: Final = "pehchan-backup-1"
TRIES: Final = 3  # copying again where something was destroyed meanwhile

DATABASE: Final = "pehchan.db"
IMAGES: Final = "images"
MANIFEST: Final = "backup.json"

_BUFFER = 1 << 20  # bytes hashed at a time


def back_up(url: str, images: ImageStore, folder: Path, key_file: Path, sampled: int, progress: Progress) -> MoveResult:
    """Make, or bring up to date, a backup in a folder while the station works, and a copy of the keys elsewhere.

    Raises:
        InvalidField: the copy of the keys would lie in the backup, where it must not be.
        MoveRefused: there is nothing to back up, or the folder holds something else.
        StoreUnavailable: the database, the images or the folder cannot be used; the same call goes on.
    """
    if key_file.resolve().is_relative_to(folder.resolve()):
        raise InvalidField("The copy of the keys must not lie in the backup; name a file in another place.")
    target = f"sqlite:///{folder / DATABASE}"
    make_private(folder)
    try:
        (folder / MANIFEST).unlink(missing_ok=True)  # until it is whole again, it is none
    except OSError as error:
        raise StoreUnavailable(f"The folder {folder} cannot be written; make room, or name another one.") from error
    with closing(Database(url)) as source:
        for _ in range(TRIES):
            before = _destroyed(source)
            done = move(url, target, (images, ImageFolder(folder / IMAGES)), sampled, progress, WITHOUT_KEYS)
            key_export.register(source, key_file)
            if _destroyed(source) == before:
                break
    with closing(Database(target)) as written:
        written.forget()
        with written.reading() as connection:
            facts = _facts(connection)
    _write_manifest(folder, facts | {"database_sha256": _sha256(folder / DATABASE)})
    return done


def read_manifest(folder: Path) -> Mapping[str, object]:
    """Read what a backup says that it is, and check its database's file byte by byte.

    Raises:
        BackupDamaged: there is no backup, it was not finished, or it was changed.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
        if manifest["backup"] != FORMAT:
            raise BackupDamaged(f"The backup {folder} is of another version of Pehchan; restore it with that version.")
        right = manifest["database_sha256"] == _sha256(folder / DATABASE)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupDamaged(f"{folder} holds no finished backup; name another folder, or back up again.") from error
    if not right:
        raise BackupDamaged(f"The database of the backup {folder} was changed or is damaged; use another backup.")
    return dict(manifest)


def _destroyed(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(expungements)).scalar_one())


def _facts(connection: Connection) -> dict[str, object]:
    counted = {
        table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for table in (records, encounters, samples, templates, searches)
    }
    return {
        "backup": FORMAT,
        "station": connection.execute(select(identity.c.id)).scalar_one(),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "sequence": last_sequence(connection),
        "rows": counted,
    }


def _write_manifest(folder: Path, manifest: Mapping[str, object]) -> None:
    try:
        with whole_file(folder / MANIFEST) as file:
            file.write(json.dumps(manifest, indent=1) + "\n")
    except OSError as error:
        raise StoreUnavailable(f"The folder {folder} cannot be written; make room, and back up again.") from error


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_BUFFER):
            digest.update(piece)
    return digest.hexdigest()
