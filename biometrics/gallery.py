"""The searchable set of one modality's templates: a vector index that follows the database."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from biometrics.ports import Recogniser, VectorIndex
from biometrics.records.store import RecordStore
from biometrics.types import FingerPosition, Modality

BATCH = 1000  # changes applied at a time


class Gallery:
    """Shortlists template ids by vector; catches up with the database's change sequence before every answer.

    The database is the truth: an index that starts empty is rebuilt by the same replay that keeps it current.
    Safe to use from many threads.
    """

    def __init__(self, store: RecordStore, recogniser: Recogniser, index: VectorIndex) -> None:
        self._store = store
        self._recogniser = recogniser
        self._index = index
        self._lock = threading.Lock()
        self._allowed: dict[FingerPosition, NDArray[np.int64]] = {}

    @property
    def modality(self) -> Modality:
        """The modality held."""
        return self._recogniser.modality

    @property
    def sequence(self) -> int:
        """Number of the last database change that is searchable."""
        return self._index.sequence

    def __len__(self) -> int:
        """Count the templates that are searchable."""
        return len(self._index)

    def catch_up(self) -> None:
        """Apply every committed change that the index does not hold yet."""
        with self._lock:
            self._catch_up()

    def shortlist(self, vector: NDArray[np.float32], k: int, position: FingerPosition | None) -> NDArray[np.int64]:
        """Find the ids of the k templates nearest to a probe's vector, nearest first.

        A print of a known finger is searched among prints of that finger and of unknown fingers; a print of an
        unknown finger, or a face, among all.
        """
        with self._lock:
            self._catch_up()
            allowed = self._ids_at(position) if position else None
            ids, _ = self._index.search(vector, k, allowed)
            return ids

    def save(self, path: Path) -> None:
        """Write a snapshot of the index."""
        with self._lock:
            self._index.save(path, self._recogniser.model)

    def _catch_up(self) -> None:
        modality, model = self._recogniser.modality, self._recogniser.model
        while changes := self._store.changes_since(self._index.sequence, modality, model, BATCH):
            # An addition whose template was removed since is skipped: its removal follows in the sequence.
            added = self._store.templates([change.template_id for change in changes if change.operation == "add"])
            removed = [change.template_id for change in changes if change.operation == "remove"]
            if added:
                ids = np.array([stored.id for stored in added], dtype=np.int64)
                self._index.add(ids, np.stack([self._recogniser.vector(stored.template) for stored in added]))
            self._index.remove(np.array(removed, dtype=np.int64))
            self._index.sequence = changes[-1].sequence
            self._allowed.clear()

    def _ids_at(self, position: FingerPosition) -> NDArray[np.int64]:
        if position not in self._allowed:
            self._allowed[position] = self._store.template_ids(
                self._recogniser.modality, self._recogniser.model, {position, FingerPosition.UNKNOWN}
            )
        return self._allowed[position]
