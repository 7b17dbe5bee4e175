"""Destroying meets other work at that very moment: whoever comes second sees all that the first one did."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from meetings import PATIENCE, WAITING
from records_examples import encounter, print_of, search_for
from standing_examples import keep_images

from biometrics.kernel.errors import UnknownEncounter, UnknownRecord, VersionMismatch
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Enrolment
from biometrics.people.reencrypt import Sealer
from biometrics.people.repository import EncounterRepository
from biometrics.records.store import RecordStore
from biometrics.retention import repository
from biometrics.retention.repository import RetentionRepository
from biometrics.searches import probe_images as search_images
from biometrics.searches.model import KeptImage, SearchProbe
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.identify import store_search


class Destruction:
    """The destruction of all of a record, begun in a thread of its own while another transaction is open."""

    def __init__(self, store: RecordStore, record_id: str) -> None:
        self._store = store
        self._record_id = record_id
        self._pool = ThreadPoolExecutor(1)
        self._done: Future[bool] | None = None

    def begin(self) -> None:
        """Begin, and return when it waits for the open transaction: on PostgreSQL in it, on SQLite before it."""
        assert self._done is None
        self._done = self._pool.submit(Retention(self._store).expunge, self._record_id, _everything)
        until = time.monotonic() + PATIENCE
        while self._store.database.info().kind == "PostgreSQL":
            assert time.monotonic() < until, "it waits for nobody"
            assert not self._done.done(), "it did not wait"
            with self._store.database.reading() as connection:
                if connection.execute(WAITING).scalar_one():
                    return

    def end(self) -> None:
        assert self._done is not None, "it was not begun"
        assert self._done.result(PATIENCE)
        Retention(self._store).finish()


def _everything(visits: list[Any]) -> list[dict[str, Any]]:
    return [{"encounter": visit.id} for visit in visits]


@pytest.fixture
def moved(store: RecordStore) -> tuple[Destruction, Enrolment]:
    """Somebody who is about to be destroyed, and the record that their encounter was in at first."""
    first = store_person(store, Person("R. Kumar"), encounter(), [print_of("moved")])
    person = store.create_record(Person("Ram Kumar"), "27")
    store.editor.move_encounter(first.encounter_id, 1, person.id, "wrong record")
    return Destruction(store, person.id), first


def test_an_encounter_added_to_an_earlier_record_during_a_destruction_is_readable(
    store: RecordStore, moved: tuple[Destruction, Enrolment], monkeypatch: pytest.MonkeyPatch
) -> None:
    destruction, first = moved
    after(monkeypatch, EncounterRepository, "add", destruction.begin)
    added = store_encounter(store, first.record_id, encounter(fir_number="2/2024"), [print_of("new")])
    destruction.end()
    assert store.samples.image(added.sample_ids[0]) == b"image new"
    assert [stored.template.data for stored in store.templates.load(added.template_ids)] == [b"template new"]


def test_an_earlier_record_merged_during_a_destruction_stops_nothing(
    store: RecordStore, moved: tuple[Destruction, Enrolment], monkeypatch: pytest.MonkeyPatch
) -> None:
    destruction, first = moved
    stays = store_encounter(store, first.record_id, encounter(fir_number="2/2024"), [print_of("stays")])
    survivor = store.create_record(Person("Ram"), "27")
    after(monkeypatch, Sealer, "move", destruction.begin)
    store.editor.merge(survivor.id, survivor.version, first.record_id, "one person")
    destruction.end()
    assert store.samples.image(stays.sample_ids[0]) == b"image stays"
    assert store.samples.get(stays.sample_ids[0]).record_id == survivor.id


def test_a_search_file_stored_during_a_destruction_is_destroyed_with_its_probe(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = store_person(store, Person("Ram"), encounter(), [print_of("asked")])
    digest = store.samples.get(person.sample_ids[0]).image_sha256
    search = replace(search_for("x"), probes=(SearchProbe(print_of("asked").probe, digest),))
    search_id = store_search(store, search).id
    destruction = Destruction(store, person.record_id)
    after(monkeypatch, search_images, "insert_images", destruction.begin)
    keep_images(store, search_id, [KeptImage(0, "image/png", b"latent")])
    destruction.end()
    assert store.searches.image(search_id, 0) is None
    assert store.searches.get(search_id).search.probes == ()


@pytest.mark.both_databases
@pytest.mark.parametrize("one_encounter", [False, True])
def test_an_encounter_moved_while_its_deletion_is_asked_for_is_not_said_to_be_another_units(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch, one_encounter: bool
) -> None:
    first = store_person(store, Person("R. Kumar"), encounter(), [print_of("moved")])
    target = store.create_record(Person("Ram Kumar"), "27")
    moved: list[Future[Any]] = []

    def move() -> None:
        if not moved:
            move_it = store.editor.move_encounter
            moved.append(pool.submit(move_it, first.encounter_id, 1, target.id, "wrong record"))
            wait(moved, 0.5 if store.database.info().kind == "PostgreSQL" else 0)

    with ThreadPoolExecutor(1) as pool:
        if one_encounter:
            after(monkeypatch, RetentionRepository, "require_deletable", move)
        else:
            after(monkeypatch, repository, "count_encounters", move)
        with suppress(UnknownEncounter):
            Retention(store).delete(first.record_id, "a test", first.encounter_id if one_encounter else None)
        with suppress(UnknownRecord, UnknownEncounter, VersionMismatch):
            moved[0].result()
    placed = [stored.id for stored in store.people.get(target.id).encounters]
    assert placed in ([], [first.encounter_id])
    if not placed:
        with pytest.raises(UnknownRecord):
            store.people.get(first.record_id)


def after(monkeypatch: pytest.MonkeyPatch, place: Any, name: str, act: Callable[[], None]) -> None:
    """Have something done right after a function, within its transaction."""
    original = getattr(place, name)

    def followed(*arguments: Any) -> Any:
        done = original(*arguments)
        act()
        return done

    monkeypatch.setattr(place, name, followed)
