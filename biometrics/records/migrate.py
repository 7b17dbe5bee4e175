"""Bring a database's tables to the state that this version of the program expects."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from biometrics.errors import StoreUnavailable

MIGRATIONS = Path(__file__).parent / "migrations"

_MIGRATION_LOCK = 0x50_45_48_4D  # key of a PostgreSQL advisory lock: "PEHM"
_one_at_a_time = threading.Lock()  # Alembic hands the connection to a migration through a module-level proxy


def migrate(connection: Connection) -> None:
    """Run the migrations that are missing, inside the write transaction that `connection` is in.

    Processes that start together take turns; the later ones find nothing left to do.

    Raises:
        StoreUnavailable: the database is of a newer version, or its user may not create tables.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    with _one_at_a_time:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        if MigrationContext.configure(connection).get_current_revision() == _newest():
            return
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StoreUnavailable(
                "The database was written by a newer version of Pehchan; install that version to open it."
            ) from error
        except ProgrammingError as error:
            raise StoreUnavailable(
                "The tables cannot be created; give the database user the right to create tables in its schema."
            ) from error


@cache
def _newest() -> str | None:
    """Return the revision that all migrations lead to; finding it means reading them all."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()
