"""Vectors as they are, in FAISS's flat inner-product index: exact, and quick while they are not many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import InvalidVector
from biometrics.kernel.people.labels import Filter
from index.column import Column, FrozenColumn
from index.rows import Rows
from index.vectors import inner_products

SCAN_AT_MOST = 10_000  # vectors; below, gathering them (under 2 ms) beats setting up FAISS
MARGIN = 64  # candidates that FAISS is asked for beyond k, for scores too close to call in its float32 sums


class FlatVectors:
    """Vectors by row, float32; FAISS finds the nearest, and they are scored as by the oracle."""

    def __init__(self, dimension: int, scan_at_most: int = SCAN_AT_MOST) -> None:
        self._flat = faiss.IndexFlatIP(dimension)
        self._scan_at_most = scan_at_most

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[Any]], span: int, dimension: int) -> FlatVectors:
        """Make them of what `freeze` gave, for `span` rows.

        Raises:
            InvalidVector: the vectors are absent, or of another type or shape.
        """
        vectors = arrays.get("vectors")
        if vectors is None or vectors.dtype != np.float32 or vectors.shape != (span, dimension):
            raise InvalidVector(f"The index holds no vectors of {dimension} numbers, one for each id.")
        flat = cls(dimension)
        flat._flat.add(vectors)
        return flat

    def freeze(self) -> dict[str, FrozenColumn]:
        """Return what a snapshot keeps, as it is now: a copy of the vectors by row, shape (span, dimension)."""
        return {"vectors": Column(self.values.copy()).freeze()}

    @property
    def values(self) -> NDArray[np.float32]:
        """FAISS's own vectors by row, shape (span, dimension), to read and to write: valid until the next `put`."""
        count, dimension = self._flat.ntotal, self._flat.d
        if not count:  # FAISS has no address to view then
            return np.empty((0, dimension), dtype=np.float32)
        flat = faiss.rev_swig_ptr(self._flat.get_xb(), count * dimension)
        return np.asarray(flat, dtype=np.float32).reshape(count, dimension)

    def put(self, rows: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Write vectors, shape (n, dimension), to some rows, old or new."""
        missing = int(rows.max(initial=-1)) + 1 - self._flat.ntotal
        if missing > 0:
            self._flat.add(np.zeros((missing, self._flat.d), np.float32))
        self.values[rows] = vectors

    def erase(self, rows: NDArray[np.int64]) -> None:
        """Leave nothing in some rows."""
        self.values[rows] = 0

    def best(
        self, query: NDArray[np.float32], k: int, rows: Rows, where: Filter
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return rows that include the k nearest of those that meet a filter, and their exact inner products."""
        meets_filter = rows.meeting(where)
        count = int(np.count_nonzero(meets_filter))
        near = (
            np.flatnonzero(meets_filter)
            if k <= 0 or count <= self._scan_at_most
            else self._nearest(query, k, meets_filter, count)
        )
        return near, inner_products(self.values[near], query)

    def _nearest(
        self, query: NDArray[np.float32], k: int, meets_filter: NDArray[np.bool_], count: int
    ) -> NDArray[np.int64]:
        """Return rows that include the exact k best of the `count` rows that meet the filter.

        A float32 sum of d products of unit vectors is off by d * 2^-24 at most (Higham, Accuracy and Stability of
        Numerical Algorithms, 2nd ed., section 3.1), so FAISS is asked for more until the last is clearly out.
        """
        parameters = None if count == len(meets_filter) else faiss.SearchParameters(sel=_selector(meets_filter))  # type: ignore[call-arg]
        too_close = 2 * self._flat.d * 2.0**-24 * float(np.linalg.norm(query))
        depth = k + MARGIN
        while True:
            scores, ids = self._flat.search(query[None], min(depth, count), params=parameters)
            if depth >= count or scores[0, -1] < scores[0, k - 1] - too_close:
                return np.asarray(ids[0], dtype=np.int64)
            depth *= 2


def _selector(meets_filter: NDArray[np.bool_]) -> faiss.IDSelector:
    # FAISS's stubs know the C++ signatures only, not those of its Python wrappers, here and above.
    return faiss.IDSelectorBitmap(np.packbits(meets_filter, bitorder="little"))  # type: ignore[call-arg, arg-type]
