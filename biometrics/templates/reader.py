"""Reading templates and their changes, as a gallery and a comparison need them."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, func, select

from biometrics.access.rights import FIGURES, MATCHING, unrestricted
from biometrics.kernel.people.templates import Change, History, Operation, StoredTemplate
from biometrics.kernel.recognition.capture import Position
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.counters import CHANGE_COUNTER, advance
from biometrics.storage.database.engine import Database, insert
from biometrics.storage.database.locks import hold_unlocked
from biometrics.storage.tables.keys import SNAPSHOTS
from biometrics.storage.tables.templates import templates as template_rows
from biometrics.storage.tables.templates import unreadable_templates
from biometrics.templates import change_log, templates
from biometrics.templates.templates import DrawnTemplate

log = logging.getLogger("pehchan")


@unrestricted(MATCHING)
class TemplateReader:
    """The templates of all people on record, and the sequence of changes that indexes follow."""

    def __init__(self, database: Database, keys: DataKeys) -> None:
        self._database = database
        self._keys = keys

    def changes_since(self, sequence: int, modality: Modality, model: str, limit: int) -> list[Change]:
        """Return the changes of one feature space after a sequence number, oldest first, at most `limit`.

        What a follower has read so far is complete: no smaller number appears later.
        """
        with self._database.reading() as connection:
            return change_log.changes_since(connection, sequence, modality, model, limit)

    def history(self, before: int, after: int, modality: Modality, model: str) -> History:
        """Return the history of one feature space since a search that ran from one sequence number to another."""
        with self._database.reading() as connection:
            return change_log.history(connection, before, after, modality, model)

    @unrestricted(FIGURES)
    def pending(self, sequence: int, modality: Modality, model: str) -> int:
        """Count the changes of one feature space after a sequence number: by how many a follower is behind."""
        with self._database.reading() as connection:
            return change_log.pending(connection, sequence, modality, model)

    @unrestricted(FIGURES)
    def last_sequence(self) -> int:
        """Return the sequence number of the last change, 0 where there was none."""
        with self._database.reading() as connection:
            return change_log.last_sequence(connection)

    def ids(self, modality: Modality, model: str, positions: Collection[Position] | None = None) -> NDArray[np.int64]:
        """Return the ids of one feature space's templates, ascending, of all fingers or of those in `positions`."""
        with self._database.reading() as connection:
            return templates.template_ids(connection, modality, model, positions)

    def draw(self, modality: Modality, model: str, count: int) -> list[DrawnTemplate]:
        """Return up to `count` templates, as `draw_templates` chooses them."""
        with self._database.reading() as connection:
            return templates.draw_templates(connection, modality, model, count)

    def load(self, ids: Sequence[int] | NDArray[np.int64]) -> list[StoredTemplate]:
        """Return templates by their ids, in that order, without those that do not exist or cannot be decrypted."""
        with self._leaving_out() as (connection, unreadable):
            return templates.load_templates(connection, self._keys, ids, unreadable)

    def of_records(self, record_ids: Sequence[str], models: Collection[str]) -> dict[str, list[StoredTemplate]]:
        """Return the templates of records that some models made, by record id; a record without any is left out.

        Those that cannot be decrypted are left out, too.
        """
        with self._leaving_out() as (connection, unreadable):
            return templates.load_templates_of(connection, self._keys, record_ids, models, unreadable)

    @unrestricted(FIGURES)
    def unreadable_count(self) -> int:
        """Count the templates that could not be decrypted when they were read: no search finds them."""
        with self._database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(unreadable_templates)).scalar_one())

    def recheck(self) -> int:
        """Make templates that can be decrypted again searchable; return how many."""
        with self._database.reading() as connection:
            ids = connection.execute(select(unreadable_templates.c.template_id)).scalars().all()
            readable = templates.load_templates(connection, self._keys, ids, set())
        if not readable:
            return 0
        readable_keys = [(stored.id, stored.template.modality, stored.template.model) for stored in readable]
        with self._database.writing() as connection:
            advance(connection, CHANGE_COUNTER, 0)  # first: who removes templates holds it
            for chunk in in_chunks([stored.id for stored in readable], CHUNK):
                of_chunk = unreadable_templates.c.template_id.in_(chunk)
                connection.execute(delete(unreadable_templates).where(of_chunk))
            change_log.append_changes(connection, Operation.RELABEL, readable_keys)
        return len(readable)

    @contextmanager
    def _leaving_out(self) -> Iterator[tuple[Connection, set[int]]]:
        """Read, and note the ids of templates that are added to the set because they cannot be decrypted."""
        unreadable: set[int] = set()
        with self._database.reading() as connection:
            yield connection, unreadable
        if unreadable:
            self._note(unreadable)

    def _note(self, unreadable: set[int]) -> None:
        """Store the ids of templates that cannot be decrypted, and log the new ones."""
        new = []
        with self._database.noting() as connection:
            statement = insert(connection, unreadable_templates).on_conflict_do_nothing()
            for chunk in in_chunks(sorted(unreadable), CHUNK):
                of_chunk = select(template_rows.c.id).where(template_rows.c.id.in_(chunk)).order_by(template_rows.c.id)
                for locked in hold_unlocked(connection, of_chunk):  # others are being removed, or moved
                    row = {"template_id": locked.id, "found_at": datetime.now(UTC)}
                    if connection.execute(statement.values(row)).rowcount:
                        new.append(locked.id)
        if new:
            log.error("Templates cannot be decrypted, and no search finds them: %s", ", ".join(map(str, new)))

    def snapshot_secret(self) -> bytes:
        """Return the key of saved indexes; each expungement replaces it, so that older files are unreadable."""
        return self._keys.obtained(self._database, SNAPSHOTS)
