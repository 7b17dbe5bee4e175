"""What is not moved, and where nothing is moved to."""

from __future__ import annotations

import pytest
from image_places import held
from moves import change, content, copy
from records_examples import encounter, print_of, search_for
from sqlalchemy import create_engine, text

from biometrics.kernel.errors import MoveRefused, StoreUnavailable
from biometrics.kernel.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageStore
from biometrics.use_cases.enrol import store_person
from biometrics.use_cases.identify import store_search


def test_a_target_that_somebody_else_uses_is_refused_and_unchanged(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore]
) -> None:
    """Another station's records, or only its searches, are never mixed with this one's or removed."""
    with RecordStore.open(target_url, stores[1]) as other:
        store_search(other, search_for("00000000-0000-4000-8000-000000000000"))
    before = content(target_url)
    with pytest.raises(MoveRefused, match="another station"):
        copy(database_url, target_url, stores)
    assert content(target_url) == before
    assert held(stores[1]) == {}


def test_a_foreign_target_of_an_older_version_is_not_upgraded(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore]
) -> None:
    """Its own program, which is running, would find tables that it does not know."""
    with RecordStore.open(target_url, stores[1]) as other:
        other.create_record(Person("Ram"), "27")
    change(target_url, text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(MoveRefused, match="another station"):
        copy(database_url, target_url)
    engine = create_engine(target_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0001"
    engine.dispose()


def test_a_target_in_use_is_refused(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore]
) -> None:
    """Once the copy is the station, another run would remove what was enrolled there: it is refused."""
    copy(database_url, target_url, stores)
    with RecordStore.open(target_url, stores[1]) as copied:
        kept = copied.create_record(Person("Kept"), "27")
    store_person(station, Person("Ram"), encounter(), [print_of("ram")])
    with pytest.raises(MoveRefused, match="in use"):
        copy(database_url, target_url, stores)
    with RecordStore.open(target_url, stores[1]) as copied:
        assert copied.people.get(kept.id) == kept


def test_a_station_is_not_moved_to_itself(
    station: RecordStore, database_url: str, stores: tuple[ImageStore, ImageStore]
) -> None:
    """Nor are its images."""
    before = content(database_url)
    with pytest.raises(MoveRefused, match="own database"):
        copy(database_url, database_url)
    assert content(database_url) == before


def test_nothing_is_not_moved(store: RecordStore, database_url: str, target_url: str) -> None:
    """A wrong setting names a database that is made empty at once: that would be a success with nothing moved."""
    with pytest.raises(MoveRefused, match="nothing to move"):
        copy(database_url, target_url)


def test_a_target_that_does_not_answer_says_so(station: RecordStore, database_url: str) -> None:
    with pytest.raises(StoreUnavailable, match="does not answer"):
        copy(database_url, "postgresql://postgres@/pehchan?host=/nowhere")
