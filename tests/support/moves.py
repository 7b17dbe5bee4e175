"""Moving a station in a test: the call, and what two databases hold."""

from __future__ import annotations

from contextlib import closing

from sqlalchemy import Executable, select

from biometrics.backup.replicate import MoveResult, move
from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.database.engine import Database
from biometrics.storage.database.unfinished import MOVED
from biometrics.storage.tables.base import metadata

PEOPLE = 12


def copy(
    source: str, target: str, stores: tuple[ImageStore, ImageStore] | None = None, sampled: int = 1000
) -> MoveResult:
    return move(source, target, stores, sampled, lambda *_: None)


def content(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, but the mark that only a target has, and what tells a database from its copy."""
    with closing(Database(url)) as database, database.reading() as connection:
        held = {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        }
    held["counters"] = sorted(row for row in held["counters"] if row[0] != MOVED)
    held["identity"] = [(row[0], row[2]) for row in held["identity"]]
    return held


def differing(done: MoveResult) -> dict[str, tuple[str, ...]]:
    return {check.what: check.differing for check in done.checks if check.differing}


def change(url: str, statement: Executable) -> None:
    with closing(Database(url)) as database, database.writing() as connection:
        connection.execute(statement)
