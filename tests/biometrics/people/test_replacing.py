"""An encounter that another one is put in place of is kept, and its new samples are searched for as an enrolment's."""

from __future__ import annotations

import pytest
from acting import ELSEWHERE, HERE, act_of
from records_examples import encounter, print_of
from sqlalchemy import delete, select

from biometrics.kernel.access import Role, Unit
from biometrics.kernel.errors import OutOfJurisdiction
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Enrolment
from biometrics.kernel.people.templates import Operation
from biometrics.osia.model import ClientData
from biometrics.records.osia_store import OsiaStore
from biometrics.records.store import RecordStore
from biometrics.storage.tables.people import samples
from biometrics.storage.tables.templates import templates
from biometrics.storage.tables.watchlist import enrolment_checks, standing_searches
from biometrics.use_cases.enrolment.enrol import replace_encounter, store_encounter, store_person
from biometrics.use_cases.retention.retention import Retention
from fingerprint.modality import FINGERPRINT

MODEL = "f" * 64


def client_data(active: bool = True) -> ClientData:
    return ClientData("E", "arrest", ("CRIMINAL",), active=active, content=b"{}")


def enrolled(store: RecordStore) -> Enrolment:
    done = store_person(store, Person("Asha"), encounter(), [print_of("old")], client_data(), "P")
    checked(store)
    return done


def checked(store: RecordStore) -> set[str]:
    """Take away the requests for checks; return the encounters that they were of."""
    with store.database.writing() as connection:
        waiting = set(connection.execute(select(enrolment_checks.c.encounter_id)).scalars())
        connection.execute(delete(enrolment_checks))
    return waiting


def replaced(store: RecordStore, done: Enrolment, kind: EncounterKind = EncounterKind.ARREST) -> Enrolment:
    other = encounter(fir_number="9/2025", kind=kind)
    instead = client_data()
    return replace_encounter(store, done.record_id, done.encounter_id, other, [print_of("new")], instead)


def test_a_replaced_encounter_is_kept_with_its_samples_and_author(store: RecordStore) -> None:
    acting = store.for_actor(act_of(HERE, Role.ABIS_INTEGRATION, "registry"))
    done = enrolled(store)
    new = replaced(acting, done)
    (version,) = acting.history.of_encounter(done.encounter_id)
    assert (version.number, version.changed_by, version.sample_ids) == (1, "registry", done.sample_ids)
    assert version.content["fir_number"] == "0123/2024"
    assert acting.samples.image(done.sample_ids[0]) == print_of("old").sample.content
    (held,) = store.people.get(done.record_id).encounters
    assert [sample.id for sample in held.samples] == list(new.sample_ids)
    assert held.encounter.fir_number == "9/2025"
    replaced(acting, done)
    assert [kept.number for kept in acting.history.of_encounter(done.encounter_id)] == [1, 2]


def test_no_search_finds_what_was_replaced(store: RecordStore) -> None:
    done = enrolled(store)
    new = replaced(store, done)
    assert [
        template.sample_id for template in store.templates.of_records([done.record_id], [MODEL])[done.record_id]
    ] == [new.sample_ids[0]]
    last = store.templates.changes_since(done.sequence, FINGERPRINT, MODEL, 10)
    assert [(change.operation, change.template_id) for change in last] == [
        (Operation.REMOVE, done.template_ids[0]),
        (Operation.ADD, new.template_ids[0]),
    ]


def test_replaced_samples_are_destroyed_with_their_encounter(store: RecordStore) -> None:
    done = enrolled(store)
    replaced(store, done)
    certificate = Retention(store).delete(done.record_id, "a test")
    assert certificate
    assert done.sample_ids[0] in certificate.content["samples"]
    assert list(store.images.digests()) == []


def test_new_samples_are_searched_for_as_those_of_an_enrolment(store: RecordStore) -> None:
    done = enrolled(store)
    replaced(store, done, EncounterKind.WANTED)
    assert checked(store) == {done.encounter_id}
    replaced(store, done, EncounterKind.WANTED)
    with store.database.reading() as connection:
        standing = connection.execute(select(standing_searches.c.encounter_id)).scalars().all()
    assert standing == [done.encounter_id]  # once, however often it is replaced


def test_samples_that_can_be_found_again_are_searched_for(store: RecordStore) -> None:
    done = enrolled(store)
    osia = OsiaStore(store)
    osia.set_active("P", "E", active=False)
    assert checked(store) == set()
    osia.set_active("P", "E", active=True)
    assert checked(store) == {done.encounter_id}


def test_an_encounter_of_another_unit_is_not_replaced_in_a_record_that_both_see(store: RecordStore) -> None:
    done = enrolled(store)
    there = Unit.of(ELSEWHERE)
    own = encounter(station_code=there.station, district_code=there.district)
    store_encounter(store, done.record_id, own, [print_of("theirs")])
    acting = store.for_actor(act_of(ELSEWHERE, Role.ABIS_INTEGRATION))
    with store.database.reading() as connection:
        before = connection.execute(select(samples.c.id, templates.c.id).select_from(samples.join(templates))).all()
    with pytest.raises(OutOfJurisdiction):
        replace_encounter(
            acting,
            done.record_id,
            done.encounter_id,
            own,
            [print_of("new")],
            client_data(),
        )
    with pytest.raises(OutOfJurisdiction):
        OsiaStore(acting).set_active("P", "E", active=False)
    with store.database.reading() as connection:
        after = connection.execute(select(samples.c.id, templates.c.id).select_from(samples.join(templates))).all()
    assert after == before
