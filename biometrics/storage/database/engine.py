"""The one database that holds the truth, in read and write transactions."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import ConnectionPoolEntry

from biometrics.kernel.errors import InvalidField, InvalidText, StoreUnavailable
from biometrics.kernel.people.authorisation import AuthorisationRule
from biometrics.storage import commits
from biometrics.storage.database import connections
from biometrics.storage.database.connections import translated_errors
from biometrics.storage.database.migrate import migrate
from biometrics.storage.database.unfinished import require_finished
from biometrics.storage.tables.base import MAX_ROW_NUMBER

CLOCK_GAP = timedelta(days=7)  # the longest plausible time without an audit entry, unless the settings say otherwise

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # in PostgreSQL and in UTF-8
_UNCHANGED = "unchanged"  # in the information that SQLAlchemy keeps with a connection


@dataclass(frozen=True)
class DatabaseInfo:
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
        self.authorisation = AuthorisationRule()
        parsed = connections.parse_url(url)
        self._queue = threading.Lock()
        self._sqlite = parsed.get_backend_name() == "sqlite"
        self._engine = connections.open_engine(parsed)
        self._file = _SqliteFile(Path(parsed.database or "")) if self._sqlite else None
        if self._sqlite:
            self._readers, self._writers = self._engine, self._engine.execution_options(immediate=True)
        else:
            self._readers = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            # The change counter needs it: a writer that waited for the counter must then see its new value.
            self._writers = self._engine.execution_options(isolation_level="READ COMMITTED")
        event.listen(self._engine, "before_cursor_execute", _refuse_unstorable)
        try:
            with translated_errors(), self._turn(), self._writers.begin() as connection:
                migrate(connection)
                self._require_usable(connection)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close every connection; one that a thread still uses is closed when it is returned."""
        event.listen(self._engine, "checkin", _close_returned)
        self._engine.dispose()

    def info(self) -> DatabaseInfo:
        """Return the kind and version of the database, and the revision of its tables."""
        with self.reading() as connection:
            migration = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
            version = ".".join(map(str, connection.dialect.server_version_info or ()))
        return DatabaseInfo("SQLite" if self._sqlite else "PostgreSQL", version, migration)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a read transaction: one state of the database, however long it takes."""
        with translated_errors(), self._readers.begin() as connection:
            self._require_usable(connection)
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a write transaction, committed at the end and rolled back by any exception.

        One that `leave_unchanged` was called for stores nothing, so that an error after it may say so.
        """
        complete = unchanged = False
        try:
            with self.noting() as connection:
                connection.info[_UNCHANGED] = False
                yield connection
                complete, unchanged = True, bool(connection.info.get(_UNCHANGED))
        except StoreUnavailable as error:
            if complete and getattr(error.__cause__, "connection_invalidated", False):
                commits.note()  # the connection broke during the commit: it may have been carried out
            raise
        if not unchanged:
            commits.note()

    @staticmethod
    def leave_unchanged(connection: Connection) -> None:
        """State of a write transaction that nothing had to be written in it."""
        connection.info[_UNCHANGED] = True

    @contextmanager
    def noting(self) -> Iterator[Connection]:
        """Open a write transaction for notes about a request: the audit entry of a read, a counted sign-in try.

        A request that fails after it still has changed nothing; after `writing` it has.
        """
        with translated_errors(), self._turn(), self._writers.begin() as connection:
            self._require_usable(connection)
            yield connection
            self._require_same_file()  # else the commit would go to a deleted file

    def _require_same_file(self) -> None:
        if self._file:
            self._file.require_same()

    def forget(self, tables: Sequence[str] = ("data_keys",)) -> None:
        """Clear deleted rows from the database's own files, as far as it is able to while others work.

        SQLite overwrites deleted rows (`secure_delete`), and here empties the log of what it has moved into the file;
        PostgreSQL frees the space of dead rows. Archives of either's log, and copies of the disk, are not reached.

        Raises:
            StoreUnavailable: SQLite's log could not be emptied, because a reader holds an earlier state for long.
        """
        with translated_errors():
            if self._sqlite:
                with self._turn(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    if connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one():
                        raise StoreUnavailable(connections.BUSY)
            else:
                with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql(f"VACUUM {', '.join(tables)}")

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
        if not self._queue.acquire(timeout=connections.WAIT):
            raise StoreUnavailable(connections.BUSY)
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


def _close_returned(_: object, returned: ConnectionPoolEntry) -> None:
    returned.close()  # the pool that it goes back to is no longer emptied by anybody


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT, which both databases write alike and SQLAlchemy keeps apart."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _refuse_unstorable(_: Connection, cursor: object, statement: str, parameters: Any, *__: object) -> None:
    """Refuse values that one database or the other cannot store or look up, whichever way they came.

    Raises:
        InvalidText: a text holds NUL or half a surrogate pair.
        InvalidField: a whole number has more than 64 bits.
    """
    for row in parameters if isinstance(parameters, list) else (parameters,):
        for value in row.values() if isinstance(row, Mapping) else row or ():
            if isinstance(value, str) and _UNSTORABLE.search(value):
                raise InvalidText("A text holds NUL or half a character, which cannot be stored; type it again.")
            if isinstance(value, int) and abs(value) > MAX_ROW_NUMBER:
                raise InvalidField(f"The number {value} is too large.")
