"""Records are made one, or two again, only by those who may see both in full: by hand, and by examiners' opinions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from acting import ELSEWHERE, HERE, act_of, codes
from case_examples import FOUND, examine
from records_examples import encounter, print_of
from removing import remove_record

from biometrics.cases.reader import CaseQuery
from biometrics.corrections.merge_history import PendingMerge
from biometrics.corrections.reader import HistoryReader
from biometrics.kernel.access import Role
from biometrics.kernel.casework.cases import Conclusion
from biometrics.kernel.errors import OutOfJurisdiction
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import LinkKind
from biometrics.records.editor import RecordEditor
from biometrics.records.store import RecordStore
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.casework.settle_cases import settle
from biometrics.use_cases.enrolment.check_enrolment import finish_check
from biometrics.use_cases.enrolment.enrol import store_encounter
from biometrics.watchlist.model import Candidate, Checked

PENDING = CaseQuery(merge_pending=True)


def enrolled(store: RecordStore, unit: str, name: str = "Asha") -> tuple[str, str]:
    return arrested(store, unit, store.for_actor(act_of(unit)).create_record(Person(name), "27").id, name)


def arrested(store: RecordStore, unit: str, record_id: str, name: str = "again") -> tuple[str, str]:
    visit = encounter(**codes(unit), fir_number=f"{name} 1")
    done = store_encounter(store, record_id, visit, [print_of(f"{unit} {name}")])
    return done.record_id, done.encounter_id


def editor(store: RecordStore, unit: str) -> RecordEditor:
    return store.for_actor(act_of(unit, Role.RECORDS_CLERK)).editor


def history(store: RecordStore, unit: str) -> HistoryReader:
    return store.for_actor(act_of(unit, Role.RECORDS_CLERK)).history


def version(store: RecordStore, record_id: str) -> int:
    return store.people.get(record_id).version


def identified(store: RecordStore, encounter_id: str, candidate_id: str, unit: str) -> str:
    """Have two examiners of a unit find that the person of an encounter is a candidate; return the case's id."""
    (case_id,) = finish_check(store, encounter_id, Checked([Candidate(candidate_id, FOUND)]))
    for name in ("first", "second"):
        mine = Casework(store.for_actor(act_of(unit, Role.EXAMINER, name)), {})
        examine(mine, case_id, Conclusion.IDENTIFICATION, ("sample-2", "sample-1"))
    return case_id


def pending(store: RecordStore, unit: str) -> list[str]:
    return [case.id for case in Casework(store.for_actor(act_of(unit, Role.SUPERVISOR)), {}).find(PENDING).items]


@pytest.fixture
def moved(store: RecordStore) -> tuple[str, str, str]:
    """Two records of ELSEWHERE that its examiners found to be one person's, one of which it does not see any more."""
    first, here = enrolled(store, HERE)
    _, shared = arrested(store, ELSEWHERE, first)
    second, visit = enrolled(store, ELSEWHERE)
    case_id = identified(store, visit, first, ELSEWHERE)
    other, _ = enrolled(store, ELSEWHERE, "other")
    editor(store, "national").move_encounter(shared, version(store, first), other, "not theirs")
    assert here
    return case_id, first, second


def test_records_that_the_examiners_no_longer_see_are_merged_by_a_unit_that_sees_both(
    store: RecordStore, moved: tuple[str, str, str]
) -> None:
    case_id, first, second = moved
    assert settle(store) == 0
    assert settle(store) == 0
    assert store.people.get(second).id == second
    assert pending(store, "27") == [case_id]
    assert pending(store, ELSEWHERE) == pending(store, HERE) == []
    number = Casework(store.for_actor(act_of("national", Role.EXAMINER)), {}).numbers([case_id])[case_id]
    for unit, own, other in (("27", second, first), (ELSEWHERE, second, None), (HERE, first, None)):
        assert history(store, unit).provenance(own).pending == (PendingMerge(case_id, other, number),)
    for unit in (HERE, ELSEWHERE):
        with pytest.raises(OutOfJurisdiction):
            editor(store, unit).merge(first, version(store, first), second, "case")
    editor(store, "27").merge(first, version(store, first), second, "case")
    settle(store)
    assert pending(store, "27") == []
    assert history(store, "27").provenance(first).pending == ()


def test_a_follow_up_ends_when_one_of_the_records_is_removed(store: RecordStore, moved: tuple[str, str, str]) -> None:
    settle(store)
    remove_record(store, moved[2])
    settle(store)
    assert pending(store, "national") == []


def test_separating_records_needs_a_caller_who_sees_both(store: RecordStore) -> None:
    """The survivor is seen by the unit of any of its encounters; after the undoing it would be another unit's."""
    first, _ = enrolled(store, HERE)
    second, visit = enrolled(store, ELSEWHERE)
    merge = editor(store, "27").merge(first, version(store, first), second, "same prints")
    own = editor(store, ELSEWHERE)
    before = store.people.get(first)
    with pytest.raises(OutOfJurisdiction):
        own.undo_merge(merge.id, before.version, "mistake")
    assert store.people.get(first) == before
    assert editor(store, "27").undo_merge(merge.id, before.version, "mistake").undone_at
    assert store.people.get(second).id == second
    assert visit


def test_moves_their_undoing_and_links_need_a_caller_who_sees_both_records(store: RecordStore) -> None:
    first, here = enrolled(store, HERE)
    second, there = enrolled(store, ELSEWHERE)
    _, extra = arrested(store, ELSEWHERE, second)
    move = editor(store, "27").move_encounter(extra, version(store, second), first, "belongs there")
    third, _ = enrolled(store, HERE, "third")
    away = editor(store, "27").move_encounter(extra, version(store, first), third, "or there")
    steps: list[tuple[str, Callable[[RecordEditor], object]]] = [
        (ELSEWHERE, lambda own: own.undo_move(away.id, version(store, third), "back")),
        (HERE, lambda own: own.move_encounter(here, version(store, first), second, "there")),
        (ELSEWHERE, lambda own: own.move_encounter(here, version(store, first), second, "there")),
        (HERE, lambda own: own.link(here, there, LinkKind.SAME_CASE)),
        (ELSEWHERE, lambda own: own.link(there, here, LinkKind.SAME_CASE)),
        (HERE, lambda own: own.merge(first, version(store, first), second, "one")),
        (ELSEWHERE, lambda own: own.merge(second, version(store, second), first, "one")),
    ]
    before = [store.people.get(record_id) for record_id in (first, second, third)]
    for unit, step in steps:
        with pytest.raises(OutOfJurisdiction):
            step(editor(store, unit))
    assert [store.people.get(record_id) for record_id in (first, second, third)] == before
    assert move.to_id == first


def test_an_encounter_is_moved_by_a_unit_that_covers_its_own_and_sees_both_records_after(
    store: RecordStore,
) -> None:
    """A clerk takes neither another unit's encounter away from it, nor their own out of what they then cannot see."""
    own, here = enrolled(store, HERE)
    shared, there = enrolled(store, ELSEWHERE)
    third, _ = enrolled(store, HERE, "third")
    above, clerk = editor(store, "27"), editor(store, HERE)
    above.merge(shared, version(store, shared), own, "same prints")
    before = [store.people.get(record_id) for record_id in (shared, third)]
    for encounter_id in (there, here):
        with pytest.raises(OutOfJurisdiction, match=ELSEWHERE):
            clerk.move_encounter(encounter_id, version(store, shared), third, "not theirs")
    assert [store.people.get(record_id) for record_id in (shared, third)] == before
    arrested(store, HERE, shared)
    clerk.move_encounter(here, version(store, shared), third, "not theirs")
    moved = above.move_encounter(there, version(store, shared), third, "not theirs")
    with pytest.raises(OutOfJurisdiction, match=ELSEWHERE):
        clerk.undo_move(moved.id, version(store, third), "theirs")
