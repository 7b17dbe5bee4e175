"""Values by row that grow without being copied."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

SLACK = 64  # one row in so many is kept spare, so that ten million rows hold little that is not used
LEAST_SLACK = 1024  # rows


class Column:
    """One value a row, or one array of a fixed shape a row, in one piece of memory that grows at its end.

    Linux moves a large piece's pages instead of copying them when it grows. `values` is a view: it is to be let go of
    before the column grows, or growing has to copy.
    """

    def __init__(self, values: NDArray[Any]) -> None:
        """Take over an array, shape (rows, ...), which must own its memory or is copied."""
        self._data = values if values.flags.owndata and values.flags.c_contiguous else values.copy()
        self._count = len(values)

    @classmethod
    def empty(cls, dtype: DTypeLike, *shape: int) -> Column:
        """Make a column without rows, of a value of this type and shape each."""
        return cls(np.empty((0, *shape), dtype))

    def __len__(self) -> int:
        """Count the rows."""
        return self._count

    @property
    def values(self) -> NDArray[Any]:
        """All rows, to read and to write, shape (rows, ...)."""
        return self._data[: self._count]

    def grow(self, count: int) -> None:
        """Make it `count` rows long; new rows are all zero bytes."""
        if count > len(self._data):
            shape = (count + max(count // SLACK, LEAST_SLACK), *self._data.shape[1:])
            try:
                self._data.resize(shape)
            except ValueError:  # someone views it, and would be left without memory
                data = np.zeros(shape, self._data.dtype)
                data[: self._count] = self.values
                self._data = data
        self._count = max(count, self._count)

    def append(self, values: NDArray[Any]) -> None:
        """Add rows at the end."""
        before = self._count
        self.grow(before + len(values))
        self._data[before : self._count] = values

    def shrink(self, count: int) -> None:
        """Make it `count` rows long, and leave nothing of the others."""
        self._data[count : self._count] = 0
        self._count = min(count, self._count)
