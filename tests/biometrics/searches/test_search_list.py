"""The searches that were made, as somebody may read them, a page at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from acting import ELSEWHERE, HERE, act_of
from records_examples import encounter, print_of, search_for
from sqlalchemy import text, update

from biometrics.audit.reader import AuditLog
from biometrics.kernel.access import Purpose
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.person import Person
from biometrics.kernel.technique.clock import day_of
from biometrics.kernel.technique.page import Page
from biometrics.records.store import RecordStore
from biometrics.searches.listing import SearchLine, SearchQuery
from biometrics.storage.audit.log import Action
from biometrics.storage.tables.searches import searches
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.identify import store_search
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

OFFICER = act_of(HERE)


@pytest.fixture
def record(store: RecordStore) -> str:
    return store_person(store, Person("Ram"), encounter(), [print_of("Ram")]).record_id


def ids(page: Page[SearchLine, str]) -> list[str]:
    return [line.id for line in page.items]


@pytest.mark.both_databases
def test_the_newest_comes_first_a_page_at_a_time(store: RecordStore, record: str) -> None:
    acting = store.for_actor(OFFICER)
    made = [store_search(acting, search_for(record)).id for _ in range(5)]
    first = acting.searches.find(limit=2)
    rest = acting.searches.find(limit=3, after=first.after)
    assert ids(first) + ids(rest) == made[::-1]
    assert rest.after is None
    line = first.items[0]
    assert (line.actor_id, line.officer, line.purpose) == (OFFICER.actor.id, "SI R. Patil", "investigation")
    assert (line.case_number, line.unit.path) == ("0123/2024", HERE)
    assert (line.modalities, line.files) == ((FINGERPRINT, FACE), 2)


def test_a_caller_reads_their_own_searches_and_those_of_their_unit_and_below(store: RecordStore, record: str) -> None:
    here, there = (store_search(store.for_actor(act_of(unit)), search_for(record)).id for unit in (HERE, ELSEWHERE))
    before_units = store_search(store, search_for(record)).id
    for unit, seen in ((HERE, [here]), ("27/519", [here]), ("27", [there, here]), ("28", [])):
        assert ids(store.for_actor(act_of(unit)).searches.find()) == seen, unit
    assert ids(store.for_actor(act_of("national")).searches.find()) == [before_units, there, here]
    moved = act_of(HERE, actor=act_of(ELSEWHERE).actor.id)
    assert ids(store.for_actor(moved).searches.find()) == [there, here]
    assert ids(store.for_actor(moved).searches.find(SearchQuery(mine=True))) == [there]


@pytest.mark.both_databases
def test_each_condition_narrows_the_list(store: RecordStore, record: str) -> None:
    acting = store.for_actor(OFFICER)
    plain = search_for(record)
    other = store_search(acting, replace(plain, case_number="7/2026")).id
    missing = store_search(store.for_actor(replace(OFFICER, purpose=Purpose.MISSING_PERSON)), plain).id
    old = store_search(acting, plain).id
    days_ago = datetime.now(UTC) - timedelta(days=10)
    with store.database.writing() as connection:
        connection.execute(update(searches).where(searches.c.id == old).values(created_at=days_ago))
    day = day_of(days_ago)
    for query, expected in (
        (SearchQuery(case_number=" FIR No. 007/2026 "), [other]),
        (SearchQuery(purpose="missing_person"), [missing]),
        (SearchQuery(first_date=day + timedelta(days=1)), [missing, other]),
        (SearchQuery(last_date=day), [old]),
        (SearchQuery(first_date=day, last_date=day), [old]),
        (SearchQuery(last_date=day - timedelta(days=1)), []),
        (SearchQuery(first_date=date.min, last_date=date.max), [missing, other, old]),
        (SearchQuery(case_number="7/2026", purpose="missing_person"), []),
    ):
        assert ids(acting.searches.find(query)) == expected, query


@pytest.mark.both_databases
def test_it_counts_as_many_candidates_as_the_search_itself(store: RecordStore, record: str) -> None:
    """Of people whom other units keep those above the threshold count, and nobody else."""
    far = encounter(state_code="28", district_code="1", station_code="28001")
    there = store_person(store, Person("Meera"), far, [print_of("Meera")]).record_id
    acting = store.for_actor(OFFICER)
    plain = search_for(record)
    own, gone = plain.candidates
    scores = {"hit": 40.0, "chance": 1.0}
    for name, threshold, candidates, count, named in (
        ("hit", 34.77, (own, replace(own, record_id=there, score=scores["hit"])), 2, True),
        ("chance", 34.77, (own, replace(own, record_id=there, score=scores["chance"])), 1, True),
        ("only a hit elsewhere", 34.77, (replace(own, record_id=there),), 1, True),
        ("nobody above", 99.0, (own, gone), 2, False),
        ("investigation", None, (own, replace(own, record_id=there, score=scores["chance"])), 1, None),
        ("nobody", 34.77, (), 0, False),
    ):
        made = store_search(acting, replace(plain, threshold=threshold, candidates=candidates)).id
        line = acting.searches.find(limit=1).items[0]
        assert (line.id, line.candidates, line.names_somebody) == (made, count, named), name
    at_most = {**plain.settings, "max_candidates": 1}
    store_search(acting, replace(plain, settings=at_most))
    assert acting.searches.find(limit=1).items[0].candidates == 1


def test_looking_is_an_entry_of_the_audit_log(store: RecordStore, record: str) -> None:
    acting = store.for_actor(OFFICER)
    made = store_search(acting, search_for(record)).id
    acting.searches.find(SearchQuery(mine=True))
    entry = list(AuditLog(store.database, store.keys, store.identity).everything())[-1]
    assert entry.action == Action.SEARCHES_FOUND
    assert made in entry.detail
    assert "mine" in entry.detail


def test_an_invalid_query_is_refused(store: RecordStore) -> None:
    for limit, after in ((0, None), (201, None), (1, "x")):
        with pytest.raises(InvalidField):
            store.searches.find(limit=limit, after=after)
    with pytest.raises(InvalidField):
        SearchQuery(case_number="a\x00b")


@pytest.mark.both_databases
def test_a_list_is_read_by_an_index_in_its_order(store: RecordStore) -> None:
    """SQLite says how it would read it; of PostgreSQL, which counts rows, an empty table says nothing."""
    with store.database.reading() as connection:
        if connection.dialect.name != "sqlite":
            pytest.skip("of SQLite")
        for column, value in (("unit", HERE), ("district_unit", "27/519"), ("state_unit", "27"), ("actor_id", "x")):
            order = "ORDER BY created_at DESC, id DESC LIMIT 51"
            plan = connection.execute(
                text(f"EXPLAIN QUERY PLAN SELECT * FROM searches WHERE {column} = '{value}' {order}")
            )
            steps = " ".join(row.detail for row in plan)
            assert f"ix_searches_{column}_created_at_id" in steps
            assert "B-TREE" not in steps
