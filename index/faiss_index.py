"""The embedded index for vectors: FAISS on floats while they are few, on compact codes at scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.people.labels import NO_FILTER, Filter, Labels
from biometrics.matching.ports import Hits
from index.compact import FINER_AT_MOST, CompactVectors
from index.flat import SCAN_AT_MOST, FlatVectors
from index.rows import Rows
from index.snapshot_file import Snapshot, write
from index.vectors import checked_batch, checked_query

EXACT_AT_MOST = 100_000  # rows; more are kept as compact codes, from then on


class FaissIndex:
    """A `biometrics.matching.ports.SearchIndex` for unit vectors; a score is the inner product.

    Up to `exact_at_most` rows answers are those of the oracle. Beyond, vectors are kept as codes only, and a score is
    an approximation: `index.compact.CompactVectors` says how close.
    """

    KIND = "faiss"
    method = "faiss 1"

    def __init__(
        self,
        dimension: int,
        exact_at_most: int = EXACT_AT_MOST,
        scan_at_most: int = SCAN_AT_MOST,
        finer_at_most: int = FINER_AT_MOST,
    ) -> None:
        """Make an empty index.

        Args:
            dimension: of every vector.
            exact_at_most: rows that are kept as floats.
            scan_at_most: vectors that are all scored, without asking FAISS.
            finer_at_most: rows that are kept as finer codes.
        """
        self.sequence = 0
        self._dimension = dimension
        self._exact_at_most = exact_at_most
        self._finer_at_most = finer_at_most
        self._rows = Rows()
        self._vectors: FlatVectors | CompactVectors = FlatVectors(dimension, scan_at_most)

    @classmethod
    def restored(cls, saved: Snapshot, dimension: int) -> FaissIndex:
        """Make it of what was saved, whose arrays are taken over.

        Raises:
            InvalidVector: the arrays are not those of such an index.
        """
        index = cls(dimension)
        index.sequence = saved.sequence
        index._rows = Rows.restored(saved.arrays)
        form = CompactVectors if "fine" in saved.arrays else FlatVectors
        index._vectors = form.restored(saved.arrays, index._rows.span, dimension)
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
        ids, vectors = checked_batch(ids, features, labels, self._dimension)
        rows = self._rows.add(ids, labels)
        if self._rows.span > self._exact_at_most and isinstance(self._vectors, FlatVectors):
            floats = self._vectors.values
            compact = CompactVectors(self._dimension, finer_at_most=self._finer_at_most)
            compact.put(np.arange(len(floats)), floats)
            self._vectors = compact
        self._vectors.put(rows, vectors)

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Remove ids, ignoring absent ones, and overwrite their vectors or codes; return how many were present."""
        rows = self._rows.remove(ids)
        self._vectors.erase(rows)
        return len(rows)

    def search(self, features: NDArray[np.float32], k: int, where: Filter = NO_FILTER) -> Hits:
        """Return the k most similar templates whose labels meet a filter, best first, ties by id.

        Raises:
            InvalidVector: wrong shape, or a NaN or infinity.
        """
        query = checked_query(features, self._dimension)
        rows, scores = self._vectors.best(query, k, self._rows, where)
        return self._rows.hits(rows, scores, k)

    def ids_present(self, ids: NDArray[np.int64]) -> list[int]:
        """Return those of some ids whose templates the index holds."""
        return [int(template_id) for template_id in np.asarray(ids, np.int64)[self._rows.find(ids) >= 0]]

    def snapshot(self, path: Path, model: str, secret: bytes | None = None) -> Callable[[], None]:
        """Return what writes the index as it is now; see `SearchIndex`."""
        columns = {**self._rows.freeze(), **self._vectors.freeze()}
        return partial(write, path, Snapshot(self.KIND, model, self.sequence, columns), secret)
