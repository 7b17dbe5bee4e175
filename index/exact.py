"""The oracle: every vector is compared, in NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.snapshot_file import Snapshot, write
from index.vectors import checked_batch, checked_query, nearest


class ExactIndex:
    """A `biometrics.ports.VectorIndex` that is plainly right, and quick enough for some hundred thousand vectors.

    Rows are kept in the order of their ids.
    """

    KIND = "exact"

    def __init__(self, dimension: int) -> None:
        self.sequence = 0
        self._ids = np.empty(0, dtype=np.int64)
        self._vectors = np.empty((0, dimension), dtype=np.float32)

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return int(self._vectors.shape[1])

    def __len__(self) -> int:
        """Count the vectors held."""
        return len(self._ids)

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Add vectors, shape (n, dimension), replacing ids that are present.

        Raises:
            InvalidVector: wrong shape, a NaN or infinity, or an id given twice.
        """
        ids, vectors = checked_batch(ids, vectors, self.dimension)
        self.remove(ids)
        all_ids = np.concatenate([self._ids, ids])
        order = np.argsort(all_ids)
        self._ids = all_ids[order]
        self._vectors = np.concatenate([self._vectors, vectors])[order]

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Remove ids, ignoring absent ones; return how many were present."""
        kept = ~np.isin(self._ids, ids)
        self._ids, self._vectors = self._ids[kept], self._vectors[kept]
        return int(np.count_nonzero(~kept))

    def search(
        self, vector: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Find the k nearest of the allowed ids (all, where None): ids and inner products, best first, ties by id.

        Raises:
            InvalidVector: wrong shape, or a NaN or infinity.
        """
        query = checked_query(vector, self.dimension)
        if allowed is None:
            return nearest(self._ids, self._vectors, query, k)
        rows = np.isin(self._ids, allowed)
        return nearest(self._ids[rows], self._vectors[rows], query, k)

    def save(self, path: Path, model: str) -> None:
        """Write the index to `path`, whole or not at all; `model` made its vectors.

        Raises:
            StoreUnavailable: the file cannot be written.
        """
        write(path, Snapshot(self.KIND, model, self.sequence, self._ids, self._vectors))
