"""One order of locks: no two transactions wait for each other, and code that breaks the order cannot run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from account_examples import OPERATOR
from case_examples import somebody
from lively_station import see_everything
from lock_watch import watched_locks
from meetings import PATIENCE, wait_for_a_waiter
from records_examples import encounter, print_of, search_for
from sqlalchemy import Connection, Engine, event, select
from standing_examples import add_standing

import biometrics
from biometrics.accounts.credentials import CredentialStore
from biometrics.accounts.throttle import SignInGuard
from biometrics.corrections import merging
from biometrics.jobs.model import EventType, NewTask, TaskKind
from biometrics.jobs.queue import TaskStore
from biometrics.jobs.webhooks import WebhookStore
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.record import Enrolment
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import notify
from biometrics.people.repository import EncounterRepository
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.crypto import rotation
from biometrics.storage.crypto.master_keys import MasterKeys, add_to_file
from biometrics.storage.database import locks
from biometrics.storage.database.counters import AUDIT_COUNTER, CHANGE_COUNTER, advance, lock_of
from biometrics.storage.database.locks import Lock, LockOrderViolated, acquire, held_locks
from biometrics.storage.tables.keys import SNAPSHOTS, data_keys
from biometrics.use_cases.accounts.account_administration import AccountAdministration
from biometrics.use_cases.accounts.own_account import add_webhook
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.identify import store_search
from biometrics.use_cases.search.standing_search import end_standing_search

REPLACERS = 8
REPLACEMENTS = 20  # by each of them
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one write lock


def test_a_lock_is_refused_while_one_after_it_is_held(store: RecordStore) -> None:
    with store.database.writing() as connection:
        acquire(connection, Lock.RECORD, "b")
        advance(connection, AUDIT_COUNTER)
        advance(connection, AUDIT_COUNTER)
        acquire(connection, Lock.RECORD, "b")  # held already
        with pytest.raises(LockOrderViolated, match="take CHANGE first"):
            advance(connection, CHANGE_COUNTER)
        with pytest.raises(LockOrderViolated):
            acquire(connection, Lock.RECORD, "c")


def test_records_are_held_in_the_order_of_their_ids(store: RecordStore) -> None:
    with store.database.writing() as connection:
        acquire(connection, Lock.RECORD, "b")
        with pytest.raises(LockOrderViolated, match="order of their names"):
            acquire(connection, Lock.RECORD, "a")


def test_the_next_transaction_holds_nothing(store: RecordStore) -> None:
    for _ in range(3):  # of several connections, or the same one again
        with store.database.writing() as connection:
            assert held_locks(connection) == set()
            advance(connection, CHANGE_COUNTER)
            advance(connection, AUDIT_COUNTER)
            assert held_locks(connection) == {Lock.CHANGE, Lock.AUDIT}


def test_a_counter_without_a_place_in_the_order_cannot_be_advanced() -> None:
    with pytest.raises(KeyError):
        lock_of("something new")


def test_locks_are_taken_by_one_module_alone() -> None:
    """Whoever writes FOR UPDATE or an advisory lock elsewhere would escape the order."""
    for path in sorted(Path(biometrics.__path__[0]).rglob("*.py")):
        if path == Path(locks.__file__) or "migrations" in path.parts:
            continue
        source = path.read_text("utf-8")
        called = {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
        assert "with_for_update" not in called, path
        assert "pg_advisory" not in source, path


@on_postgresql
@pytest.mark.both_databases
def test_a_standing_search_and_the_enrolment_of_a_wanted_person_do_not_wait_for_each_other(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = somebody("owner")
    search_id = store_search(store.for_actor(owner), search_for("x")).id
    standing = []

    def make_standing() -> None:
        standing.append(add_standing(store, owner, search_id))

    with ThreadPoolExecutor(1) as pool:
        wanted = encounter(kind=EncounterKind.WANTED)
        add = EncounterRepository.add

        def add_and_stand(*arguments: Any) -> Enrolment:
            added = add(*arguments)
            begun.append(pool.submit(make_standing))
            wait_for_a_waiter(store)
            return added

        begun: list[object] = []
        monkeypatch.setattr(EncounterRepository, "add", add_and_stand)
        enrolled = store_person(store.for_actor(owner), Person("Asha"), wanted, [print_of("a")])
    assert len(standing) == 1
    assert store.people.get(enrolled.record_id).person.name == "Asha"


@on_postgresql
@pytest.mark.both_databases
def test_a_rotation_does_not_deadlock_with_a_holder_of_keys(
    database_url: str, images: ImageFolder, tmp_path: Path
) -> None:
    master = tmp_path / "master.key"
    with RecordStore.open(database_url, images, MasterKeys.of_file(master)) as store:
        for name in ("a", "b", "c"):
            store_person(store, Person(name), encounter(), [print_of(name)])
        with store.database.reading() as connection:
            ids = list(connection.execute(select(data_keys.c.id).order_by(data_keys.c.id)).scalars())
        add_to_file(master)
        with ThreadPoolExecutor(1) as pool:
            with store.database.writing() as connection:
                store.keys.obtain(connection, ids[-1])
                done = pool.submit(rotation.rotate, store.database, store.keys, lambda *_: None)
                wait_for_a_waiter(store)
                store.keys.obtain(connection, ids[0])
            assert done.result(PATIENCE).wrapped == len(ids)


@on_postgresql
@pytest.mark.both_databases
@pytest.mark.parametrize("first_is_merged", [True, False])
def test_a_record_merged_while_waiting_for_its_lock_is_destroyed_as_its_survivor(
    store: RecordStore, first_is_merged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolled = [store_person(store, Person(name), encounter(), [print_of(name)]) for name in ("a", "b")]
    merged, survivor = sorted((done.record_id for done in enrolled), reverse=not first_is_merged)
    refresh = merging.refresh_search_columns

    def refresh_while_another_waits(*arguments: Any) -> None:
        waiting.append(pool.submit(Retention(store).delete, merged, "a test"))
        wait_for_a_waiter(store)
        refresh(*arguments)

    waiting: list[Future[object]] = []
    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(merging, "refresh_search_columns", refresh_while_another_waits)
        store.editor.merge(survivor, 1, merged, "one person")
        assert waiting[0].result(PATIENCE)
    assert store.people.get_or_none(survivor) is None
    assert store.people.get_or_none(merged) is None
    assert store.templates.load([number for done in enrolled for number in done.template_ids]) == []


@pytest.mark.both_databases
def test_a_key_that_many_replace_at_once_is_there_for_each_of_them(store: RecordStore) -> None:
    def replace_often(_: int) -> list[bytes | None]:
        olds = []
        for _ in range(REPLACEMENTS):
            with store.database.writing() as connection:
                old, new = store.keys.replace(connection, SNAPSHOTS)
                assert store.keys.obtain(connection, SNAPSHOTS) == new
            olds.append(old)
        return olds

    with store.database.writing() as connection:
        first = store.keys.obtain(connection, SNAPSHOTS)
    with ThreadPoolExecutor(REPLACERS) as pool:
        olds = [old for several in pool.map(replace_often, range(REPLACERS)) for old in several]
    assert None not in olds
    assert first in olds
    assert len(set(olds)) == REPLACERS * REPLACEMENTS


@pytest.fixture
def committed() -> Iterator[set[Lock]]:
    """Return the kinds of lock that committed transactions held; none changes a row of others without."""
    seen: set[Lock] = set()

    def note(connection: Connection) -> None:
        seen.update(held_locks(connection))

    event.listen(Engine, "commit", note)
    with watched_locks():
        yield seen
    event.remove(Engine, "commit", note)


@pytest.mark.both_databases
def test_every_lock_is_taken_in_order_by_those_who_take_it(committed: set[Lock], store: RecordStore) -> None:
    """The station has seen everything that changes records; the rest follows here. A wrong order would raise."""
    see_everything(store)
    database, owner = store.database, somebody("owner")
    TaskStore(database, store.images, store.keys).add(NewTask(TaskKind.REQUEST, "x", "owner", {}, {}))
    tasks = TaskStore(database, store.images, store.keys)
    hooks = WebhookStore(database, store.keys, tasks)
    hook, _ = add_webhook(store.for_actor(owner), "https://state.example", [EventType.NOTIFICATION_CREATED])
    tasks.redeliver(hooks.test("owner", hook.id), "owner", TaskKind.EVENT)
    with database.writing() as connection:
        notify(connection, "owner", NotificationKind.SIGHTING, "x")
    hooks.queue_notifications()
    CredentialStore(database).take_back(SignInGuard(database).begin("asha", ""))
    AccountAdministration(database, store.keys).disable(OPERATOR, "officer")
    wanted = store_person(
        store.for_actor(owner), Person("Wanted", Sex.FEMALE), encounter(kind=EncounterKind.WANTED), [print_of("w")]
    )
    searched = store_search(store, replace(search_for("x"), probes=())).id
    end_standing_search(store.for_actor(owner), add_standing(store, owner, searched).id, "solved")
    Retention(store).delete(wanted.record_id, "asked for")
    assert committed == set(Lock)
