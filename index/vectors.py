"""What every vector index does alike: refuse bad input, and score exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import InvalidVector
from biometrics.kernel.people.labels import Labels
from index.rows import check_ids


def checked_batch(
    ids: NDArray[np.int64], vectors: Sequence[NDArray[np.float32]] | NDArray[np.float32], labels: Labels, dimension: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return ids, shape (n,), and vectors, shape (n, dimension), ready to store.

    Raises:
        InvalidVector: wrong shape, a NaN or infinity, an id given twice, or not one label for each id.
    """
    ids = check_ids(ids, labels)
    try:
        stacked = np.ascontiguousarray(vectors, dtype=np.float32)
    except ValueError as error:  # of several lengths
        raise InvalidVector(f"The vectors of a batch differ in shape; each has {dimension} numbers.") from error
    if not len(ids) and not len(stacked):
        stacked = stacked.reshape(0, dimension)
    if stacked.shape != (len(ids), dimension):
        raise InvalidVector(
            f"The index takes one vector of {dimension} numbers for each id, not shape {stacked.shape} for "
            f"{len(ids)} ids."
        )
    if not np.isfinite(stacked).all():
        raise InvalidVector("A vector holds a value that is not a finite number; extract its template again.")
    return ids, stacked


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


def inner_products(vectors: NDArray[np.float32], query: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the inner product of each vector, shape (n, dimension), with a query: shape (n,).

    They are summed in float64 and rounded once, so that they do not depend on which vectors are scored together.
    """
    products: NDArray[np.float64] = np.einsum("ij,j->i", vectors, query, dtype=np.float64)
    return products.astype(np.float32)
