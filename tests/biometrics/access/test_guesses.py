"""How often an account may learn that an id is taken by what it may not see: 20 times an hour, in the same words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from acting import HERE, act_of
from records_examples import encounter
from sqlalchemy import func, select

from biometrics.access import guess_limit as guesses
from biometrics.kernel.errors import DuplicateNationalNumber, EncounterExists, TooManyRequests
from biometrics.kernel.people.person import Person
from biometrics.osia.model import ClientData
from biometrics.records.store import RecordStore
from biometrics.storage.tables.audit import audit_entries
from biometrics.use_cases.enrolment.enrol import store_person

THERE = {"state_code": "27", "district_code": "520", "station_code": "27520001"}  # ELSEWHERE's codes
TAKEN, OWN = "2799999991", "2799999992"


def named(reference: str) -> ClientData:
    return ClientData(reference, "arrest", ("MOSIP",), active=True, content=None)


def enrol(store: RecordStore, person_id: str) -> None:
    store_person(store, Person("Asha"), encounter(), [], named(person_id), person_id)


def by_number(store: RecordStore) -> None:
    store_person(store, Person("Asha", national_number=TAKEN), encounter(), [])


def by_record(store: RecordStore) -> None:
    store.create_record(Person("Asha", national_number=TAKEN))


def by_person_id(store: RecordStore) -> None:
    enrol(store, "P-1")


WAYS: list[Callable[[RecordStore], None]] = [by_number, by_record, by_person_id]


@pytest.fixture
def here(store: RecordStore) -> RecordStore:
    """Act for HERE, while ELSEWHERE has a national number and a person id, and HERE a number of its own."""
    store_person(store, Person("Theirs", national_number=TAKEN), encounter(**THERE), [])
    store_person(store, Person("Client's"), encounter(**THERE), [], named("P-1"), "P-1")
    store_person(store, Person("Ours", national_number=OWN), encounter(), [])
    return store.for_actor(act_of(HERE, actor="officer"))


def guess(store: RecordStore, number: int) -> None:
    for place in range(number):
        with pytest.raises((DuplicateNationalNumber, EncounterExists)):
            WAYS[place % len(WAYS)](store)


def entries(store: RecordStore) -> int:
    with store.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(audit_entries)).scalar_one()


def test_twenty_answers_in_an_hour_over_all_ways_together_and_then_none(
    here: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is refused then, whether the id is taken or not, so that the refusal tells nothing."""
    guess(here, 20)
    before = (here.counts(), entries(here))
    for way in WAYS:
        with pytest.raises(TooManyRequests) as refused:
            way(here)
        assert 1 <= refused.value.retry_after <= 3600
    with pytest.raises(TooManyRequests):
        here.create_record(Person("Asha", national_number="2799999993"))
    with pytest.raises(TooManyRequests):
        enrol(here, "P-2")
    assert (here.counts(), entries(here)) == before
    guess(here.for_actor(act_of(HERE, actor="another")), 1)
    guess(here.for_actor(act_of("national", actor="bureau")), 21)
    assert timedelta(hours=1) == guesses.WITHIN
    monkeypatch.setattr(guesses, "WITHIN", timedelta())
    guess(here, 1)


@pytest.mark.both_databases
def test_requests_at_the_same_time_get_no_more_answers(here: RecordStore) -> None:
    guess(here, 19)
    with here.database.reading() as connection:
        guesses.require_allowance(connection, here.act)
    guess(here, 1)
    error = DuplicateNationalNumber("taken")
    error.elsewhere = True
    with pytest.raises(TooManyRequests):
        guesses.count(here.database, here.act, error)


def test_ids_of_the_callers_own_unit_are_not_counted(here: RecordStore) -> None:
    for _ in range(21):
        with pytest.raises(DuplicateNationalNumber):
            here.create_record(Person("Asha", national_number=OWN))
    guess(here, 1)


def test_numbers_of_records_that_were_merged_are_counted_by_where_they_lead(
    store: RecordStore, here: RecordStore
) -> None:
    for place, number in ((THERE, "2799999994"), ({}, "2799999995")):
        kept, merged = (
            store_person(store, Person("Asha", national_number=own), encounter(**place), []) for own in (None, number)
        )
        store.editor.merge(kept.record_id, 1, merged.record_id, "one person")
        with pytest.raises(DuplicateNationalNumber) as refused:
            here.create_record(Person("Asha", national_number=number))
        assert refused.value.elsewhere is bool(place)
        with pytest.raises(EncounterExists) as taken:
            enrol(here, merged.record_id)
        assert taken.value.elsewhere is bool(place)


def test_the_answer_is_the_same_whichever_unit_has_the_id(store: RecordStore, here: RecordStore) -> None:
    above = store.for_actor(act_of("27", actor="above"))
    for way in WAYS:
        answers = []
        for who in (here, above):
            with pytest.raises((DuplicateNationalNumber, EncounterExists)) as refused:
                way(who)
            answers.append((refused.value.code, refused.value.message))
        assert answers[0] == answers[1]
