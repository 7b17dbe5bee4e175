"""A disk that takes no more bytes, at the start or later, is reported; nothing is stored by half."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from records_examples import encounter, print_of

from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.use_cases.enrolment.enrol import store_person


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """Let every write beyond so many bytes of a file fail, as on a full disk."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def opened(folder: Path) -> RecordStore:
    return RecordStore.open(f"sqlite:///{folder / 'station.db'}", ImageFolder(folder / "images"))


def test_a_start_on_a_full_disk_is_refused_and_succeeds_with_room(tmp_path: Path) -> None:
    with no_file_beyond(10_000), pytest.raises(StoreUnavailable):
        opened(tmp_path)
    with opened(tmp_path) as store:
        assert store.record_count() == 0


@pytest.mark.parametrize("image", [b"small", b"x" * 2_000_000])
def test_a_disk_that_fills_up_stores_nothing_by_half(tmp_path: Path, image: bytes) -> None:
    usual = print_of("two")
    sample = replace(usual, sample=replace(usual.sample, content=image))
    with opened(tmp_path) as store:
        store_person(store, Person("Before"), encounter(), [print_of("one")])
        limit = (tmp_path / "station.db-wal").stat().st_size if image == b"small" else 1_000_000
        with no_file_beyond(limit), pytest.raises(StoreUnavailable):
            store_person(store, Person("Full"), encounter(), [sample])
        assert store.record_count() == 1
        store_person(store, Person("After"), encounter(), [print_of("two")])
        assert store.record_count() == 2
