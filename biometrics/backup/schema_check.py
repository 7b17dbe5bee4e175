"""Refusing a database file with objects that the migrations did not make: a trigger would act while it is restored."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, create_engine, text

from biometrics.kernel.errors import BackupDamaged, StoreUnavailable
from biometrics.storage.database.connections import unchanging
from biometrics.storage.database.migrate import migrate_to, revisions

_OBJECTS: Final = text(
    "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
)

SchemaObject = tuple[str, str, str, str]  # type, name, table; of a trigger or a view its text too


def require_own_objects(path: Path) -> None:
    """Refuse an SQLite file that has other tables, indexes, triggers or views than its version of Pehchan made.

    Raises:
        BackupDamaged: it has, or it is no database of this or an earlier version.
    """
    try:
        with unchanging(path) as connection:
            revision = str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())
            actual = _objects(connection)
    except (StoreUnavailable, ValueError, TypeError) as error:
        raise BackupDamaged(f"{path} cannot be read as a database of Pehchan; use another backup.") from error
    if revision not in revisions():
        raise BackupDamaged("Another version of Pehchan wrote the backup; restore it with that version.")
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            migrate_to(connection, revision)
            expected = _objects(connection)
    finally:
        engine.dispose()
    if actual != expected:
        foreign = ", ".join(sorted(f"{kind} {name}" for kind, name, *_ in actual ^ expected)[:5])
        raise BackupDamaged(
            f"The database {path} was changed: its {foreign} are not what Pehchan made. Nothing was written. Use "
            "another backup, and find out who changed this one."
        )


def _objects(connection: Connection) -> set[SchemaObject]:
    """Return the objects of a database; of tables and indexes only the names, since later versions alter their text."""
    rows = connection.execute(_OBJECTS).all()
    return {
        (row.type, row.name, row.tbl_name, "" if row.type in ("table", "index") else " ".join(row.sql.split()))
        for row in rows
    }
