"""What lies on the disk is its owner's alone, and what a killed process left there goes at the next start."""

from __future__ import annotations

import os
import signal
import stat
from contextlib import closing
from pathlib import Path

import pytest
from inputs import Run
from records_examples import encounter, print_of

from api.bootstrap.store import open_store
from api.settings import Settings
from biometrics.backup.backup import back_up
from biometrics.backup.restore import Backup
from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.kernel.technique.private_folders import WORK, clear_work, make_private, restrict, work_folder
from biometrics.records.store import RecordStore
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.storage.database.engine import Database
from biometrics.use_cases.enrolment.enrol import store_person


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_data_folder_and_its_database_that_others_may_read_are_closed_to_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = tmp_path / "data"
    open_store(Settings(data_folder=data)).close()
    data.chmod(0o755)
    (data / "pehchan.db").chmod(0o644)
    with open_store(Settings(data_folder=data)) as store, store.database.writing():
        result = {path.name: mode(path) for path in data.glob("pehchan.db*")}
    assert (mode(data), set(result.values())) == (0o700, {0o600}), result
    assert f"Other users of this machine could read {data}" in caplog.text


@pytest.mark.slow
def test_a_backup_that_others_may_read_is_closed_to_them(store: RecordStore, database_url: str, tmp_path: Path) -> None:
    store_person(store, Person("Ram"), encounter(), [print_of("one")])
    backup, keys = tmp_path / "backup", tmp_path / "keys"
    backup.mkdir(mode=0o755)
    for _ in range(2):
        backup.chmod(0o755)
        back_up((database_url, store.images, MasterKeys.of_environment()), backup, keys, 0, lambda *_: None)
        assert mode(backup) == 0o700
    backup.chmod(0o755)
    Backup.read(backup, keys, MasterKeys.of_environment())
    assert mode(backup) == 0o700


def test_a_folder_that_others_may_read_is_refused_where_its_rights_cannot_be_changed(tmp_path: Path) -> None:
    shared, ours = tmp_path / "shared", tmp_path / "ours"
    for folder, rights in ((shared, 0o755), (ours, 0o770)):
        folder.mkdir()
        folder.chmod(rights)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "geteuid", lambda: 12_345)
        patched.setattr(Path, "chmod", refuse)
        with pytest.raises(StoreUnavailable, match="chmod -R go-rwx"):
            restrict(shared)
        restrict(ours)


def refuse(*_: object) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_the_work_of_a_killed_process_is_removed_at_the_next_start_and_that_of_a_living_one_stays(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    make_private(data)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        with work_folder(data, "killed") as folder:
            (folder / "names").write_text("Asha")
            os.write(writing, b"x")
            signal.pause()
    os.read(reading, 1)
    with work_folder(data, "living") as living:
        open_store(Settings(data_folder=data)).close()
        assert len(list((data / WORK).iterdir())) == 2
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        open_store(Settings(data_folder=data)).close()
        assert list((data / WORK).iterdir()) == [living]
        assert mode(living) == 0o700
    clear_work(data)
    assert list((data / WORK).iterdir()) == []


def test_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with closing(Database(f"sqlite:///{tmp_path / 'elsewhere.db'}")) as database, database.writing():
            assert {mode(path) for path in tmp_path.glob("elsewhere.db*")} == {0o600}
    finally:
        os.umask(before)


@pytest.mark.slow
def test_no_command_uses_the_folder_for_temporary_files(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent"))
    with open_store(Settings(data_folder=tmp_path / "data")).as_system("a test") as store:
        store_person(store, Person("Ram"), encounter(), [print_of("one")])
    for arguments in (
        ("migrate", "--to", f"sqlite:///{tmp_path / 'moved.db'}"),
        ("backup", tmp_path / "backup", "--keys", tmp_path / "keys"),
    ):
        code, output, errors = run(*arguments)
        assert code == 0, output + errors
    monkeypatch.setenv("PEHCHAN_DATA_FOLDER", str(tmp_path / "new"))
    code, output, errors = run("restore", tmp_path / "backup", "--keys", tmp_path / "keys")
    assert code == 0, output + errors
