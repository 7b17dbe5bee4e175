"""A restore goes on wherever it was interrupted, and until it ends nothing else uses the station."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from moves import copy as copied
from records_examples import encounter, print_of
from restoring_station import restore_station

from biometrics.backup.backup import back_up
from biometrics.backup.manifest import DATABASE
from biometrics.backup.restore import MARK, Backup, being_restored, finish, require_restored, restore
from biometrics.kernel.errors import MoveRefused, RestoreUnfinished, StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.storage.database.engine import Database
from biometrics.use_cases.enrolment.enrol import store_person

SCRIPT = Path(__file__).parents[2] / "support" / "kill_restores.py"
MASTERS = MasterKeys.of_environment()
KILLS = 100


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "monday"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "target"


@pytest.fixture
def target(data: Path) -> str:
    return f"sqlite:///{data / 'pehchan.db'}"


def made(store: RecordStore, url: str, backup: Path, keys: Path) -> None:
    store_person(store, Person("Ram"), encounter(), [print_of("one")])
    back_up((url, store.images, MASTERS), backup, keys, 0, lambda *_: None)


@pytest.mark.reach
def test_a_restore_killed_at_random_points_goes_on_and_is_refused_until_it_ends(
    station: RecordStore, database_url: str, target_url: str, data: Path, backup: Path, keys: Path
) -> None:
    back_up((database_url, station.images, MASTERS), backup, keys, 0, lambda *_: None)
    command = [sys.executable, SCRIPT, database_url, target_url, data, backup, keys, KILLS, 7]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=3000)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-8000:]}"
    print(done.stdout)  # noqa: T201 - the figures, shown by -s


def test_a_station_is_closed_from_the_first_step_of_a_restore_to_its_last(
    store: RecordStore, database_url: str, target: str, data: Path, backup: Path, keys: Path
) -> None:
    made(store, database_url, backup, keys)
    read = Backup.read(backup, keys, MASTERS)
    with closing(Database(target)) as running:
        with being_restored(data) as work:
            with pytest.raises(RestoreUnfinished):
                require_restored(data, target)
            restore(read, (target, ImageFolder(data / "images")), MASTERS, work, 5, lambda *_: None)
            for use in (running.reading, running.writing):
                with pytest.raises(RestoreUnfinished), use():
                    pytest.fail("a database that is being restored was opened")
            with pytest.raises(RestoreUnfinished):
                RecordStore.open(target, ImageFolder(data / "images"))
            with pytest.raises(MoveRefused):
                copied(database_url, target)
            with closing(Database(target, unfinished=True)) as database:
                finish(database, None)
        require_restored(data, target)
        with running.reading():
            pass


def test_a_restore_that_fails_leaves_the_mark_and_no_names(
    store: RecordStore, database_url: str, target: str, data: Path, backup: Path, keys: Path
) -> None:
    made(store, database_url, backup, keys)

    def fail(work: Path) -> None:
        shutil.copy(backup / DATABASE, work / DATABASE)
        raise StoreUnavailable("The disk is full.")

    with pytest.raises(StoreUnavailable, match="disk"), being_restored(data) as work:
        fail(work)
    assert list((data / MARK).iterdir()) == []
    with pytest.raises(RestoreUnfinished):
        require_restored(data, target)
    restore_station(backup, keys, target, ImageFolder(data / "images"), MASTERS, data)
    require_restored(data, target)


def test_a_mark_left_after_the_last_step_is_removed(
    store: RecordStore, database_url: str, target: str, data: Path, backup: Path, keys: Path
) -> None:
    made(store, database_url, backup, keys)
    restore_station(backup, keys, target, ImageFolder(data / "images"), MASTERS, data)
    (data / MARK).mkdir()
    shutil.copy(backup / DATABASE, data / MARK / DATABASE)
    require_restored(data, target)
    assert not (data / MARK).exists()


def test_another_backup_does_not_continue_a_restore(
    store: RecordStore, database_url: str, target: str, data: Path, backup: Path, keys: Path
) -> None:
    """Rows of two backups in one station would be wrong unnoticed."""
    made(store, database_url, backup, keys)
    read = Backup.read(backup, keys, MASTERS)

    def cut_off(table: str, done: int, total: int) -> None:
        if table == "encounters" and done == total:
            raise StoreUnavailable("The disk is full.")

    with pytest.raises(StoreUnavailable, match="disk"), being_restored(data) as work:
        restore(read, (target, ImageFolder(data / "images")), MASTERS, work, 5, cut_off)
    made(store, database_url, backup, keys)
    with pytest.raises(MoveRefused, match="another backup"):
        Backup.read(backup, keys, MASTERS).require_free(target)
    read.require_free(target)


def test_a_restore_works_in_a_folder_of_its_owner_alone(
    store: RecordStore,
    database_url: str,
    target: str,
    data: Path,
    backup: Path,
    keys: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing of it is in the folder for temporary files, where a kill would leave it."""
    elsewhere = data.parent / "temporary"
    elsewhere.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    made(store, database_url, backup, keys)
    data.mkdir(mode=0o755)
    data.chmod(0o755)
    read = Backup.read(backup, keys, MASTERS)
    seen: list[int] = []

    def look(*_: object) -> None:
        assert (data / MARK / DATABASE).exists()
        seen.extend(stat.S_IMODE(folder.stat().st_mode) for folder in (data, data / MARK))

    with being_restored(data) as work:
        restore(read, (target, ImageFolder(data / "images")), MASTERS, work, 5, look)
    assert set(seen) == {0o700}
    assert list(elsewhere.iterdir()) == []


def test_of_two_restores_into_one_folder_the_second_is_refused(data: Path) -> None:
    with being_restored(data):
        other = os.fork()
        if not other:
            try:
                with being_restored(data):
                    os._exit(1)
            except StoreUnavailable:
                os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(other, 0)[1]) == 0
