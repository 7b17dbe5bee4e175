"""Restoring a backup in a test, from its first step to its last; and what is then compared."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from moves import content

from biometrics.backup.backup import back_up
from biometrics.backup.replicate import MoveResult, Progress
from biometrics.backup.restore import Backup, Dropped, being_restored, finish, restore
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder, ImageStore
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


class BackUps:
    def __init__(self, url: str, images: ImageFolder, tmp_path: Path) -> None:
        self.url, self.images, self.tmp_path = url, images, tmp_path
        self.folder = tmp_path / "backups" / "monday"
        self.keys = self.tmp_path / "elsewhere" / "keys"
        self.keys.parent.mkdir()
        self.place = ImageFolder(self.tmp_path / "restored")

    @property
    def target(self) -> str:
        """The URL of an empty database."""
        return f"sqlite:///{self.tmp_path / 'target' / 'pehchan.db'}"

    def made(self, masters: MasterKeys | None = None, interfere: Progress = lambda *_: None) -> MoveResult:
        """Back up the station."""
        masters = masters or MasterKeys.of_environment()
        return back_up((self.url, self.images, masters), self.folder, self.keys, 100, interfere)

    def restored(
        self, keys: Path | None = None, target: str = "", place: ImageStore | None = None
    ) -> tuple[MoveResult, Dropped]:
        """Restore the backup."""
        masters = MasterKeys.of_environment()
        return restore_station(self.folder, keys or self.keys, target or self.target, place or self.place, masters)

    def reopened(self) -> RecordStore:
        """Open the restored station."""
        return RecordStore.open(self.target, self.place)
