"""A check that each row of a table with a place in the order of locks is held, by `take`, before it is changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Delete, Engine, Insert, Update, event, select

from biometrics.storage.database.locks import Lock, _held, name_of
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.people import records
from biometrics.storage.tables.subscriptions import subscriptions
from biometrics.storage.tables.watchlist import enrolment_checks, link_checks, standing_searches

WATCHED: Final = {
    cases: (Lock.CASE, cases.c.id),
    records: (Lock.RECORD, records.c.id),
    enrolment_checks: (Lock.CHECK, enrolment_checks.c.encounter_id),
    standing_searches: (Lock.STANDING_SEARCH, standing_searches.c.id),
    link_checks: (Lock.LINK_CHECK, link_checks.c.standing_id),
    subscriptions: (Lock.SUBSCRIPTION, subscriptions.c.id),
}
_NEW: Final = "pehchan rows that the transaction made"


@contextmanager
def watched_locks() -> Iterator[None]:
    """Raise AssertionError where a transaction of this process changes a row that it does not hold."""
    event.listen(Engine, "begin", _begin)
    event.listen(Engine, "before_execute", _check)
    yield
    event.remove(Engine, "before_execute", _check)
    event.remove(Engine, "begin", _begin)


def _begin(connection: Connection) -> None:
    connection.info[_NEW] = set()


def _check(connection: Connection, statement: Any, several: Any, one: Any, options: Any) -> None:
    if not isinstance(statement, Insert | Update | Delete) or statement.table not in WATCHED:
        return
    lock, key = WATCHED[statement.table]
    if isinstance(statement, Insert):
        connection.info[_NEW].add((lock, statement.compile(dialect=connection.dialect).params.get(key.name)))
        return
    held, new = _held(connection).get(lock, ()), connection.info[_NEW]
    changed = connection.execute(select(key).where(*statement._where_criteria), one or {}).scalars().all()
    wrong = [row for row in changed if name_of(row) not in held and (lock, row) not in new]
    assert not wrong, f"{wrong[0]} of {statement.table.name} is changed, and {lock.name} of it is not held: take it"
