"""Records are corrected with their history kept, and nobody's correction is lost."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, time

import pytest
from records_examples import FINGER_MODEL, WHOLE, encounter, print_of
from removing import remove_record
from sqlalchemy import select

from biometrics.kernel.access import local_operator
from biometrics.kernel.errors import (
    Conflict,
    InvalidField,
    UnknownEncounter,
    UnknownOutcome,
    UnknownRecord,
    VersionMismatch,
)
from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.encounter import LegalBasis
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.record import LinkKind
from biometrics.kernel.people.templates import Operation
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action
from biometrics.storage.tables.audit import audit_entries
from biometrics.use_cases.enrolment.enrol import store_person
from fingerprint.modality import FINGERPRINT

NO_ID = "00000000-0000-4000-8000-000000000000"
ACQUITTAL = Outcome(CourtEvent.DECISION, date(2025, 5, 1), "Sessions Court", Verdict.ACQUITTED, "SC 7/2024")


def test_all_fields_of_the_arrest_form_are_stored(store: RecordStore) -> None:
    arrest = encounter(
        fir_number="77", fir_year=2024, time=time(4, 30), place="दादर", device="L Scan", legal_basis=LegalBasis.CONSENT
    )
    done = store_person(store, Person("Ram", particulars=WHOLE), arrest, [])
    record = store.people.get(done.record_id)
    assert record.person == Person("Ram", national_number=record.national_number, particulars=WHOLE)
    assert record.encounters[0].encounter == arrest
    plain = store.people.get(store_person(store, Person("Sita"), encounter(), []).record_id)
    assert (plain.person.particulars, plain.encounters[0].encounter) == (Person("x").particulars, encounter())


def test_a_correction_keeps_what_was_before(store: RecordStore) -> None:
    first = store.create_record(Person("Ram", aliases=("R", "S")), "27")
    second = store.editor.correct_person(first.id, Person("Rama", Sex.MALE, 1980, ("S",), "2700000099"), first.version)
    third = store.editor.correct_person(first.id, replace(second.person, particulars=WHOLE), second.version)
    assert second.person == Person("Rama", Sex.MALE, 1980, ("S",), first.national_number)
    assert store.people.get(first.id) == third
    assert third.version == first.version + 2
    old = store.history.of_person(first.id)
    assert [(version.version, version.person) for version in old] == [
        (first.version, first.person),
        (second.version, second.person),
    ]
    same = store.editor.correct_person(first.id, third.person, third.version)
    assert (same.person, len(store.history.of_person(first.id))) == (third.person, 2)


def test_a_correction_of_another_version_changes_nothing(store: RecordStore) -> None:
    """Somebody else was first: the caller must read again."""
    record = store.create_record(Person("Ram"), "27")
    now = store.editor.correct_person(record.id, Person("Rama"), record.version)
    for version in (record.version, now.version + 1):
        with pytest.raises(VersionMismatch, match="read it again"):
            store.editor.correct_person(record.id, Person("Lost"), version)
    assert store.people.get(record.id) == now
    with pytest.raises(UnknownRecord):
        store.editor.correct_person(NO_ID, Person("Ram"), 1)
    with pytest.raises(UnknownRecord):
        store.history.of_person(NO_ID)


@pytest.mark.essential
@pytest.mark.both_databases
def test_no_update_is_lost_among_twenty_threads(store: RecordStore) -> None:
    """Each adds an alias, reading again whenever somebody else was first; in the end all are there."""
    record = store.create_record(Person("Ram"), "27")

    def add(number: int) -> int:
        refused = 0
        while True:
            read = store.people.get(record.id)
            new = replace(read.person, aliases=(*read.person.aliases, f"alias {number}"))
            try:
                store.editor.correct_person(record.id, new, read.version)
            except VersionMismatch:
                refused += 1
            else:
                return refused

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(add, range(20)))
    end = store.people.get(record.id)
    assert sorted(end.person.aliases) == sorted(f"alias {number}" for number in range(20))
    assert (end.version, len(store.history.of_person(record.id))) == (record.version + 20, 20)


def test_indexes_learn_of_a_corrected_sex_or_year(store: RecordStore) -> None:
    """A search narrowed down to women born in 1990 must find her by tomorrow's data, not by yesterday's."""
    done = store_person(store, Person("Ram"), encounter(), [print_of("one"), print_of("two")])
    record = store.people.get(done.record_id)
    record = store.editor.correct_person(record.id, replace(record.person, name="Rama"), record.version)
    assert store.templates.last_sequence() == done.sequence
    store.editor.correct_person(record.id, replace(record.person, sex=Sex.FEMALE, birth_year=1990), record.version)
    changes = store.templates.changes_since(done.sequence, FINGERPRINT, FINGER_MODEL, 10)
    assert [(change.operation, change.template_id) for change in changes] == [
        (Operation.RELABEL, number) for number in done.template_ids
    ]
    assert {stored.label.birth_year for stored in store.templates.load(done.template_ids)} == {1990}


def test_an_encounter_shows_its_outcomes_and_how_it_stands(store: RecordStore) -> None:
    done = store_person(store, Person("Ram"), encounter(), [])
    assert store.people.get(done.record_id).encounters[0].standing.verdict is None
    stored = store.editor.add_outcome(done.encounter_id, ACQUITTAL, version=1)
    store.editor.add_outcome(done.encounter_id, Outcome(CourtEvent.NO_FURTHER_APPEAL, date(2025, 9, 1), "High Court"))
    record = store.people.get(done.record_id)
    (read,) = record.encounters
    assert (read.outcomes[0], record.version) == (stored, 3)
    assert (read.standing.verdict, read.standing.since, read.standing.final) == (
        Verdict.ACQUITTED,
        ACQUITTAL.date,
        True,
    )


def test_who_did_it_is_kept_and_audited(store: RecordStore) -> None:
    done = store_person(store, Person("Ram"), encounter(), [])
    bound = store.for_actor(local_operator("asha"))
    editor = bound.editor
    editor.correct_person(done.record_id, Person("Rama"), 1)
    assert editor.add_outcome(done.encounter_id, ACQUITTAL).created_by == "local:asha"
    assert [old.changed_by for old in bound.history.of_person(done.record_id)] == ["local:asha"]
    with store.database.reading() as connection:
        entries = connection.execute(select(audit_entries).order_by(audit_entries.c.number)).all()
    assert [entry.action for entry in entries] == [
        Action.RECORD_CORRECTED,
        Action.OUTCOME_ADDED,
        Action.HISTORY_READ,
    ]
    assert "Ram" not in str(entries)


def test_an_outcome_that_cannot_be_is_refused(store: RecordStore) -> None:
    done = store_person(store, Person("Ram"), encounter(date=date(2024, 3, 9)), [])
    before = store.people.get(done.record_id)
    with pytest.raises(InvalidField, match="before"):
        store.editor.add_outcome(done.encounter_id, replace(ACQUITTAL, date=date(2024, 3, 8)))
    with pytest.raises(InvalidField, match="decided"):
        store.editor.add_outcome(done.encounter_id, Outcome(CourtEvent.APPEAL_FILED, ACQUITTAL.date, "High Court"))
    with pytest.raises(VersionMismatch):
        store.editor.add_outcome(done.encounter_id, ACQUITTAL, version=9)
    for unknown in (NO_ID, "", "x"):
        with pytest.raises(UnknownEncounter):
            store.editor.add_outcome(unknown, ACQUITTAL)
    assert store.people.get(done.record_id) == before


def test_an_outcome_entered_by_mistake_counts_no_more_and_stays(store: RecordStore) -> None:
    done = store_person(store, Person("Ram"), encounter(), [])
    editor = store.for_actor(local_operator("asha")).editor
    wrong = editor.add_outcome(done.encounter_id, ACQUITTAL)
    read = store.people.get(done.record_id)
    with pytest.raises(VersionMismatch):
        editor.withdraw_outcome(done.encounter_id, wrong.id, "another man", read.version - 1)
    for reason in ("", "x" * 301):
        with pytest.raises(InvalidField, match="reason"):
            editor.withdraw_outcome(done.encounter_id, wrong.id, reason)
    for encounter_id, outcome_id, error in (
        (NO_ID, wrong.id, UnknownEncounter),
        (done.encounter_id, NO_ID, UnknownOutcome),
        (store_person(store, Person("Sita"), encounter(), []).encounter_id, wrong.id, UnknownOutcome),
    ):
        with pytest.raises(error):
            editor.withdraw_outcome(encounter_id, outcome_id, "another man")
    assert store.people.get(done.record_id) == read
    withdrawn = editor.withdraw_outcome(done.encounter_id, wrong.id, "another man", read.version)
    record = store.people.get(done.record_id)
    assert (record.version, record.encounters[0].outcomes) == (read.version + 1, (withdrawn,))
    assert (withdrawn.outcome, withdrawn.created_by) == (ACQUITTAL, "local:asha")
    assert withdrawn.withdrawal
    assert (withdrawn.withdrawal.by, withdrawn.withdrawal.because) == ("local:asha", "another man")
    assert record.encounters[0].standing.verdict is None
    with pytest.raises(Conflict):
        editor.withdraw_outcome(done.encounter_id, wrong.id, "again")
    with store.database.reading() as connection:
        written = audit_entries.c.action == Action.OUTCOME_WITHDRAWN
        (entry,) = connection.execute(select(audit_entries).where(written)).all()
    assert (entry.subject_id, json.loads(entry.detail)) == (done.encounter_id, {"outcome": wrong.id, "instead": None})


def test_a_wrong_outcome_is_replaced_where_others_follow_from_it(store: RecordStore) -> None:
    done = store_person(store, Person("Ram"), encounter(), [])
    editor = store.editor
    wrong = editor.add_outcome(done.encounter_id, ACQUITTAL)
    editor.add_outcome(done.encounter_id, Outcome(CourtEvent.APPEAL_FILED, date(2025, 6, 1), "High Court"))
    before = store.people.get(done.record_id)
    late = replace(ACQUITTAL, date=date(2025, 7, 1))
    for instead in (None, late, replace(ACQUITTAL, date=date(2020, 1, 1))):
        with pytest.raises(InvalidField):
            editor.withdraw_outcome(done.encounter_id, wrong.id, "wrong verdict", instead=instead)
    assert store.people.get(done.record_id) == before
    right = replace(ACQUITTAL, verdict=Verdict.CONVICTED)
    request = store.for_request(IdempotencyKey.of("k", "withdraw")).editor
    answers = [request.withdraw_outcome(done.encounter_id, wrong.id, "wrong verdict", instead=right) for _ in range(2)]
    assert answers[0] == answers[1]
    (read,) = store.people.get(done.record_id).encounters
    assert [stored.outcome for stored in read.outcomes if stored.withdrawal is None][-1] == right
    assert answers[0].withdrawal
    assert answers[0].withdrawal.replaced_by in [stored.id for stored in read.outcomes]
    assert (len(read.outcomes), read.standing.verdict, read.standing.appeal_pending) == (3, Verdict.CONVICTED, True)


def test_linked_encounters_name_each_other(store: RecordStore) -> None:
    """A surrender follows an arrest, also in the record of somebody else; once is enough."""
    arrest = store_person(store, Person("Ram"), encounter(), [])
    surrender = store_person(store, Person("Rama"), encounter(), [])
    link = store.editor.link(surrender.encounter_id, arrest.encounter_id, LinkKind.FOLLOWS)
    assert store.editor.link(surrender.encounter_id, arrest.encounter_id, LinkKind.FOLLOWS) == link
    for done in (arrest, surrender):
        assert store.people.get(done.record_id).encounters[0].links == (link,)
    with pytest.raises(InvalidField, match="itself"):
        store.editor.link(arrest.encounter_id, arrest.encounter_id, LinkKind.SAME_CASE)
    with pytest.raises(UnknownEncounter):
        store.editor.link(arrest.encounter_id, NO_ID, LinkKind.SAME_CASE)
    remove_record(store, arrest.record_id)
    assert store.people.get(surrender.record_id).encounters[0].links == ()
