"""Nothing in the audit log can be changed, removed or moved without that the check says so, and says where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from acting import HERE, act_of
from records_examples import encounter
from sqlalchemy import Connection, select, text

from biometrics.audit.reader import AuditHead, AuditLog
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import BEFORE_THE_FIRST, Entry
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.audit import audit_entries, audit_heads
from biometrics.use_cases.enrolment.enrol import store_person

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


def faults(log: AuditLog, kept: tuple[AuditHead, ...] = ()) -> list[tuple[int, str]]:
    return [(fault.number, fault.what) for fault in log.verify(kept).faults]


def test_another_value_in_any_column_of_an_entry_is_found_and_named(log: AuditLog, database_url: str) -> None:
    for column in (column.name for column in audit_entries.c):
        value = "1000" if column == "number" else f"'{'0' * 64}'" if column in ("hash", "previous") else "'x'"
        with behind_the_triggers(database_url) as connection:
            entry = audit_entries.c.number == 5
            whole = connection.execute(select(audit_entries).where(entry)).one()
            connection.exec_driver_sql(f"UPDATE audit_entries SET {column} = {value} WHERE number = 5")
        assert 5 in {number for number, _ in faults(log)}, column
        with behind_the_triggers(database_url) as connection:
            changed = audit_entries.c.number == (1000 if column == "number" else 5)
            connection.execute(audit_entries.update().where(changed).values(whole._asdict()))
        assert log.verify().is_whole


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


SCHEMES: dict[str, tuple[Callable[[Connection], object], str]] = {
    "two swapped": (swap, "Entry 4 was changed."),
    "the last rewritten": (lambda c: rewrite(c, 13), "Entry 13 is another than the one that was signed."),
    "all rewritten": (rewrite_all, "Entry 13 is another than the one that was signed."),
}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_entries_that_are_moved_or_rewritten_are_named(log: AuditLog, database_url: str, scheme: str) -> None:
    log.sign()
    tamper, expected = SCHEMES[scheme]
    with behind_the_triggers(database_url) as connection:
        tamper(connection)
    assert expected in [what for _, what in faults(log)]


def test_a_head_that_was_changed_is_found(log: AuditLog, database_url: str) -> None:
    """In any column; and letters in capitals are a change, too."""
    head = log.sign()
    assert head is not None
    for column in (column.name for column in audit_heads.c):
        old = getattr(head, column)
        others = [old - 1] if isinstance(old, int) else [old[:-1] + ("1" if old[-1] != "1" else "2"), old + " "]
        for other in others:
            assert not replace(head, **{column: other}).is_of(log._station, head.public_key)
        for value, problems in ((others[0], 1), (old, 0)):
            with behind_the_triggers(database_url) as connection:
                connection.execute(text(f"UPDATE audit_heads SET {column} = :value"), {"value": value})
            found = faults(log)
            assert len(found) == problems, (column, found)
            assert all("head" in what for _, what in found)
