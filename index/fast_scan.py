"""Coarse codes of a block of rows in FAISS's fast scan, which compares 32 rows at once in the processor's registers."""

from __future__ import annotations

import faiss
import numpy as np
from numpy.typing import NDArray

from index.column import Column
from index.kernels import CENTROIDS, GROUP

BLOCK = 1 << 18  # rows; a block's codes are written where they stay, and two blocks are scanned at once on two cores

_NIBBLES = np.array([(CENTROIDS[code & 3], CENTROIDS[code >> 2]) for code in range(16)])


class CodeBlock:
    """Up to `BLOCK` rows in a `faiss.IndexPQFastScan` that needs no training: two coarse codes a nibble.

    FAISS offers to append and to take out rows only; we write its codes ourselves (`index.kernels.encode`), so that a
    row can be overwritten where it is. Vectors are in units of 1 / sqrt(dimension), as `index.kernels` has them.
    """

    def __init__(self, dimension: int) -> None:
        """Make an empty block for vectors of this length, a multiple of 4."""
        self._scan = faiss.IndexPQFastScan(dimension, dimension // 2, 4, faiss.METRIC_INNER_PRODUCT, GROUP)
        centroids = np.tile(_NIBBLES, (dimension // 2, 1, 1)).astype(np.float32)
        faiss.copy_array_to_vector(centroids.ravel(), self._scan.pq.centroids)
        self._scan.is_trained = True
        self._scan.codes.resize(BLOCK // 2 * dimension // 2)
        shape = (BLOCK // GROUP, GROUP * dimension // 4)
        codes = faiss.rev_swig_ptr(self._scan.codes.get(), shape[0] * shape[1]).reshape(shape)
        codes[:] = 0
        self.groups = Column.over(codes)  # they never move

    @property
    def codes(self) -> NDArray[np.uint8]:
        """FAISS's own codes, to read: shape (groups of 32 rows, 8 * dimension)."""
        return self.groups.values

    def hold(self, count: int) -> None:
        """Search the first `count` rows."""
        self._scan.ntotal = count
        self._scan.ntotal2 = -(-count // GROUP) * GROUP  # type: ignore[attr-defined]  # its stubs lack it

    def __len__(self) -> int:
        """Count the rows searched."""
        return int(self._scan.ntotal)

    def search(self, query: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the k best rows for a query, shape (dimension,), by coarse score, and the scores, best first."""
        scores, rows = self._scan.search(query[None], min(k, len(self)))
        return rows[0], scores[0]
