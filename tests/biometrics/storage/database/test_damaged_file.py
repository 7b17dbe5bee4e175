"""A database file with a page or a text that SQLite did not write gives an error that says so, and no other one."""

from __future__ import annotations

import resource
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from records_examples import encounter, print_of

from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.use_cases.enrolment.enrol import store_person


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "station.db"


@pytest.fixture
def record_id(file: Path, tmp_path: Path) -> str:
    with RecordStore.open(f"sqlite:///{file}", ImageFolder(tmp_path / "images")) as store:
        return store_person(store, Person("Ram"), encounter(), [print_of("one")]).record_id


def read(file: Path, record_id: str) -> None:
    with RecordStore.open(f"sqlite:///{file}", ImageFolder(file.parent / "images")) as store:
        store.people.get(record_id)


def test_a_text_that_is_none_is_reported_as_damage(file: Path, record_id: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE records SET name = CAST(x'80ff' AS TEXT)")
    with pytest.raises(StoreUnavailable, match="damaged"):
        read(file, record_id)


def test_a_page_that_is_lost_is_reported_as_damage(file: Path, record_id: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'records'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(file.read_bytes())
    content[(page - 1) * size : page * size] = bytes(size)
    file.write_bytes(content)
    with pytest.raises(StoreUnavailable, match="damaged"):
        read(file, record_id)


def test_a_file_that_is_no_database_is_reported_as_damage(file: Path) -> None:
    file.write_bytes(b"x" * 8192)
    with pytest.raises(StoreUnavailable, match="damaged"):
        read(file, "")


def test_a_disk_that_does_not_take_a_write_is_not_reported_as_damage(file: Path, record_id: str) -> None:
    """Somebody who restores a backup for a full or failing disk loses what was written since."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with RecordStore.open(f"sqlite:///{file}", ImageFolder(file.parent / "images")) as store:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, limits[1]))
        try:
            with pytest.raises(StoreUnavailable, match="check its disk"):
                store.create_record(Person("Shyam"), "27")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert store.people.get(record_id).person.name == "Ram"
