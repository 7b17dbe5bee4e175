"""The embedded index: FAISS finds the nearest, and they are scored and ordered as by the oracle."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.snapshot_file import Snapshot, write
from index.vectors import checked_batch, checked_query, nearest

SCAN_AT_MOST = 10_000  # vectors; below, gathering them (under 2 ms) beats setting up FAISS
MARGIN = 64  # candidates that FAISS is asked for beyond k, for scores too close to call in its float32 sums


class FaissIndex:
    """A `biometrics.ports.VectorIndex` on FAISS's flat inner-product index.

    FAISS numbers vectors by row; `_ids` holds the id of each row, and `_by_id` the rows in the order of their ids.
    """

    KIND = "faiss"

    def __init__(self, dimension: int, scan_at_most: int = SCAN_AT_MOST) -> None:
        self.sequence = 0
        self._flat = faiss.IndexFlatIP(dimension)
        self._ids = np.empty(0, dtype=np.int64)
        self._by_id = np.empty(0, dtype=np.int64)
        self._scan_at_most = scan_at_most

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return int(self._flat.d)

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
        self._flat.add(vectors)
        self._set_ids(np.concatenate([self._ids, ids]))

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Remove ids, ignoring absent ones; return how many were present."""
        rows = self._rows(ids)
        if len(rows):
            self._flat.remove_ids(self._selector(rows))
            self._set_ids(np.delete(self._ids, rows))
        return len(rows)

    def search(
        self, vector: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Find the k nearest of the allowed ids (all, where None): ids and inner products, best first, ties by id.

        Raises:
            InvalidVector: wrong shape, or a NaN or infinity.
        """
        query = checked_query(vector, self.dimension)
        rows = None if allowed is None else self._rows(allowed)
        count = len(self) if rows is None else len(rows)
        if k > 0 and count > self._scan_at_most:
            rows = self._candidates(query, k, rows, count)
        elif rows is None:
            rows = np.arange(count)
        return nearest(self._ids[rows], self._stored()[rows], query, k)

    def save(self, path: Path, model: str) -> None:
        """Write the index to `path`, whole or not at all; `model` made its vectors.

        Raises:
            StoreUnavailable: the file cannot be written.
        """
        write(path, Snapshot(self.KIND, model, self.sequence, self._ids, self._stored()))

    def _candidates(
        self, query: NDArray[np.float32], k: int, rows: NDArray[np.int64] | None, count: int
    ) -> NDArray[np.int64]:
        """Return rows that include the exact k best of `rows` (all, where None), which are `count`.

        A float32 sum of d products of unit vectors is off by d * 2^-24 at most (Higham, Accuracy and Stability of
        Numerical Algorithms, 2nd ed., section 3.1), so FAISS is asked for more until the last is clearly out.
        """
        parameters = None if rows is None else faiss.SearchParameters(sel=self._selector(rows))  # type: ignore[call-arg]
        too_close = 2 * self.dimension * 2.0**-24 * float(np.linalg.norm(query))
        wanted = k + MARGIN
        while True:
            scores, found = self._flat.search(query[None], min(wanted, count), params=parameters)
            if wanted >= count or scores[0, -1] < scores[0, k - 1] - too_close:
                return np.asarray(found[0], dtype=np.int64)
            wanted *= 2

    def _set_ids(self, ids: NDArray[np.int64]) -> None:
        self._ids = ids
        self._by_id = np.argsort(ids, kind="stable")  # nearly sorted already, which this kind is quick at

    def _rows(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows of those ids that are present, each once, in no particular order."""
        ids = np.unique(np.asarray(ids, dtype=np.int64))
        places = np.searchsorted(self._ids, ids, sorter=self._by_id)
        ids, places = ids[places < len(self)], places[places < len(self)]
        rows = self._by_id[places]
        present: NDArray[np.int64] = rows[self._ids[rows] == ids]
        return present

    def _selector(self, rows: NDArray[np.int64]) -> faiss.IDSelector:
        chosen = np.zeros(len(self), dtype=bool)
        chosen[rows] = True
        # FAISS's stubs know the C++ signatures only, not those of its Python wrappers, here and above.
        return faiss.IDSelectorBitmap(np.packbits(chosen, bitorder="little"))  # type: ignore[call-arg, arg-type]

    def _stored(self) -> NDArray[np.float32]:
        """View FAISS's own vectors, shape (n, dimension): valid until the next add or remove."""
        if not len(self):  # FAISS has no address to view then
            return np.empty((0, self.dimension), dtype=np.float32)
        flat = faiss.rev_swig_ptr(self._flat.get_xb(), len(self) * self.dimension)
        return np.asarray(flat, dtype=np.float32).reshape(len(self), self.dimension)
