"""An id that a client chooses for a person leads to that person and hides no other, by its record's id or number."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from acting import ELSEWHERE, HERE, act_of, codes
from records_examples import encounter
from sqlalchemy import insert

from biometrics.kernel.errors import DuplicateNationalNumber, EncounterExists, UnknownRecord
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Enrolment
from biometrics.osia.model import ClientData
from biometrics.records.osia_store import OsiaStore
from biometrics.records.store import RecordStore
from biometrics.storage.tables.osia import osia_persons
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person

SPELLINGS: dict[str, Callable[[Enrolment], str]] = {
    "id": lambda made: made.record_id,
    "id in capitals": lambda made: made.record_id.upper(),
    "id without hyphens": lambda made: made.record_id.replace("-", ""),
    "id in braces": lambda made: "{" + made.record_id + "}",
    "id as a URN": lambda made: f"urn:uuid:{made.record_id}",
    "national number": lambda made: made.national_number,
}


def enrol(store: RecordStore, person_id: str, client_id: str = "E-1") -> Enrolment:
    data = ClientData(client_id, "arrest", ("MOSIP",), active=True, content=None)
    return store_person(store, Person("Newcomer"), encounter(), [], data, person_id)


@pytest.mark.both_databases
@pytest.mark.parametrize("unit", [HERE, ELSEWHERE])
def test_no_person_id_is_anothers_record_id_or_national_number(store: RecordStore, unit: str) -> None:
    made = store_person(store, Person("Asha"), encounter(), [])
    client = store.for_actor(act_of(unit))
    data = ClientData("E-1", "arrest", ("MOSIP",), active=True, content=None)
    before = store.counts()
    for spelling in SPELLINGS.values():
        person_id = spelling(made)
        with pytest.raises(EncounterExists) as refused:
            store_person(client, Person("Newcomer"), encounter(**codes(unit)), [], data, person_id)
        assert refused.value.elsewhere is (unit == ELSEWHERE)
        assert OsiaStore(store).record_id(person_id) == made.record_id
    assert store.counts() == before


def test_no_record_gets_a_national_number_that_is_a_persons_id(store: RecordStore) -> None:
    """Neither one that is entered nor one that is allotted: OSIA's clients would be led to another person."""
    first = int(store_person(store, Person("First"), encounter(), []).national_number)
    made = enrol(store, str(first + 2))
    with pytest.raises(DuplicateNationalNumber):
        store.create_record(Person("Asha", national_number=str(first + 2)))
    allotted = store_person(store, Person("Next"), encounter(), []).national_number
    assert (made.national_number, allotted) == (str(first + 1), str(first + 3))
    assert OsiaStore(store).record_id(str(first + 2)) == made.record_id


def test_a_number_identifies_its_record_although_an_older_version_reassigned_it(store: RecordStore) -> None:
    made, other = (store_person(store, Person(name), encounter(), []) for name in ("Asha", "Other"))
    with store.database.writing() as connection:
        connection.execute(insert(osia_persons).values(record_id=other.record_id, person_id=made.national_number))
    assert OsiaStore(store).record_id(made.national_number) == made.record_id


def test_no_encounter_id_is_that_of_another_encounter_of_the_person(store: RecordStore) -> None:
    made = store_person(store, Person("Asha"), encounter(), [])
    data = ClientData(made.encounter_id, "arrest", ("MOSIP",), active=True, content=None)
    with pytest.raises(EncounterExists):
        store_encounter(store, made.record_id, encounter(fir_number="2"), [], data)
    assert len(store.people.get(made.record_id).encounters) == 1


def test_an_id_of_nobody_is_unknown_in_every_spelling(store: RecordStore) -> None:
    for person_id in ("0" * 32, "{00000000-0000-4000-8000-000000000000}", "2799999999", "P\0"):
        with pytest.raises(UnknownRecord):
            OsiaStore(store).record_id(person_id)
