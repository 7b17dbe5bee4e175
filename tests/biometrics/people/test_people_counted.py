"""How many people are on record is known without counting them, exactly, in the transaction that changes it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from records_examples import encounter, print_of
from removing import remove_record
from sqlalchemy import event, func, select

from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.tables.people import records
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.retention.retention import Retention


def counted(store: RecordStore) -> int:
    with store.database.reading() as connection:
        people = select(func.count()).select_from(records).where(records.c.merged_into.is_(None))
        return int(connection.execute(people).scalar_one())


def check(store: RecordStore, expected: int) -> None:
    assert (store.record_count(), counted(store)) == (expected, expected)


def test_the_number_of_people_follows_whatever_changes_it(store: RecordStore) -> None:
    check(store, 0)
    first, second = (store_person(store, Person(name), encounter(), [print_of(name)]) for name in ("Ram", "Rama"))
    bare = store.create_record(Person("Nobody"), "27")
    check(store, 3)
    survivor = store.people.get(first.record_id)
    merged = store.editor.merge(first.record_id, survivor.version, second.record_id, "one person")
    check(store, 2)
    store.editor.undo_merge(merged.id, store.people.get(first.record_id).version, "two people")
    check(store, 3)
    Retention(store).delete(second.record_id, "a test")
    remove_record(store, bare.id)
    check(store, 1)


def test_a_transaction_that_is_undone_counts_nobody(store: RecordStore) -> None:
    def fail() -> None:
        with store.begin() as work:
            work.people.add(Person("Ram"), "27")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    check(store, 0)


@pytest.mark.both_databases
def test_those_who_enrol_and_remove_at_the_same_time_are_counted_once_each(store: RecordStore) -> None:
    start = threading.Barrier(6)

    def work(number: int) -> None:
        start.wait()
        for turn in range(4):
            done = store_person(store, Person(f"P {number} {turn}"), encounter(), [print_of(f"{number} {turn}")])
            if turn % 2:
                remove_record(store, done.record_id)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    check(store, 12)


def test_no_record_is_counted_for_a_search(store: RecordStore) -> None:
    statements: list[str] = []
    store_person(store, Person("Ram"), encounter(), [print_of("one")])
    event.listen(
        store.database._engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2].lower())
    )
    assert store.record_count() == 1
    assert not [statement for statement in statements if "count(" in statement]
