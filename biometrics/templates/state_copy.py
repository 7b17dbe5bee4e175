"""A national index's copy of a state's templates, as far as the state's change sequence was read.

It is a SQLite file of its own, as an index's snapshot is a file: all of it can be read from the state again, no backup
holds it, and each server of the national index has its own. Templates are encrypted with a key of the server's
database. A state that is down is searched by its copy.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.access import Unit
from biometrics.kernel.errors import DecryptionFailed, StoreUnavailable
from biometrics.kernel.people.labels import NO_POSITION, UNKNOWN_YEAR, Label
from biometrics.kernel.people.national import ChangesPage, GivenTemplate
from biometrics.kernel.people.record import Elsewhere
from biometrics.kernel.people.templates import Change, Operation, StoredTemplate
from biometrics.kernel.recognition.capture import position_of
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Template
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.kernel.technique.private_folders import make_private
from biometrics.storage.crypto.aead import KEY_BYTES, Place, seal, unseal

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value);
CREATE TABLE IF NOT EXISTS offices (path TEXT PRIMARY KEY, name TEXT, telephone TEXT);
CREATE TABLE IF NOT EXISTS templates (
    id INTEGER PRIMARY KEY, sequence INTEGER, modality TEXT, model TEXT, reference TEXT, unit TEXT, position INTEGER,
    quality INTEGER, data BLOB  -- NULL: removed
);
CREATE INDEX IF NOT EXISTS by_sequence ON templates (modality, model, sequence);
CREATE INDEX IF NOT EXISTS by_reference ON templates (reference);
"""
_NOT_YET: Final = {"read_to": 0, "mark": "", "read_until": None, "people": 0}


class StateCopy:
    """The templates of one state; safe to use from many threads. It is a `TemplateSource` and `StoredTemplates`.

    Record ids are the state's references.
    """

    def __init__(self, path: Path, state: str, secret: bytes) -> None:
        """Open the file at a path, or make it; one that another secret sealed is emptied."""
        make_private(path.parent)
        self._state = state
        self._secret = secret
        self._lock = threading.Lock()
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._file.execute("PRAGMA secure_delete = ON")  # what a state removes is overwritten
        self._file.executescript(_TABLES)
        try:
            self.snapshot_secret()
        except (DecryptionFailed, KeyError):
            self.clear()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def identity(self) -> str:
        """A UUID of this content: another one after `clear`."""
        return str(self._about("identity"))

    @property
    def read_to(self) -> int:
        """The number of the last of the state's changes that it holds."""
        return int(self._about("read_to"))

    @property
    def mark(self) -> str:
        """What identifies the state's history up to there."""
        return str(self._about("mark"))

    @property
    def read_until(self) -> datetime | None:
        """The time, by the state's clock, when it held all changes; None before the first time."""
        at = self._about("read_until")
        return None if at is None else datetime.fromisoformat(at)

    @property
    def people(self) -> int:
        """How many people the state has on record."""
        return int(self._about("people"))

    def in_force(self, modality: Modality) -> str | None:
        """Return the model that the state searches a modality by; None where it has none."""
        row = self._rows("SELECT value FROM about WHERE name = ?", [f"model {modality}"])
        return str(row[0][0]) if row else None

    def clear(self) -> None:
        """Forget all of it; snapshots of an index of it can no longer be read."""
        with self._writing():
            for table in ("about", "offices", "templates"):
                self._file.execute(f"DELETE FROM {table}")  # noqa: S608 - names of ours
            self._set({"identity": str(uuid.uuid4())} | _NOT_YET)
            self._renew_snapshot_secret()

    def apply(self, page: ChangesPage) -> None:
        """Take in a page of changes that follows what it holds, in one transaction."""
        with self._writing():
            self._file.executemany(
                "INSERT OR REPLACE INTO templates VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(self._row, page.given)
            )
            self._file.executemany(
                "UPDATE templates SET sequence = ?, reference = '', unit = '', data = NULL WHERE id = ?",
                [(removal.sequence, removal.id) for removal in page.removed],
            )
            self._file.executemany(
                "INSERT OR REPLACE INTO offices VALUES (?, ?, ?)",
                [(office.unit.path, office.name, office.telephone) for office in page.offices],
            )
            if page.removed:
                self._renew_snapshot_secret()
            whole = {"read_until": page.at.isoformat()} if page.until == page.last else {}
            models = {f"model {modality}": model for modality, model in page.in_force.items()}
            self._set({"read_to": page.until, "mark": page.mark, "people": page.people} | whole | models)

    def last_sequence(self) -> int:
        """Return the number of the last change, as a gallery asks for it."""
        return self.read_to

    def last_change(self, modality: Modality, model: str) -> int:
        """Return the number of the last change of one feature space, 0 where there is none."""
        query = "SELECT max(sequence) FROM templates WHERE modality = ? AND model = ?"
        return int(self._rows(query, [str(modality), model])[0][0] or 0)

    def changes_since(self, sequence: int, modality: Modality, model: str, limit: int) -> list[Change]:
        """Return the changes of one feature space after a number, oldest first, at most `limit`."""
        rows = self._rows(
            "SELECT sequence, data IS NULL, id FROM templates WHERE modality = ? AND model = ? AND sequence > ? "
            "ORDER BY sequence LIMIT ?",
            [str(modality), model, sequence, limit],
        )
        operations = (Operation.ADD, Operation.REMOVE)
        return [
            Change(number, operations[removed], template_id, modality, model) for number, removed, template_id in rows
        ]

    def load(self, ids: Sequence[int] | NDArray[np.int64]) -> list[StoredTemplate]:
        """Return templates by their ids, in that order, without those that do not exist."""
        numbers = [int(number) for number in ids]
        loaded = {stored.id: stored for stored in self._stored("id", numbers)}
        return [loaded[number] for number in numbers if number in loaded]

    def of_records(self, record_ids: Sequence[str], models: Collection[str]) -> dict[str, list[StoredTemplate]]:
        """Return the templates of records that some models made, by the records' references."""
        by_record: defaultdict[str, list[StoredTemplate]] = defaultdict(list)
        for stored in self._stored("reference", record_ids):
            if stored.template.model in models:
                by_record[stored.record_id].append(stored)
        return dict(by_record)

    def snapshot_secret(self) -> bytes:
        """Return the key of saved indexes, of 32 bytes; each removal replaces it, so that older files are unreadable.

        Raises:
            DecryptionFailed: another secret sealed it.
        """
        return unseal(self._secret, self._sealed_place("snapshots"), self._about("snapshots"))

    def unit_of(self, reference: str) -> Elsewhere:
        """Return the unit to call about a record, as of the last change of its templates."""
        query = "SELECT unit FROM templates WHERE reference = ? ORDER BY sequence DESC LIMIT 1"
        rows = self._rows(query, [reference])
        path = str(rows[0][0]) if rows else self._state
        offices = self._rows("SELECT name, telephone FROM offices WHERE path = ?", [path])
        return Elsewhere(Unit.of(path), *(offices[0] if offices else ()))

    def _row(self, given_template: GivenTemplate) -> tuple[Any, ...]:
        template = given_template.template
        position = None if given_template.position is None else int(given_template.position)
        data = seal(self._secret, self._sealed_place(str(given_template.id)), template.data)
        unit = given_template.unit.path
        space = (str(template.modality), template.model)
        return (
            given_template.id,
            given_template.sequence,
            *space,
            given_template.reference,
            unit,
            position,
            template.quality,
            data,
        )

    def _stored(self, column: str, values: Sequence[Any]) -> Iterator[StoredTemplate]:
        for chunk in in_chunks(values, CHUNK):
            marks = ", ".join("?" * len(chunk))
            query = (
                "SELECT id, modality, model, reference, position, quality, data FROM templates "  # noqa: S608
                f"WHERE {column} IN ({marks}) AND data IS NOT NULL ORDER BY id"
            )
            for number, modality, model, reference, position, quality, data in self._rows(query, chunk):
                content = unseal(self._secret, self._sealed_place(str(number)), data)
                template = Template(Modality.named(modality), model, content, quality)
                label = _label(reference, position)
                yield StoredTemplate(number, number, reference, position_of(position), template, label)

    def _sealed_place(self, name: str) -> Place:
        return ("national copy", self._state, name)

    def _renew_snapshot_secret(self) -> None:
        self._set({"snapshots": seal(self._secret, self._sealed_place("snapshots"), os.urandom(KEY_BYTES))})

    def _about(self, name: str) -> Any:
        rows = self._rows("SELECT value FROM about WHERE name = ?", [name])
        if not rows:
            raise KeyError(name)
        return rows[0][0]

    def _set(self, values: dict[str, Any]) -> None:
        self._file.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", values.items())

    def _rows(self, query: str, values: Iterable[Any]) -> list[Any]:
        with self._lock, self._translated():
            return self._file.execute(query, list(values)).fetchall()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreUnavailable(
                f"The copy of the templates of state {self._state} cannot be used ({error}). Look whether the disk is "
                "full; a damaged copy may be deleted while the server is stopped, and is read from the state again."
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock, self._translated():
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            self._file.execute("COMMIT")


def _label(reference: str, position: int | None) -> Label:
    """Return what an index knows of a template: whose it is, by a number made of the reference, and its position."""
    person = int.from_bytes(sha256(reference.encode()).digest()[:8]) >> 1
    at = NO_POSITION if position is None else position
    return Label(person, 0, 0, UNKNOWN_YEAR, 0, at, 0, 0)
