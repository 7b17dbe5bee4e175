"""Two transactions that meet: the second one begins while the first is at some place, and waits for it there."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any

import pytest
from sqlalchemy import text

from biometrics.records.store import RecordStore

PATIENCE = 120  # seconds
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def wait_for_a_waiter(store: RecordStore) -> None:
    """Return when some transaction waits for a lock."""
    until = time.monotonic() + PATIENCE
    while True:
        with store.database.reading() as connection:
            if connection.execute(WAITING).scalar_one():
                return
        assert time.monotonic() < until, "nobody waits"


def meet(
    store: RecordStore,
    monkeypatch: pytest.MonkeyPatch,
    at: tuple[Any, str],
    first: Callable[[], object],
    second: Callable[[], object],
) -> None:
    """Have the second begin when the first has done a function for the first time; both must come to their end."""
    place, name = at
    original, once = getattr(place, name), Lock()
    begun: list[Future[object]] = []

    def followed(*arguments: Any, **named: Any) -> Any:
        done = original(*arguments, **named)
        if once.acquire(blocking=False):
            begun.append(pool.submit(second))
            wait_for_a_waiter(store)
        return done

    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(place, name, followed)
        first()
        begun[0].result(PATIENCE)
