"""Bring a database's tables to the state that this version of the program expects."""

from __future__ import annotations

import ast
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import ProgrammingError

from biometrics.kernel.errors import StoreUnavailable
from biometrics.storage.database.locks import Lock, hold_advisory

MIGRATIONS = Path(__file__).parent / "migrations"
OTHER_VERSION = "Another version of Pehchan wrote the database: install that version to open it."

_MIGRATION_LOCK = 0x50_45_48_4D  # key of a PostgreSQL advisory lock: "PEHM"
_one_at_a_time = threading.Lock()  # Alembic hands the connection to a migration through a module-level proxy


def migrate(connection: Connection) -> None:
    """Run the migrations that are missing, inside the write transaction that `connection` is in.

    Processes that start together take turns; the later ones find nothing left to do.

    Raises:
        StoreUnavailable: another version wrote the database, or its user may not create tables.
    """
    with _one_at_a_time:
        hold_advisory(connection, Lock.MIGRATION, _MIGRATION_LOCK)
        if _current(connection) != newest():
            _upgrade(connection)


def migrate_to(connection: Connection, revision: str) -> None:
    """Make the tables of one of the `revisions` in an empty database."""
    with _one_at_a_time:
        _upgrade(connection, revision)


@cache
def revisions() -> frozenset[str]:
    """Return all revisions: the numbers that the names of their files begin with."""
    return frozenset(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def newest() -> str:
    """Return the last revision."""
    return max(revisions())


@dataclass(frozen=True)
class Migration:
    """A step from one state of the tables to the next."""

    revision: str
    summary: str


def pending_migrations(connection: Connection | None) -> list[Migration]:
    """Return the migrations that opening a database would run, in their order; all of them where there is none yet.

    Raises:
        StoreUnavailable: a later version wrote the database, or one of before the first revision.
    """
    current = "" if connection is None else _current(connection) or ""
    if current and current not in revisions():
        raise StoreUnavailable(OTHER_VERSION)
    paths = sorted((MIGRATIONS / "versions").glob("[0-9]*_*.py"))
    steps = [
        (path.name.partition("_")[0], ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "") for path in paths
    ]
    return [Migration(revision, text.partition("\n")[0]) for revision, text in steps if revision > current]


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection, revision: str = "head") -> None:
    from alembic import command  # imported here: most commands find nothing to do and need not load Alembic
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise StoreUnavailable(OTHER_VERSION) from error
    except ProgrammingError as error:
        raise StoreUnavailable(
            "The tables cannot be created; give the database user the right to create tables in its schema."
        ) from error
