"""How connections are opened, to SQLite in a file or to a PostgreSQL server, and what their errors mean."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool

from biometrics.kernel.errors import StoreRefused, StoreUnavailable
from biometrics.kernel.technique.private_folders import restrict

WAIT = 30  # seconds that a request waits for a lock, a connection or the server
RETRY = 0.02  # seconds between two tries where the database itself does not wait
IDLE_WRITER = 60  # seconds after which PostgreSQL ends a writer that went silent with locks held
POOL = 10  # connections kept open; as many again when busy
BUSY = "The database is busy; send the same request again in a moment."
DAMAGED = (
    "SQLite calls the database file damaged ({reason}). Stop the service and check the disk; if 'PRAGMA quick_check' "
    "does not answer ok then, restore the station from a backup."
)
FILE_UNUSABLE = (
    "The database file cannot be used ({reason}); check its disk for errors and free space, and that it is writable."
)
UNUSABLE = "The database does not answer as it should; check that it runs, may be written to and has free disk space."
REFUSED = (
    "The database server refuses the user, the password or the database's name; correct its URL (of the service: "
    "PEHCHAN_DATABASE_URL)."
)

# Serialisation failure, deadlock, lock timeout, idle writer ended, too many connections.
_POSTGRESQL_BUSY = ("40001", "40P01", "55P03", "25P03", "53300")
# Why a connection was not opened: libpq keeps the text, no code. A server of another language is UNUSABLE.
_TOO_MANY = re.compile("too many connections|too many clients|remaining connection slots")
_REFUSAL = re.compile(
    "authentication failed for user|no password supplied|no pg_hba.conf entry|not permitted to log in|"
    'permission denied for database|(database|role) ".*" does not exist'
)


@contextmanager
def unopened(url: str) -> Iterator[Connection | None]:
    """Connect to a database as it is, without creating or upgrading its tables; None where there is no SQLite file yet.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    parsed = parse_url(url)
    is_sqlite = parsed.get_backend_name() == "sqlite"
    if is_sqlite and not Path(parsed.database or "").is_file():
        yield None
        return
    engine = open_engine(parsed)
    try:
        with translated_errors(), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def unchanging(path: Path) -> Iterator[Connection]:
    """Open an SQLite file that has no writer, as it is: no file is created next to it, and no table is upgraded.

    Raises:
        StoreUnavailable: it cannot be read.
    """
    query = {"uri": "true", "mode": "ro", "immutable": "1"}
    url = URL.create("sqlite", database=f"file:{quote(str(path))}", query=query)
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    with translated_errors(), engine.connect() as connection:
        yield connection


def parse_url(url: str) -> URL:
    """Return the URL of a database.

    Raises:
        StoreUnavailable: it is none, or of another kind of database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreUnavailable(
            "The database URL cannot be read; write sqlite:////folder/pehchan.db or postgresql://user@host/database."
        ) from error
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    raise StoreUnavailable("The database must be an SQLite file or a PostgreSQL server; correct its URL.")


def open_engine(url: URL) -> Engine:
    """Return the connections to a database.

    Raises:
        StoreUnavailable: the file cannot be written, or the driver is missing.
    """
    return _sqlite_engine(url) if url.get_backend_name() == "sqlite" else _postgresql_engine(url)


def _sqlite_engine(url: URL) -> Engine:
    assert url.database is not None
    try:
        path = Path(url.database)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreUnavailable(f"The database {url.database} cannot be created, or not be written.") from error
    restrict(path)  # SQLite gives its other files the same rights
    engine = create_engine(
        url,
        connect_args={"timeout": WAIT},
        pool_size=POOL,
        max_overflow=POOL,
        pool_timeout=WAIT,
        hide_parameters=True,  # in errors, which may be logged: they hold names
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # _begin_sqlite begins transactions, not the driver
    _switch_to_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # a deleted key is overwritten in the file


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    # Of processes that open a new database together all but one get "locked" at once, despite the timeout.
    give_up = time.monotonic() + WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > give_up:
                raise
            time.sleep(RETRY)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A write must take its lock at the start: a transaction that begins by reading cannot wait for the lock.
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _postgresql_engine(url: URL) -> Engine:
    limits = f"-c lock_timeout={WAIT}s -c idle_in_transaction_session_timeout={IDLE_WRITER}s"
    # A host that is lost answers nothing: without these a read hangs until the kernel gives up, after 15 minutes.
    lost = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 25_000}
    defaults = {name: value for name, value in lost.items() if name not in url.query}
    arguments: dict[str, Any] = {"connect_timeout": 10, **defaults}
    if "options" not in url.query:
        arguments["options"] = limits
    try:
        return create_engine(
            url,
            connect_args=arguments,
            pool_size=POOL,
            max_overflow=POOL,
            pool_timeout=WAIT,
            hide_parameters=True,
            pool_pre_ping=True,  # a server that was restarted costs no failed request
        )
    except ModuleNotFoundError as error:
        raise StoreUnavailable("PostgreSQL needs its driver; run: pip install 'pehchan[postgresql]'.") from error


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise StoreUnavailable for what the database's state causes, StoreRefused where its server refuses the user.

    An error in our own SQL stays what it is.
    """
    try:
        yield
    except (IntegrityError, DataError, ProgrammingError):
        raise
    except (DBAPIError, PoolTimeout) as error:
        if isinstance(error, PoolTimeout) or _is_busy(error.orig):
            raise StoreUnavailable(BUSY) from error
        if _says(error.orig, _REFUSAL):
            raise StoreRefused(REFUSED) from error
        raise StoreUnavailable(_unusable(error.orig)) from error


def _is_busy(error: BaseException | None) -> bool:
    """Say whether another transaction was in the way; the same request can succeed later."""
    if isinstance(error, sqlite3.Error):
        return _name(error).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
    return getattr(error, "sqlstate", None) in _POSTGRESQL_BUSY or _says(error, _TOO_MANY)


def _says(error: BaseException | None, texts: re.Pattern[str]) -> bool:
    """Say whether PostgreSQL did not open a connection for one of some reasons."""
    return getattr(error, "sqlstate", "") is None and texts.search(str(error)) is not None


def _unusable(error: BaseException | None) -> str:
    """Return what an operator can do about an error that is not of a statement; SQLite's own words hold no data."""
    if not isinstance(error, sqlite3.Error):
        return UNUSABLE
    if "decode to UTF-8" in str(error):
        return DAMAGED.format(reason="a text that is none")
    # A disk that cannot be read is not a file that is damaged: whoever restores it would lose the last day.
    damaged = _name(error).startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))
    return (DAMAGED if damaged else FILE_UNUSABLE).format(reason=f"{error}, {_name(error)}".removesuffix(", "))


def _name(error: sqlite3.Error) -> str:
    """Return SQLite's name of an error; one that the driver itself raises has none."""
    return getattr(error, "sqlite_errorname", "")
