"""Connections to the one database that holds the truth: SQLite in a file, or a PostgreSQL server."""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool

from biometrics.common.private_folders import restrict
from biometrics.domain.errors import InvalidText, StoreUnavailable
from biometrics.records import commits
from biometrics.records.database.migrate import migrate
from biometrics.records.database.unfinished import require_finished

WAIT = 30  # seconds that a request waits for a lock, a connection or the server
RETRY = 0.02  # seconds between two tries where the database itself does not wait
IDLE_WRITER = 60  # seconds after which PostgreSQL ends a writer that went silent with locks held
CLOCK_GAP = timedelta(days=7)  # the longest plausible time without an audit entry, unless the settings say otherwise
POOL = 10  # connections kept open; as many again when busy

BUSY = "The database is busy; send the same request again in a moment."

# Serialisation failure, deadlock, lock timeout, idle writer ended, too many connections.
_POSTGRESQL_BUSY = ("40001", "40P01", "55P03", "25P03", "53300")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # in PostgreSQL and in UTF-8


@dataclass(frozen=True)
class Kept:
    """What kind of database it is, its version, and the last migration of its tables."""

    kind: str
    version: str
    migration: str


class Database:
    """One database, used from many threads and alongside other processes, in read and write transactions.

    Reads see one unchanging state. Writes are durable when `writing` ends without an error, and undone otherwise;
    on SQLite they run one after another.
    """

    def __init__(self, url: str, *, unfinished: bool = False) -> None:
        """Connect, and create or upgrade the tables.

        `unfinished`: the caller fills the database, which is closed to others until it is whole.

        Raises:
            StoreUnavailable: the database cannot be used; the message says what to do.
            RestoreUnfinished: it is not whole yet.
        """
        self._unfinished = unfinished
        self.clock_gap = CLOCK_GAP
        parsed = _parse(url)
        self._queue = threading.Lock()
        self._sqlite = parsed.get_backend_name() == "sqlite"
        self._engine = _sqlite_engine(parsed) if self._sqlite else _postgresql_engine(parsed)
        self._file = _SqliteFile(Path(parsed.database or "")) if self._sqlite else None
        if self._sqlite:
            self._readers, self._writers = self._engine, self._engine.execution_options(immediate=True)
        else:
            self._readers = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            # The change counter needs it: a writer that waited for the counter must then see its new value.
            self._writers = self._engine.execution_options(isolation_level="READ COMMITTED")
        event.listen(self._engine, "before_cursor_execute", _refuse_unstorable)
        try:
            with _translated(), self._turn(), self._writers.begin() as connection:
                migrate(connection)
                self._require_usable(connection)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def kept(self) -> Kept:
        """Say what kind of database it is, and how far its tables were brought."""
        with self.reading() as connection:
            migration = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
            version = ".".join(map(str, connection.dialect.server_version_info or ()))
        return Kept("SQLite" if self._sqlite else "PostgreSQL", version, migration)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a read transaction: one state of the database, however long it takes."""
        with _translated(), self._readers.begin() as connection:
            self._require_usable(connection)
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a write transaction, committed at the end and rolled back by any exception."""
        complete = False
        try:
            with self.noting() as connection:
                yield connection
                complete = True
        except StoreUnavailable as error:
            if complete and getattr(error.__cause__, "connection_invalidated", False):
                commits.note()  # the connection broke during the commit: it may have been carried out
            raise
        commits.note()

    @contextmanager
    def noting(self) -> Iterator[Connection]:
        """Open a write transaction for notes about a request: the audit entry of a read, a counted sign-in try.

        A request that fails after it still has changed nothing; after `writing` it has.
        """
        with _translated(), self._turn(), self._writers.begin() as connection:
            self._require_usable(connection)
            yield connection
            self._require_same_file()  # else the commit would go to a deleted file

    def _require_same_file(self) -> None:
        if self._file:
            self._file.require_same()

    def forget(self) -> None:
        """Let the database's own files forget what was deleted, as far as it is able to while others work.

        SQLite overwrites deleted rows (`secure_delete`), and here empties the log of what it has moved into the file;
        PostgreSQL frees the space of dead rows. Archives of either's log, and copies of the disk, are not reached.
        """
        with _translated():
            if self._sqlite:
                with self._turn(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql("VACUUM data_keys, templates, search_probes")

    @property
    def has_one_writer(self) -> bool:
        """Whether only one write transaction can be open at a time, in all processes."""
        return self._sqlite

    @property
    def folder(self) -> Path | None:
        """The folder of an SQLite file, None where a server keeps the data."""
        return self._file.path.parent if self._file else None

    def _require_usable(self, connection: Connection) -> None:
        """Refuse a database that is being filled, or whose file is another one, also since it was opened."""
        self._require_same_file()
        if not self._unfinished:
            require_finished(connection)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Queue for SQLite's one write lock: it is polled for, so that under load some threads would never get it."""
        if not self._sqlite:
            yield
            return
        if not self._queue.acquire(timeout=WAIT):
            raise StoreUnavailable(BUSY)
        try:
            yield
        finally:
            self._queue.release()


class _SqliteFile:
    """The file of an SQLite database, known by its device and inode.

    Connections to a file that was replaced or removed go on writing to the old one, and new ones open the new one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known = self._device_and_inode()

    def require_same(self) -> None:
        """Refuse to go on with another file.

        Raises:
            StoreUnavailable: it was replaced or removed.
        """
        if self._device_and_inode() != self._known:
            raise StoreUnavailable(
                f"The database file {self.path} was replaced or removed while in use. Nothing is read or written "
                "until the service is started again; first make sure that the right file is there."
            )

    def _device_and_inode(self) -> tuple[int, int] | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino


@contextmanager
def unopened(url: str) -> Iterator[Connection | None]:
    """Connect to a database as it is, without creating or upgrading its tables; None where there is no SQLite file yet.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    parsed = _parse(url)
    is_sqlite = parsed.get_backend_name() == "sqlite"
    if is_sqlite and not Path(parsed.database or "").is_file():
        yield None
        return
    engine = _sqlite_engine(parsed) if is_sqlite else _postgresql_engine(parsed)
    try:
        with _translated(), engine.connect() as connection:
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
    with _translated(), engine.connect() as connection:
        yield connection


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT, which both databases write alike and SQLAlchemy keeps apart."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _parse(url: str) -> URL:
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
    arguments: dict[str, Any] = {"connect_timeout": WAIT}
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


def _refuse_unstorable(_: Connection, cursor: object, statement: str, parameters: Any, *__: object) -> None:
    """Refuse texts that one database or the other cannot store or look up, whichever way they came.

    Raises:
        InvalidText: a parameter holds NUL or half a surrogate pair.
    """
    for row in parameters if isinstance(parameters, list) else (parameters,):
        for value in row.values() if isinstance(row, Mapping) else row or ():
            if isinstance(value, str) and _UNSTORABLE.search(value):
                raise InvalidText("A text holds NUL or half a character, which cannot be stored; type it again.")


@contextmanager
def _translated() -> Iterator[None]:
    """Raise StoreUnavailable for what the database's state causes; an error in our own SQL stays what it is."""
    try:
        yield
    except (IntegrityError, DataError, ProgrammingError):
        raise
    except (DBAPIError, PoolTimeout) as error:
        if isinstance(error, PoolTimeout) or _is_busy(error.orig):
            raise StoreUnavailable(BUSY) from error
        raise StoreUnavailable(
            "The database does not answer as it should; check that it runs, may be written to and has free disk space."
        ) from error


def _is_busy(error: BaseException | None) -> bool:
    """Say whether another transaction was in the way; the same request can succeed later."""
    if isinstance(error, sqlite3.Error):
        return error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
    return getattr(error, "sqlstate", None) in _POSTGRESQL_BUSY
