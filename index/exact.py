"""The oracle: every vector is compared, in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import InvalidVector
from biometrics.kernel.people.labels import NO_FILTER, Filter, Labels
from biometrics.matching.ports import Hits
from index.column import Column
from index.rows import Rows
from index.snapshot_file import Snapshot, write
from index.vectors import checked_batch, checked_query, inner_products


class ExactIndex:
    """A `biometrics.matching.ports.SearchIndex` for vectors that is plainly right; a score is the inner product."""

    KIND = "exact"
    method = "exact 1"

    def __init__(self, dimension: int) -> None:
        self.sequence = 0
        self._rows = Rows()
        self._vectors = Column.empty(np.float32, dimension)

    @classmethod
    def restored(cls, saved: Snapshot, dimension: int) -> ExactIndex:
        """Make it of what was saved, whose arrays are taken over.

        Raises:
            InvalidVector: the arrays are not those of such an index.
        """
        index = cls(dimension)
        index.sequence = saved.sequence
        index._rows = Rows.restored(saved.arrays)
        vectors = saved.arrays.get("vectors")
        if vectors is None or vectors.dtype != np.float32 or vectors.shape != (index._rows.span, dimension):
            raise InvalidVector(f"The index holds no vectors of {dimension} numbers, one for each id.")
        index._vectors = Column(vectors)
        return index

    def __len__(self) -> int:
        """Count the templates held."""
        return len(self._rows)

    def add(
        self, ids: NDArray[np.int64], features: Sequence[NDArray[np.float32]] | NDArray[np.float32], labels: Labels
    ) -> None:
        """Add vectors, shape (dimension,) each or (n, dimension) together, replacing ids that are present.

        Raises:
            InvalidVector: wrong shape, a NaN or infinity, an id given twice, or not one label for each id.
        """
        ids, vectors = checked_batch(ids, features, labels, self._vectors.values.shape[1])
        rows = self._rows.add(ids, labels)
        self._vectors.grow(self._rows.span)
        self._vectors.changing(rows)[rows] = vectors

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Remove ids, ignoring absent ones; return how many were present."""
        rows = self._rows.remove(ids)
        self._vectors.changing(rows)[rows] = 0
        return len(rows)

    def search(self, features: NDArray[np.float32], k: int, where: Filter = NO_FILTER) -> Hits:
        """Return the k most similar templates whose labels meet a filter, best first, ties by id.

        Raises:
            InvalidVector: wrong shape, or a NaN or infinity.
        """
        query = checked_query(features, self._vectors.values.shape[1])
        rows = np.flatnonzero(self._rows.meeting(where))
        return self._rows.hits(rows, inner_products(self._vectors.values[rows], query), k)

    def ids_present(self, ids: NDArray[np.int64]) -> list[int]:
        """Return those of some ids whose templates the index holds."""
        return [int(template_id) for template_id in np.asarray(ids, np.int64)[self._rows.find(ids) >= 0]]

    def snapshot(self, path: Path, model: str, secret: bytes | None = None) -> Callable[[], None]:
        """Return what writes the index as it is now; see `SearchIndex`."""
        columns = {**self._rows.freeze(), "vectors": self._vectors.freeze()}
        return partial(write, path, Snapshot(self.KIND, model, self.sequence, columns), secret)
