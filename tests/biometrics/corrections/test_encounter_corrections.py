"""An encounter is corrected with the rights, the entry and the history of a replacement; its samples stay."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from acting import ELSEWHERE, HERE, act_of
from records_examples import encounter, print_of
from sqlalchemy import select, update

from biometrics.kernel.access import Role
from biometrics.kernel.errors import InvalidField, OutOfJurisdiction, UnknownEncounter, VersionMismatch
from biometrics.kernel.people.encounter import Encounter, EncounterKind, MissingFinger, MissingReason
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Enrolment
from biometrics.kernel.people.templates import Operation
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.technique.clock import latest_day
from biometrics.kernel.technique.entry import problems
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.records.store import RecordStore
from biometrics.storage.tables.audit import audit_entries
from biometrics.storage.tables.people import encounters
from biometrics.storage.tables.watchlist import standing_searches
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from fingerprint.modality import FINGERPRINT

MODEL = "f" * 64
NOBODY = "00000000-0000-4000-8000-000000000000"
THERE = {"state_code": "27", "district_code": "520", "station_code": "27520001"}  # ELSEWHERE's codes


def right_number(wrong: Encounter) -> Encounter:
    return replace(wrong, fir_number="12/2026", fir_year=None)


@pytest.fixture
def enrolled(store: RecordStore) -> Enrolment:
    return store_person(store, Person("Asha"), encounter(), [print_of("one")])


@pytest.fixture
def editor(store: RecordStore) -> RecordStore:
    return store.for_actor(act_of(HERE, Role.RECORDS_CLERK, "clerk"))


def content_of(store: RecordStore, enrolled: Enrolment) -> Encounter:
    (held,) = store.people.get(enrolled.record_id).encounters
    return held.encounter


def test_a_value_of_an_older_version_that_breaks_a_rule_is_corrected(
    store: RecordStore, editor: RecordStore, enrolled: Enrolment
) -> None:
    with store.database.writing() as connection:
        wrong = {"fir_number": "12/2062", "fir_year": 2062}
        connection.execute(update(encounters).where(encounters.c.id == enrolled.encounter_id).values(wrong))
    assert problems(content_of(store, enrolled), latest_day())
    done = editor.editor.correct_encounter(enrolled.encounter_id, right_number, 1)
    assert done == store.people.get(enrolled.record_id)
    corrected = content_of(store, enrolled)
    assert (corrected.fir_number, corrected.fir_year) == ("12/2026", 2026)
    assert not problems(corrected, latest_day())
    (version,) = editor.history.of_encounter(enrolled.encounter_id)
    assert (version.number, version.changed_by, version.sample_ids) == (1, "clerk", ())
    assert (version.content["fir_number"], version.content["fir_year"]) == ("12/2062", 2062)
    assert editor.history.of_encounters(enrolled.record_id) == {enrolled.encounter_id: [version]}


def test_the_samples_stay_and_indexes_learn_what_searches_ask_for(
    store: RecordStore, editor: RecordStore, enrolled: Enrolment
) -> None:
    wanted = lambda old: replace(old, kind=EncounterKind.WANTED)  # noqa: E731 - one line says it
    done = editor.editor.correct_encounter(enrolled.encounter_id, wanted, 1)
    assert [sample.id for sample in done.encounters[0].samples] == list(enrolled.sample_ids)
    assert len(store.templates.of_records([done.id], [MODEL])[done.id]) == 1
    changes = store.templates.changes_since(enrolled.sequence, FINGERPRINT, MODEL, 10)
    assert [(change.operation, change.template_id) for change in changes] == [
        (Operation.RELABEL, enrolled.template_ids[0])
    ]
    with store.database.reading() as connection:
        standing = connection.execute(select(standing_searches.c.encounter_id)).scalars().all()
    assert standing == [enrolled.encounter_id]  # whoever becomes wanted is searched for from now on


def test_it_has_the_entry_of_a_replacement(store: RecordStore, editor: RecordStore, enrolled: Enrolment) -> None:
    editor.editor.correct_encounter(enrolled.encounter_id, right_number, 1)
    with store.database.reading() as connection:
        replacing = audit_entries.c.action == "encounter.replace"
        (entry,) = connection.execute(select(audit_entries).where(replacing)).all()
    assert (entry.actor_id, entry.subject_id) == ("clerk", enrolled.record_id)
    reported = {"encounter": enrolled.encounter_id, "version": 1, "samples": [], "replaced": []}
    assert json.loads(entry.detail) == reported


def test_nobody_corrects_an_encounter_of_another_unit_or_gives_it_to_one(
    store: RecordStore, editor: RecordStore, enrolled: Enrolment
) -> None:
    store_encounter(store, enrolled.record_id, encounter(fir_number="2/2024", **THERE), [])
    there = store.for_actor(act_of(ELSEWHERE, Role.RECORDS_CLERK)).editor
    before = store.people.get(enrolled.record_id)
    for change in (right_number, lambda old: replace(old, **THERE)):
        with pytest.raises(OutOfJurisdiction):
            there.correct_encounter(enrolled.encounter_id, change, before.version)
    with pytest.raises(OutOfJurisdiction):
        editor.editor.correct_encounter(enrolled.encounter_id, lambda old: replace(old, **THERE), before.version)
    assert store.people.get(enrolled.record_id) == before
    assert store.history.of_encounters(enrolled.record_id) == {}


def test_an_invalid_correction_changes_nothing(store: RecordStore, editor: RecordStore, enrolled: Enrolment) -> None:
    before = store.people.get(enrolled.record_id)
    without = (MissingFinger(FingerPosition.RIGHT_INDEX, MissingReason.AMPUTATED),)
    with pytest.raises(VersionMismatch):
        editor.editor.correct_encounter(enrolled.encounter_id, right_number, 2)
    with pytest.raises(UnknownEncounter):
        editor.editor.correct_encounter(NOBODY, right_number, 1)
    for wrong in ({"fir_number": "12/2062", "fir_year": None}, {"missing_fingers": without}):
        with pytest.raises(InvalidField):
            editor.editor.correct_encounter(enrolled.encounter_id, lambda old, new=wrong: replace(old, **new), 1)
    assert store.people.get(enrolled.record_id) == before


def test_a_request_that_is_sent_again_corrects_once(
    store: RecordStore, editor: RecordStore, enrolled: Enrolment
) -> None:
    again = editor.for_request(IdempotencyKey.of("key", "the same")).editor
    assert again.correct_encounter(enrolled.encounter_id, right_number, 1) == again.correct_encounter(
        enrolled.encounter_id, right_number, 1
    )
    assert len(store.history.of_encounter(enrolled.encounter_id)) == 1
