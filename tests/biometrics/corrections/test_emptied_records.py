"""A record whose encounters went elsewhere stays with those who saw it, and goes with these encounters."""

from __future__ import annotations

import datetime as dt

import pytest
from acting import ELSEWHERE, HERE, act_of, codes
from records_examples import encounter, print_of
from retention_examples import HOLD, problems, release_of

from biometrics.kernel.access import Unit
from biometrics.kernel.errors import ExpungementRefused, OutOfJurisdiction, UnknownMerge, UnknownRecord
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Elsewhere, Enrolment, RecordQuery
from biometrics.kernel.people.retention_rules import Order, OrderKind
from biometrics.kernel.technique.clock import today
from biometrics.records.store import RecordStore
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.enrolment.subscribe import subscribe
from biometrics.use_cases.retention.retention import Retention

DESTROY = Order(OrderKind.DESTROY, "JMFC Pune", "Order 9/2025", dt.date(2025, 3, 1))


def enrolled(store: RecordStore, unit: str, name: str) -> Enrolment:
    return store_person(store, Person(name), encounter(**codes(unit)), [print_of(f"{unit} {name}")])


def emptied(store: RecordStore, unit: str = HERE) -> tuple[Enrolment, Enrolment]:
    """Return a record whose only encounter was moved to another one, and that other one."""
    source, target = enrolled(store, unit, "Meena"), enrolled(store, unit, "Tara")
    store.editor.move_encounter(source.encounter_id, 1, target.record_id, "of another person")
    return source, target


def names(store: RecordStore, unit: str, query: RecordQuery) -> list[str]:
    page = store.for_actor(act_of(unit)).people.find(query)
    return [record.person.name for record in page.items]


def test_a_record_that_lost_its_encounters_is_seen_by_whom_it_was_seen(store: RecordStore) -> None:
    """Not by the whole state, which sees those that never had one."""
    record_id = emptied(store)[0].record_id
    for unit in (HERE, "27/519", "27", "national"):
        assert store.for_actor(act_of(unit)).people.get(record_id).person.name == "Meena"
        for query in (RecordQuery(), RecordQuery(name="Meena")):
            assert "Meena" in names(store, unit, query)
    for unit in (ELSEWHERE, "27/520", "28"):
        other = store.for_actor(act_of(unit))
        with pytest.raises(OutOfJurisdiction, match=HERE):
            other.people.get(record_id)
        with pytest.raises(OutOfJurisdiction):
            subscribe(other, record_id, "Section 4", today())
        assert other.people.named([record_id]) == {record_id: Elsewhere(Unit.of(HERE))}
        for query in (RecordQuery(), RecordQuery(name="Meena")):
            assert names(store, unit, query) == []


def test_a_new_encounter_makes_the_record_that_of_its_unit(store: RecordStore) -> None:
    record_id = emptied(store)[0].record_id
    store_encounter(store, record_id, encounter(**codes(ELSEWHERE)), [])
    assert store.for_actor(act_of(ELSEWHERE)).people.get(record_id)
    with pytest.raises(OutOfJurisdiction, match=ELSEWHERE):
        store.for_actor(act_of(HERE)).people.get(record_id)


def test_a_record_that_lost_its_encounters_goes_with_them(store: RecordStore) -> None:
    source, target = emptied(store)
    retention = Retention(store)
    retention.order(source.encounter_id, DESTROY)
    (clock,) = retention.clocks_of(source.record_id, today())
    assert (clock.encounter_id, clock.is_due(today())) == (source.encounter_id, True)
    (certificate,) = retention.run(today())
    assert problems(store, certificate) == {}
    assert (certificate.content["record"], certificate.content["removed"]) == (target.record_id, [source.record_id])
    with pytest.raises(UnknownRecord):
        store.people.get(source.record_id)
    assert [stored.id for stored in store.people.get(target.record_id).encounters] == [target.encounter_id]


def test_a_record_that_lost_its_encounters_is_kept_as_they_are(store: RecordStore) -> None:
    source, _ = emptied(store)
    retention = Retention(store)
    retention.order(source.encounter_id, HOLD)
    with pytest.raises(ExpungementRefused):
        retention.delete(source.record_id, "a test")
    (clock,) = retention.clocks_of(source.record_id, today())
    retention.order(source.encounter_id, release_of(clock.holds[0].id))
    assert retention.delete(source.record_id, "a test") is None
    with pytest.raises(UnknownRecord):
        store.people.get(source.record_id)


def test_a_merged_record_goes_with_the_encounters_that_came_from_it(store: RecordStore) -> None:
    """Undoing the merge would bring it back with its name, for ever."""
    survivor, merged = enrolled(store, HERE, "Tara"), enrolled(store, HERE, "Meena")
    merge = store.editor.merge(survivor.record_id, 1, merged.record_id, "same prints")
    retention = Retention(store)
    retention.order(merged.encounter_id, DESTROY)
    (certificate,) = retention.run(today())
    assert problems(store, certificate) == {}
    record = store.people.get(survivor.record_id)
    with pytest.raises(UnknownMerge):
        store.editor.undo_merge(merge.id, record.version, "mistake")
    with pytest.raises(UnknownRecord):
        store.people.get(merged.record_id)
    assert record.person.aliases == ()
    assert names(store, HERE, RecordQuery(name="Meena")) == []
    assert [version.person.aliases for version in store.history.of_person(survivor.record_id)] == [()]


def test_a_record_goes_with_the_last_of_the_encounters_that_it_had(store: RecordStore) -> None:
    merged, survivor = enrolled(store, HERE, "Meena"), enrolled(store, HERE, "Tara")
    second = store_encounter(store, merged.record_id, encounter(fir_number="2/2024"), [])
    merge = store.editor.merge(survivor.record_id, 1, merged.record_id, "same prints")
    retention = Retention(store)
    retention.delete(survivor.record_id, "a test", merged.encounter_id)
    assert store.people.get(merged.record_id).id == survivor.record_id
    store.editor.undo_merge(merge.id, store.people.get(survivor.record_id).version, "mistake")
    assert [stored.id for stored in store.people.get(merged.record_id).encounters] == [second.encounter_id]
