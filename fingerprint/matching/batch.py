"""Prepared prints in the form that the kernels take: tuples of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint.matching.cylinders import PreparedPrint
from fingerprint.matching.ridges import RidgeGrid


class Side(NamedTuple):
    """One print of a comparison, cut out of a batch; see `PreparedPrint` for the arrays."""

    words: NDArray[np.uint64]
    points: NDArray[np.float64]
    hull: NDArray[np.float64]
    cylinders: int
    ridges: RidgeGrid


class Batch(NamedTuple):
    """Many prints, one after the other.

    Print i has minutiae starts[i] to starts[i + 1], and hull corners and places of its ridge grid likewise.
    """

    words: NDArray[np.uint64]  # flat: the (7, n) words of each print
    points: NDArray[np.float64]  # flat: the (3, n) points of each print
    hulls: NDArray[np.float64]  # flat: the (2, h) hull of each print
    starts: NDArray[np.int64]
    hull_starts: NDArray[np.int64]
    cylinders: NDArray[np.int64]
    ridges: NDArray[np.uint64]  # flat: the words of each ridge grid
    present: NDArray[np.uint8]  # flat: where each has a tile
    ridge_starts: NDArray[np.int64]
    ridge_columns: NDArray[np.int64]
    ridge_origins: NDArray[np.float64]  # shape (prints, 2): x and y
    keys: NDArray[np.int64]


def batch(prints: Sequence[PreparedPrint]) -> Batch:
    """Return one print or more, laid one after the other."""
    return Batch(
        np.concatenate([each.words.ravel() for each in prints]),
        np.concatenate([each.points.ravel() for each in prints]),
        np.concatenate([each.hull.ravel() for each in prints]),
        np.cumsum([0, *(each.points.shape[1] for each in prints)]),
        np.cumsum([0, *(each.hull.shape[1] for each in prints)]),
        np.array([each.cylinders for each in prints]),
        np.concatenate([each.ridges.words.ravel() for each in prints]),
        np.concatenate([each.ridges.present.ravel() for each in prints]),
        np.cumsum([0, *(each.ridges.present.size for each in prints)]),
        np.array([each.ridges.present.shape[1] for each in prints]),
        np.array([(each.ridges.x, each.ridges.y) for each in prints]),
        np.array([each.key for each in prints]),
    )
