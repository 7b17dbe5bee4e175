"""Nothing in the audit log can be changed, removed or moved without that the check says so, and says where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from acting import HERE, act_of
from records_examples import encounter
from sqlalchemy import Connection, select, text

from biometrics.audit.reader import AuditHead, AuditLog
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.audit import audit_entries
from biometrics.use_cases.enrolment.enrol import store_person

READS = 12


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
