"""The audit log's rules, each by itself, on tables without the triggers that protect them in a store."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, astuple, fields, replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest
from acting import ELSEWHERE, HERE, act_of
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import create_engine, select, text

import biometrics.records.store  # noqa: F401 - declares all tables
from biometrics.audit import reader as audit_log
from biometrics.audit.reader import (
    MAX_PAGE,
    NAMED,
    AuditHead,
    AuditLog,
    EntryQuery,
    LogFault,
    LogVerification,
    lines,
)
from biometrics.kernel.access import Act, api_key_credential
from biometrics.kernel.errors import InvalidField, Unauthenticated
from biometrics.storage.audit import log as audit
from biometrics.storage.audit.log import BEFORE_THE_FIRST, Action, Entry, append
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.storage.database.engine import Database
from biometrics.storage.database.migrate import newest
from biometrics.storage.tables.audit import SUBJECT_LENGTH, audit_entries
from biometrics.storage.tables.base import metadata
from biometrics.storage.tables.people import records
from biometrics.storage.tables.station import counters, identity

STATION = "station"
AUDITOR = act_of("national", actor="auditor")
FIELDS = ("number", "at", "actor_id", "unit", "address", "request_id", "purpose", "case_number", "action")
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC_KEY = KEY.public_key().public_bytes_raw().hex()


@pytest.fixture(scope="module")
def with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tables") / "pehchan.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest()})
        connection.execute(identity.insert(), {"id": STATION})
        connection.execute(counters.insert(), [{"name": "a", "value": 77}, {"name": "z", "value": 77}])
    engine.dispose()
    return path


@pytest.fixture
def database(with_tables: Path, tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{shutil.copy(with_tables, tmp_path)}")
    yield opened
    opened.close()


@pytest.fixture
def log(database: Database) -> AuditLog:
    keys = DataKeys(MasterKeys.of_environment())
    with database.writing() as connection:
        keys.join(connection)
    return AuditLog(database, keys, STATION)


@pytest.fixture(autouse=True)
def _master_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEHCHAN_MASTER_KEY", "pehchan-master-1:" + "a2V5cyBvZiB0ZXN0cyBvbmx5LCBub3Qgc2VjcmV0ISE=")


def fill(database: Database, count: int, act: Act | None = None) -> None:
    with database.writing() as connection:
        for number in range(1, count + 1):
            append(connection, act or act_of(HERE), Action.RECORD_READ, f"record {number}")


def entries(database: Database) -> list[Entry]:
    with database.reading() as connection:
        return [Entry(*row) for row in connection.execute(select(audit_entries).order_by(audit_entries.c.number))]


def change(database: Database, statement: str, **values: object) -> None:
    with database.writing() as connection:
        connection.execute(text(statement), values)


def head_of(entry: Entry, **changed: object) -> AuditHead:
    head = AuditHead(entry.number, entry.hash, "2026-11-25T00:00:00.000000Z", PUBLIC_KEY, "")
    head = replace(head, **changed)
    content = json.dumps(["pehchan audit head 1", STATION, head.number, head.hash, head.at], separators=(",", ":"))
    return replace(head, signature=KEY.sign(content.encode()).hex())


def test_an_entry_holds_who_did_what_from_where_and_why(database: Database) -> None:
    act = replace(act_of(HERE, actor="a"), purpose="custody", case_number="7/2026")
    before = datetime.now(UTC)
    with database.writing() as connection:
        append(connection, act, Action.RECORD_READ, "r", z=1, a="é")
    (entry,) = entries(database)
    assert [getattr(entry, name) for name in FIELDS] == [
        1, entry.at, "a", HERE, "10.0.0.7", "r-1", "custody", "7/2026", "record.read",
    ]  # fmt: skip
    assert (entry.subject_id, entry.detail, entry.previous, entry.credential) == (
        "r", '{"a":"é","z":1}', "0" * 64, "",
    )  # fmt: skip
    assert before <= datetime.fromisoformat(entry.at) <= datetime.now(UTC)


def test_each_entry_follows_the_one_before(database: Database) -> None:
    fill(database, 3)
    log = entries(database)
    assert [entry.number for entry in log] == [1, 2, 3]
    assert [entry.previous for entry in log] == [BEFORE_THE_FIRST, log[0].hash, log[1].hash]
    assert all(entry.hash == entry.proper_hash for entry in log)


def test_a_subject_is_cut_to_what_its_column_holds(database: Database) -> None:
    with database.writing() as connection:
        append(connection, act_of(HERE), Action.RECORD_READ, "x" * (SUBJECT_LENGTH + 1))
    assert entries(database)[0].subject_id == "x" * SUBJECT_LENGTH


def test_a_hash_is_over_all_that_the_entry_holds() -> None:
    plain = Entry(1, "at", "actor", "27", "addr", "req", "why", "7", "act", "who", "{}", "prev", "", "h")
    for entry in (plain, replace(plain, credential="session:1")):
        content = json.dumps(astuple(entry)[:13], separators=(",", ":"))
        assert entry.proper_hash == sha256(content.encode()).hexdigest()


def test_a_read_entry_cannot_be_changed_afterwards() -> None:
    values = (Entry(*[""] * 14), AuditHead(1, "", "", "", ""), EntryQuery(), LogFault(1, ""))
    for value in (*values, LogVerification(0, 0, 0, ())):
        with pytest.raises(FrozenInstanceError):
            setattr(value, fields(value)[0].name, "x")


def test_after_a_credential_has_ended_only_its_end_and_refusals_are_noted(database: Database) -> None:
    act = replace(act_of(HERE), credential=api_key_credential("gone"))
    with pytest.raises(Unauthenticated), database.writing() as connection:
        append(connection, act, Action.RECORD_READ, "r")
    assert entries(database) == []
    ending = [Action.SIGNED_OUT, Action.TOKEN_REUSED, Action.REFUSED]
    with database.writing() as connection:
        for action in ending:
            append(connection, act, action)
    assert [(entry.action, entry.credential) for entry in entries(database)] == [
        (action, "api_key:gone") for action in ending
    ]


def test_an_entry_is_hashed_in_one_canonical_form() -> None:
    assert audit.plain_json({"b": [1, None], "a": "अ"}) == '{"a":"अ","b":[1,null]}'
    assert audit.digest({"b": 1, "a": 2}) == sha256(b'{"a":2,"b":1}').hexdigest()


def test_an_instant_is_written_in_utc_with_all_microseconds() -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    assert audit.instant(datetime(2026, 11, 25, 5, 30, tzinfo=india)) == "2026-11-25T00:00:00.000000Z"


def test_entries_are_found_from_a_day_or_an_instant_on() -> None:
    query = EntryQuery(since="2026-11-25", until=" 2026-11-25T09:30+05:30 ")
    assert (query.since, query.until) == ("2026-11-25T00:00:00.000000Z", "2026-11-25T04:00:00.000000Z")
    for field in ("since", "until"):
        with pytest.raises(InvalidField, match="is not an instant"):
            EntryQuery(**{field: "yesterday"})


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "1"},
        {"number": True},
        {"hash": 1},
        {"at": None},
        {"public_key": b""},
        {"signature": 1.0},
        {"hash": "\ud800"},
    ],
)
def test_a_head_is_read_as_it_was_written_and_nothing_else_is(changes: dict[str, object]) -> None:
    head = AuditHead(1, "h", "at", "key", "signature")
    assert AuditHead.of_json(vars(head) | {"more": 1}) == head
    for content in (vars(head) | changes, {}, [], "head", None):
        with pytest.raises(InvalidField, match="not a signed head"):
            AuditHead.of_json(content)


def test_a_head_is_of_the_station_whose_key_has_signed_it(database: Database) -> None:
    fill(database, 1)
    head = head_of(entries(database)[0])
    assert head.is_of(STATION, PUBLIC_KEY)
    assert not head.is_of("another", PUBLIC_KEY)
    assert not head.is_of(STATION, "0" * 64)
    for other in (
        {"number": 2}, {"hash": "0" * 64}, {"at": "x"}, {"public_key": "0" * 64}, {"signature": head.signature.upper()},
        {"signature": head.signature + "00"}, {"signature": head.signature[:-2]}, {"signature": "0" * 128},
    ):  # fmt: skip
        assert not replace(head, **other).is_of(STATION, PUBLIC_KEY)


def verdict(log: AuditLog, *kept: AuditHead) -> LogVerification:
    return log.verify(kept, PUBLIC_KEY)


def faults(log: AuditLog, *kept: AuditHead) -> list[tuple[int, str]]:
    return [(fault.number, fault.what) for fault in verdict(log, *kept).faults]


def test_a_whole_log_is_whole(database: Database, log: AuditLog) -> None:
    assert verdict(log) == LogVerification(entries=0, last=0, heads=0, faults=())
    fill(database, 4)
    kept = [head_of(entry) for entry in entries(database)]
    verification = verdict(log, *kept)
    assert verification == LogVerification(entries=4, last=4, heads=4, faults=(), more_faults=0)
    assert verification.is_whole
    assert verdict(log) == LogVerification(entries=4, last=4, heads=0, faults=())


def test_the_stations_own_key_is_taken_where_none_was_noted(database: Database, log: AuditLog) -> None:
    fill(database, 2)
    head = log.sign()
    assert head is not None
    assert (head.number, head.public_key) == (2, log.public_key())
    assert log.verify() == LogVerification(entries=2, last=2, heads=1, faults=())
    assert [fault.number for fault in verdict(log).faults] == [2]


def test_a_log_is_signed_once_for_each_entry_that_is_the_last(database: Database, log: AuditLog) -> None:
    assert log.sign() is None
    fill(database, 2)
    head = log.sign()
    assert log.sign() == head
    fill(database, 1)
    later = log.sign()
    assert later is not None
    assert (later.number, later.hash) == (3, entries(database)[2].hash)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE audit_entries SET actor_id = 'x' WHERE number = 3", [(3, "Entry 3 was changed.")]),
        ("UPDATE audit_entries SET detail = X'7b7d' WHERE number = 3", [(3, "Entry 3 was changed.")]),
        ("UPDATE audit_entries SET detail = CAST(X'7bff' AS TEXT) WHERE number = 3", [(3, "Entry 3 was changed.")]),
        ("DELETE FROM audit_entries WHERE number = 1", [(1, "Entry 1 is missing.")]),
        ("DELETE FROM audit_entries WHERE number IN (2, 3)", [(2, "Entries 2 to 3 are missing.")]),
        ("DELETE FROM audit_entries WHERE number = 5", [(5, "Entry 5 is missing at the end.")]),
        ("DELETE FROM audit_entries", [(1, "Entries 1 to 5 are missing at the end.")]),
        ("UPDATE counters SET value = 7 WHERE name = 'audit'", [(6, "Entries 6 to 7 are missing at the end.")]),
        (
            "UPDATE counters SET value = 4 WHERE name = 'audit'",
            [(5, "The counter of entries says 4, and the last entry is 5.")],
        ),
        ("DELETE FROM counters WHERE name = 'audit'", [(5, "The counter of entries says 0, and the last entry is 5.")]),
    ],
)
def test_a_fault_is_named_at_its_entry(
    database: Database, log: AuditLog, statement: str, expected: list[tuple[int, str]]
) -> None:
    fill(database, 5)
    change(database, statement)
    assert [fault for fault in faults(log) if "does not follow" not in fault[1]] == expected
    assert not verdict(log).is_whole


def test_a_rewritten_entry_shows_in_the_next(database: Database, log: AuditLog) -> None:
    fill(database, 4)
    kept = [head_of(entry) for entry in entries(database)]
    other = replace(entries(database)[1], actor_id="x")
    change(database, "UPDATE audit_entries SET actor_id = 'x', hash = :hash WHERE number = 2", hash=other.proper_hash)
    replaced = (3, "Entry 3 does not follow entry 2: one of them was replaced.")
    assert faults(log) == [replaced]
    assert faults(log, *kept) == [(2, "Entry 2 is another than the one that was signed."), replaced]


def test_signed_heads_show_where_the_log_ended(database: Database, log: AuditLog) -> None:
    fill(database, 3)
    heads = [head_of(entry) for entry in entries(database)]
    change(database, "DELETE FROM audit_entries WHERE number > 1")
    change(database, "UPDATE counters SET value = 1 WHERE name = 'audit'")
    assert faults(log) == []
    assert faults(log, *heads) == [(2, "Entries 2 to 3 are missing at the end.")]
    assert faults(log, heads[1]) == [(2, "Entry 2 is missing at the end.")]


def test_two_heads_of_one_entry_must_agree(database: Database, log: AuditLog) -> None:
    fill(database, 2)
    right = head_of(entries(database)[1])
    wrong = head_of(entries(database)[1], hash="0" * 64)
    expected = [(2, "Entry 2 is another than the one that was signed.")]
    assert faults(log, right, wrong) == faults(log, wrong) == expected


def test_a_head_that_is_not_the_stations_is_named_and_proves_nothing(database: Database, log: AuditLog) -> None:
    fill(database, 2)
    forged = replace(head_of(entries(database)[1], number=9), signature="0" * 128)
    assert faults(log, forged) == [(9, "The kept head of entry 9 was changed, or is not signed by this station.")]
    log.sign()
    change(database, "UPDATE audit_heads SET at = X'ff'")
    stored = "The stored head of entry 0 was changed, or is not signed by this station."
    assert [(fault.number, fault.what) for fault in log.verify().faults] == [(0, stored)]


def test_a_hundred_faults_are_named_and_the_others_counted(database: Database, log: AuditLog) -> None:
    fill(database, NAMED + 2)
    change(database, "UPDATE audit_entries SET actor_id = 'x'")
    verification = verdict(log)
    assert (NAMED, len(verification.faults), verification.more_faults) == (100, 100, 2)


def find(log: AuditLog, act: Act = AUDITOR, limit: int = 100, after: int | None = None, **query: str) -> list[int]:
    return [entry.number for entry in log.find(act, EntryQuery(**query, own_reads=True), limit, after).items]


def test_a_page_holds_1_to_500_entries_the_newest_first(database: Database, log: AuditLog) -> None:
    fill(database, 110)
    assert len(log.find(AUDITOR, EntryQuery()).items) == 100
    assert find(log, limit=MAX_PAGE) == list(range(111, 0, -1))
    assert find(log, limit=1) == [112]
    for limit in (0, -1, 501):
        with pytest.raises(InvalidField, match="1 to 500"):
            log.find(AUDITOR, EntryQuery(), limit)


def test_pages_follow_each_other_without_a_gap(database: Database, log: AuditLog) -> None:
    fill(database, 5)
    query = EntryQuery(action="record.read")
    pages, after = [], None
    while not pages or after is not None:
        page = log.find(AUDITOR, query, 2, after)
        pages.append([entry.number for entry in page.items])
        after = page.after
    assert pages == [[5, 4], [3, 2], [1]]
    assert find(log, after=3) == [2, 1]
    assert find(log, after=1_000, limit=1) == [9]


def test_a_call_looks_at_some_entries_and_says_where_to_go_on(
    database: Database, log: AuditLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "SCANNED", 3)
    fill(database, 7)
    first = log.find(AUDITOR, EntryQuery(person="record 1"))
    assert (first.items, first.after) == ((), 5)
    second = log.find(AUDITOR, EntryQuery(person="record 1"), after=5)
    assert (second.items, second.after) == ((), 2)
    last = log.find(AUDITOR, EntryQuery(person="record 1"), after=2)
    assert ([entry.number for entry in last.items], last.after) == ([1], None)


def test_reading_the_audit_log_is_an_entry(database: Database, log: AuditLog) -> None:
    fill(database, 2)
    find(log, person="record 1", action="case.read")
    looked = entries(database)[-1]
    assert (looked.action, looked.subject_id, looked.actor_id) == ("audit.read", "record 1", "auditor")
    assert json.loads(looked.detail) == {"asked": ["person", "action"], "entries": 0}


def test_every_condition_of_a_query_counts(database: Database, log: AuditLog) -> None:
    acts = (
        act_of(HERE, actor="a"),
        replace(act_of(HERE, actor="b"), case_number="7/2026"),
        replace(act_of(ELSEWHERE, actor="c"), credential=api_key_credential("gone")),
    )
    with database.writing() as connection:
        append(connection, acts[0], Action.SEARCHED, "s", records=["r1"])
        append(connection, acts[1], Action.RECORD_READ, "r1")
        append(connection, acts[2], Action.REFUSED, "r10")
        append(connection, replace(acts[0], case_number="77/2026"), Action.RECORD_READ, "r2")
    auditor = act_of("27", actor="auditor")
    for query, expected in (
        ({"actor_id": "b"}, [2]),
        ({"action": "search.make"}, [1]),
        ({"case_number": "7/2026"}, [2]),  # another number begins alike
        ({"credential": "api_key:gone"}, [3]),
        ({"person": "r1"}, [2, 1]),
        ({"person": "r1", "actor_id": "a"}, [1]),
        ({"since": "2999-01-01"}, []),
        ({"until": "2000-01-01"}, []),
        ({"since": "2000-01-01", "until": "2999-01-01", "actor_id": "c"}, [3]),
    ):
        assert find(log, auditor, **query) == expected, query
    assert find(log, act_of("27/519", actor="auditor"), action="access.refuse") == []
    with pytest.raises(InvalidField):
        find(log, act_of("27/51", actor="auditor"), actor_id="b")


def test_from_an_instant_on_and_before_one(database: Database, log: AuditLog) -> None:
    fill(database, 2)
    first, second = (entry.at for entry in entries(database))
    assert first < second
    assert find(log, since=second, action="record.read") == [2]
    assert find(log, until=second, action="record.read") == [1]


def test_a_person_is_found_by_number_and_by_every_record_that_was_merged(database: Database, log: AuditLog) -> None:
    with database.writing() as connection:
        for number, (record_id, into) in enumerate((("lead", None), ("old", "lead"), ("other", None))):
            values = {"id": record_id, "national_number": f"270000000{number}", "merged_into": into, "version": 1}
            rest = {"name": "Asha", "sex": "female", "created_at": datetime.now(UTC)}
            connection.execute(records.insert(), values | rest)
            append(connection, act_of(HERE), Action.RECORD_READ, record_id)
    for person in ("lead", "old", "2700000000", "2700000001"):
        assert find(log, person=person, action="record.read") == [2, 1]
    assert find(log, person="other", action="record.read") == [3]


def test_an_export_holds_every_entry_and_ends_with_the_head(database: Database, log: AuditLog) -> None:
    fill(database, 3)
    stored = entries(database)
    assert list(log.everything()) == stored
    written = [json.loads(line) for line in lines(log.everything(), head_of(stored[2]))]
    assert written == [*(vars(entry) for entry in stored), {"head": vars(head_of(stored[2]))}]
    assert len(list(lines(stored, None))) == 3
