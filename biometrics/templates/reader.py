"""Reading templates and their changes, as a gallery and a comparison need them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from biometrics.access.rights import FIGURES, MATCHING, unrestricted
from biometrics.kernel.templates import Change, History, StoredTemplate, Teachers
from biometrics.kernel.types import FingerPosition, Modality
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.keys import SNAPSHOTS
from biometrics.templates import change_log, templates


@unrestricted(MATCHING)
class TemplateReader:
    """The templates of everybody on record, and the sequence of changes that indexes follow."""

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
        """Return what became of one feature space since a search that ran from one sequence number to another."""
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

    def ids(
        self, modality: Modality, model: str, positions: Collection[FingerPosition] | None = None
    ) -> NDArray[np.int64]:
        """Return the ids of one feature space's templates, ascending, of all fingers or of those in `positions`."""
        with self._database.reading() as connection:
            return templates.template_ids(connection, modality, model, positions)

    def teachers(self, modality: Modality, model: str, count: int) -> Teachers:
        """Return up to `count` templates that may teach a scale, as `draw_teachers` chooses them."""
        with self._database.reading() as connection:
            return templates.draw_teachers(connection, modality, model, count)

    def load(self, ids: Sequence[int] | NDArray[np.int64]) -> list[StoredTemplate]:
        """Return templates by their ids, in that order, without those that do not exist."""
        with self._database.reading() as connection:
            return templates.load_templates(connection, self._keys, ids)

    def of_records(self, record_ids: Sequence[str], models: Collection[str]) -> dict[str, list[StoredTemplate]]:
        """Return the templates of records that some models made, by record id; a record without any is left out."""
        with self._database.reading() as connection:
            return templates.load_templates_of(connection, self._keys, record_ids, models)

    def snapshot_secret(self) -> bytes:
        """Return the key of saved indexes; each expungement replaces it, so that older files are unreadable."""
        with self._database.reading() as connection:
            secret = self._keys.find(connection, SNAPSHOTS)
        if secret is None:
            with self._database.noting() as connection:
                secret = self._keys.obtain(connection, SNAPSHOTS)
        return secret
