"""What is stored is readable: values are checked when they are entered, and never when they are read back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from entries import encounters, orders, outcomes, people
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from records_examples import WHOLE, encounter, print_of, search_for
from sqlalchemy import select, update

from api.http.schemas import STORED, adapter_of
from api.v1.records_schemas import PersonPatch, RecordOut
from api.v1.retention_schemas import OrderIn
from biometrics.kernel.access import local_operator
from biometrics.kernel.errors import InvalidField, InvalidInput
from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Record, RecordQuery
from biometrics.kernel.people.retention_rules import Order, OrderKind
from biometrics.kernel.technique import clock as days
from biometrics.kernel.technique.entry import stored
from biometrics.records.store import RecordStore
from biometrics.storage.tables.history import outcomes as outcome_rows
from biometrics.storage.tables.people import encounters as encounter_rows
from biometrics.storage.tables.people import records as record_rows
from biometrics.storage.tables.retention import retention_orders
from biometrics.use_cases.enrolment.enrol import replace_encounter, store_encounter, store_person
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.identify import store_search


def as_sent(kind: Any, content: dict[str, Any]) -> Any:
    """Return what a route makes of JSON."""
    return adapter_of(kind).validate_python(content)


def read_everywhere(store: RecordStore, record_id: str) -> Record:
    record = store.people.get(record_id)
    assert store.people.named([record_id]) == {record_id: record}
    assert store.people.by_national_number(record.national_number) == record
    assert record in store.people.find(RecordQuery(), 200).items
    first = record.encounters[0].encounter
    assert record in store.people.find(RecordQuery(fir_number=first.fir_number), 200).items
    Retention(store).clocks_of(record_id, days.today())
    Retention(store).due(days.today())
    store.history.of_person(record_id)
    shown = RecordOut.of(record)
    assert RecordOut.model_validate_json(shown.model_dump_json(), context=STORED) == shown  # as the client reads it
    return record


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(person=people, visit=encounters, later=st.tuples(people, encounters, outcomes, orders))
def test_whatever_a_writer_accepts_every_reader_returns(
    store: RecordStore, person: dict[str, Any], visit: dict[str, Any], later: tuple[dict[str, Any], ...]
) -> None:
    def accepted(write: Callable[[], object]) -> bool:
        try:
            write()
        except (InvalidInput, ValidationError):
            return False
        return True

    done: list[str] = []

    def enrol() -> None:
        enrolment = as_sent(Person, person), as_sent(Encounter, visit)
        done.append(store_person(store, *enrolment, [print_of("a")]).record_id)

    if not accepted(enrol):
        return
    record = read_everywhere(store, done[0])
    assert record.problems() == ()
    encounter_id = record.encounters[0].id
    patch, second, outcome, order = later
    writes: list[Callable[[], object]] = [
        lambda: store.editor.correct_person(
            record.id, record.person.corrected(as_sent(PersonPatch, patch)), record.version
        ),
        lambda: store_encounter(store, record.id, as_sent(Encounter, second), []),
        lambda: store.editor.add_outcome(encounter_id, as_sent(Outcome, outcome)),
        lambda: Retention(store).order(encounter_id, OrderIn(**order).order()),
    ]
    for write in writes:
        if accepted(write):
            assert read_everywhere(store, done[0]).problems() == ()


def broken(store: RecordStore) -> tuple[str, str]:
    """Store a record whose rows break rules of entry, as older versions let them in; return its and its visit's id."""
    done = store_person(
        store, Person("Asha Verma", birth_year=1988, particulars=WHOLE_1988), encounter(), [print_of("a")]
    )
    store.editor.add_outcome(
        done.encounter_id, Outcome(CourtEvent.DECISION, date(2025, 1, 1), "JMFC Pune", Verdict.CONVICTED)
    )
    Retention(store).order(done.encounter_id, Order(OrderKind.HOLD, "JMFC Pune", "7/2026", date(2026, 1, 1)))
    with store.database.writing() as connection:
        connection.execute(update(record_rows).values(birth_year=1700))
        connection.execute(update(encounter_rows).values(fir_number="12/2062", fir_year=2062))
        connection.execute(update(outcome_rows).values(date=date(2098, 1, 1)))
        connection.execute(update(retention_orders).values(authority="", date=date(2098, 1, 1)))
    return done.record_id, done.encounter_id


WHOLE_1988 = stored(type(WHOLE), date(1988, 2, 29), WHOLE.relatives, WHOLE.address, "IND", WHOLE.documents)


def test_rows_that_break_a_rule_are_read_and_flagged(store: RecordStore) -> None:
    record_id, encounter_id = broken(store)
    record = read_everywhere(store, record_id)
    assert record.encounters[0].encounter.fir_year == 2062
    flagged = {(problem.encounter_id, problem.message.split(";")[0]) for problem in record.problems()}
    assert flagged == {
        (None, "The date of birth is 1988-02-29, but the birth year 1700"),
        (encounter_id, "The FIR 12/2062 is of the year 2062"),
        (encounter_id, "The court's date is 2098-01-01, which is in the future"),
    }
    assert [(problem.encounter_id, problem.message) for problem in RecordOut.of(record).problems] == [
        (problem.encounter_id, problem.message) for problem in record.problems()
    ]


def test_a_search_that_finds_a_record_that_breaks_a_rule_is_read_again(store: RecordStore) -> None:
    record_id, _ = broken(store)
    acting = store.for_actor(local_operator("test", "investigation", "1/2026"))
    search_id = store_search(acting, search_for(record_id)).id
    assert acting.searches.get(search_id).search.candidates[0].record_id == record_id
    assert record_id in acting.people.named([record_id])


def test_a_record_that_breaks_a_rule_is_corrected_as_any_other(store: RecordStore) -> None:
    record_id, _ = broken(store)
    record = store.people.get(record_id)
    corrected = store.editor.correct_person(record_id, record.person.corrected({"birth_year": 1988}), record.version)
    assert corrected.person.birth_year == 1988
    assert None not in {problem.encounter_id for problem in corrected.problems()}
    assert store.history.of_person(record_id)[-1].person.birth_year == 1700  # what it was is kept, and readable


def test_a_record_that_breaks_a_rule_is_merged_and_separated(store: RecordStore) -> None:
    record_id, _ = broken(store)
    other = store_person(store, Person("Asha Varma"), encounter(), [])
    version = store.people.get(other.record_id).version
    merge = store.editor.merge(other.record_id, version, record_id, "the same person")
    assert len(read_everywhere(store, other.record_id).encounters) == 2
    store.editor.undo_merge(merge.id, store.people.get(other.record_id).version, "not the same")
    assert store.people.get(record_id).person.birth_year == 1700


WRONG = stored(Encounter, "12/2062", "27519004", "519", "27", date(2024, 3, 9), "SI R. Patil", fir_year=2062)
NOBODY = stored(Person, "")


@pytest.mark.parametrize(
    "write",
    [
        lambda store, _: store_person(store, Person("A"), WRONG, []),
        lambda store, _: store_person(store, NOBODY, encounter(), []),
        lambda store, _: store.create_record(NOBODY, "27"),
        lambda store, done: store_encounter(store, done.record_id, WRONG, []),
        lambda store, done: replace_encounter(store, done.record_id, done.encounter_id, WRONG, []),
        lambda store, done: store.editor.correct_person(done.record_id, NOBODY, 1),
        lambda store, done: store.editor.add_outcome(
            done.encounter_id, stored(Outcome, CourtEvent.DECISION, date(2998, 1, 1), "A", Verdict.CONVICTED)
        ),
        lambda store, done: Retention(store).order(
            done.encounter_id, stored(Order, OrderKind.HOLD, "", "", date(2998, 1, 1))
        ),
    ],
)  # fmt: skip
def test_no_writer_takes_a_value_that_was_not_checked(
    store: RecordStore, write: Callable[[RecordStore, Any], object]
) -> None:
    done = store_person(store, Person("Asha Verma"), encounter(), [print_of("a")])
    before = store.counts(), store.people.get(done.record_id)
    with pytest.raises(InvalidField):
        write(store, done)
    assert (store.counts(), store.people.get(done.record_id)) == before
    with store.database.reading() as connection:
        assert connection.execute(select(outcome_rows)).all() == []
        assert connection.execute(select(retention_orders)).all() == []


@pytest.mark.parametrize("behind", [timedelta(days=10), timedelta(days=4000)])
def test_a_clock_that_is_behind_hides_no_record(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch, behind: timedelta
) -> None:
    today = days.today()
    done = store_person(
        store, Person("Asha Verma", birth_year=today.year - 20), encounter(date=today, fir_number=f"1/{today.year}"), []
    )
    store.editor.add_outcome(done.encounter_id, Outcome(CourtEvent.DECISION, today, "JMFC Pune", Verdict.CONVICTED))
    Retention(store).order(done.encounter_id, Order(OrderKind.HOLD, "JMFC Pune", "7/2026", today))

    class Behind(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) - behind

    monkeypatch.setattr(days, "datetime", Behind)
    monkeypatch.setattr(days, "today", lambda: today - behind)
    assert days.latest_day() < today
    assert read_everywhere(store, done.record_id).problems() == ()
    with pytest.raises(InvalidField, match="not in the future"):
        encounter(date=today)
