"""Whatever is done on somebody's behalf is in the audit log, once, and what is in it stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from acting import act_of
from records_examples import encounter, photo_of, print_of, search_for
from removing import remove_record
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from biometrics.audit.reader import AuditLog
from biometrics.kernel.access import Act, Actor, Purpose, Role, Scope, Unit
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import RecordQuery
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import BEFORE_THE_FIRST, Action, Entry
from biometrics.storage.tables.audit import audit_entries
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.people import records
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.search.identify import store_search

ACT = Act(
    Actor("7f1c", "R. Patil", scopes=frozenset(Scope), unit=Unit("27", "519")),
    purpose=Purpose.INVESTIGATION,
    case_number="0123/2026",
    address="10.0.0.7",
    request_id="r-1",
    reason="seen near the shop",
)


def entries(store: RecordStore) -> list[Entry]:
    with store.database.reading() as connection:
        rows = connection.execute(select(audit_entries).order_by(audit_entries.c.number)).all()
    return [Entry(*row) for row in rows]


def without_encounter(store: RecordStore) -> str:
    return store.as_system("a test").create_record(Person("Mina"), "27").id


Doing = Callable[[RecordStore, str, int], object]

DEEDS: dict[Action, Doing] = {
    Action.ENROLLED: lambda store, _, __: store_person(store, Person("Mina"), encounter(), [print_of("mina")]),
    Action.RECORD_CREATED: lambda store, _, __: store.create_record(Person("Mina"), "27"),
    Action.ENCOUNTER_ADDED: lambda store, record, _: store_encounter(store, record, encounter(), [photo_of("later")]),
    Action.RECORD_READ: lambda store, record, _: store.people.get(record),
    Action.RECORDS_FOUND: lambda store, _, __: store.people.find(RecordQuery(name="asha")),
    Action.RECORD_REMOVED: lambda store, _, __: remove_record(store, without_encounter(store)),
    Action.EXPUNGED: lambda store, record, _: remove_record(store, record),
    Action.SAMPLE_READ: lambda store, _, sample: store.samples.get(sample),
    Action.IMAGE_VIEWED: lambda store, _, sample: store.samples.image(sample),
    Action.SEARCHED: lambda store, record, _: store_search(store, search_for(record)).id,
}


@pytest.mark.parametrize("action", DEEDS)
def test_an_action_on_behalf_of_somebody_is_one_entry(store: RecordStore, action: Action) -> None:
    enrolled = store_person(store, Person("Asha", aliases=("Guddi",)), encounter(), [print_of("asha")])
    assert entries(store) == []
    DEEDS[action](store.for_actor(ACT), enrolled.record_id, enrolled.sample_ids[0])
    (entry,) = entries(store)
    assert (entry.number, entry.action, entry.actor_id, entry.unit) == (1, action, "7f1c", "27/519")
    assert (entry.address, entry.request_id) == ("10.0.0.7", "r-1")
    assert (entry.purpose, entry.case_number) == ("investigation", "0123/2026")
    entry_text = str(entry).lower()
    assert not any(word in entry_text for word in ("asha", "guddi", "mina", "patil", "shop", ".png", "template"))
    named = entry.subject_id + entry.detail
    assert enrolled.record_id in named or action in (Action.ENROLLED, Action.RECORD_CREATED, Action.RECORD_REMOVED)


def test_reading_a_stored_search_is_an_entry_that_names_its_candidates(store: RecordStore) -> None:
    """Whoever reads an answer again has seen the same people."""
    enrolled = store_person(store, Person("Asha"), encounter(), [])
    search_id = store_search(store.for_actor(ACT), search_for(enrolled.record_id)).id
    store.for_actor(ACT).searches.get(search_id)
    _, entry = entries(store)
    assert (entry.action, entry.subject_id) == (Action.SEARCH_READ, search_id)
    assert enrolled.record_id in json.loads(entry.detail)["records"]


def test_the_service_itself_leaves_no_entries(store: RecordStore) -> None:
    enrolled = store_person(store, Person("Asha"), encounter(), [print_of("asha")])
    store.people.get(enrolled.record_id)
    store.sweep()
    assert entries(store) == []


@pytest.mark.essential
@pytest.mark.both_databases
def test_entries_are_chained_without_a_gap_also_of_many_at_once(store: RecordStore) -> None:
    record_id = store.create_record(Person("Asha"), "27").id

    def act(number: int) -> None:
        bound = store.for_actor(replace(ACT, request_id=f"r-{number}"))
        bound.people.get(record_id) if number % 2 else store_encounter(bound, record_id, encounter(), [])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(40)))
    log = entries(store)
    assert [entry.number for entry in log] == list(range(1, 41))
    assert {entry.request_id for entry in log} == {f"r-{number}" for number in range(40)}
    assert [entry.previous for entry in log] == [BEFORE_THE_FIRST, *(entry.hash for entry in log[:-1])]
    assert all(entry.hash == entry.proper_hash for entry in log)
    assert [entry.at for entry in log] == sorted(entry.at for entry in log)


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET actor_id = 'x'",
        "UPDATE audit_entries SET number = 7",
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries",
        "INSERT OR REPLACE INTO audit_entries SELECT 1,'','','','','','','','','','','','' ",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(store: RecordStore, statement: str) -> None:
    """Not even who may write to the database does so by mistake."""
    store.for_actor(ACT).create_record(Person("Asha"), "27")
    before = entries(store)
    with pytest.raises(DBAPIError), store.database._engine.begin() as connection:
        connection.execute(text(statement))
    assert entries(store) == before


def test_entries_name_records_and_cases_by_the_numbers_that_the_unit_may_know(station: RecordStore) -> None:
    log = AuditLog(station.database, station.keys, station.identity)
    with station.database.reading() as connection:
        rows = connection.execute(select(records)).all()
        of_cases = {row.id: row.number for row in connection.execute(select(cases))}
    numbers = {row.id: row.national_number for row in rows}
    merged = {row.id: row.merged_into for row in rows}
    named = log.subjects(act_of("national", Role.AUDITOR), [*numbers, *of_cases, "no-id"])
    everything = {subject_id: subject.text for subject_id, subject in named.items()}
    assert everything.items() >= of_cases.items()
    for record_id in numbers:
        survivor = record_id
        while merged[survivor] is not None:
            survivor = merged[survivor]
        assert everything[record_id] == numbers[survivor]
    assert "no-id" not in everything
    assert log.subjects(act_of("35", Role.AUDITOR), [*numbers, *of_cases]) == {}
