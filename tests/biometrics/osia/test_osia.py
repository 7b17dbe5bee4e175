"""What OSIA's clients call people and encounters, galleries, and tasks that nothing loses."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from osia_rows import client_data, give_client_data, new_task
from records_examples import encounter, print_of
from removing import remove_record
from sqlalchemy import select

from biometrics.jobs.model import TaskKind, TaskState
from biometrics.jobs.queue import TaskStore
from biometrics.kernel.errors import EncounterExists, InvalidField, StoreUnavailable, UnknownEncounter, UnknownTask
from biometrics.kernel.people.labels import Members
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Record
from biometrics.kernel.people.retention_rules import Order, OrderKind
from biometrics.kernel.technique.clock import today
from biometrics.osia.model import ClientData
from biometrics.people.reader import RecordReader
from biometrics.records.osia_store import OsiaStore
from biometrics.records.store import RecordStore
from biometrics.storage.tables import jobs as task_tables
from biometrics.storage.tables.keys import data_keys
from biometrics.storage.tables.osia import osia_encounters
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.retention.retention import Retention

LEASE = timedelta(seconds=30)


@pytest.fixture
def tasks(store: RecordStore) -> TaskStore:
    return TaskStore(store.database, store.images, store.keys, most_waiting=5)


def keys_of(store: RecordStore) -> set[str]:
    with store.database.reading() as connection:
        return set(connection.execute(select(data_keys.c.id)).scalars())


def test_an_encounter_of_an_id_that_is_taken_leaves_nothing(store: RecordStore) -> None:
    give_client_data(store)
    osia = OsiaStore(store)
    record_id, before = osia.record_id("P-1"), store.counts()
    with pytest.raises(EncounterExists):
        store_encounter(store, record_id, encounter(), [print_of("second")], client_data())
    with pytest.raises(EncounterExists):
        store_person(store, Person("Second"), encounter(), [print_of("second")], client_data(), "P-1")
    assert store.counts() == before


def test_client_data_are_sealed_with_a_key_of_the_encounter(store: RecordStore) -> None:
    """So that it may change its person, and is gone when it is removed."""
    give_client_data(store)
    osia = OsiaStore(store)
    client_encounter = osia.encounter("P-1", "E-1")
    assert client_encounter.content == b'{"biometricData": []}'
    with store.database.reading() as connection:
        (kept,) = connection.execute(select(osia_encounters.c.content)).scalars()
    assert b"biometricData" not in kept
    assert client_encounter.stored.id in keys_of(store)
    Retention(store).delete(client_encounter.record.id, "a test", client_encounter.stored.id)
    assert client_encounter.stored.id not in keys_of(store)
    assert store.record_count() == 0


def test_the_key_of_client_data_is_destroyed_with_the_record(store: RecordStore) -> None:
    give_client_data(store)
    client_encounter = OsiaStore(store).encounter("P-1", "E-1")
    remove_record(store, client_encounter.record.id)
    assert client_encounter.stored.id not in keys_of(store)


def test_an_expungement_destroys_client_data_too(store: RecordStore) -> None:
    """Its certificate names the key, so that copies of it elsewhere are looked for."""
    give_client_data(store)
    client_encounter = OsiaStore(store).encounter("P-1", "E-1")
    retention = Retention(store)
    retention.order(client_encounter.stored.id, Order(OrderKind.DESTROY, "JMFC", "1/2026", encounter().date))
    (certificate,) = retention.run(today())
    assert client_encounter.stored.id in certificate.content["dead_keys"]
    assert client_encounter.stored.id not in keys_of(store)


@pytest.mark.parametrize(
    "wrong", [{"client_id": " x"}, {"galleries": ()}, {"galleries": ("ALL",)}, {"galleries": ("\n",)}]
)
def test_a_name_that_would_not_be_read_back_unchanged_is_refused(wrong: dict[str, object]) -> None:
    fields: dict[str, object] = {"client_id": "E", "galleries": ("A",)} | wrong
    with pytest.raises(InvalidField):
        ClientData(fields["client_id"], "visit", fields["galleries"], True, b"")  # type: ignore[arg-type]


def test_a_followed_gallery_equals_one_that_is_read_again(store: RecordStore) -> None:
    osia = OsiaStore(store)

    def add(name: str, gallery: str) -> str:
        named = (client_data(name, (gallery,)), name)
        return store_person(store, Person(name), encounter(), [print_of(name)], *named).record_id

    def follow(known: Members, sequence: int) -> tuple[Members, int]:
        now = store.templates.last_sequence()
        followed = osia.galleries.members_since("VIP", known, sequence)
        assert followed.ids.tolist() == osia.galleries.members("VIP").tolist()
        return followed, now

    first = add("first", "VIP")
    seen = Members(osia.galleries.members("VIP")), store.templates.last_sequence()
    assert len(seen[0].ids) == 1
    add("second", "VIP")
    add("third", "OTHER")
    seen = follow(*seen)
    osia.set_galleries("third", "third", ["VIP", "OTHER"])
    osia.set_galleries("second", "second", ["OTHER"])
    seen = follow(*seen)
    assert len(seen[0].ids) == 2
    osia.set_active("third", "third", False)
    remove_record(store, first)
    seen = follow(*seen)
    assert len(seen[0].ids) == 1
    follow(*seen)
    assert osia.galleries.members_among("VIP", ["first", "second", "third"]).tolist() == seen[0].ids.tolist()
    assert osia.galleries.members_among("VIP", ["second"]).tolist() == []
    assert (osia.galleries.count("VIP"), osia.galleries.count("OTHER")) == (1, 2)


def test_an_encounter_that_is_destroyed_while_it_is_read_is_not_there(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    osia, read = OsiaStore(store), RecordReader.get
    first = store_person(store, Person("R. Kumar"), encounter(), [print_of("one")], client_data("first"), "P-1")
    store_encounter(store, first.record_id, encounter(), [print_of("two")], client_data("second"))

    def destroyed_first(self: RecordReader, record_id: str) -> Record:
        monkeypatch.setattr(RecordReader, "get", read)
        Retention(store).delete(record_id, "a test", first.encounter_id)
        return read(self, record_id)

    monkeypatch.setattr(RecordReader, "get", destroyed_first)
    with pytest.raises(UnknownEncounter):
        osia.encounter_in("VIP", "first")
    assert osia.encounter_in("VIP", "second").client_id == "second"


def test_the_most_urgent_task_is_taken_up_once(tasks: TaskStore) -> None:
    low, high = tasks.add(new_task(1)), tasks.add(new_task(9))
    first, second = tasks.take(LEASE), tasks.take(LEASE)
    assert first
    assert second
    assert (first.id, second.id) == (high, low)
    assert first.call == {"given": {}}
    assert tasks.take(LEASE) is None


def test_a_task_whose_server_died_is_taken_up_again(tasks: TaskStore) -> None:
    task_id = tasks.add(new_task())
    assert tasks.take(timedelta(seconds=0.1))
    until = time.monotonic() + 120
    while not (again := tasks.take(LEASE)):
        assert time.monotonic() < until
    assert (again.id, again.runs) == (task_id, 2)
    tasks.extend({task_id: again.fence}, timedelta())
    assert tasks.take(LEASE)


def test_a_result_waits_for_its_delivery_and_what_was_asked_is_forgotten(store: RecordStore, tasks: TaskStore) -> None:
    task_id = tasks.add(new_task())
    taken = tasks.take(LEASE)
    assert taken
    tasks.finish(taken, ["VIP"], failed=False)
    assert tasks.reader.state(task_id, "client", TaskKind.OSIA) is TaskState.RESPONSE_SCHEDULED
    taken = tasks.take(LEASE)
    assert taken
    assert (taken.result, taken.call) == (["VIP"], None)
    tasks.undelivered(taken, timedelta())
    assert tasks.reader.state(task_id, "client", TaskKind.OSIA) is TaskState.RESPONSE_RETRY
    taken = tasks.take(LEASE)
    assert taken
    assert taken.attempts == 1
    tasks.undelivered(taken, None)
    assert tasks.reader.state(task_id, "client", TaskKind.OSIA) is TaskState.RESPONSE_ERROR
    assert tasks.take(LEASE) is None
    tasks.redeliver(task_id, "client", TaskKind.OSIA)
    taken = tasks.take(LEASE)
    assert taken
    tasks.delivered(taken)
    assert tasks.reader.state(task_id, "client", TaskKind.OSIA) is TaskState.COMPLETED
    with store.database.reading() as connection:
        assert connection.execute(select(task_tables.tasks.c.call)).scalar() is None
    assert tasks.purge(timedelta(hours=1)) == 0
    assert tasks.purge(timedelta()) == 1
    assert task_id not in keys_of(store)


def test_a_task_is_its_accounts_own(tasks: TaskStore) -> None:
    task_id = tasks.add(new_task())
    for ask in (tasks.reader.state, tasks.redeliver):
        with pytest.raises(UnknownTask):
            ask(task_id, "somebody else", TaskKind.OSIA)
        with pytest.raises(UnknownTask):
            ask("no id", "client", TaskKind.OSIA)
        with pytest.raises(UnknownTask):
            ask(task_id, "client", TaskKind.REQUEST)


def test_no_more_tasks_are_accepted_than_may_wait(tasks: TaskStore) -> None:
    """Whoever sends more is told to come back."""
    for _ in range(5):
        tasks.add(new_task())
    with pytest.raises(StoreUnavailable):
        tasks.add(new_task())
