"""A station's copy is the station: whatever interrupts the copying, and whatever happens to the station meanwhile."""

from __future__ import annotations

import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from records_examples import FACE_MODEL, FINGER_MODEL, encounter, photo_of, print_of, search_for
from sqlalchemy import create_engine, select, text, update

from biometrics.errors import Conflict, InvalidField, StoreUnavailable
from biometrics.person import Person, Sex
from biometrics.records import copying, image_copies, tables
from biometrics.records.copying import Move, move
from biometrics.records.database import Database
from biometrics.records.images import ImageFolder
from biometrics.records.store import RecordStore
from biometrics.records.walking import MOVED, lasting
from biometrics.types import Modality

PEOPLE = 12

COPY_UNTIL_KILLED = """
import os, signal, sys
from contextlib import contextmanager
from pathlib import Path
from biometrics.records import copying, walking
from biometrics.records.database import Database

copying.BATCH = 2
left = int(sys.argv[5])
writing = Database.writing

@contextmanager
def deadly(self):
    global left
    with writing(self) as connection:
        yield connection
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

Database.writing = deadly
done = copying.move(sys.argv[1], sys.argv[2], (Path(sys.argv[3]), Path(sys.argv[4])), 5, lambda *_: None)
print(done.copied)
"""


@pytest.fixture
def target_url(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of an empty database of the other kind: SQLite is moved to PostgreSQL, and back."""
    if not database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'target' / 'pehchan.db'}"
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"target_{uuid.uuid4().hex}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield server.get_uri(database=name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "images", tmp_path / "copied images"


@pytest.fixture
def station(store: RecordStore) -> RecordStore:
    """A station that has seen everything: several models, removed people, numbers brought along, stored searches."""
    for number in range(PEOPLE):
        person = Person(f"Asha {number}", Sex.FEMALE, 1970 + number, ("Ash", "आशा"))
        samples = [print_of(f"{number} a"), photo_of(f"{number} b"), print_of(f"{number} c", model="e" * 64)]
        enrolled = store.enrol(person, encounter(), samples)
    store.save_search(search_for(enrolled.record_id))
    store.add_encounter(enrolled.record_id, encounter(fir_number="2"), [photo_of("later")])
    store.enrol(Person("Ravi", national_number="2700000099"), encounter(), [])
    gone = store.enrol(Person("Gone"), encounter(), [print_of("gone"), photo_of("gone too")])
    store.remove_record(gone.record_id)
    return store


def copy(source: str, target: str, folders: tuple[Path, Path] | None = None, sampled: int = 1000) -> Move:
    return move(source, target, folders, sampled, lambda *_: None)


def content(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, but the mark that only a target has."""
    with closing(Database(url)) as database, database.reading() as connection:
        held = {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in tables.metadata.sorted_tables
        }
    held["counters"] = sorted(row for row in held["counters"] if row[0] != MOVED)
    return held


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def differing(done: Move) -> dict[str, tuple[str, ...]]:
    return {check.what: check.differing for check in done.checks if check.differing}


def change(url: str, statement: object) -> None:
    with closing(Database(url)) as database, database.writing() as connection:
        connection.execute(statement)


def test_a_copy_holds_everything_under_its_ids(
    station: RecordStore, database_url: str, target_url: str, folders: tuple[Path, Path]
) -> None:
    """All tables, the images, the counters, the identity; nothing is left to copy then."""
    done = copy(database_url, target_url, folders)
    assert (done.complete, differing(done), done.removed) == (True, {}, 0)
    assert content(target_url) == content(database_url)
    assert all(content(target_url).values())
    assert files(folders[1]) == files(folders[0])
    again = copy(database_url, target_url, folders)
    assert (again.complete, differing(again), again.copied, again.removed) == (True, {}, 0, 0)


def test_the_next_numbers_follow_those_of_the_source(
    station: RecordStore, database_url: str, target_url: str, folders: tuple[Path, Path]
) -> None:
    """An enrolment in the copy takes no number that the station ever gave, also not to a person removed since."""
    copy(database_url, target_url, folders)
    with RecordStore.open(target_url, ImageFolder(folders[1])) as copied:
        there = copied.enrol(Person("Mina"), encounter(), [print_of("mina")])
    here = station.enrol(Person("Mina"), encounter(), [print_of("mina")])
    assert there.sample_ids == here.sample_ids
    assert there.template_ids == here.template_ids
    assert (there.sequence, there.national_number) == (here.sequence, here.national_number)


def test_a_copy_that_is_killed_again_and_again_ends_whole(
    station: RecordStore, database_url: str, target_url: str, folders: tuple[Path, Path]
) -> None:
    """Kill -9 before a commit, each time after a few more; nothing is lost, doubled, or copied from the beginning."""
    kills = 0
    while True:
        # The tables are made by the first two commits of a run, the target is taken by the third.
        arguments = [database_url, target_url, *map(str, folders), str(4 + 3 * (kills % 4))]
        done = subprocess.run([sys.executable, "-c", COPY_UNTIL_KILLED, *arguments], capture_output=True, text=True)
        if done.returncode != -signal.SIGKILL:
            break
        kills += 1
    assert done.returncode == 0, done.stderr
    assert kills >= 5
    assert int(done.stdout) < 30  # rows that were left to the last run
    assert content(target_url) == content(database_url)
    assert files(folders[1]) == files(folders[0])
    assert differing(copy(database_url, target_url, folders)) == {}


def test_what_happens_at_the_source_between_runs_is_carried_over(
    station: RecordStore, database_url: str, target_url: str, folders: tuple[Path, Path]
) -> None:
    """Additions, removals, and a national number that goes from one person to another."""
    copy(database_url, target_url, folders)
    first, second = (station.record_by_national_number(f"27000000{number}").id for number in ("01", "02"))
    station.remove_record(first)
    station.enrol(Person("Heir", national_number="2700000001"), encounter(), [print_of("heir")])
    station.add_encounter(second, encounter(fir_number="3"), [print_of("third"), photo_of("fourth")])
    station.save_search(search_for(second))
    done = copy(database_url, target_url, folders)
    assert (done.complete, differing(done)) == (True, {})
    assert content(target_url) == content(database_url)
    assert files(folders[1]) == files(folders[0])


def test_what_happens_at_the_source_during_a_run_is_carried_over(
    station: RecordStore, database_url: str, target_url: str, folders: tuple[Path, Path]
) -> None:
    """While templates are copied somebody is enrolled and somebody removed; the run goes on until it has both."""
    pending = ["2700000003", "2700000004"]

    def interfere(table: str, done: int, _: int) -> None:
        if table in ("encounters", "templates") and not done and pending:
            station.remove_record(station.record_by_national_number(pending.pop()).id)
            station.enrol(Person("Late"), encounter(), [print_of(f"late {table}"), photo_of(f"late {table}")])

    done = move(database_url, target_url, folders, 1000, interfere)
    assert not pending
    assert (done.complete, differing(done)) == (True, {})
    assert content(target_url) == content(database_url)
    assert files(folders[1]) == files(folders[0])


def test_a_run_does_not_chase_the_source_for_ever(
    station: RecordStore, database_url: str, target_url: str, folders: tuple[Path, Path]
) -> None:
    """Where every pass finds something new the run ends, compares what it has copied, and says that there is more."""

    def enrol(table: str, done: int, _: int) -> None:
        if table == "records" and not done:
            station.enrol(Person("Late"), encounter(), [])

    done = move(database_url, target_url, folders, 5, enrol)
    assert (done.complete, differing(done)) == (False, {})
    assert differing(copy(database_url, target_url)) == {}
    assert content(target_url) == content(database_url)


def test_images_that_an_earlier_run_left_out_are_copied_later(
    station: RecordStore, database_url: str, target_url: str, folders: tuple[Path, Path]
) -> None:
    """Without a folder only the database is moved."""
    copy(database_url, target_url)
    assert not folders[1].exists()
    assert differing(copy(database_url, target_url, folders)) == {}
    assert files(folders[1]) == files(folders[0])


def test_a_lost_image_is_named_and_holds_nothing_up(
    station: RecordStore, database_url: str, target_url: str, folders: tuple[Path, Path]
) -> None:
    """The rest is moved; the run says which image the station cannot give."""
    lost = next(path for path in folders[0].rglob("*") if path.is_file())
    lost.unlink()
    done = copy(database_url, target_url, folders)
    assert set(differing(done)) == {"SHA-256 of images", "images that cannot be read"}
    assert all(names == (lost.name,) for names in differing(done).values())
    assert files(folders[1]) == files(folders[0])


def test_a_station_without_its_images_is_not_moved_as_if_they_were_lost(
    station: RecordStore,
    database_url: str,
    target_url: str,
    folders: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A disk that is not mounted ends the run."""
    monkeypatch.setattr(image_copies, "MANY", 5)
    with pytest.raises(StoreUnavailable, match="in place"):
        copy(database_url, target_url, (tmp_path / "not mounted", folders[1]))


def test_a_long_copy_is_not_ended_for_its_silence(database_url: str) -> None:
    """PostgreSQL ends transactions that are silent for a minute, which copying images to a slow disk can be."""
    with closing(Database(database_url)) as database, lasting(database) as connection:
        if database_url.startswith("postgresql"):
            assert connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar() == "0"


def test_a_target_that_somebody_else_uses_is_refused_and_unchanged(
    station: RecordStore, database_url: str, target_url: str, folders: tuple[Path, Path]
) -> None:
    """Another station's records, or only its searches, are never mixed with this one's or removed."""
    with RecordStore.open(target_url, ImageFolder(folders[1])) as other:
        other.save_search(search_for("00000000-0000-4000-8000-000000000000"))
    before = content(target_url)
    with pytest.raises(Conflict, match="another station"):
        copy(database_url, target_url, folders)
    assert content(target_url) == before
    assert files(folders[1]) == {}


def test_a_foreign_target_of_an_older_version_is_not_upgraded(
    station: RecordStore, database_url: str, target_url: str, folders: tuple[Path, Path]
) -> None:
    """Its own program, which is running, would find tables that it does not know."""
    with RecordStore.open(target_url, ImageFolder(folders[1])) as other:
        other.create_record(Person("Ram"), "27")
    change(target_url, text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(Conflict, match="another station"):
        copy(database_url, target_url)
    engine = create_engine(target_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0001"
    engine.dispose()


def test_a_target_in_use_is_refused(
    station: RecordStore, database_url: str, target_url: str, folders: tuple[Path, Path]
) -> None:
    """Once the copy is the station, another run would remove what was enrolled there: it is refused."""
    copy(database_url, target_url, folders)
    with RecordStore.open(target_url, ImageFolder(folders[1])) as copied:
        kept = copied.create_record(Person("Kept"), "27")
    station.enrol(Person("Ram"), encounter(), [print_of("ram")])
    with pytest.raises(Conflict, match="in use"):
        copy(database_url, target_url, folders)
    with RecordStore.open(target_url, ImageFolder(folders[1])) as copied:
        assert copied.record(kept.id) == kept


def test_a_station_is_not_moved_to_itself(station: RecordStore, database_url: str, folders: tuple[Path, Path]) -> None:
    """Nor are its images."""
    before = content(database_url)
    with pytest.raises(Conflict, match="own database"):
        copy(database_url, database_url)
    assert content(database_url) == before


def test_images_are_not_copied_onto_themselves(
    station: RecordStore, database_url: str, target_url: str, folders: tuple[Path, Path]
) -> None:
    """Removals would then take the station's own images."""
    with pytest.raises(InvalidField, match="own image folder"):
        copy(database_url, target_url, (folders[0], folders[0]))


def test_nothing_is_not_moved(store: RecordStore, database_url: str, target_url: str) -> None:
    """A wrong setting names a database that is made empty at once: that would be a success with nothing moved."""
    with pytest.raises(InvalidField, match="nothing to move"):
        copy(database_url, target_url)


def test_a_target_that_does_not_answer_says_so(station: RecordStore, database_url: str) -> None:
    with pytest.raises(StoreUnavailable, match="does not answer"):
        copy(database_url, "postgresql://postgres@/pehchan?host=/nowhere")


TAMPERED = {
    "records": tables.records.update().where(tables.records.c.national_number == "2700000005").values(name="Eve"),
    "records, in a part": update(tables.aliases).where(tables.aliases.c.ordinal == 1).values(name="Eve"),
    "templates": tables.templates.update().where(tables.templates.c.id == 4).values(data=b"other"),
    "changes": tables.changes.update().where(tables.changes.c.sequence == 4).values(template_id=900),
    "searches, in a part": update(tables.search_candidates).values(score=0.5),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_row_that_was_tampered_with_is_named(
    station: RecordStore, database_url: str, target_url: str, what: str
) -> None:
    """Sampled rows are compared by their whole content, with what is theirs."""
    copy(database_url, target_url)
    change(target_url, TAMPERED[what])
    found = differing(copy(database_url, target_url))
    assert set(found) == {f"SHA-256 of {what.split(',')[0]}"}
    if what in ("templates", "changes"):
        assert found == {f"SHA-256 of {what}": ("4",)}


def test_a_missing_part_is_counted(station: RecordStore, database_url: str, target_url: str) -> None:
    """Rows that are copied only with others are missed by the comparison of counts."""
    copy(database_url, target_url)
    change(target_url, tables.search_probes.delete())
    found = differing(copy(database_url, target_url, sampled=0))
    assert found == {"rows of search_probes": ("the count",)}


def test_batches_of_one_copy_everything(
    station: RecordStore, database_url: str, target_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are copied in batches, whose size bounds the memory; where one ends, nothing is left out."""
    monkeypatch.setattr(copying, "BATCH", 1)
    copy(database_url, target_url)
    assert content(target_url) == content(database_url)


def test_a_moved_station_is_searched_by_its_templates(
    station: RecordStore, database_url: str, target_url: str, folders: tuple[Path, Path]
) -> None:
    """An index follows the copy from its first change to its last, as it would follow the station."""
    copy(database_url, target_url, folders)
    with RecordStore.open(target_url, ImageFolder(folders[1])) as copied:
        assert copied.identity == station.identity
        for modality, model in ((Modality.FINGERPRINT, FINGER_MODEL), (Modality.FACE, FACE_MODEL)):
            assert copied.changes_since(0, modality, model, 1000) == station.changes_since(0, modality, model, 1000)
            ids = station.template_ids(modality, model)
            assert copied.templates(ids) == station.templates(ids)
