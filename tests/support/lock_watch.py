"""A check that each row of a table with a place in the order of locks is held, by `acquire`, before it is changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Delete, Engine, Insert, Table, Update, event, select

from biometrics.storage.database.locks import Lock, locks_of, name_of
from biometrics.storage.tables.base import metadata
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.lineups import lineups
from biometrics.storage.tables.people import records
from biometrics.storage.tables.subscriptions import subscriptions
from biometrics.storage.tables.watchlist import enrolment_checks, link_checks, standing_searches

WATCHED: Final = {
    cases: (Lock.CASE, cases.c.id),
    lineups: (Lock.LINEUP, lineups.c.id),
    records: (Lock.RECORD, records.c.id),
    enrolment_checks: (Lock.CHECK, enrolment_checks.c.encounter_id),
    standing_searches: (Lock.STANDING_SEARCH, standing_searches.c.id),
    link_checks: (Lock.LINK_CHECK, link_checks.c.standing_id),
    subscriptions: (Lock.SUBSCRIPTION, subscriptions.c.id),
}
_CASCADES: Final = {
    table: [
        key
        for other in metadata.tables.values()
        for key in other.foreign_keys
        if key.ondelete == "CASCADE" and key.column.table is table
    ]
    for table in metadata.tables.values()
}
_NEW: Final = "pehchan rows that the transaction made"

Conditions = tuple[ColumnElement[bool], ...]


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
    if isinstance(statement, Insert) and statement.table in WATCHED:
        lock, key = WATCHED[statement.table]
        connection.info[_NEW].add((lock, statement.compile(dialect=connection.dialect).params.get(key.name)))
    elif isinstance(statement, Update):
        _require_held(connection, statement.table, statement._where_criteria, one)
    elif isinstance(statement, Delete):
        for table, conditions in _removed(statement.table, statement._where_criteria):
            _require_held(connection, table, conditions, one)


def _removed(table: Table, conditions: Conditions, above: tuple[Table, ...] = ()) -> Iterator[tuple[Table, Conditions]]:
    """Walk through the tables that lose rows where one does, with which: ON DELETE CASCADE removes them, too."""
    yield table, conditions
    if table in above:  # rows that refer to others of their table
        return
    for key in _CASCADES[table]:
        gone = select(key.column).where(*conditions).correlate(None)
        yield from _removed(key.parent.table, (key.parent.in_(gone),), (*above, table))


def _require_held(connection: Connection, table: Table, conditions: Conditions, values: Any) -> None:
    if table not in WATCHED:
        return
    lock, key = WATCHED[table]
    held, new = locks_of(connection).get(lock, ()), connection.info[_NEW]
    changed = connection.execute(select(key).where(*conditions), values or {}).scalars().all()
    wrong = [row for row in changed if name_of(row) not in held and (lock, row) not in new]
    assert not wrong, f"{wrong[0]} of {table.name} is changed, and {lock.name} of it is not held: take it"
