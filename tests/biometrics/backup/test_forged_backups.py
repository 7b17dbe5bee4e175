"""Whoever can write to a backup, but has no copy of the keys or no master key, cannot change what is restored."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from records_examples import encounter, print_of
from restoring_station import restore_station

from biometrics.backup.backup import back_up
from biometrics.backup.key_export import KeyCopy
from biometrics.backup.manifest import DATABASE, IMAGES, MANIFEST, UNFINISHED
from biometrics.backup.restore import Backup, unlocked
from biometrics.backup.schema_check import require_own_objects
from biometrics.kernel.errors import BackupDamaged, MoveRefused
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.use_cases.enrolment.enrol import store_person

MASTERS = MasterKeys.of_environment()
PLANTED_KEY = """INSERT INTO api_keys (id, owner_id, label, prefix, sha256, scopes, created_at, expires_at)
    VALUES ('{id}', '{id}', 'x', 'x', '{id}', 'pehchan.account.manage', '2026-01-01', '2036-01-01')"""
PLANTED_TRIGGER = f"CREATE TRIGGER x AFTER DELETE ON data_keys BEGIN {PLANTED_KEY.format(id='t')}; END"


@pytest.fixture
def backup(store: RecordStore, database_url: str, tmp_path: Path) -> Path:
    store_person(store, Person("Ram"), encounter(), [print_of("one")])
    run_backup(store, database_url, tmp_path)
    return tmp_path / "backup"


def run_backup(store: RecordStore, database_url: str, folder: Path) -> None:
    back_up((database_url, store.images, MASTERS), folder / "backup", folder / "keys", 5, lambda *_: None)


def execute(folder: Path, statement: str, **manifest: object) -> None:
    """Change the database of a backup, and make the manifest's digest fit again."""
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        database.execute(statement)
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    digest = hashlib.sha256((folder / DATABASE).read_bytes()).hexdigest()
    changed = json.loads((folder / MANIFEST).read_text()) | {"database_sha256": digest} | manifest
    (folder / MANIFEST).write_text(json.dumps(changed))


def plant_key(backup: Path) -> None:
    execute(backup, PLANTED_KEY.format(id=uuid.uuid4()))


def change_manifest(backup: Path) -> None:
    execute(backup, "ANALYZE", sequence=999)


def remove_signature(backup: Path) -> None:
    execute(backup, "ANALYZE", signature="")


def link_the_database(backup: Path) -> None:
    (backup / DATABASE).rename(backup.parent / "elsewhere.db")
    (backup / DATABASE).symlink_to(backup.parent / "elsewhere.db")


def link_an_image(backup: Path) -> None:
    (image,) = (path for path in (backup / IMAGES).rglob("*") if len(path.name) == 64)
    image.rename(backup.parent / "elsewhere")
    image.symlink_to(backup.parent / "elsewhere")


@pytest.mark.essential
@pytest.mark.parametrize("forge", [plant_key, change_manifest, remove_signature, link_the_database, link_an_image])
def test_a_forged_backup_is_refused_before_anything_is_written(
    forge: Callable[[Path], None], backup: Path, tmp_path: Path
) -> None:
    forge(backup)
    target = tmp_path / "target"
    with pytest.raises(BackupDamaged):
        restore_station(
            backup, tmp_path / "keys", f"sqlite:///{target / 'p.db'}", ImageFolder(tmp_path / "i"), MASTERS, target
        )
    assert not target.exists()


@pytest.mark.parametrize(
    "statement",
    [PLANTED_TRIGGER, "CREATE VIEW x AS SELECT 1 AS a", "CREATE TABLE x (a)", "DROP INDEX ix_samples_image_name"],
)
def test_a_database_with_other_objects_than_the_migrations_make_is_refused(statement: str, backup: Path) -> None:
    require_own_objects(backup / DATABASE)
    execute(backup, statement)
    with pytest.raises(BackupDamaged, match="are not what Pehchan made"):
        require_own_objects(backup / DATABASE)


def test_a_backup_never_goes_on_from_one_that_was_changed(
    store: RecordStore, database_url: str, backup: Path, tmp_path: Path
) -> None:
    """It would sign what somebody planted, which is not looked at again."""
    plant_key(backup)
    with pytest.raises(BackupDamaged):
        run_backup(store, database_url, tmp_path)
    (backup / MANIFEST).unlink()
    with pytest.raises(MoveRefused):
        run_backup(store, database_url, tmp_path)


def test_what_a_killed_backup_left_is_not_trusted_and_the_one_before_stays_whole(
    store: RecordStore, database_url: str, backup: Path, tmp_path: Path
) -> None:
    (backup / UNFINISHED).write_bytes((backup / DATABASE).read_bytes())
    with closing(sqlite3.connect(backup / UNFINISHED)) as database:
        database.execute(PLANTED_KEY.format(id=uuid.uuid4()))
        database.commit()
    Backup.read(backup, tmp_path / "keys", MASTERS)
    run_backup(store, database_url, tmp_path)
    with closing(sqlite3.connect(backup / DATABASE)) as database:
        assert database.execute("SELECT count(*) FROM api_keys").fetchone() == (0,)
    assert not (backup / UNFINISHED).exists()
    (backup / DATABASE).rename(backup / UNFINISHED)  # killed between its last two steps
    Backup.read(backup, tmp_path / "keys", MASTERS)


def test_a_forged_backup_does_not_vouch_for_a_destruction(backup: Path, tmp_path: Path) -> None:
    execute(backup, "DELETE FROM templates")
    with pytest.raises(BackupDamaged):
        unlocked(backup, [1], KeyCopy.read(tmp_path / "keys"), MASTERS)
