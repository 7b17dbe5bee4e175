"""What examiners came to has its consequences: one person's records become one, two people's are never asked about."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

import pytest
from case_examples import FOUND, decide, somebody
from records_examples import encounter, photo_of, print_of, search_for
from removing import remove_record
from sqlalchemy import select
from standing_examples import add_standing

from biometrics.corrections import merging
from biometrics.kernel.access import Role
from biometrics.kernel.casework.cases import CaseState, Conclusion
from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.records.editor import RecordEditor
from biometrics.records.store import RecordStore
from biometrics.storage.tables.audit import audit_entries
from biometrics.use_cases.casework import settle_cases as settling
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.casework.settle_cases import settle
from biometrics.use_cases.enrolment.check_enrolment import finish_check
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.search.identify import store_search
from biometrics.watchlist.model import Candidate, Checked, StandingHit

IDENTIFICATION, EXCLUSION = Conclusion.IDENTIFICATION, Conclusion.EXCLUSION
CLERK = somebody("clerk", Role.RECORDS_CLERK)
SEARCHER = somebody("searcher", Role.EXAMINER)


def enrolled(store: RecordStore, name: str) -> tuple[str, str]:
    done = store_person(store.for_actor(CLERK), Person(name), encounter(), [print_of(name), photo_of(name)])
    return done.record_id, done.encounter_id


def checked(store: RecordStore, encounter_id: str, *candidates: str, hits: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Finish the check of an encounter that looks like some records."""
    result = Checked(
        [Candidate(record_id, FOUND) for record_id in candidates],
        [StandingHit(standing_id, FOUND) for standing_id in hits],
    )
    return finish_check(store, encounter_id, result)


def cases(store: RecordStore) -> Casework:
    return Casework(store.for_actor(somebody("a")), {})


def same(store: RecordStore, case_id: str) -> None:
    for examiner in ("a", "b"):
        decide(cases(store), case_id, examiner, IDENTIFICATION)


def test_two_records_of_one_person_become_the_earlier_one(store: RecordStore) -> None:
    first, _ = enrolled(store, "Asha")
    second, encounter_id = enrolled(store, "Usha")
    [case_id] = checked(store, encounter_id, first)
    same(store, case_id)
    assert settle(store) == 1
    merged = store.people.get(second)
    assert (merged.id, len(merged.encounters), merged.person.aliases) == (first, 2, ("Usha",))
    [merge] = store.for_actor(CLERK).history.provenance(first).merges
    assert cases(store).numbers([case_id])[case_id] in merge.reason
    assert settle(store) == 0


def test_one_opinion_merges_nothing(store: RecordStore) -> None:
    first, _ = enrolled(store, "Asha")
    second, encounter_id = enrolled(store, "Usha")
    [case_id] = checked(store, encounter_id, first)
    decide(cases(store), case_id, "a", IDENTIFICATION)
    assert settle(store) == 0
    assert store.people.get(second).id == second


def test_an_interrupted_merge_is_completed_the_next_time(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = enrolled(store, "Asha")
    second, encounter_id = enrolled(store, "Usha")
    same(store, checked(store, encounter_id, first)[0])
    merge = RecordEditor.merge

    def cut_off(self: RecordEditor, *arguments: object, **its: object) -> None:
        merge(self, *arguments, **its)
        raise StoreUnavailable("cut off")

    with monkeypatch.context() as away:
        away.setattr(RecordEditor, "merge", cut_off)
        assert settle(store) == 0
    assert store.people.get(second).id == first
    assert settle(store) == 0
    assert len(store.for_actor(CLERK).history.provenance(first).merges) == 1
    assert settling._due(store) == []


def test_a_concurrent_change_is_kept(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = enrolled(store, "Asha")
    _, encounter_id = enrolled(store, "Usha")
    same(store, checked(store, encounter_id, first)[0])
    merge, others = RecordEditor.merge, iter(["2", "3"])

    def slow(self: RecordEditor, record_id: str, *arguments: object, **its: object) -> object:
        for fir_number in others:
            store_encounter(store, record_id, encounter(fir_number=fir_number), [])
            break
        return merge(self, record_id, *arguments, **its)

    monkeypatch.setattr(RecordEditor, "merge", slow)
    assert settle(store) == 1
    assert len(store.people.get(first).encounters) == 4


@pytest.mark.both_databases
def test_a_merge_into_a_third_record_at_that_very_moment_is_followed(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The identification is not forgotten; on SQLite the other one has to wait, and finds the two merged."""
    third, _ = enrolled(store, "Asha Rani")
    first, _ = enrolled(store, "Asha")
    second, encounter_id = enrolled(store, "Usha")
    [case_id] = checked(store, encounter_id, first)
    same(store, case_id)
    touch = merging._touch_in_order
    others: list[Future[object]] = []

    def merge_elsewhere_first(*arguments: Any) -> None:
        if not others:
            others.append(pool.submit(store.editor.merge, third, 1, first, "one person"))
            wait([others[0]], None if store.database.info().kind == "PostgreSQL" else 0.1)
        touch(*arguments)

    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(merging, "_touch_in_order", merge_elsewhere_first)
        settle(store)
        others[0].result()
    assert {store.people.get(each).id for each in (first, second, third)} == {third}


def test_an_exclusion_stays_in_force_when_one_record_is_merged(store: RecordStore) -> None:
    first, _ = enrolled(store, "A")
    second, second_visit = enrolled(store, "B")
    third, third_visit = enrolled(store, "X")
    [different] = checked(store, third_visit, second)
    decide(cases(store), different, "a", EXCLUSION)
    [case_id] = checked(store, second_visit, first)
    same(store, case_id)
    assert settle(store) == 1
    again = store_encounter(store, third, encounter(fir_number="2"), [])
    assert checked(store, again.encounter_id, first) == ()
    _, fourth_visit = enrolled(store, "Y")
    assert len(checked(store, fourth_visit, first)) == 1


def test_an_open_case_about_a_record_is_also_about_those_merged_into_it(store: RecordStore) -> None:
    first, _ = enrolled(store, "A")
    second, _ = enrolled(store, "B")
    third, third_visit = enrolled(store, "X")
    assert len(checked(store, third_visit, second)) == 1
    store.editor.merge(first, store.people.get(first).version, second, "same prints")
    again = store_encounter(store, third, encounter(fir_number="2/2026"), [])
    assert checked(store, again.encounter_id, first) == ()


def test_a_standing_search_does_not_report_an_excluded_person_again(store: RecordStore) -> None:
    search_id = store_search(store.for_actor(SEARCHER), search_for("00000000-0000-4000-8000-000000000000")).id
    standing = add_standing(store, SEARCHER, search_id)
    first, first_visit = enrolled(store, "A")
    second, second_visit = enrolled(store, "B")
    [case_id] = checked(store, second_visit, hits=(standing.id,))
    decide(cases(store), case_id, "a", EXCLUSION)
    same(store, checked(store, first_visit, second)[0])
    assert settle(store) == 1
    again = store_encounter(store, first, encounter(fir_number="2"), [])
    assert checked(store, again.encounter_id, hits=(standing.id,)) == ()


def test_a_standing_search_asks_about_nobody_whom_the_evidence_speaks_against(store: RecordStore) -> None:
    """Several fingers together can be rare for a stranger, and yet speak against one person."""
    search_id = store_search(store.for_actor(SEARCHER), search_for("00000000-0000-4000-8000-000000000000")).id
    standing = add_standing(store, SEARCHER, search_id)
    _, first_visit = enrolled(store, "A")
    _, second_visit = enrolled(store, "B")
    for visit, ratio, count in ((first_visit, -17.0, 0), (second_visit, 2.0, 1)):
        finding = replace(FOUND, detail=FOUND.detail | {"score": FOUND.detail["score"] | {"ratio": ratio}})
        assert len(finish_check(store, visit, Checked(hits=[StandingHit(standing.id, finding)]))) == count


def test_the_cases_of_a_removed_record_are_withdrawn(store: RecordStore) -> None:
    first, _ = enrolled(store, "Asha")
    second, encounter_id = enrolled(store, "Usha")
    [case_id] = checked(store, encounter_id, first)
    kept = enrolled(store, "Ravi")
    [other] = checked(store, kept[1], second)
    remove_record(store, first)
    settle(store)
    assert cases(store).case(case_id).state is CaseState.WITHDRAWN
    assert cases(store).case(other).state is CaseState.WAITING
    with store.database.reading() as connection:
        query = select(audit_entries.c.actor_id).where(audit_entries.c.action == "case.withdraw")
        assert connection.execute(query).scalars().all() == ["service"]
