"""An account of one unit makes so many searches in an hour, whichever interface and server it asks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from acting import ELSEWHERE, HERE, act_of
from records_examples import search_for
from sqlalchemy import func, select, update

from biometrics.kernel.errors import TooManySearches
from biometrics.records.store import RecordStore
from biometrics.storage.tables.audit import audit_entries
from biometrics.storage.tables.searches import searches
from biometrics.use_cases.search.identify import store_search

PER_HOUR = 3
SEARCH = replace(search_for("11111111-1111-4111-8111-111111111111"), candidates=())


def rows(store: RecordStore) -> tuple[int, int]:
    with store.database.reading() as connection:
        counted = [connection.execute(select(func.count()).select_from(item)) for item in (searches, audit_entries)]
        return counted[0].scalar_one(), counted[1].scalar_one()


def made(store: RecordStore, number: int) -> None:
    for _ in range(number):
        store_search(store, SEARCH, PER_HOUR)


def test_one_search_too_many_is_refused_and_leaves_nothing_behind(store: RecordStore) -> None:
    here = store.for_actor(act_of(HERE, actor="officer"))
    made(here, PER_HOUR)
    before = rows(store)
    with pytest.raises(TooManySearches) as refused:
        store_search(here, SEARCH, PER_HOUR)
    assert 1 <= refused.value.retry_after <= 3600
    with pytest.raises(TooManySearches):
        here.searches.require_allowance(PER_HOUR)
    assert rows(store) == before == (PER_HOUR, PER_HOUR)


def test_a_group_needs_room_for_all_its_faces(store: RecordStore) -> None:
    here = store.for_actor(act_of(HERE, actor="officer"))
    made(here, 1)
    here.searches.require_allowance(PER_HOUR, PER_HOUR - 1)
    with pytest.raises(TooManySearches):
        here.searches.require_allowance(PER_HOUR, PER_HOUR)


def test_accounts_are_counted_separately_and_national_callers_are_not(store: RecordStore) -> None:
    made(store.for_actor(act_of(HERE, actor="officer")), PER_HOUR)
    made(store.for_actor(act_of(HERE, actor="another")), PER_HOUR)
    made(store.for_actor(act_of(ELSEWHERE, actor="third")), PER_HOUR)
    made(store.for_actor(act_of("national", actor="bureau")), PER_HOUR + 2)
    store_search(store, SEARCH)  # the service's own
    assert rows(store)[0] == 3 * PER_HOUR + PER_HOUR + 3


def test_a_search_is_made_again_when_the_oldest_is_an_hour_ago(store: RecordStore) -> None:
    here = store.for_actor(act_of(HERE, actor="officer"))
    made(here, PER_HOUR)
    nearly = timedelta(hours=1) - timedelta(seconds=100)
    with store.database.writing() as connection:
        oldest = select(searches.c.id).order_by(searches.c.created_at).limit(1).scalar_subquery()
        moved = update(searches).where(searches.c.id == oldest)
        connection.execute(moved.values(created_at=datetime.now(UTC) - nearly))
    with pytest.raises(TooManySearches) as refused:
        made(here, 1)
    assert refused.value.retry_after <= 100
    with store.database.writing() as connection:
        oldest = select(searches.c.id).order_by(searches.c.created_at).limit(1).scalar_subquery()
        moved = update(searches).where(searches.c.id == oldest)
        connection.execute(moved.values(created_at=datetime.now(UTC) - timedelta(hours=1)))
    made(here, 1)
    with pytest.raises(TooManySearches):
        made(here, 1)


@pytest.mark.both_databases
def test_searches_at_the_same_time_are_not_more(store: RecordStore) -> None:
    here = store.for_actor(act_of(HERE, actor="officer"))

    def search(_: int) -> bool:
        try:
            made(here, 1)
        except TooManySearches:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        stored = list(pool.map(search, range(8)))
    assert (sum(stored), rows(store)[0]) == (PER_HOUR, PER_HOUR)
