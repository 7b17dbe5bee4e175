"""The database is upgraded once, whoever starts first, and one that cannot be used says what to do."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from records_examples import encounter, print_of
from removing import remove_record
from sqlalchemy import text

from biometrics.kernel.errors import StoreRefused, StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.database import connections
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.base import metadata
from biometrics.storage.tables.station import counters
from biometrics.use_cases.enrolment.enrol import store_person

pytestmark = pytest.mark.both_databases

OPEN = """
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.records.store import RecordStore
print("ready", flush=True)
sys.stdin.readline()
with RecordStore.open(sys.argv[1], ImageFolder(Path(sys.argv[2]))) as store:
    print(store.identity)
"""


@pytest.mark.no_tables
def test_the_migrations_make_the_tables_that_the_code_uses(database_url: str) -> None:
    """A column that is added to tables.py without a migration would be missing in every installed database."""
    database = Database(database_url)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    database.close()


@pytest.mark.no_tables
def test_processes_that_start_together_make_one_database(database_url: str, tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, database_url, str(tmp_path / "images")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=300) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], answers
    assert len({identity for identity, _ in answers}) == 1


def test_a_new_database_waits_for_its_other_opener(tmp_path: Path) -> None:
    """SQLite answers "locked" at once while somebody else turns a new file into a WAL database."""
    other = sqlite3.connect(tmp_path / "pehchan.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.3, other.close)
    done.start()
    Database(f"sqlite:///{tmp_path / 'pehchan.db'}").close()
    done.join()


def test_threads_queue_for_their_turn_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite one writes at a time; who waits too long is told so, and the next one gets through."""
    database = Database(f"sqlite:///{tmp_path / 'pehchan.db'}")
    monkeypatch.setattr(connections, "WAIT", 0.2)

    def write() -> None:
        with database.writing() as connection:
            connection.execute(text("SELECT 1"))

    with ThreadPoolExecutor(1) as other:
        with database.writing(), pytest.raises(StoreUnavailable, match="busy"):
            other.submit(write).result()
        other.submit(write).result()
    database.close()


def test_a_connection_in_use_is_closed_when_it_is_returned(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'pehchan.db'}")
    with database.reading() as connection:
        used = connection.connection.dbapi_connection
        database.close()
        assert connection.execute(text("SELECT 1")).scalar() == 1
    assert isinstance(used, sqlite3.Connection)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        used.execute("SELECT 1")


def test_a_database_of_a_newer_version_is_refused(database_url: str, images: ImageFolder) -> None:
    """An older program would not know what it must not change."""
    database = Database(database_url)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(StoreUnavailable, match="Another version"):
        RecordStore.open(database_url, images)


def test_sqlite_is_set_to_keep_what_was_answered(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new folder' / 'pehchan.db'}")
    with database.reading() as connection:
        pragmas = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    database.close()
    assert pragmas == ["wal", 2, 1, connections.WAIT * 1000]


def test_readers_go_on_while_somebody_writes(store: RecordStore, database_url: str) -> None:
    writer = Database(database_url)
    with writer.writing() as connection:
        connection.execute(counters.insert().values(name="x", value=1))
        assert store.counts().records == 0
    writer.close()


def test_a_read_sees_one_state_throughout(store: RecordStore, database_url: str) -> None:
    done = store_person(store, Person("Ram"), encounter(), [print_of("one")])
    reader = Database(database_url)
    count = text("SELECT count(*) FROM samples")
    with reader.reading() as connection:
        before = connection.execute(count).scalar()
        remove_record(store, done.record_id)
        assert (before, connection.execute(count).scalar()) == (1, 1)
    reader.close()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("not a url", "cannot be read"),
        ("mysql://localhost/pehchan", "SQLite file or a PostgreSQL"),
        ("sqlite://", "SQLite file or a PostgreSQL"),
        ("sqlite:///:memory:", "SQLite file or a PostgreSQL"),
        ("postgresql://postgres@/pehchan?host=/nowhere", "does not answer"),
        ("sqlite:///{folder}/file/pehchan.db", "cannot be created"),
        ("sqlite:///{folder}", "unable to open database file"),
        ("sqlite:///{folder}/file", "damaged"),
    ],
)
def test_a_database_that_cannot_be_used_says_what_to_do(
    url: str, message: str, tmp_path: Path, images: ImageFolder
) -> None:
    (tmp_path / "file").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreUnavailable, match=message):
        RecordStore.open(url.format(folder=tmp_path), images)


def test_a_database_that_somebody_holds_is_busy(
    database_url: str, images: ImageFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "WAIT", 1)
    with RecordStore.open(database_url, images) as store:
        if database_url.startswith("sqlite"):
            holder = sqlite3.connect(tmp_path / "pehchan.db", isolation_level=None)
            holder.execute("BEGIN IMMEDIATE")
        else:
            holder = psycopg.connect(database_url)
            holder.execute("LOCK TABLE records")
        with pytest.raises(StoreUnavailable, match="busy"):
            store.create_record(Person("Ram"), "27")
        holder.close()
        assert store.create_record(Person("Ram"), "27").national_number == "2700000001"


def test_a_restarted_server_costs_no_request(store: RecordStore, database_url: str) -> None:
    store.create_record(Person("Ram"), "27")
    if database_url.startswith("postgresql"):
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    assert store.record_count() == 1


def test_a_user_who_may_not_create_tables_gets_an_error_that_says_so(
    request: pytest.FixtureRequest, images: ImageFolder, tmp_path: Path
) -> None:
    """Since PostgreSQL 15 only the owner may create tables in a new database."""
    server = request.getfixturevalue("postgresql_server")
    name = f"pehchan_{os.getpid()}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN")
        connection.execute(f"CREATE DATABASE {name}")
        with pytest.raises(StoreUnavailable, match="right to create tables"):
            RecordStore.open(server.get_uri(database=name).replace("postgres:@", f"{name}@"), images)
        connection.execute(f"DROP DATABASE {name}")
        connection.execute(f"DROP ROLE {name}")


@pytest.fixture
def protected(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the URL of a database and user of their own, without its password, which PostgreSQL asks for."""
    server = request.getfixturevalue("postgresql_server")
    name = f"guarded_{os.getpid()}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'right'")
        connection.execute(f"CREATE DATABASE {name} OWNER {name}")
        ((path,),) = connection.execute("SHOW hba_file").fetchall()
        rules = Path(path).read_text()
        Path(path).write_text(f"local all {name} scram-sha-256\n{rules}")
        connection.execute("SELECT pg_reload_conf()")
        url = server.get_uri(database=name).replace("postgres:@", f"{name}@")
        with suppress(psycopg.OperationalError):
            while True:  # until the server has read its rules, a moment later
                psycopg.connect(url).close()
        yield url
        Path(path).write_text(rules)
        connection.execute(f"DROP DATABASE {name}")
        connection.execute(f"DROP ROLE {name}")


def test_a_refused_user_password_or_database_is_reported_as_such(protected: str) -> None:
    right = protected.replace("@", ":right@")
    Database(right).close()
    name = f"guarded_{os.getpid()}"
    wrong = [protected, protected.replace("@", ":wrong@"), right.replace(f"@/{name}", "@/other")]
    for url in [*wrong, protected.replace(f"{name}@", "nobody@")]:
        with pytest.raises(StoreRefused, match="PEHCHAN_DATABASE_URL") as refused:
            Database(url)
        assert "wrong" not in refused.value.message


def test_a_server_that_has_no_free_connection_is_busy(request: pytest.FixtureRequest, protected: str) -> None:
    server = request.getfixturevalue("postgresql_server")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"ALTER ROLE guarded_{os.getpid()} CONNECTION LIMIT 0")
    with pytest.raises(StoreUnavailable, match="busy"):
        Database(protected.replace("@", ":right@"))


def test_a_postgresql_host_that_is_lost_is_given_up_within_half_a_minute(request: pytest.FixtureRequest) -> None:
    """Without these the kernel gives up after 15 minutes: libpq sets them on every TCP connection that it opens."""
    engine = connections.open_engine(connections.parse_url(request.getfixturevalue("postgresql_server").get_uri()))
    try:
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            set_ = {name: int(value) for name, value in driver.info.get_parameters().items() if value.isdecimal()}
    finally:
        engine.dispose()
    silent = set_["keepalives_idle"] + set_["keepalives_interval"] * set_["keepalives_count"]
    assert silent <= 30
    assert set_["tcp_user_timeout"] <= 30_000
    assert set_["connect_timeout"] <= 10
