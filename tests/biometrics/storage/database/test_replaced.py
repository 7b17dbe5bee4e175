"""A database file that was replaced or removed while it is in use is neither read nor written."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from records_examples import encounter, print_of

from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.use_cases.enrolment.enrol import store_person


@pytest.fixture
def store(laid_out: Path, tmp_path: Path) -> Iterator[RecordStore]:
    shutil.copy(laid_out, tmp_path / "pehchan.db")
    with RecordStore.open(f"sqlite:///{tmp_path / 'pehchan.db'}", ImageFolder(tmp_path / "images")) as opened:
        yield opened


def replace_database(folder: Path) -> None:
    shutil.copy(folder / "pehchan.db", folder / "copy.db")
    (folder / "copy.db").replace(folder / "pehchan.db")


def remove_database(folder: Path) -> None:
    (folder / "pehchan.db").unlink()


@pytest.mark.parametrize("spoil", [replace_database, remove_database])
def test_nothing_is_written_to_or_read_from_a_file_that_is_not_the_opened_one(
    store: RecordStore, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    """Otherwise an enrolment is answered, and lies in a file that nobody can open."""
    store_person(store, Person("Ram"), encounter(), [print_of("one")])
    spoil(tmp_path)
    with pytest.raises(StoreUnavailable, match="replaced or removed"):
        store_person(store, Person("Sita"), encounter(), [print_of("two")])
    with pytest.raises(StoreUnavailable, match="replaced or removed"):
        store.record_count()


def test_a_write_during_which_the_file_is_replaced_is_not_answered(store: RecordStore, tmp_path: Path) -> None:
    def write() -> None:
        with store.database.writing():
            replace_database(tmp_path)

    with pytest.raises(StoreUnavailable, match="replaced or removed"):
        write()


def test_the_replaced_file_is_used_after_a_new_start(store: RecordStore, tmp_path: Path) -> None:
    store.close()
    replace_database(tmp_path)
    with RecordStore.open(f"sqlite:///{tmp_path / 'pehchan.db'}", store.images) as again:
        store_person(again, Person("Ram"), encounter(), [print_of("one")])
        assert again.record_count() == 1
