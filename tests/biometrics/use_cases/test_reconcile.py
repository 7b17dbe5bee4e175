"""Unidentified bodies beside missing people: what speaks against a pair, and who sees it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from acting import ELSEWHERE, HERE, act_of
from records_examples import encounter, photo_of, print_of

from biometrics.kernel.access import Act, Role, Scope
from biometrics.kernel.errors import Forbidden
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.particulars import Appearance, Particulars
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.records.store import RecordStore
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.reconcile import Contradiction, Reconciliation, ReconciliationReader

FOUND_ON = date(2024, 3, 9)


def described(name: str, sex: Sex = Sex.MALE, born: int | None = 1980, height: int | None = 170) -> Person:
    return Person(name, sex, born, particulars=Particulars(appearance=Appearance(height_cm=height)))


def stored(store: RecordStore, person: Person, kind: EncounterKind, day: date = FOUND_ON) -> None:
    samples = [photo_of(person.name), print_of(person.name, FingerPosition.RIGHT_THUMB)]
    store_person(store, person, encounter(kind=kind, date=day), samples[: 2 if person.name != "photo only" else 1])


def reconciled(store: RecordStore, unit: str = HERE, **options: bool) -> tuple[Reconciliation, ...]:
    return ReconciliationReader(store.database, act_of(unit)).find(**options).items


@pytest.fixture
def seen(store: RecordStore) -> RecordStore:
    officer = store.for_actor(act_of(HERE))
    stored(officer, described("body"), EncounterKind.UNIDENTIFIED_BODY)
    for person in (
        described("fits"),
        described("unstated", Sex.UNKNOWN, None, None),
        described("photo only", born=1990),
        described("a woman", Sex.FEMALE, 1950, 140),
        described("older", born=1969),
        described("taller", height=181),
        described("has grown", Sex.UNKNOWN, 2006, 120),
    ):
        stored(officer, person, EncounterKind.MISSING, date(2024, 1, 1))
    stored(officer, described("reported later"), EncounterKind.MISSING, date(2024, 3, 10))
    return officer


def test_people_are_ordered_by_what_agrees_and_left_out_with_the_reason(seen: RecordStore) -> None:
    [body] = reconciled(seen)
    assert [(one.person.name, one.agreements) for one in body.possible] == [
        ("fits", 3),
        ("photo only", 3),
        ("unstated", 0),
    ]
    assert body.possible[0].compared == ("Photo of a face", "Right thumb")
    assert body.possible[1].compared == ("Photo of a face",)
    assert body.excluded == {
        Contradiction.SEX: 1,
        Contradiction.AGE: 2,
        Contradiction.HEIGHT: 1,
        Contradiction.DATE: 1,
    }


def test_on_request_people_with_a_contradiction_come_last(seen: RecordStore) -> None:
    [body] = reconciled(seen, contradicted=True)
    reasons = {one.person.name: one.contradictions for one in body.possible}
    assert list(reasons)[:3] == ["fits", "photo only", "unstated"]
    assert reasons["a woman"] == (Contradiction.SEX, Contradiction.AGE, Contradiction.HEIGHT)
    assert reasons["has grown"] == (Contradiction.AGE,)  # of a child height says nothing
    assert reasons["reported later"] == (Contradiction.DATE,)


def test_another_unit_sees_neither_and_a_right_to_read_is_needed(seen: RecordStore, tmp_path: Path) -> None:
    assert reconciled(seen, ELSEWHERE) == ()
    act: Act = act_of(HERE, Role.AUDITOR)
    assert Scope.WATCH_MANAGE not in act.actor.scopes
    with pytest.raises(Forbidden):
        ReconciliationReader(seen.database, act).find()
