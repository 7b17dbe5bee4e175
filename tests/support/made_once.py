"""What the tests of one process share, because making it anew for each would take half of their time.

What is shared is what the real code made of the very same input; nothing here makes anything up.
"""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.loaders import Loader
from model_outputs import kept
from sqlalchemy import URL, Connection, Engine
from sqlalchemy.util import LRUCache

from biometrics.storage.database import connections
from biometrics.storage.database import engine as database

NEW_IDENTITY = "UPDATE identity SET id = '{}', database_id = '{}'"  # every database has one of its own


@dataclass
class Sharing:
    """What the test that runs now shares with others."""

    tables: bool = True  # a new SQLite database gets its tables from one that has them
    outputs: bool = True  # models and NFIQ 2 are not run again on the same input


sharing = Sharing()


@contextmanager
def shared(laid_out: Path) -> Iterator[None]:
    """Share what `sharing` says; `laid_out` is an SQLite file with all tables."""
    with kept(lambda: sharing.outputs), pytest.MonkeyPatch.context() as patched:
        patched.setattr(database, "migrate", _laid_out_once(database.migrate, laid_out))
        patched.setattr(connections, "open_engine", _compiled_once(connections.open_engine))
        patched.setattr(os, "fsync", lambda _: None)  # no test cuts the power: what a killed process wrote is there
        patched.setattr(botocore.session, "create_loader", _loaded_once(botocore.session.create_loader))
        yield


def _laid_out_once(original: Callable[[Connection], None], laid_out: Path) -> Callable[[Connection], None]:
    """Give new SQLite databases the tables of one that has them: migrating takes seven times as long."""
    with closing(sqlite3.connect(laid_out)) as source:
        statements = [line for line in source.iterdump() if line not in ("BEGIN TRANSACTION;", "COMMIT;")]

    def migrate(connection: Connection) -> None:
        is_new = (
            sharing.tables
            and connection.dialect.name == "sqlite"
            and connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar() == 0
        )
        for statement in (*statements, NEW_IDENTITY.format(uuid.uuid4(), uuid.uuid4())) if is_new else ():
            connection.exec_driver_sql(statement)
        original(connection)

    return migrate


class _Compiled(LRUCache[Any, Any]):
    """Statements that were compiled, by the kind of database instead of the engine that asked for them first."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((type(key[0]), *key[1:]), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__((type(key[0]), *key[1:]), value)


def _compiled_once(original: Callable[[URL], Engine]) -> Callable[[URL], Engine]:
    """Let databases share the statements that SQLAlchemy compiled: each test has an engine, and would compile anew."""
    compiled = _Compiled(5000)

    def open_engine(url: URL) -> Engine:
        engine = original(url)
        engine._compiled_cache = compiled
        return engine

    return open_engine


def _loaded_once(original: Callable[..., Loader]) -> Callable[..., Loader]:
    """Let clients of S3 share what was read of the service's description, which is large."""
    loader = original()
    return lambda *_: loader
