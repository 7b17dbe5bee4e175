"""`pehchan keys`: an operator makes, sees and changes the keys without ever seeing one that is in use."""

from __future__ import annotations

from pathlib import Path

import pytest
from inputs import Run
from records_examples import encounter, print_of

from api.bootstrap.store import open_store
from api.settings import Settings
from biometrics.kernel.people.person import Person
from biometrics.storage.crypto.master_keys import parse, read_file
from biometrics.use_cases.enrolment.enrol import store_person


@pytest.fixture(autouse=True)
def _no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PEHCHAN_MASTER_KEY")


def fill(tmp_path: Path) -> None:
    with open_store(Settings(data_folder=tmp_path / "data")).as_system("a test") as store:
        store_person(store, Person("Ram"), encounter(), [print_of("one")])


def test_a_new_key_goes_to_a_file_or_to_the_output(run: Run, tmp_path: Path) -> None:
    code, output, _ = run("keys", "generate")
    assert code == 0
    assert len(parse(output, "output")) == 1
    code, output, _ = run("keys", "generate", "--out", tmp_path / "master.key")
    (made,) = read_file(tmp_path / "master.key")
    assert code == 0
    assert made.id in output
    assert made.text not in output
    code, _, errors = run("keys", "generate", "--out", tmp_path / "master.key")
    assert (code, "master_key_missing" in errors) == (1, True)


def test_a_rotation_makes_a_new_master_and_retires_the_old_one(run: Run, tmp_path: Path) -> None:
    fill(tmp_path)
    path = tmp_path / "data" / "master.key"
    (old,) = read_file(path)
    code, output, errors = run("keys", "rotate")
    assert code == 0, errors
    new, kept = read_file(path)
    assert kept.id == old.id
    assert f"1 data keys wrapped by {new.id}, 1 opened with it" in output
    code, output, _ = run("keys", "retire")
    assert (code, old.id in output) == (0, True)
    assert [item.id for item in read_file(path)] == [new.id]
    with open_store(Settings(data_folder=tmp_path / "data")).as_system("a test") as store:
        assert store.samples.image(1) == b"image one"


def test_a_master_that_was_added_before_is_the_one_rotated_to(run: Run, tmp_path: Path) -> None:
    """So that it can be brought to all servers first."""
    fill(tmp_path)
    assert run("keys", "add")[0] == 0
    added = read_file(tmp_path / "data" / "master.key")[0].id
    assert added in run("keys", "rotate")[1]
    assert len(read_file(tmp_path / "data" / "master.key")) == 2


def test_a_master_in_a_variable_is_rotated_by_a_second_one_before_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old, new = (run("keys", "generate")[1].strip() for _ in range(2))
    monkeypatch.setenv("PEHCHAN_MASTER_KEY", old)
    with open_store(Settings(data_folder=tmp_path / "data")).as_system("a test") as store:
        store_person(store, Person("Ram"), encounter(), [print_of("one")])
    code, _, errors = run("keys", "rotate")
    assert (code, "with a comma between" in errors) == (1, True)
    monkeypatch.setenv("PEHCHAN_MASTER_KEY", f"{new},{old}")
    assert run("keys", "rotate")[0] == 0
    monkeypatch.setenv("PEHCHAN_MASTER_KEY", new)
    assert run("keys", "show")[0] == 0
