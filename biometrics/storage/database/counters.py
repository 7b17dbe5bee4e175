"""Counters that transactions advance: each is one row, locked in its place in the order of locks."""

from __future__ import annotations

from sqlalchemy import Connection, select

from biometrics.storage.database.engine import insert
from biometrics.storage.database.locks import Lock, acquire
from biometrics.storage.tables.station import counters

CHANGE_COUNTER = "change"
PEOPLE_COUNTER = "people"  # the records that were not merged into others: triggers of the database keep it exact
STANDING_COUNTER = "standing search"
PROBE_COUNTER = "standing probe"
STANDING_CHANGE_COUNTER = "standing change"
NOTIFICATION_COUNTER = "notification"
CASE_COUNTER = "case"  # all cases; `case_counter` has those of one unit and year
AUDIT_COUNTER = "audit"

_LOCKS = {
    CHANGE_COUNTER: Lock.CHANGE,
    STANDING_COUNTER: Lock.STANDING,
    PROBE_COUNTER: Lock.STANDING_PROBE,
    STANDING_CHANGE_COUNTER: Lock.STANDING_CHANGE,
    CASE_COUNTER: Lock.CASE_NUMBER,
    NOTIFICATION_COUNTER: Lock.NOTIFICATION,
    AUDIT_COUNTER: Lock.AUDIT,
}
_NATIONAL_NUMBER = "national number "
_CASE_NUMBER = "case number "


def number_counter(state: str) -> str:
    """Return the counter of the national numbers that a state allots."""
    return f"{_NATIONAL_NUMBER}{state}"


def case_counter(prefix: str) -> str:
    """Return the counter of the case numbers that begin with a unit and a year."""
    return f"{_CASE_NUMBER}{prefix}"


def lock_of(counter: str) -> Lock:
    """Return the place of a counter in the order of locks; a counter without one cannot be advanced."""
    if counter.startswith(_CASE_NUMBER):
        return Lock.CASE_NUMBER
    return Lock.NATIONAL_NUMBER if counter.startswith(_NATIONAL_NUMBER) else _LOCKS[counter]


def advance(connection: Connection, counter: str, by: int = 1) -> int:
    """Add to a counter, which begins at 0, and return its new value.

    Until the transaction ends the counter is locked; `locks.Lock` has the order for several.

    Raises:
        LockOrderViolated: the transaction holds a lock that comes after this counter.
    """
    acquire(connection, lock_of(counter), counter)
    new = insert(connection, counters).values(name=counter, value=by)
    statement = new.on_conflict_do_update(
        index_elements=[counters.c.name], set_={"value": counters.c.value + new.excluded.value}
    ).returning(counters.c.value)
    return int(connection.execute(statement).scalar_one())


def counter_value(connection: Connection, counter: str) -> int:
    """Return the value of a counter, 0 before it was first advanced."""
    value = connection.execute(select(counters.c.value).where(counters.c.name == counter)).scalar()
    return value or 0
