"""What every index does alike: refuse bad input, and score and order exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometrics.errors import InvalidVector


def checked_batch(
    ids: NDArray[np.int64], vectors: NDArray[np.float32], dimension: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return ids, shape (n,), and vectors, shape (n, dimension), ready to store.

    Raises:
        InvalidVector: wrong shape, a NaN or infinity, or an id given twice.
    """
    ids = np.asarray(ids, dtype=np.int64)
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    if ids.ndim != 1 or vectors.shape != (len(ids), dimension):
        raise InvalidVector(
            f"The index takes one vector of {dimension} numbers for each id, not shape {vectors.shape} for ids of "
            f"shape {ids.shape}."
        )
    if not np.isfinite(vectors).all():
        raise InvalidVector("A vector holds a value that is not a finite number; extract its template again.")
    if len(np.unique(ids)) != len(ids):
        raise InvalidVector("An id is given twice in one batch; send each template once.")
    return ids, vectors


def checked_query(vector: NDArray[np.float32], dimension: int) -> NDArray[np.float32]:
    """Return a query, shape (dimension,), ready to search with.

    Raises:
        InvalidVector: wrong shape, or a NaN or infinity.
    """
    vector = np.ascontiguousarray(vector, dtype=np.float32)
    if vector.shape != (dimension,):
        raise InvalidVector(f"The index is searched with {dimension} numbers, not with shape {vector.shape}.")
    if not np.isfinite(vector).all():
        raise InvalidVector("The probe's vector holds a value that is not a finite number; extract it again.")
    return vector


def nearest(
    ids: NDArray[np.int64], vectors: NDArray[np.float32], query: NDArray[np.float32], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the k best of `ids` by inner product, best first, ties by id.

    Products are summed in float64 and rounded once, so that they do not depend on which rows are scored together.
    """
    scores = np.einsum("ij,j->i", vectors, query, dtype=np.float64).astype(np.float32)
    order = np.lexsort((ids, -scores))[: max(k, 0)]
    return ids[order], scores[order]
