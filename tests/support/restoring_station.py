"""Restoring a backup in a test, from its first step to its last; and what is then compared."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from moves import content

from biometrics.backup.replicate import MoveResult
from biometrics.backup.restore import Backup, Dropped, being_restored, finish, restore
from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.storage.database.engine import Database


def restore_station(
    backup: Path, keys: Path, url: str, images: ImageStore, masters: MasterKeys, data_folder: Path | None = None
) -> tuple[MoveResult, Dropped]:
    """Restore a backup and open the station, as `pehchan restore` does where nothing differs."""
    read = Backup.read(backup, keys, masters)
    read.require_free(url)
    with being_restored(data_folder or backup.parent / "restored station") as work:
        done = restore(read, (url, images), masters, work, 100, lambda *_: None)
        with closing(Database(url, unfinished=True)) as database:
            finish(database, None)
    return done


def without_state(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows but those that a restored station has not, or has of its own."""
    rows = content(url)
    for table in ("data_keys", "key_copies", "user_sessions", "refresh_tokens", "user_devices", "sign_in_failures"):
        rows.pop(table, None)
    return rows
