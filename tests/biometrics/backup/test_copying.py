"""A station's copy is the station, whatever happens to the station meanwhile, and however often the run is cut off."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from moves import Moving, change, content, differing
from osia_rows import client_data
from records_examples import FACE_MODEL, FINGER_MODEL, encounter, photo_of, print_of, search_for
from removing import remove_record
from sqlalchemy import func, text, update

from biometrics.backup import replicate
from biometrics.backup.table_sync import lasting
from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.person import Person
from biometrics.kernel.technique.clock import today
from biometrics.records.osia_store import OsiaStore
from biometrics.records.store import RecordStore
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.accounts import units
from biometrics.storage.tables.people import aliases, records
from biometrics.storage.tables.searches import search_candidates
from biometrics.storage.tables.templates import changes, templates
from biometrics.use_cases.enrolment.enrol import replace_encounter, store_encounter, store_person
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.identify import store_search
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

# Whoever is signed in signs in again after a move, and wrong tries are forgotten.
EMPTY = {"audit_heads", "user_sessions", "refresh_tokens", "user_devices", "sign_in_failures"}
EMPTY |= {
    "key_copies",
    "stale_key_copies",
    "image_sweeps",
}  # the copies of the keys are those of a place; so are images
EMPTY |= {"unreadable_templates", "reextractions", "running_servers"}  # found by reading and extracting them


def test_a_copy_holds_everything_under_its_ids(moving: Moving) -> None:
    done = moving.run()
    moving.require_same(done)
    assert done.removed == 0
    assert {table for table, rows in content(moving.target).items() if not rows} == EMPTY
    again = moving.run()
    assert (again.complete, differing(again), again.copied, again.removed) == (True, {}, 0, 0)


def test_the_next_numbers_follow_those_of_the_source(moving: Moving) -> None:
    """An enrolment in the copy takes no number that the station ever gave, also not to a person removed since."""
    moving.run()
    with moving.opened() as copied:
        there = store_person(copied, Person("Mina"), encounter(), [print_of("mina")])
    here = store_person(moving.station, Person("Mina"), encounter(), [print_of("mina")])
    assert there.sample_ids == here.sample_ids
    assert there.template_ids == here.template_ids
    assert (there.sequence, there.national_number) == (here.sequence, here.national_number)


def add_and_remove(station: RecordStore) -> None:
    """A national number also goes from one person to another."""
    first, second = (station.people.by_national_number(f"27000000{number}").id for number in ("01", "02"))
    remove_record(station, first)
    store_person(station, Person("Heir", national_number="2700000001"), encounter(), [print_of("heir")])
    store_encounter(station, second, encounter(fir_number="3"), [print_of("third"), photo_of("fourth")])
    store_search(station, search_for(second))
    with station.database.writing() as connection:
        connection.execute(update(units).values(name="Crime Records Bureau", telephone="020 2612"))


def expunge(station: RecordStore) -> None:
    """What stays of the person is sealed with another key."""
    record = station.people.by_national_number("2700000012")
    freed = Outcome(CourtEvent.DECISION, encounter().date, "Court", Verdict.RELEASED_WITHOUT_TRIAL)
    station.editor.add_outcome(record.encounters[0].id, freed)
    assert len(Retention(station).run(today())) == 1


def replace_content(station: RecordStore) -> None:
    """A client gives the encounter another content and other samples."""
    original = OsiaStore(station).encounter("P-1", "E-1")
    other = encounter(fir_number="9")
    replace_encounter(station, original.record.id, original.stored.id, other, [photo_of("other")], client_data())


def set_aside(station: RecordStore) -> None:
    osia = OsiaStore(station)
    osia.set_galleries("P-1", "E-1", ["A", "B"])
    osia.set_active("P-1", "E-1", active=False)


def move_and_merge(station: RecordStore) -> None:
    """An encounter keeps its id when it changes its record: what the copy has under it is another row's."""
    first, second = (station.people.by_national_number(f"270000000{number}") for number in (3, 4))
    station.editor.move_encounter(first.encounters[0].id, first.version, second.id, "his brother's")
    third, fourth = (station.people.by_national_number(f"270000000{number}") for number in (5, 6))
    station.editor.merge(third.id, third.version, fourth.id, "same prints")


def move(station: RecordStore) -> None:
    first, second = (station.people.by_national_number(f"270000000{number}") for number in (3, 4))
    station.editor.move_encounter(first.encounters[0].id, first.version, second.id, "his brother's")


def move_back(station: RecordStore) -> None:
    """So that the encounter is where it was, sealed with another key."""
    first, second = (station.people.by_national_number(f"270000000{number}") for number in (3, 4))
    station.editor.undo_move(station.history.provenance(second.id).moves[-1].id, first.version, "his own after all")


def exchange(number: int) -> Callable[[RecordStore], None]:
    def change(station: RecordStore) -> None:
        remove_record(station, station.people.by_national_number(f"270000000{number}").id)
        store_person(station, Person("Late"), encounter(), [print_of(f"late {number}"), photo_of(f"late {number}")])

    return change


DURING = [[("encounters", move), ("encounters", move_back)], [("encounters", exchange(4)), ("templates", exchange(3))]]


def test_changes_at_the_source_between_runs_are_carried_over(moving: Moving) -> None:
    moving.run()
    for change_of in (expunge, add_and_remove, replace_content, set_aside, move_and_merge):
        change_of(moving.station)
    moving.require_same(moving.run())


@pytest.mark.parametrize("steps", DURING, ids=["moves to and fro", "additions and removals"])
def test_changes_at_the_source_during_a_run_are_carried_over(
    moving: Moving, steps: list[tuple[str, Callable[[RecordStore], None]]]
) -> None:
    pending = list(steps)

    def interfere(table: str, done: int, _: int) -> None:
        if pending and table == pending[0][0] and not done:
            pending.pop(0)[1](moving.station)

    done = moving.run(interfere)
    assert not pending
    moving.require_same(done)


def test_a_run_does_not_chase_the_source_for_ever(moving: Moving) -> None:
    def enrol(table: str, done: int, _: int) -> None:
        if table == "records" and not done:
            store_person(moving.station, Person("Late"), encounter(), [])

    done = moving.run(enrol, sampled=5)
    assert (done.complete, differing(done)) == (False, {})
    moving.require_same(moving.run())


def test_batches_of_one_copy_everything(moving: Moving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replicate, "BATCH", 1)
    moving.run(images=False)
    assert content(moving.target) == content(moving.source)


def test_a_moved_station_is_searched_by_its_templates(moving: Moving) -> None:
    """An index follows the copy from its first change to its last, as it would follow the station."""
    moving.run()
    station = moving.station
    with moving.opened() as copied:
        assert copied.identity == station.identity
        for modality, model in ((FINGERPRINT, FINGER_MODEL), (FACE, FACE_MODEL)):
            first, second = (each.templates.changes_since(0, modality, model, 1000) for each in (copied, station))
            assert first == second
            ids = station.templates.ids(modality, model)
            assert copied.templates.load(ids) == station.templates.load(ids)


# Sealed again, a template has another nonce, and is copied again; with the same nonce nobody but a thief changes it.
_DATA = templates.c.data
_CUT_SHORT = func.substr(_DATA, 1, func.length(_DATA) - 1)

TAMPERED = (
    records.update().where(records.c.national_number == "2700000005").values(name="Eve"),
    update(search_candidates).values(score=0.5),
    update(templates).where(templates.c.id == 4).values(data=_CUT_SHORT),
    changes.update().where(changes.c.sequence == 4).values(template_id=900),
)


def test_a_row_that_was_tampered_with_is_named(moving: Moving) -> None:
    moving.run(images=False)
    change(moving.target, update(aliases).where(aliases.c.ordinal == 1).values(name="Eve"))
    assert set(differing(moving.run(images=False))) == {"SHA-256 of records"}
    for statement in TAMPERED:
        change(moving.target, statement)
    result = differing(moving.run(images=False))
    assert set(result) == {f"SHA-256 of {what}" for what in ("records", "searches", "templates", "changes")}
    assert result["SHA-256 of templates"] == result["SHA-256 of changes"] == ("4",)


def test_a_missing_part_is_counted(moving: Moving) -> None:
    moving.run(images=False)
    change(moving.target, search_candidates.delete())
    assert differing(moving.run(images=False, sampled=0)) == {"rows of search_candidates": ("the count",)}


COPY_UNTIL_KILLED = """
import os, signal, sys
from contextlib import contextmanager
from image_places import opened
from biometrics.backup import replicate as copying, table_sync as walking
from biometrics.storage.database.engine import Database

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
stores = opened(sys.argv[3]), opened(sys.argv[4])
copying.move(sys.argv[1], sys.argv[2], stores, 5, lambda *_: None)
"""


@pytest.mark.reach
@pytest.mark.no_tables
def test_a_copy_that_is_killed_again_and_again_ends_whole(moving: Moving) -> None:
    """Kill -9 before a commit, each time after a few more; nothing is lost, doubled, or copied from the beginning.

    No run commits more than 27 times, too few to copy everything: were each to begin again, none would end.
    """
    for kills in range(50):
        # The tables are made by the first two commits of a run, the target is taken by the third.
        places = [moving.source, moving.target, *(store.place for store in moving.stores), str(4 + 8 * (kills % 4))]
        command = [sys.executable, "-c", COPY_UNTIL_KILLED, *places]
        support = Path(__file__).parents[2] / "support"
        done = subprocess.run(command, cwd=support, capture_output=True, text=True)
        if done.returncode != -signal.SIGKILL:
            break
    assert done.returncode == 0, done.stderr
    assert kills >= 5
    moving.require_same(moving.run())


@pytest.mark.both_databases
def test_a_long_copy_is_not_ended_for_its_silence(database_url: str) -> None:
    """PostgreSQL ends transactions that are silent for a minute, which copying images to a slow disk can be."""
    with closing(Database(database_url)) as database, lasting(database) as connection:
        if database_url.startswith("postgresql"):
            assert connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar() == "0"
