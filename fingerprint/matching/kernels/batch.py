"""Prepared prints in the form that the kernels take: everything about one in a row of 64-bit words, one after another.

A print's words are: a header, its cylinders, its points, its hull, its patches, its ridges and where they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.compiler import njit
from fingerprint.matching.kernels.bits import padded
from fingerprint.matching.kernels.ridge_windows import PATCH_WORDS, RidgeGrid
from fingerprint.matching.parameters import SECTIONS

_HEADER = 8  # words: minutiae, cylinders, corners of the hull, rows and columns of the ridge grid, its x and y
_WORDS = SECTIONS + 1  # a minutia
_POINT_ROWS = 5
_AWAY = 1e6  # pixels: where the points lie that only fill up a row
X, Y, DIRECTION, COS, SIN = range(_POINT_ROWS)  # rows of `Side.points`


class PrintArrays(NamedTuple):
    """One print of a comparison.

    Attributes:
        words: uint64, shape (7, room): those of `PreparedPrint`, then empty ones up to whole turns of `LANES`.
        points: float32, shape (5, room): x, y, direction, its cosine and its sine; then points far away.
        hull: float32, shape (2, corners): as in `PreparedPrint`.
        patches: uint32, shape (minutiae, PATCH_WORDS): as `ridge_windows.patches` reads them.
        minutiae, cylinders: how many there are.
        ridges: as in `PreparedPrint`.
    """

    words: NDArray[np.uint64]
    points: NDArray[np.float32]
    hull: NDArray[np.float32]
    patches: NDArray[np.uint32]
    minutiae: int
    cylinders: int
    ridges: RidgeGrid


class Batch(NamedTuple):
    """Many prints, one after the other: print i has the words starts[i] to starts[i + 1]."""

    words: NDArray[np.uint64]
    starts: NDArray[np.int64]
    keys: NDArray[np.int64]
    minutiae: int  # of the print that has most


class Packed(Protocol):
    """What `batch` needs of a prepared print."""

    @property
    def packed(self) -> NDArray[np.uint64]:
        """Its words, as `pack` makes them."""

    @property
    def key(self) -> int:
        """What orders any two prints."""


def batch(prints: Sequence[Packed]) -> Batch:
    """Lay prints one after the other, to be matched many times."""
    packed = [print_.packed for print_ in prints]
    starts = np.zeros(len(packed) + 1, np.int64)
    np.cumsum([len(print_words) for print_words in packed], out=starts[1:])
    words = np.concatenate(packed) if packed else np.zeros(0, np.uint64)
    keys = np.array([print_.key for print_ in prints], np.int64)
    return Batch(words, starts, keys, int(words[starts[:-1]].max(initial=0)))


def pack(
    words: NDArray[np.uint64],
    points: NDArray[np.float64],
    hull: NDArray[np.float64],
    cylinders: int,
    patches: NDArray[np.uint32],
    ridges: RidgeGrid,
) -> NDArray[np.uint64]:
    """Return the words of one print; the arrays are those of `PreparedPrint` and of `ridge_windows.patches`."""
    count, room = points.shape[1], padded(points.shape[1])
    header = np.zeros(_HEADER, np.uint64)
    header[:5] = count, cylinders, hull.shape[1], *ridges.present.shape
    header[5:7] = np.array([ridges.x, ridges.y]).view(np.uint64)
    all_words = np.zeros((_WORDS, room), np.uint64)
    all_words[:, :count] = words
    all_points = np.full((_POINT_ROWS, room), _AWAY, np.float32)
    all_points[: DIRECTION + 1, :count] = points
    all_points[COS, :count], all_points[SIN, :count] = np.cos(points[DIRECTION]), np.sin(points[DIRECTION])
    present = np.zeros(padded(ridges.present.size), np.uint8)
    present[: ridges.present.size] = ridges.present.ravel()
    parts = (header, all_words, all_points, hull.astype(np.float32), patches, ridges.words, present)
    return np.concatenate([np.ascontiguousarray(part).ravel().view(np.uint64) for part in parts])


def cylinder_words(packed: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the cylinders of a print out of its words: shape (7, minutiae), without copying."""
    count, room = int(packed[0]), padded(int(packed[0]))
    return packed[_HEADER : _HEADER + _WORDS * room].reshape(_WORDS, room)[:, :count]


@njit(error_model="numpy")
def side(prints: Batch, i: int) -> PrintArrays:
    """Return print i of a batch, without copying."""
    words = prints.words[prints.starts[i] : prints.starts[i + 1]]
    header = words[:_HEADER].view(np.int64)  # signed, as counts from Python are: or else all is compiled for both
    count, cylinders, corners, rows, columns = header[0], header[1], header[2], header[3], header[4]
    room = padded(count)
    points = _HEADER + _WORDS * room
    hull = points + _POINT_ROWS * room // 2
    patches = hull + corners
    ridges = patches + PATCH_WORDS // 2 * count
    present = ridges + rows * columns
    origin = words[5:7].view(np.float64)
    return PrintArrays(
        words[_HEADER:points].reshape(_WORDS, room),
        words[points:hull].view(np.float32).reshape(_POINT_ROWS, room),
        words[hull:patches].view(np.float32).reshape(2, corners),
        words[patches:ridges].view(np.uint32).reshape(count, PATCH_WORDS),
        count,
        cylinders,
        RidgeGrid(
            words[ridges:present].reshape(rows, columns),
            words[present:].view(np.uint8)[: rows * columns].reshape(rows, columns),
            origin[0],
            origin[1],
        ),
    )
