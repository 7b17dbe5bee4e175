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
from hashlib import sha256
from pathlib import Path
from typing import Any

import botocore.session
import numpy as np
import pytest
from botocore.loaders import Loader
from numpy.typing import NDArray
from sqlalchemy import Connection

import fingerprint.recogniser
from biometrics.imaging.image import Image
from biometrics.records.database import engine as database
from fingerprint.nfiq2 import Nfiq2, Nfiq2Quality
from fingerprint.template import FingerprintTemplate
from models.registry import ModelRegistry
from models.session import Session

NEW_IDENTITY = "UPDATE identity SET id = '{}', database_id = '{}'"  # every database has one of its own


@dataclass
class Sharing:
    """What the test that runs now shares with others."""

    tables: bool = True  # a new SQLite database gets its tables from one that has them
    prints: bool = True  # a print that was read and measured before is not read again


sharing = Sharing()


@contextmanager
def shared(laid_out: Path) -> Iterator[None]:
    """Share what `sharing` says; `laid_out` is an SQLite file with all tables."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ModelRegistry, "open_session", _opened_once(ModelRegistry.open_session))
        patched.setattr(fingerprint.recogniser, "extract", _extracted_once(fingerprint.recogniser.extract))
        patched.setattr(Nfiq2, "measure", _measured_once(Nfiq2.measure))
        patched.setattr(database, "migrate", _laid_out_once(database.migrate, laid_out))
        patched.setattr(botocore.session, "create_loader", _loaded_once(botocore.session.create_loader))
        yield


def _opened_once(original: Callable[[ModelRegistry, str], Session]) -> Callable[[ModelRegistry, str], Session]:
    """Let all stations run the same opened models, where they are kept in the folder that tests share."""
    opened: dict[tuple[Any, ...], Session] = {}

    def open_session(self: ModelRegistry, name: str) -> Session:
        if self._folder != Path(os.environ["PEHCHAN_MODELS_FOLDER"]):
            return original(self, name)
        state = self.locate(name).stat()
        key = (self.entry(name), state.st_ino, state.st_size, state.st_mtime_ns, self._threads)
        if key not in opened:
            opened[key] = original(self, name)
        return opened[key]

    return open_session


def _extracted_once(original: Callable[..., FingerprintTemplate]) -> Callable[..., FingerprintTemplate]:
    found: dict[tuple[Any, ...], FingerprintTemplate] = {}

    def extract(image: Image, session: Session) -> FingerprintTemplate:
        key = (_digest(image.pixels), image.ppi, session.sha256)
        if not sharing.prints:
            return original(image, session)
        if key not in found:
            found[key] = original(image, session)
        return found[key]

    return extract


def _measured_once(original: Callable[[Nfiq2, NDArray[np.uint8]], Nfiq2Quality]) -> Callable[..., Nfiq2Quality]:
    """Measure a print once, and let all stations use the same processes."""
    found: dict[str, Nfiq2Quality] = {}
    common = Nfiq2()

    def measure(self: Nfiq2, pixels: NDArray[np.uint8]) -> Nfiq2Quality:
        if not sharing.prints:
            return original(self, pixels)
        key = _digest(pixels)
        if key not in found:
            found[key] = original(common, pixels)
        return found[key]

    return measure


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


def _loaded_once(original: Callable[..., Loader]) -> Callable[..., Loader]:
    """Let clients of S3 share what was read of the service's description, which is large."""
    loader = original()
    return lambda *_: loader


def _digest(pixels: NDArray[np.uint8]) -> str:
    return sha256(str(pixels.shape).encode() + pixels.tobytes()).hexdigest()
