"""Which searches named a record: those that one may read, whatever the record was merged into since."""

from __future__ import annotations

from dataclasses import replace

import pytest
from acting import ELSEWHERE, HERE, act_of
from records_examples import candidate_of, encounter, print_of, search_for

from biometrics.audit.reader import AuditLog
from biometrics.kernel.errors import InvalidField, OutOfJurisdiction, UnknownRecord
from biometrics.kernel.people.person import Person
from biometrics.kernel.recognition.evidence import Lead
from biometrics.kernel.technique.page import Page
from biometrics.records.store import RecordStore
from biometrics.searches.appearances import Mention
from biometrics.storage.audit.log import Action
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.candidates import stored_candidates
from biometrics.use_cases.search.identify import store_search

OFFICER = act_of(HERE)


def enrolled(store: RecordStore, name: str = "Ram") -> str:
    return store_person(store, Person(name), encounter(), [print_of(name)]).record_id


def ids(page: Page[Mention, str]) -> list[str]:
    return [mention.search_id for mention in page.items]


def test_the_newest_search_comes_first_a_page_at_a_time(store: RecordStore) -> None:
    record = enrolled(store)
    made = [store_search(store.for_actor(OFFICER), search_for(record)).id for _ in range(3)]
    store_search(store, search_for("00000000-0000-4000-8000-000000000001"))
    first = store.searches.mentions_of(record, limit=2)
    assert ids(first) == [made[2], made[1]]
    rest = store.searches.mentions_of(record, limit=2, after=first.after)
    assert (ids(rest), rest.after) == ([made[0]], None)
    mention = rest.items[0]
    assert (mention.score, mention.threshold, mention.purpose) == (61.25, 34.77, "investigation")
    assert (mention.case_number, mention.unit.path) == ("0123/2024", HERE)


def test_only_searches_that_the_caller_may_read_are_listed(store: RecordStore) -> None:
    record = enrolled(store)
    here, there = (store_search(store.for_actor(act_of(unit)), search_for(record)).id for unit in (HERE, ELSEWHERE))
    assert ids(store.for_actor(OFFICER).searches.mentions_of(record)) == [here]
    assert ids(store.for_actor(act_of("27/519")).searches.mentions_of(record)) == [here]
    assert ids(store.for_actor(act_of("27")).searches.mentions_of(record)) == [there, here]
    moved = act_of(HERE, actor=act_of(ELSEWHERE).actor.id)
    assert ids(store.for_actor(moved).searches.mentions_of(record)) == [there, here]
    with pytest.raises(OutOfJurisdiction, match=HERE):
        store.for_actor(act_of(ELSEWHERE)).searches.mentions_of(record)


def test_a_search_that_named_both_records_of_one_person_is_listed_once(store: RecordStore) -> None:
    record, other = enrolled(store, "Ram"), enrolled(store, "Shyam")
    search = search_for(other)
    both = replace(search, candidates=(*search.candidates, candidate_of(record, 0.5)))
    named = [store_search(store, variant).id for variant in (search, both)]
    store.editor.merge(record, store.people.get(record).version, other, "one man")
    for record_id in (record, other):
        page = store.searches.mentions_of(record_id)
        assert ids(page) == [named[1], named[0]]
        assert [mention.score for mention in page.items] == [61.25, 61.25]


def test_an_old_list_names_a_merged_person_once_and_measures_the_lead_over_the_next_person(store: RecordStore) -> None:
    record, other, third = (enrolled(store, name) for name in ("Ram", "Shyam", "Mohan"))
    listed = [candidate_of(record, 60.0, gap=2.0), candidate_of(other, 58.0, gap=28.0)]
    listed.append(candidate_of(third, 30.0, gap=None))
    made = store_search(store, replace(search_for(record), candidates=tuple(listed)))
    before = stored_candidates(store.searches.get(made.id)).people
    assert [(line.candidate.record_id, line.rank) for line in before] == [(record, 1), (other, 2), (third, 3)]
    store.editor.merge(other, store.people.get(other).version, record, "one man")
    first, second = stored_candidates(store.searches.get(made.id)).people
    assert (first.person.id, second.person.id, second.rank) == (other, third, 2)  # type: ignore[union-attr]
    assert (first.lead, second.lead) == (Lead.stated(30.0), None)
    assert before[0].lead == Lead.stated(2.0)
    [line] = store.searches.find().items
    assert line.candidates == 2


def test_looking_is_an_entry_of_the_audit_log(store: RecordStore) -> None:
    record = enrolled(store)
    made = store_search(store.for_actor(OFFICER), search_for(record)).id
    store.for_actor(OFFICER).searches.mentions_of(record)
    entry = list(AuditLog(store.database, store.keys, store.identity).everything())[-1]
    assert (entry.action, entry.subject_id) == (Action.SEARCHES_LISTED, record)
    assert made in entry.detail


def test_an_invalid_query_is_refused(store: RecordStore) -> None:
    record = enrolled(store)
    with pytest.raises(UnknownRecord):
        store.searches.mentions_of("00000000-0000-4000-8000-000000000001")
    for limit, after in ((0, None), (501, None), (1, "x")):
        with pytest.raises(InvalidField):
            store.searches.mentions_of(record, limit, after)
