"""What is not moved, where nothing is moved to, and images that are left where they are, lost, or another station's."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from image_places import held
from moves import Moving, change, content, copy, differing
from records_examples import encounter, print_of, search_for
from sqlalchemy import create_engine, select, text

from biometrics.backup import blobs as image_copies
from biometrics.kernel.errors import MoveRefused, StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder, ImageStore
from biometrics.storage.blobs.ownership import other_users
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.people import samples
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.identify import store_search


def test_a_target_that_somebody_else_uses_is_refused_and_unchanged(moving: Moving) -> None:
    """Another station's records, or only its searches, are never mixed with this one's or removed."""
    with moving.opened() as other:
        store_search(other, search_for("00000000-0000-4000-8000-000000000000"))
    before = content(moving.target)
    with pytest.raises(MoveRefused, match="another station"):
        moving.run()
    assert content(moving.target) == before
    assert held(moving.stores[1]) == {}


def test_a_foreign_target_of_an_older_version_is_not_upgraded(moving: Moving) -> None:
    """Its own program, which is running, would find tables that it does not know."""
    with moving.opened() as other:
        other.create_record(Person("Ram"), "27")
    change(moving.target, text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(MoveRefused, match="another station"):
        moving.run(images=False)
    engine = create_engine(moving.target.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0001"
    engine.dispose()


def test_a_target_in_use_is_refused(moving: Moving) -> None:
    """Once the copy is the station, another run would remove what was enrolled there: it is refused."""
    moving.run()
    with moving.opened() as copied:
        kept = copied.create_record(Person("Kept"), "27")
    store_person(moving.station, Person("Ram"), encounter(), [print_of("ram")])
    with pytest.raises(MoveRefused, match="in use"):
        moving.run()
    with moving.opened() as copied:
        assert copied.people.get(kept.id) == kept


def test_a_station_is_not_moved_to_itself(moving: Moving, tmp_path: Path) -> None:
    """Nor are its images, whose removal would follow; a store is known by its marks, so under another name too."""
    before = content(moving.source)
    with pytest.raises(MoveRefused, match="own database"):
        copy(moving.source, moving.source)
    assert content(moving.source) == before
    (tmp_path / "another name").symlink_to(tmp_path / "images")
    for same in (moving.stores[0], ImageFolder(tmp_path / "another name")):
        with pytest.raises(MoveRefused, match="own image store"):
            copy(moving.source, moving.target, (moving.stores[0], same))


def test_nothing_is_not_moved(store: RecordStore, database_url: str, target_url: str) -> None:
    """A wrong setting names a database that is made empty at once: that would be a success with nothing moved."""
    with pytest.raises(MoveRefused, match="nothing to move"):
        copy(database_url, target_url)


def test_a_target_that_does_not_answer_says_so(station: RecordStore, database_url: str) -> None:
    with pytest.raises(StoreUnavailable, match="does not answer"):
        copy(database_url, "postgresql://postgres@/pehchan?host=/nowhere")


def test_images_that_an_earlier_run_left_out_are_copied_later(moving: Moving) -> None:
    moving.run(images=False)
    assert (held(moving.stores[1]), moving.stores[1].marks()) == ({}, {})
    moving.require_same(moving.run())


def test_a_lost_image_is_named_and_holds_nothing_up(moving: Moving) -> None:
    """The rest is moved; the run says which image the station cannot give."""
    here, there = moving.stores
    with moving.station.database.reading() as connection:  # not a file of a search: those are compared otherwise
        lost = connection.execute(select(samples.c.image_name).limit(1)).scalar_one()
    here.delete(lost)
    result = differing(moving.run())
    assert set(result) == {"SHA-256 of images", "images that cannot be read"}
    assert all(names == (lost,) for names in result.values())
    assert held(there) == held(here)


def test_a_station_without_its_images_is_not_moved_as_if_they_were_lost(
    moving: Moving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_copies, "MANY", 5)
    with pytest.raises(StoreUnavailable, match="in place"):
        copy(moving.source, moving.target, (ImageFolder(tmp_path / "not mounted"), moving.stores[1]))

    def unmount(table: str, done: int, _: int) -> None:
        if table == "samples" and not done:
            (tmp_path / "images").rename(tmp_path / "elsewhere")

    with pytest.raises(StoreUnavailable, match="mounted"):
        moving.run(unmount, sampled=5)


def test_a_place_for_images_that_cannot_be_written_any_more_ends_the_run(moving: Moving, tmp_path: Path) -> None:
    incoming = tmp_path / "copies" / "incoming"
    moving.stores = moving.stores[0], ImageFolder(incoming.parent)

    def lock(table: str, done: int, _: int) -> None:
        if table == "samples" and not done:
            incoming.rename(tmp_path / "elsewhere")

    with pytest.raises(StoreUnavailable, match="is writable"):
        moving.run(lock)
    with closing(Database(moving.target, unfinished=True)) as target, target.reading() as connection:
        assert connection.execute(select(samples.c.id)).first() is None
    (tmp_path / "elsewhere").rename(incoming)
    moving.require_same(moving.run())


def test_images_are_not_copied_among_those_of_another_station(moving: Moving, tmp_path: Path) -> None:
    here, there = moving.stores
    unmarked = ImageFolder(tmp_path / "unmarked")
    unmarked.put(b"whose?")
    with RecordStore.open(f"sqlite:///{tmp_path / 'other.db'}", there) as other:
        store_person(other, Person("Other"), encounter(), [print_of("other")])
    for place in (unmarked, there):
        before = held(place), place.marks()
        with pytest.raises(MoveRefused, match="another station"):
            copy(moving.source, moving.target, (here, place))
        assert (held(place), place.marks()) == before
    assert not any(rows for table, rows in content(moving.target).items() if table != "identity")


def test_a_copy_with_images_of_its_own_sweeps_them(moving: Moving) -> None:
    moving.run()
    for store in moving.stores:
        store.put(b"left behind")
    with moving.opened() as copied:
        assert (copied.sweep(timedelta()), moving.station.sweep(timedelta())) == (1, 1)
    assert held(moving.stores[1]) == held(moving.stores[0])


def test_a_copy_that_shares_the_stations_images_takes_none_of_them(moving: Moving, images: ImageStore) -> None:
    """A node that was started too early must not take what the station stored since, nor the station what is new there.

    Once the operator says that the station is gone for good, the copy sweeps.
    """
    station = moving.station
    moving.run(images=False)
    late = store_person(station, Person("Late"), encounter(), [print_of("late")])
    with RecordStore.open(moving.target, images) as copied:
        new = store_person(copied, Person("New"), encounter(), [print_of("new")])
        assert (copied.sweep(timedelta()), station.sweep(timedelta())) == (0, 0)
        assert station.samples.image(late.sample_ids[0]) == b"image late"
        assert copied.samples.image(new.sample_ids[0]) == b"image new"
        (gone,) = set(other_users(images, copied._user))
        Path(images.place, "users", gone).unlink()
        assert copied.sweep(timedelta()) == 1  # the image of Late, whom the copy has never had
