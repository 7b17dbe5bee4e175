"""Backups of a working station: a folder with the database, without its keys, and the sealed files.

A backup is a copy as `pehchan migrate` makes one, of one state of the station, with the data keys left out. The folder
has pehchan.db (SQLite, whatever the station runs on), images/, and backup.json, the signed manifest. A second backup
into the same folder goes on from the first one where its signature is right; the first one stays whole until then.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, func, select

from biometrics.backup import key_export
from biometrics.backup.manifest import (
    DATABASE,
    IMAGES,
    MANIFEST,
    UNFINISHED,
    clear_unfinished,
    copy_database,
    read_manifest,
    require_genuine,
    write_manifest,
)
from biometrics.backup.replicate import MoveResult, Progress, move
from biometrics.backup.schema_check import require_own_objects
from biometrics.backup.table_sync import WITHOUT_KEYS
from biometrics.kernel.errors import InvalidField, MoveRefused
from biometrics.kernel.technique.private_folders import make_private
from biometrics.storage.blobs.folder import ImageFolder, ImageStore
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.storage.crypto.signing import Signer
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.people import encounters, records, samples
from biometrics.storage.tables.retention import expungements
from biometrics.storage.tables.searches import searches
from biometrics.storage.tables.station import identity
from biometrics.storage.tables.templates import templates
from biometrics.templates.change_log import last_sequence

TRIES: Final = 3  # copying again where something was destroyed meanwhile


def back_up(
    source: tuple[str, ImageStore, MasterKeys],
    folder: Path,
    key_file: Path,
    sampled: int,
    progress: Progress,
) -> MoveResult:
    """Make, or bring up to date, a backup in a folder while the station works, and a copy of the keys elsewhere.

    `source` is the station's database, its images and its master keys.

    Raises:
        InvalidField: the copy of the keys would lie in the backup, where it must not be.
        MoveRefused: there is nothing to back up, or the folder holds something else.
        BackupDamaged: the folder holds a backup that was changed.
        StoreUnavailable: the database, the images or the folder cannot be used; the same call goes on.
    """
    url, images, masters = source
    if key_file.resolve().is_relative_to(folder.resolve()):
        raise InvalidField("The copy of the keys must not lie in the backup; name a file in another place.")
    target = f"sqlite:///{folder / UNFINISHED}"
    make_private(folder)
    with closing(Database(url)) as database:
        with database.noting() as connection:
            station = str(connection.execute(select(identity.c.id)).scalar_one())
            signer = Signer(DataKeys(masters), connection)
        _begin(folder, station, signer.public_key)
        for _ in range(TRIES):
            before = _destroyed(database)
            copies = ImageFolder(folder / IMAGES, noun="image folder of the backup")
            result = move(url, target, (images, copies), sampled, progress, WITHOUT_KEYS)
            key_export.register(database, key_file)
            if _destroyed(database) == before:
                break
    with closing(Database(target)) as written:
        written.forget()
        with written.reading() as connection:
            facts = _facts(connection)
    write_manifest(folder, facts, signer)
    return result


def _begin(folder: Path, station: str, public_key: str) -> None:
    """Begin with the database of the backup that is here, where it can be trusted; else with none.

    Raises:
        MoveRefused: the folder holds something else.
        BackupDamaged: it holds a backup that was changed.
    """
    manifest = read_manifest(folder) if (folder / MANIFEST).exists() else None
    clear_unfinished(folder)
    if manifest is None:
        if (folder / DATABASE).exists():
            raise MoveRefused(f"{folder / DATABASE} is there, and not of a finished backup; name an empty folder.")
    elif manifest["station"] != station:
        raise MoveRefused(f"{folder} holds the backup of another station; name an empty folder.")
    else:
        require_genuine(folder, manifest, public_key)
        require_own_objects(folder / DATABASE)
        copy_database(folder, manifest, folder / UNFINISHED)


def _destroyed(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(expungements)).scalar_one())


def _facts(connection: Connection) -> Mapping[str, Any]:
    counted = {
        table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for table in (records, encounters, samples, templates, searches)
    }
    return {
        "station": connection.execute(select(identity.c.id)).scalar_one(),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "sequence": last_sequence(connection),
        "rows": counted,
    }
