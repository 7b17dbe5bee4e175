"""The images of a moved station: copied, left where they are, or lost; and never mixed with others'."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from image_places import held
from moves import content, copy, differing
from records_examples import encounter, print_of

from biometrics.backup import blobs as image_copies
from biometrics.backup.replicate import move
from biometrics.kernel.errors import MoveRefused, StoreUnavailable
from biometrics.kernel.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder, ImageStore
from biometrics.storage.blobs.ownership import others
from biometrics.use_cases.enrol import store_person


def test_images_that_an_earlier_run_left_out_are_copied_later(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore]
) -> None:
    """Without a place for them only the database is moved."""
    copy(database_url, target_url)
    assert (held(stores[1]), stores[1].marks()) == ({}, {})
    assert differing(copy(database_url, target_url, stores)) == {}
    assert held(stores[1]) == held(stores[0])


def test_a_lost_image_is_named_and_holds_nothing_up(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore]
) -> None:
    """The rest is moved; the run says which image the station cannot give."""
    lost = next(iter(stores[0].digests()))
    stores[0].delete(lost)
    done = copy(database_url, target_url, stores)
    assert set(differing(done)) == {"SHA-256 of images", "images that cannot be read"}
    assert all(names == (lost,) for names in differing(done).values())
    assert held(stores[1]) == held(stores[0])


def test_a_station_without_its_images_is_not_moved_as_if_they_were_lost(
    station: RecordStore,
    database_url: str,
    target_url: str,
    stores: tuple[ImageStore, ImageStore],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A disk that is not mounted ends the run."""
    monkeypatch.setattr(image_copies, "MANY", 5)
    with pytest.raises(StoreUnavailable, match="in place"):
        copy(database_url, target_url, (ImageFolder(tmp_path / "not mounted"), stores[1]))


def test_a_store_that_goes_away_ends_the_run(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore], tmp_path: Path
) -> None:
    """Nothing is waited for, and no image called lost, a thousand times over."""

    def unmount(table: str, done: int, _: int) -> None:
        if table == "samples" and not done:
            (tmp_path / "images").rename(tmp_path / "elsewhere")

    with pytest.raises(StoreUnavailable, match="mounted"):
        move(database_url, target_url, stores, 5, unmount)


def test_images_are_not_copied_onto_themselves(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore], tmp_path: Path
) -> None:
    """Removals would then take the station's own images; a store is known by its marks, so under another name too."""
    (tmp_path / "another name").symlink_to(tmp_path / "images")
    for same in (stores[0], ImageFolder(tmp_path / "another name")):
        with pytest.raises(MoveRefused, match="own image store"):
            copy(database_url, target_url, (stores[0], same))


def test_images_are_not_copied_among_those_of_another_station(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore], tmp_path: Path
) -> None:
    """Whether that station left its mark, or is of a time before there were any; the refused run writes nothing."""
    unmarked = ImageFolder(tmp_path / "unmarked")
    unmarked.put(b"whose?")
    with RecordStore.open(f"sqlite:///{tmp_path / 'other.db'}", stores[1]) as other:
        store_person(other, Person("Other"), encounter(), [print_of("other")])
    for there in (unmarked, stores[1]):
        before = held(there), there.marks()
        with pytest.raises(MoveRefused, match="another station"):
            copy(database_url, target_url, (stores[0], there))
        assert (held(there), there.marks()) == before
    assert not any(rows for table, rows in content(target_url).items() if table != "identity")


def test_a_copy_with_images_of_its_own_sweeps_them(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore]
) -> None:
    """The copy is the only user of where its images went; the station goes on sweeping its own."""
    copy(database_url, target_url, stores)
    for store in stores:
        store.put(b"left behind")
    with RecordStore.open(target_url, stores[1]) as copied:
        assert (copied.sweep(timedelta()), station.sweep(timedelta())) == (1, 1)
    assert held(stores[1]) == held(stores[0])


def test_a_copy_that_shares_the_stations_images_takes_none_of_them(
    station: RecordStore, database_url: str, target_url: str, images: ImageStore
) -> None:
    """A node that was started too early must not take what the station stored since, nor the station what is new there.

    Once the operator says that the station is gone for good, the copy sweeps.
    """
    copy(database_url, target_url)
    late = store_person(station, Person("Late"), encounter(), [print_of("late")])
    with RecordStore.open(target_url, images) as copied:
        new = store_person(copied, Person("New"), encounter(), [print_of("new")])
        assert (copied.sweep(timedelta()), station.sweep(timedelta())) == (0, 0)
        assert station.samples.image(late.sample_ids[0]) == b"image late"
        assert copied.samples.image(new.sample_ids[0]) == b"image new"
        (gone,) = set(others(images, copied._user))
        Path(images.place, "users", gone).unlink()
        assert copied.sweep(timedelta()) == 1  # the image of Late, whom the copy has never had
