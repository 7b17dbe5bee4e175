"""No database takes the images of another for leftovers: an image store knows who uses it."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from image_places import held, opened
from records_examples import encounter, print_of

from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.blobs.ownership import UNKNOWN, StoreUser, join, other_users
from biometrics.use_cases.enrolment.enrol import store_person

ONE, COPY, FOREIGN = StoreUser("1", "station"), StoreUser("2", "station"), StoreUser("3", "another station")


def test_a_database_never_works_on_the_images_of_another(place: str, tmp_path: Path) -> None:
    images = opened(place)
    with RecordStore.open(f"sqlite:///{tmp_path / 'one.db'}", images) as first:
        store_person(first, Person("Ram"), encounter(), [print_of("one")])
        before = held(images), images.marks()
        with pytest.raises(StoreUnavailable, match="is that of another station"):
            RecordStore.open(f"sqlite:///{tmp_path / 'other.db'}", images)
        assert (held(images), images.marks()) == before
        assert first.sweep(timedelta()) == 0
    with RecordStore.open(f"sqlite:///{tmp_path / 'one.db'}", images) as first:
        images.put(b"left behind")
        assert first.sweep(timedelta()) == 1


def test_images_from_before_marks_existed_are_not_swept(
    place: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody knows whose they are; the operator who does removes the mark that stands for that."""
    images = opened(place)
    whose = images.put(b"whose?")
    with caplog.at_level(logging.WARNING), RecordStore.open(f"sqlite:///{tmp_path / 'one.db'}", images) as store:
        assert store.sweep(timedelta()) == 0
        assert f"users/{UNKNOWN}" in caplog.text
    with RecordStore.open(f"sqlite:///{tmp_path / 'one.db'}", images) as store:
        assert store.sweep(timedelta()) == 0
    assert images.holds(whose)


def test_the_operator_settles_whose_images_they_are(tmp_path: Path) -> None:
    images = ImageFolder(tmp_path / "images")
    images.put(b"left behind")
    join(images, ONE)
    assert other_users(images, ONE) == [UNKNOWN]
    (tmp_path / "images" / "users" / UNKNOWN).unlink()
    join(images, ONE)
    assert other_users(images, ONE) == []


def test_a_copy_shares_a_store_and_a_stranger_does_not(place: str) -> None:
    """Whoever comes again changes nothing."""
    images = opened(place)
    for user in (ONE, COPY, ONE, COPY):
        join(images, user)
    assert (other_users(images, ONE), other_users(images, COPY)) == (["2"], ["1"])
    with pytest.raises(StoreUnavailable, match="users/1, users/2"):
        join(images, FOREIGN)
    assert images.marks().keys() == {"1", "2"}


def test_a_database_that_became_a_stations_copy_keeps_its_store(place: str) -> None:
    images = opened(place)
    join(images, FOREIGN)
    join(images, StoreUser(FOREIGN.database, "station"))
    join(images, ONE)
    assert (other_users(images, ONE), images.marks()["3"].split(b"\n")[0]) == (["3"], b"station")


def test_a_file_that_is_no_mark_is_taken_for_a_stranger(tmp_path: Path) -> None:
    images = ImageFolder(tmp_path / "images")
    images.mark("torn", b"\xff\x00")
    with pytest.raises(StoreUnavailable, match="users/torn"):
        join(images, ONE)
