"""Nothing in the audit log can be changed, removed or moved without that the check says so, and says where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from acting import HERE, act_of
from records_examples import encounter, search_for
from sqlalchemy import Connection, select, text

from biometrics.audit.reader import AuditLog, EntryQuery, Head
from biometrics.kernel.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import BEFORE_THE_FIRST, Action, Entry
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.audit import audit_entries, audit_heads
from biometrics.use_cases.enrol import store_person
from biometrics.use_cases.identify import store_search

pytestmark = pytest.mark.both_databases

READS = 12
AUDITOR = act_of("national", actor="auditor")


@pytest.fixture
def record_id(store: RecordStore) -> str:
    """A person whom an officer has enrolled, and read twelve times."""
    bound = store.for_actor(act_of(HERE))
    done = store_person(bound, Person("Asha"), encounter(), [])
    for _ in range(READS):
        bound.people.get(done.record_id)
    return done.record_id


@pytest.fixture
def log(store: RecordStore, record_id: str) -> AuditLog:
    return AuditLog(store.database, store.keys, store.identity)


@contextmanager
def behind_the_triggers(url: str) -> Iterator[Connection]:
    """A transaction of somebody who may do anything to the database; the triggers are back afterwards."""
    with closing(Database(url)) as database, database.writing() as connection:
        if connection.dialect.name == "sqlite":
            triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'"
            kept = connection.execute(text(triggers)).all()
            for name, _ in kept:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            yield connection
            for _, sql in kept:
                connection.exec_driver_sql(sql)
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection


def faults(log: AuditLog, kept: tuple[Head, ...] = ()) -> list[tuple[int, str]]:
    return [(fault.number, fault.what) for fault in log.verify(kept).faults]


def test_a_log_that_nobody_touched_is_whole(log: AuditLog) -> None:
    assert log.sign() == log.sign()
    verdict = log.verify()
    assert (verdict.is_whole, verdict.entries, verdict.last, verdict.heads) == (True, READS + 1, READS + 1, 1)


@pytest.mark.parametrize("column", [column.name for column in audit_entries.c])
def test_another_value_in_any_column_of_an_entry_is_found_and_named(
    log: AuditLog, database_url: str, column: str
) -> None:
    with behind_the_triggers(database_url) as connection:
        value = "1000" if column == "number" else f"'{'0' * 64}'" if column in ("hash", "previous") else "'x'"
        connection.exec_driver_sql(f"UPDATE audit_entries SET {column} = {value} WHERE number = 5")
    assert 5 in {number for number, _ in faults(log)}


def swap(connection: Connection) -> None:
    for before, after in ((4, 400), (9, 4), (400, 9)):
        connection.exec_driver_sql(f"UPDATE audit_entries SET number = {after} WHERE number = {before}")


def rewrite(connection: Connection, number: int) -> None:
    """Change an entry, and give it the hash that belongs to it."""
    row = connection.execute(select(audit_entries).where(audit_entries.c.number == number)).one()
    changed = replace(Entry(*row), actor_id="somebody else")
    values = {"actor_id": changed.actor_id, "hash": changed.proper_hash}
    connection.execute(audit_entries.update().where(audit_entries.c.number == number).values(values))


def rewrite_all(connection: Connection) -> None:
    """Rewrite the whole log from the third entry on, as an attacker who knows how it is made could."""
    before = BEFORE_THE_FIRST
    for row in connection.execute(select(audit_entries).order_by(audit_entries.c.number)).all():
        entry = replace(Entry(*row), previous=before)
        entry = replace(entry, actor_id="somebody else") if entry.number == 3 else entry
        entry = replace(entry, hash=entry.proper_hash)
        connection.execute(audit_entries.update().where(audit_entries.c.number == entry.number).values(vars(entry)))
        before = entry.hash


def cut(connection: Connection) -> None:
    connection.exec_driver_sql("DELETE FROM audit_entries WHERE number > 10")
    connection.exec_driver_sql("UPDATE counters SET value = 10 WHERE name = 'audit'")


SCHEMES: dict[str, tuple[Callable[[Connection], object], str]] = {
    "removed": (lambda c: c.exec_driver_sql("DELETE FROM audit_entries WHERE number = 6"), "Entry 6 is missing."),
    "the end removed and the counter set back": (cut, "Entries 11 to 13 are missing at the end."),
    "two swapped": (swap, "Entry 4 was changed."),
    "one rewritten": (lambda c: rewrite(c, 6), "Entry 7 does not follow entry 6: one of them was replaced."),
    "the last rewritten": (lambda c: rewrite(c, 13), "Entry 13 is another than the one that was signed."),
    "all rewritten": (rewrite_all, "Entry 13 is another than the one that was signed."),
}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_entries_that_are_missing_moved_or_rewritten_are_named(log: AuditLog, database_url: str, scheme: str) -> None:
    log.sign()
    tamper, expected = SCHEMES[scheme]
    with behind_the_triggers(database_url) as connection:
        tamper(connection)
    assert expected in [what for _, what in faults(log)]


@pytest.mark.parametrize("column", [column.name for column in audit_heads.c])
def test_a_head_that_was_changed_is_found(log: AuditLog, database_url: str, column: str) -> None:
    """In any column; and letters in capitals are a change, too."""
    head = log.sign()
    assert head is not None
    old = getattr(head, column)
    others = [old - 1] if isinstance(old, int) else [old[:-1] + ("1" if old[-1] != "1" else "2"), old + " "]
    for other in others:
        assert not replace(head, **{column: other}).is_of(log._station, head.public_key)
    with behind_the_triggers(database_url) as connection:
        statement = text(f"UPDATE audit_heads SET {column} = :value")
        connection.execute(statement, {"value": others[0]})
    ((_, what),) = faults(log)
    assert "head" in what


def test_auditors_find_who_has_seen_a_person(store: RecordStore, log: AuditLog, record_id: str) -> None:
    """Also by a search that named them."""
    store_search(store.for_actor(act_of(HERE, actor="b")), search_for(record_id))
    other = store_person(store.for_actor(act_of(HERE)), Person("Mina"), encounter(), [])
    page = log.find(AUDITOR, EntryQuery(person=record_id), limit=10)
    assert [entry.action for entry in page.items[:2]] == [Action.SEARCHED, Action.RECORD_READ]
    rest = log.find(AUDITOR, EntryQuery(person=record_id), limit=10, after=page.after)
    assert len(page.items) + len(rest.items) == 1 + READS + 1
    assert not any(entry.subject_id == other.record_id for entry in page.items + rest.items)
