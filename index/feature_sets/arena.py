"""The features of every row, one print after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from biometrics.domain.errors import InvalidVector
from index.column import Column
from index.feature_sets.quick import FeatureSets

HOLES_SHARE = 4  # one feature in so many may be a hole, left by a removed print, before the others move up
LEAST_HOLES = 100_000

_COLUMNS = {"first": np.uint64, "second": np.uint64, "points": np.int16, "directions": np.uint8}


class Arena:
    """Sets of features by row: 21 bytes a feature, and 9 a row. A row without features is empty."""

    def __init__(self) -> None:
        self._columns = {
            name: Column.empty(dtype, *((2,) if name == "points" else ())) for name, dtype in _COLUMNS.items()
        }
        self._starts = Column.empty(np.int64)
        self._counts = Column.empty(np.uint8)
        self._holes = 0

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[Any]], span: int) -> Arena:
        """Make it of what `arrays` gave, for `span` rows.

        Raises:
            InvalidVector: an array is absent, or of another type or length, or a row lies beyond the features.
        """
        arena = cls()
        try:
            columns = {name: arrays[name] for name in _COLUMNS}
            starts, counts = arrays["starts"], arrays["counts"]
        except KeyError as error:
            raise InvalidVector(f"An index of prints lacks its {error}.") from error
        total = len(columns["first"])
        fit = all(
            column.dtype == _COLUMNS[name] and column.shape == ((total, 2) if name == "points" else (total,))
            for name, column in columns.items()
        )
        if (
            not fit
            or starts.dtype != np.int64
            or counts.dtype != np.uint8
            or not starts.shape == counts.shape == (span,)
        ):
            raise InvalidVector("The arrays of an index of prints do not fit each other.")
        if ((starts < 0) | (starts + counts > total)).any():
            raise InvalidVector("A print of an index lies where it has no features.")
        arena._columns = {name: Column(column) for name, column in columns.items()}
        arena._starts, arena._counts = Column(starts), Column(counts)
        arena._holes = total - int(counts.sum(dtype=np.int64))
        return arena

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what a snapshot keeps; views, valid until the next change."""
        columns = {name: column.values for name, column in self._columns.items()}
        return {**columns, "starts": self.starts, "counts": self.counts}

    @property
    def sets(self) -> FeatureSets:
        """All features, a view that is valid until the next change."""
        return FeatureSets(*(column.values for column in self._columns.values()))

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each row's features begin, a view like `sets`."""
        return self._starts.values

    @property
    def counts(self) -> NDArray[np.uint8]:
        """How many features each row has, a view like `sets`."""
        return self._counts.values

    def put(self, rows: NDArray[np.int64], sets: Sequence[NDArray[np.void]]) -> None:
        """Write the features of some rows, old or new."""
        if len(rows) == 0:
            return
        span = int(rows.max()) + 1
        self._starts.grow(span)
        self._counts.grow(span)
        self.erase(rows)
        end = len(self._columns["first"])
        together = np.concatenate(sets)
        self._columns["first"].append(together["code"][:, 0])
        self._columns["second"].append(together["code"][:, 1])
        self._columns["points"].append(np.stack([together["x"], together["y"]], axis=1))
        self._columns["directions"].append(together["direction"])
        counts = np.array([len(each) for each in sets])
        self.starts[rows] = end + np.cumsum(counts) - counts
        self.counts[rows] = counts

    def erase(self, rows: NDArray[np.int64]) -> None:
        """Leave nothing in some rows, and move the others up once there are many holes."""
        gone = int(self.counts[rows].sum(dtype=np.int64))
        if gone:
            _zero(self.sets, self.starts, self.counts, rows)
            self.counts[rows] = 0
            self._holes += gone
            if self._holes > max(LEAST_HOLES, len(self._columns["first"]) // HOLES_SHARE):
                self._close_holes()

    def _close_holes(self) -> None:
        order = np.argsort(self.starts, kind="stable")
        end = _move_up(self.sets, self.starts, self.counts, order)
        for column in self._columns.values():
            column.shrink(end)
        self._holes = 0


@njit(cache=True, nogil=True)
def _zero(sets: FeatureSets, starts: NDArray[np.int64], counts: NDArray[np.uint8], rows: NDArray[np.int64]) -> None:
    for row in rows:
        for j in range(starts[row], starts[row] + counts[row]):
            sets.first[j] = sets.second[j] = 0
            sets.points[j, 0] = sets.points[j, 1] = 0
            sets.directions[j] = 0


@njit(cache=True, nogil=True)
def _move_up(sets: FeatureSets, starts: NDArray[np.int64], counts: NDArray[np.uint8], order: NDArray[np.int64]) -> int:
    """Move every row's features to where those of the row before end; return where the last ends."""
    end = 0
    for row in order:
        start = starts[row]
        for j in range(counts[row]):
            sets.first[end + j], sets.second[end + j] = sets.first[start + j], sets.second[start + j]
            sets.points[end + j, 0], sets.points[end + j, 1] = sets.points[start + j, 0], sets.points[start + j, 1]
            sets.directions[end + j] = sets.directions[start + j]
        starts[row] = end
        end += counts[row]
    return end
