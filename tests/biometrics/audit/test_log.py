"""Nothing in the audit log can be changed, removed or moved without that the check says so, and says where."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from acting import ELSEWHERE, HERE, act_of
from records_examples import encounter, search_for
from sqlalchemy import Connection, select, text

from biometrics.audit.reader import AuditLog, EntryQuery, Head, lines
from biometrics.kernel.errors import InvalidField
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


def test_an_empty_log_is_whole_and_has_no_head(store: RecordStore) -> None:
    log = AuditLog(store.database, store.keys, store.identity)
    assert log.sign() is None
    assert log.verify().is_whole


@pytest.mark.parametrize("column", [column.name for column in audit_entries.c])
def test_another_value_in_any_column_of_an_entry_is_found_and_named(
    log: AuditLog, database_url: str, column: str
) -> None:
    with behind_the_triggers(database_url) as connection:
        value = "1000" if column == "number" else f"'{'0' * 64}'" if column in ("hash", "previous") else "'x'"
        connection.exec_driver_sql(f"UPDATE audit_entries SET {column} = {value} WHERE number = 5")
    assert 5 in {number for number, _ in faults(log)}


def test_any_byte_of_the_stored_entries_that_is_another_is_found(log: AuditLog, database_url: str) -> None:
    """Each byte of a whole entry, and bytes chosen by chance of the others, are changed one at a time."""
    chance = random.Random(6)
    with closing(Database(database_url)) as database, database.reading() as connection:
        rows = {row.number: row for row in connection.execute(select(audit_entries))}
    columns = [column.name for column in audit_entries.c if column.name != "number"]
    places = [(7, name, place) for name in columns for place in range(len(getattr(rows[7], name)))]
    for _ in range(40):
        number, name = chance.randrange(1, READS + 2), chance.choice(columns)
        if content := getattr(rows[number], name):
            places.append((number, name, chance.randrange(len(content))))
    assert len(places) > 300
    checked = []
    with closing(Database(database_url)) as database:
        for number, name, place in places:
            content = getattr(rows[number], name)
            other = content[:place] + chr(ord(content[place]) ^ 1 << chance.randrange(5)) + content[place + 1 :]
            entry = Entry(*rows[number])
            checked.append(replace(entry, **{name: other}).proper_hash != replace(entry, **{name: other}).hash)
        assert all(checked)  # the hash tells; and the check of the whole log uses it:
        for number, name, place in chance.sample(places, 12):
            content = getattr(rows[number], name)
            other = content[:place] + chr(ord(content[place]) ^ 1) + content[place + 1 :]
            change = text(f"UPDATE audit_entries SET {name} = :value WHERE number = :number")
            with behind_the_triggers(database_url) as connection:
                connection.execute(change, {"value": other, "number": number})
            assert number in {entry_number for entry_number, _ in faults(log)}, (number, name, place)
            with behind_the_triggers(database_url) as connection:
                connection.execute(change, {"value": content, "number": number})
            assert faults(log) == []


@pytest.mark.parametrize("value", ["X'ff'", "CAST(detail AS BLOB)", "detail || char(0)", "CAST(X'7bff' AS TEXT)"])
def test_bytes_that_are_no_text_are_found_on_sqlite(log: AuditLog, database_url: str, value: str) -> None:
    """SQLite stores anything in any column, also what cannot be read as text."""
    if not database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL refuses them")
    with behind_the_triggers(database_url) as connection:
        connection.exec_driver_sql(f"UPDATE audit_entries SET detail = {value} WHERE number = 5")
    assert faults(log)[0] == (5, "Entry 5 was changed.")


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
    """Write the whole log anew from the third entry on, as whoever knows how it is made could."""
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
    "removed from the start": (
        lambda c: c.exec_driver_sql("DELETE FROM audit_entries WHERE number < 3"),
        "Entries 1 to 2 are missing.",
    ),
    "the end removed": (
        lambda c: c.exec_driver_sql("DELETE FROM audit_entries WHERE number > 11"),
        "Entries 12 to 13 are missing at the end.",
    ),
    "the end removed and the counter set back": (cut, "Entries 11 to 13 are missing at the end."),
    "two swapped": (swap, "Entry 4 was changed."),
    "one written anew": (lambda c: rewrite(c, 6), "Entry 7 does not follow entry 6: one of them was replaced."),
    "the last written anew": (lambda c: rewrite(c, 13), "Entry 13 is another than the one that was signed."),
    "all written anew": (rewrite_all, "Entry 13 is another than the one that was signed."),
    "the counter set on": (
        lambda c: c.exec_driver_sql("UPDATE counters SET value = 15 WHERE name = 'audit'"),
        "Entries 14 to 15 are missing at the end.",
    ),
}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_entries_that_are_missing_moved_or_rewritten_are_named(log: AuditLog, database_url: str, scheme: str) -> None:
    log.sign()
    tamper, expected = SCHEMES[scheme]
    with behind_the_triggers(database_url) as connection:
        tamper(connection)
    assert expected in [what for _, what in faults(log)]


def test_a_head_that_was_kept_elsewhere_proves_what_the_database_hides(log: AuditLog, database_url: str) -> None:
    """Whoever cuts off the end, and removes the heads that tell of it, does not have the copy that was taken away."""
    head = log.sign()
    assert head is not None
    with behind_the_triggers(database_url) as connection:
        cut(connection)
        connection.exec_driver_sql("DELETE FROM audit_heads")
    assert faults(log) == []
    assert faults(log, (head,)) == [(11, "Entries 11 to 13 are missing at the end.")]


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


def test_a_head_of_another_station_proves_nothing(log: AuditLog, store: RecordStore) -> None:
    head = log.sign()
    assert head is not None
    assert not head.is_of("another station", head.public_key)
    assert not head.is_of(store.identity, "0" * 64)
    assert "not signed" in faults(log, (replace(head, signature="0" * 128),))[0][1]


def test_auditors_find_who_has_seen_a_person(store: RecordStore, log: AuditLog, record_id: str) -> None:
    """Also by a search or a list that named them; and that they looked is an entry."""
    store_search(store.for_actor(act_of(HERE, actor="b")), search_for(record_id))
    other = store_person(store.for_actor(act_of(HERE)), Person("Mina"), encounter(), [])
    page = log.find(AUDITOR, EntryQuery(person=record_id), limit=10)
    assert [entry.action for entry in page.items[:2]] == [Action.SEARCHED, Action.RECORD_READ]
    rest = log.find(AUDITOR, EntryQuery(person=record_id), limit=10, after=page.after)
    assert len(page.items) + len(rest.items) == 1 + READS + 1
    assert not any(entry.subject_id == other.record_id for entry in page.items + rest.items)
    assert [entry.action for entry in log.find(AUDITOR, EntryQuery(actor_id="b")).items] == [Action.SEARCHED]
    assert log.find(AUDITOR, EntryQuery(action="record.enrol", since="2026-01-01", until="2999-01-01")).items
    assert not log.find(AUDITOR, EntryQuery(until="2020-01-01")).items
    assert {entry.action for entry in log.find(AUDITOR, EntryQuery(actor_id="auditor")).items} == {Action.AUDIT_READ}
    with pytest.raises(InvalidField, match="instant"):
        EntryQuery(since="yesterday")


def test_auditors_find_what_was_done_for_a_case(store: RecordStore, log: AuditLog, record_id: str) -> None:
    """Cases whose numbers begin alike are others."""
    for case_number in ("7/2026", "77/2026"):
        store.for_actor(replace(act_of(HERE), case_number=case_number)).people.get(record_id)
    entries = log.find(AUDITOR, EntryQuery(case_number="7/2026")).items
    assert [(entry.action, entry.subject_id) for entry in entries] == [(Action.RECORD_READ, record_id)]


def test_auditors_see_their_unit_and_below(store: RecordStore, log: AuditLog, record_id: str) -> None:
    assert log.find(act_of("27/519"), EntryQuery(person=record_id)).items
    assert not log.find(act_of(ELSEWHERE), EntryQuery(person=record_id)).items
    assert not log.find(act_of("27/51"), EntryQuery(person=record_id)).items


def test_an_export_holds_every_entry_and_the_head(log: AuditLog) -> None:
    head = log.sign()
    written = list(lines(log.everything(), head))
    assert len(written) == READS + 2
    assert '"head"' in written[-1]
    assert '"signature"' in written[-1]
