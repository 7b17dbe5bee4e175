"""The one order in which a transaction takes the locks that others wait for.

On PostgreSQL two transactions that take the same two locks in opposite order wait for each other until the server ends
one of them. SQLite has one write lock and cannot show such a mistake, so the order is checked on both databases.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    RootTransaction,
    Row,
    Select,
    String,
    Table,
    delete,
    select,
    text,
    tuple_,
)

from biometrics.kernel.technique.chunks import CHUNK, in_chunks


class Lock(IntEnum):
    """Every lock that a transaction holds until its end, in the order in which it may take them."""

    MIGRATION = 1  # advisory
    MODEL = 2  # which models are in use
    REQUEST = 3  # an idempotency key
    CASE = 4  # several by id
    ACCOUNT = 5
    SIGN_IN = 6
    TASK = 7
    WEBHOOK = 8
    LINEUP = 9  # several by id
    RECORD = 10  # several by id
    DATA_KEY = 11  # of records by id, then of searches by id
    SAMPLE = 12
    NATIONAL_NUMBER = 13  # from here to the end, but for client keys: counters
    CHANGE = 14
    CHECK = 15  # that an enrolment is to be searched for; several by encounter, with which they go
    STANDING_SEARCH = 16  # several by id
    STANDING = 17  # the counter of their numbers
    LINK_CHECK = 18  # that a latent is to be compared with others
    STANDING_PROBE = 19
    STANDING_CHANGE = 20
    CLIENT_KEY = 21  # the data key of what a client of OSIA's interface sent of an encounter
    CASE_NUMBER = 22  # the counter of all cases, then that of a unit and year
    NOTIFICATION = 23
    SUBSCRIPTION = 24  # several by id
    AUDIT = 25


_HELD: Final = "pehchan locks"
# Of which one transaction may take several, in ascending order.
_BY_NAME: Final = frozenset(
    {Lock.CASE, Lock.LINEUP, Lock.RECORD, Lock.CHECK, Lock.STANDING_SEARCH, Lock.LINK_CHECK, Lock.SUBSCRIPTION}
)


class LockOrderViolated(RuntimeError):
    """The code asks for a lock while it holds one that comes after it. The transaction is rolled back."""


def acquire(connection: Connection, lock: Lock, name: str = "") -> None:
    """Note that the transaction is about to take a lock; call it before the statement that does.

    `name` distinguishes several locks of a kind. A lock that is held already can be taken again.

    Raises:
        LockOrderViolated: the transaction holds a lock that comes later in the order.
    """
    locks = locks_of(connection)
    if name in locks.get(lock, ()):
        return
    last = max((kind for kind, names in locks.items() if names), default=lock)
    if lock < last:
        raise LockOrderViolated(f"{lock.name} is asked for while {last.name} is held; take {lock.name} first.")
    names = locks.setdefault(lock, {})
    if lock in _BY_NAME and names and name < next(reversed(names)):  # those of a kind are in their order
        raise LockOrderViolated(f"Several locks of the kind {lock.name} are taken in the order of their names.")
    names[name] = None


def released(connection: Connection, lock: Lock, name: str = "") -> None:
    """Note that a lock was given up by a rollback to a savepoint, which is the only way to give up one."""
    locks_of(connection).get(lock, {}).pop(name, None)


def hold(
    connection: Connection, lock: Lock, query: Select[Any], name: str = "", *, shared: bool = False
) -> Sequence[Row[Any]]:
    """Return the rows of a query, locked until the transaction ends; `shared` excludes only those who change them.

    Raises:
        LockOrderViolated: as for `acquire`.
    """
    acquire(connection, lock, name)
    return connection.execute(query.with_for_update(read=shared)).all()


def hold_each(connection: Connection, lock: Lock, key: Column[Any], values: Iterable[str | int]) -> None:
    """Lock the rows that a key names, in the one order for several, until the transaction ends.

    Raises:
        LockOrderViolated: as for `acquire`.
    """
    in_order = sorted(values)  # numbers by their size, as their names are in order of the text
    for value in in_order:
        acquire(connection, lock, name_of(value))
    by_code_point = connection.dialect.name == "postgresql" and isinstance(key.type, String)
    order = key.collate("C") if by_code_point else key.asc()
    for chunk in in_chunks(in_order, CHUNK):
        connection.execute(select(key).where(key.in_(chunk)).order_by(order).with_for_update())


def name_of(value: str | int) -> str:
    """Return the name of the lock of a row that a key names."""
    return value if isinstance(value, str) else f"{value:019}"


def hold_leaf(connection: Connection, query: Select[Any]) -> Sequence[Row[Any]]:
    """Return rows locked against change, at any point of the order.

    Only for rows that are changed by transactions that take no other lock: they cannot cause a deadlock.
    """
    return connection.execute(query.with_for_update(read=True)).all()


def hold_unlocked(connection: Connection, query: Select[Any]) -> Sequence[Row[Any]]:
    """Lock and return those rows of a query that are not locked. It does not wait, so it needs no order."""
    return connection.execute(query.with_for_update(skip_locked=True)).all()


def remove_unlocked(connection: Connection, table: Table, *conditions: ColumnElement[bool]) -> int:
    """Delete the rows of a table that meet conditions, but for those that are locked; return how many.

    It does not wait, so it needs no order: for what is cleared away again and again, by several servers.
    """
    key = tuple_(*table.primary_key)
    free = select(*table.primary_key).where(*conditions).with_for_update(skip_locked=True)
    return connection.execute(delete(table).where(key.in_(free))).rowcount


def hold_advisory(connection: Connection, lock: Lock, key: int) -> None:
    """Take an advisory lock of PostgreSQL until the transaction ends; SQLite's write lock covers it.

    Raises:
        LockOrderViolated: as for `acquire`.
    """
    acquire(connection, lock)
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def held_locks(connection: Connection) -> set[Lock]:
    """Return the kinds of lock that the transaction holds."""
    return {kind for kind, names in locks_of(connection).items() if names}


def locks_of(connection: Connection) -> dict[Lock, dict[str, None]]:
    """Return the names of the current transaction's locks, as they were taken; a connection is used for many."""
    now = connection.get_transaction()
    locks: tuple[RootTransaction | None, dict[Lock, dict[str, None]]] | None = connection.info.get(_HELD)
    if locks is None or locks[0] is not now:
        locks = (now, {})
        connection.info[_HELD] = locks
    return locks[1]
