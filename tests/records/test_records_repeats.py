"""A request that arrives again is carried out once, and answered as it was the first time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from records_examples import broken_print, encounter, print_of
from sqlalchemy import update

from biometrics.access import local_operator
from biometrics.court import CourtEvent, Outcome, Verdict
from biometrics.errors import InvalidField, KeyReused, PehchanError, VersionMismatch
from biometrics.once import Once
from biometrics.person import Person
from biometrics.records.once_tables import once_keys
from biometrics.records.repeats import KEPT
from biometrics.records.store import RecordStore
from biometrics.records.values import LinkKind

FIRST = Once.of("key-1", {"name": "Ram", "print": b"one"})
OTHER = Once.of("key-1", {"name": "Ram", "print": b"two"})
ACQUITTAL = Outcome(CourtEvent.DECISION, date(2025, 5, 1), "Sessions Court", Verdict.ACQUITTED)


def test_a_repeated_enrolment_enrols_nobody_twice(store: RecordStore, tmp_path: Path) -> None:
    """The first answer comes back, and no file and no row is added."""
    first = store.once(FIRST).enrol(Person("Ram"), encounter(), [print_of("one")])
    before = store.counts()
    assert store.once(FIRST).enrol(Person("Ram"), encounter(), [print_of("one")]) == first
    assert store.once(FIRST).enrolled_before() == first
    assert store.counts() == before
    assert store.sweep() == 0
    assert store.once(replace(FIRST, key="key-2")).enrol(Person("Ram"), encounter(), []) != first
    assert store.once(None).enrolled_before() is None


def test_a_key_of_another_request_is_refused(store: RecordStore) -> None:
    """Its answer would be of something else; nothing is written, whatever the step is."""
    store.once(FIRST).create_record(Person("Ram"), "27")
    for act in (
        lambda: store.once(OTHER).create_record(Person("Ram"), "27"),
        lambda: store.once(OTHER).enrol(Person("Ram"), encounter(), [print_of("two")]),
        lambda: store.once(OTHER).enrolled_before(),
    ):
        with pytest.raises(KeyReused, match="new key"):
            act()
    assert (store.record_count(), store.sweep()) == (1, 0)


def test_what_failed_is_tried_again(store: RecordStore) -> None:
    """A key is taken in the transaction of what it stands for, and is free again where that was undone."""
    with pytest.raises(Exception, match=r"NOT NULL|not-null|None|bytes"):
        store.once(FIRST).enrol(Person("Ram"), encounter(), [broken_print("bad")])
    assert store.once(FIRST).enrolled_before() is None
    assert store.once(FIRST).enrol(Person("Ram"), encounter(), []).national_number == "2700000001"


def test_keys_of_two_clients_are_two(store: RecordStore) -> None:
    """Nobody can get at an answer by guessing a key."""
    asha, ravi = (store.acting(local_operator(name)).once(FIRST) for name in ("asha", "ravi"))
    assert asha.create_record(Person("Ram"), "27").id != ravi.create_record(Person("Ram"), "27").id


def test_every_step_of_a_clerk_is_made_once(store: RecordStore) -> None:
    """Also where the version is another one by then: the first answer is right, a refusal would be wrong."""
    one = store.enrol(Person("Ram"), encounter(), [print_of("one")])
    two = store.enrol(Person("Rama"), encounter(), [print_of("two")])
    clerk = store.once(FIRST).clerk
    for act in (
        lambda: clerk.add_outcome(one.encounter_id, ACQUITTAL, 1),
        lambda: clerk.link(one.encounter_id, two.encounter_id, LinkKind.SAME_CASE),
        lambda: clerk.correct_person(one.record_id, Person("Ramu"), 3),
        lambda: clerk.merge(one.record_id, 4, two.record_id, "same"),
        lambda: clerk.undo_merge(store.clerk.provenance(one.record_id).merges[0].id, 5, "not the same"),
        lambda: clerk.move_encounter(one.encounter_id, 6, two.record_id, "hers"),
        lambda: clerk.undo_move(
            next(move.id for move in store.clerk.provenance(one.record_id).moves if not move.merge_id), 5, "his"
        ),
    ):
        first: object = act()
        version = store.record(one.record_id).version
        assert act() == first
        assert store.record(one.record_id).version == version
    with pytest.raises(VersionMismatch):
        store.clerk.correct_person(one.record_id, Person("Ramu"), 3)


@pytest.mark.parametrize("threads", [20])
def test_a_key_that_arrives_many_times_at_once_is_carried_out_once(store: RecordStore, threads: int) -> None:
    """An impatient client sends again before the first answer: all get that one."""

    def enrol(_: int) -> object:
        return store.once(FIRST).enrol(Person("Ram"), encounter(), [print_of("one")])

    with ThreadPoolExecutor(threads) as pool:
        answers = set(pool.map(enrol, range(threads)))
    assert len(answers) == 1
    assert (store.counts().records, store.counts().samples, store.last_sequence()) == (1, 1, 1)


def test_different_requests_at_once_under_one_key_leave_one(store: RecordStore) -> None:
    """Whoever comes second is told, and nothing of theirs is written."""

    def enrol(number: int) -> str:
        try:
            store.once(Once.of("key", number)).enrol(Person(f"P {number}"), encounter(), [print_of(f"{number}")])
        except PehchanError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(enrol, range(8)))
    assert sorted(set(answers)) == ["done", "idempotency_key_reused"]
    assert (answers.count("done"), store.record_count(), store.sweep()) == (1, 1, 0)


def test_keys_are_kept_for_days_and_then_forgotten(store: RecordStore) -> None:
    """A station that was cut off for a day may still repeat what it sent."""
    store.once(FIRST).create_record(Person("Ram"), "27")
    for age, left in ((KEPT - timedelta(hours=1), 1), (KEPT + timedelta(hours=1), 2)):
        with store.database.writing() as connection:
            connection.execute(update(once_keys).values(created_at=datetime.now(UTC) - age))
        store.sweep()
        store.once(FIRST).create_record(Person("Ram"), "27")
        assert store.record_count() == left
    assert timedelta(hours=24) <= KEPT


@pytest.mark.parametrize("key", ["", " ", "a b", "schlüssel", "x" * 256, "a\n"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(InvalidField, match="UUID"):
        Once.of(key, {})


def test_a_digest_is_of_all_that_a_request_says() -> None:
    """Order of fields does not matter, anything else does."""
    digest: Callable[..., str] = lambda request: Once.of("k", request).digest  # noqa: E731
    assert digest({"a": 1, "b": b"x"}) == digest({"b": b"x", "a": 1})
    variants = [{"a": 1, "b": b"x"}, {"a": 1, "b": b"y"}, {"a": "1", "b": b"x"}, {"a": 1}, [Person("A")], [Person("B")]]
    assert len({digest(variant) for variant in variants}) == len(variants)
