"""The features of many prints one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import InvalidVector
from biometrics.kernel.technique.compiler import njit
from biometrics.matching.local_features import LOCAL_FEATURE, MOST_HELD
from index.column import Column, FrozenColumn
from index.feature_sets.cells import LANDMARKS, cells_of
from index.feature_sets.quick import SegmentArrays

HOLES_SHARE = 4  # one feature in so many may be a hole, left by a removed print, before the others move up
LEAST_HOLES = 100_000
EMPTY = -1  # stands where a slot's row would be

_COLUMNS = {
    "first": (np.uint64, ()),
    "second": (np.uint64, ()),
    "cells": (np.uint8, ()),
    "points": (np.uint8, (2,)),
    "directions": (np.uint8, ()),
    "begins": (np.int64, ()),
    "rows": (np.int32, ()),
    "steps": (np.uint16, ()),
}
_OF_FEATURES = ("first", "second", "cells", "points", "directions")
_FARTHEST = np.iinfo(np.uint8).max  # steps between two points of a print, along an axis


class Segment:
    """Prints by slot, in the order in which they came: 20 bytes a feature, and 14 a print.

    The features of a print are sorted by cell, so that the first ones are spread over the whole finger. Their points
    lie on a grid that is as fine as bytes allow: 1 or 2 pixels for a finger, some 8 for a palm. `steps` has the pixels.
    `rows` names the row of the print in each slot, EMPTY where it was removed.
    """

    def __init__(self) -> None:
        self._columns = {name: Column.empty(dtype, *shape) for name, (dtype, shape) in _COLUMNS.items()}
        self._columns["begins"].append(np.zeros(1, np.int64))
        self._holes = 0

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[Any]]) -> Segment:
        """Make it of what `freeze` gave, which are taken over.

        Raises:
            InvalidVector: an array is absent, or of another type or length, or a print lies beyond the features.
        """
        segment = cls()
        for name, (dtype, shape) in _COLUMNS.items():
            array = arrays.get(name)
            if array is None or array.dtype != dtype or array.shape[1:] != shape or array.ndim != 1 + len(shape):
                raise InvalidVector(f"An index of prints lacks its {name}, or they are of another type.")
        begins, total = arrays["begins"], len(arrays["directions"])
        fit = (
            len(begins) == len(arrays["rows"]) + 1 == len(arrays["steps"]) + 1
            and all(len(arrays[name]) == total for name in _OF_FEATURES)
            and begins[0] == 0
            and begins[-1] == total
        )
        if not fit or ((sizes := np.diff(begins)) < 0).any() or (sizes > MOST_HELD).any():
            raise InvalidVector("The arrays of an index of prints do not fit each other.")
        segment._columns = {name: Column(arrays[name]) for name in _COLUMNS}
        segment._holes = int(sizes[segment.rows == EMPTY].sum())
        return segment

    def freeze(self) -> dict[str, FrozenColumn]:
        """Return what a snapshot keeps, as it is now."""
        return {name: column.freeze() for name, column in self._columns.items()}

    @property
    def arrays(self) -> SegmentArrays:
        """All features, views that are valid until the next change."""
        return SegmentArrays(*(self._columns[name].values for name in SegmentArrays._fields))

    @property
    def rows(self) -> NDArray[np.int32]:
        """The row of each slot, a view like `arrays`: shape (slots,)."""
        return self._columns["rows"].values

    def __len__(self) -> int:
        """Count the slots, those of removed prints included."""
        return len(self._columns["rows"])

    def append(self, rows: NDArray[np.int64], sets: Sequence[NDArray[np.void]]) -> NDArray[np.int64]:
        """Add the features of the prints in some rows; return their slots."""
        slots = np.arange(len(self), len(self) + len(rows))
        begin = len(self._columns["directions"])
        features = np.concatenate(sets, dtype=LOCAL_FEATURE)  # without it NumPy compares the fields of each array
        counts = np.array([len(print_features) for print_features in sets])
        points, steps = _on_grids(features["x"].astype(np.int64), features["y"].astype(np.int64), counts)
        codes = np.ascontiguousarray(features["code"].T)
        cells = cells_of(codes[0], codes[1], LANDMARKS)
        order = np.lexsort((cells, np.repeat(slots, counts)))
        self._columns["first"].append(codes[0, order])
        self._columns["second"].append(codes[1, order])
        self._columns["cells"].append(cells[order])
        self._columns["points"].append(points[order])
        self._columns["directions"].append(features["direction"][order])
        self._columns["begins"].append(begin + np.cumsum(counts))
        self._columns["rows"].append(rows.astype(np.int32))
        self._columns["steps"].append(steps)
        return slots

    def erase(self, slots: NDArray[np.int64]) -> bool:
        """Leave nothing in some slots; say whether there are so many holes that `close_holes` should be called.

        Closing them changes everything, and waits until no frozen state has to be kept.
        """
        if is_frozen := self._columns["rows"].is_frozen:
            begins = self._columns["begins"].values
            features = np.concatenate([np.arange(begins[slot], begins[slot + 1]) for slot in slots.tolist()])
            for name in _OF_FEATURES:
                self._columns[name].changing(features)
        self._holes += _zero(self.arrays, slots)
        self._columns["rows"].changing(slots)[slots] = EMPTY
        self._columns["steps"].changing(slots)[slots] = 0
        return not is_frozen and self._holes > max(LEAST_HOLES, len(self._columns["directions"]) // HOLES_SHARE)

    def close_holes(self) -> NDArray[np.int32]:
        """Move the prints to the slots that are free; return the row of each slot then."""
        slots, features = _move_up(self.arrays, self.rows)
        self._columns["rows"].shrink(slots)
        self._columns["steps"].shrink(slots)
        self._columns["begins"].shrink(slots + 1)
        for name in _OF_FEATURES:
            self._columns[name].shrink(features)
        self._holes = 0
        return self.rows


@njit()
def _on_grids(
    x: NDArray[np.int64], y: NDArray[np.int64], counts: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.uint16]]:
    """Return the points of prints in steps from the least x and y of each, and the pixels of a step of each."""
    points, steps, begin = np.empty((len(x), 2), np.uint8), np.ones(len(counts), np.uint16), 0
    for number in range(len(counts)):
        end = begin + counts[number]
        if end > begin:
            left, low = int(x[begin:end].min()), int(y[begin:end].min())
            extent = max(int(x[begin:end].max()) - left, int(y[begin:end].max()) - low)
            step = max(1, -(-extent // _FARTHEST))
            steps[number] = step
            for j in range(begin, end):
                points[j, 0] = (x[j] - left + step // 2) // step
                points[j, 1] = (y[j] - low + step // 2) // step
        begin = end
    return points, steps


@njit()
def _zero(segment: SegmentArrays, slots: NDArray[np.int64]) -> int:
    zeroed = 0
    for slot in slots:
        begin, end = segment.begins[slot], segment.begins[slot + 1]
        segment.first[begin:end] = 0
        segment.second[begin:end] = 0
        segment.cells[begin:end] = 0
        segment.points[begin:end] = 0
        segment.directions[begin:end] = 0
        zeroed += end - begin
    return zeroed


@njit()
def _move_up(segment: SegmentArrays, rows: NDArray[np.int32]) -> tuple[int, int]:
    """Move each print to where the one before it ends; return how many slots and features are left."""
    count, end, begins, begin = 0, 0, segment.begins, 0
    for slot in range(len(rows)):
        beyond = begins[slot + 1]
        if rows[slot] != EMPTY:
            for j in range(begin, beyond):
                segment.first[end], segment.second[end] = segment.first[j], segment.second[j]
                segment.cells[end], segment.directions[end] = segment.cells[j], segment.directions[j]
                segment.points[end, 0], segment.points[end, 1] = segment.points[j, 0], segment.points[j, 1]
                end += 1
            rows[count], segment.steps[count] = rows[slot], segment.steps[slot]
            count += 1
            begins[count] = end
        begin = beyond
    return count, end
