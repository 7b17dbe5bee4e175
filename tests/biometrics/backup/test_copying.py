"""A station's copy is the station, whatever happens to the station meanwhile."""

from __future__ import annotations

from datetime import date

import pytest
from image_places import held
from moves import content, copy, differing
from osia_rows import client_data
from records_examples import FACE_MODEL, FINGER_MODEL, encounter, photo_of, print_of, search_for
from removing import remove_record
from sqlalchemy import update

from biometrics.backup import replicate as copying
from biometrics.backup.replicate import move
from biometrics.kernel.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.person import Person
from biometrics.records.osia_store import OsiaStore
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.tables.units import units
from biometrics.use_cases.enrol import replace_encounter, store_encounter, store_person
from biometrics.use_cases.identify import store_search
from biometrics.use_cases.retention import Retention
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

# Who is signed in signs in anew after a move, and wrong tries are forgotten.
EMPTY = {"audit_heads", "user_sessions", "refresh_tokens", "user_devices", "sign_in_failures"}
EMPTY |= {"key_copies", "stale_key_copies"}  # the copies of the keys are those of a place
EMPTY |= {"unreadable_templates"}  # found by reading them


def test_a_copy_holds_everything_under_its_ids(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore]
) -> None:
    """All tables, the images, the counters, the identity; nothing is left to copy then."""
    done = copy(database_url, target_url, stores)
    assert (done.complete, differing(done), done.removed) == (True, {}, 0)
    assert content(target_url) == content(database_url)
    assert {table for table, rows in content(target_url).items() if not rows} == EMPTY
    assert held(stores[1]) == held(stores[0])
    again = copy(database_url, target_url, stores)
    assert (again.complete, differing(again), again.copied, again.removed) == (True, {}, 0, 0)


def test_the_next_numbers_follow_those_of_the_source(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore]
) -> None:
    """An enrolment in the copy takes no number that the station ever gave, also not to a person removed since."""
    copy(database_url, target_url, stores)
    with RecordStore.open(target_url, stores[1]) as copied:
        there = store_person(copied, Person("Mina"), encounter(), [print_of("mina")])
    here = store_person(station, Person("Mina"), encounter(), [print_of("mina")])
    assert there.sample_ids == here.sample_ids
    assert there.template_ids == here.template_ids
    assert (there.sequence, there.national_number) == (here.sequence, here.national_number)


def test_changes_at_the_source_between_runs_are_carried_over(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore]
) -> None:
    """Additions, removals, and a national number that goes from one person to another."""
    copy(database_url, target_url, stores)
    first, second = (station.people.by_national_number(f"27000000{number}").id for number in ("01", "02"))
    remove_record(station, first)
    store_person(station, Person("Heir", national_number="2700000001"), encounter(), [print_of("heir")])
    store_encounter(station, second, encounter(fir_number="3"), [print_of("third"), photo_of("fourth")])
    store_search(station, search_for(second))
    with station.database.writing() as connection:
        connection.execute(update(units).values(name="Crime Records Bureau", telephone="020 2612"))
    done = copy(database_url, target_url, stores)
    assert (done.complete, differing(done)) == (True, {})
    assert content(target_url) == content(database_url)
    assert held(stores[1]) == held(stores[0])


def test_samples_expunged_between_runs_are_gone_from_the_copy(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore]
) -> None:
    """And what stayed of that person, sealed anew, is opened by the key that came with it."""
    copy(database_url, target_url, stores)
    record = station.people.by_national_number("2700000012")
    freed = Outcome(CourtEvent.DECISION, encounter().date, "Court", Verdict.RELEASED_WITHOUT_TRIAL)
    station.editor.add_outcome(record.encounters[0].id, freed)
    assert len(Retention(station).run(date.today())) == 1
    done = copy(database_url, target_url, stores)
    assert (done.complete, differing(done)) == (True, {})
    assert content(target_url) == content(database_url)
    assert held(stores[1]) == held(stores[0])
    with RecordStore.open(target_url, stores[1]) as copied:
        kept = [sample.id for sample in copied.people.get(record.id).encounters[0].samples]
        assert [copied.samples.image(number) for number in kept] == [b"photo later"]
        assert [
            stored.template.data for stored in copied.templates.of_records([record.id], [FACE_MODEL])[record.id]
        ] == [b"face later"]


def test_replacements_by_a_client_between_runs_are_carried_over(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore]
) -> None:
    """Another content of the encounter, other samples, its galleries and its status."""
    copy(database_url, target_url, stores)
    osia = OsiaStore(station)
    original = osia.encounter("P-1", "E-1")
    other = encounter(fir_number="9")
    replace_encounter(station, original.record.id, original.stored.id, other, [photo_of("other")], client_data())
    done = copy(database_url, target_url, stores)
    assert (done.complete, differing(done)) == (True, {})
    assert content(target_url) == content(database_url)
    assert held(stores[1]) == held(stores[0])
    osia.set_galleries("P-1", "E-1", ["A", "B"])
    osia.set_active("P-1", "E-1", active=False)
    copy(database_url, target_url, stores)
    assert content(target_url) == content(database_url)
    assert held(stores[1]) == held(stores[0])


def test_moves_and_merges_between_runs_are_carried_over(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore]
) -> None:
    """An encounter keeps its id when it changes its record: what the copy has under it is another row's."""
    copy(database_url, target_url, stores)
    first, second = (station.people.by_national_number(f"270000000{number}") for number in (3, 4))
    station.editor.move_encounter(first.encounters[0].id, first.version, second.id, "his brother's")
    third, fourth = (station.people.by_national_number(f"270000000{number}") for number in (5, 6))
    station.editor.merge(third.id, third.version, fourth.id, "same prints")
    done = copy(database_url, target_url, stores)
    assert (done.complete, differing(done)) == (True, {})
    assert content(target_url) == content(database_url)
    assert held(stores[1]) == held(stores[0])


def test_moves_while_rows_are_copied_are_carried_over(
    station: RecordStore,
    database_url: str,
    target_url: str,
    stores: tuple[ImageStore, ImageStore],
) -> None:
    """To and fro between two passes of one run, so that the encounter is where it was, sealed anew."""
    first, second = (station.people.by_national_number(f"270000000{number}") for number in (3, 4))
    steps = [
        lambda: station.editor.move_encounter(first.encounters[0].id, first.version, second.id, "his brother's"),
        lambda: station.editor.move_encounter(
            first.encounters[0].id, station.people.get(second.id).version, first.id, "his own after all"
        ),
    ]

    def interfere(table: str, done: int, _: int) -> None:
        if table == "encounters" and not done and steps:
            steps.pop(0)()

    done = move(database_url, target_url, stores, 1000, interfere)
    assert not steps
    assert (done.complete, differing(done)) == (True, {})
    assert content(target_url) == content(database_url)
    assert held(stores[1]) == held(stores[0])


def test_changes_at_the_source_during_a_run_are_carried_over(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore]
) -> None:
    """While templates are copied somebody is enrolled and somebody removed; the run goes on until it has both."""
    pending = ["2700000003", "2700000004"]

    def interfere(table: str, done: int, _: int) -> None:
        if table in ("encounters", "templates") and not done and pending:
            remove_record(station, station.people.by_national_number(pending.pop()).id)
            store_person(station, Person("Late"), encounter(), [print_of(f"late {table}"), photo_of(f"late {table}")])

    done = move(database_url, target_url, stores, 1000, interfere)
    assert not pending
    assert (done.complete, differing(done)) == (True, {})
    assert content(target_url) == content(database_url)
    assert held(stores[1]) == held(stores[0])


def test_a_run_does_not_chase_the_source_for_ever(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore]
) -> None:
    """Where every pass finds something new the run ends, compares what it has copied, and says that there is more."""

    def enrol(table: str, done: int, _: int) -> None:
        if table == "records" and not done:
            store_person(station, Person("Late"), encounter(), [])

    done = move(database_url, target_url, stores, 5, enrol)
    assert (done.complete, differing(done)) == (False, {})
    assert differing(copy(database_url, target_url)) == {}
    assert content(target_url) == content(database_url)


def test_batches_of_one_copy_everything(
    station: RecordStore, database_url: str, target_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are copied in batches, whose size bounds the memory; where one ends, nothing is left out."""
    monkeypatch.setattr(copying, "BATCH", 1)
    copy(database_url, target_url)
    assert content(target_url) == content(database_url)


def test_a_moved_station_is_searched_by_its_templates(
    station: RecordStore, database_url: str, target_url: str, stores: tuple[ImageStore, ImageStore]
) -> None:
    """An index follows the copy from its first change to its last, as it would follow the station."""
    copy(database_url, target_url, stores)
    with RecordStore.open(target_url, stores[1]) as copied:
        assert copied.identity == station.identity
        for modality, model in ((FINGERPRINT, FINGER_MODEL), (FACE, FACE_MODEL)):
            first, second = (each.templates.changes_since(0, modality, model, 1000) for each in (copied, station))
            assert first == second
            ids = station.templates.ids(modality, model)
            assert copied.templates.load(ids) == station.templates.load(ids)
