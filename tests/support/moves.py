"""Moving a station in a test: the call, and what two databases hold."""

from __future__ import annotations

from contextlib import closing
from functools import cached_property

import pytest
from image_places import held
from sqlalchemy import Executable, select

from biometrics.backup.replicate import MoveResult, Progress, move
from biometrics.records.store import RecordStore
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


class Moving:
    def __init__(self, request: pytest.FixtureRequest, station: RecordStore, source: str, target: str) -> None:
        self.station, self.source, self.target, self._request = station, source, target, request

    @cached_property
    def stores(self) -> tuple[ImageStore, ImageStore]:
        """The station's images, and where they go."""
        stores: tuple[ImageStore, ImageStore] = self._request.getfixturevalue("stores")
        return stores

    def run(self, interfere: Progress | None = None, images: bool = True, sampled: int = 1000) -> MoveResult:
        """Copy what the target lacks; `interfere` is called with each table."""
        stores = self.stores if images else None
        if interfere is None:
            return copy(self.source, self.target, stores, sampled)
        return move(self.source, self.target, stores, sampled, interfere)

    def opened(self) -> RecordStore:
        """Open the copy."""
        return RecordStore.open(self.target, self.stores[1])

    def require_same(self, done: MoveResult) -> None:
        """Check that a run was complete, and that the copy is the station."""
        assert (done.complete, differing(done)) == (True, {})
        assert content(self.target) == content(self.source)
        assert held(self.stores[1]) == held(self.stores[0])
