"""Values by row that grow without being copied, and can be read as they were while they change."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any
from weakref import ref

import numpy as np
from numpy.typing import DTypeLike, NDArray

SLACK = 64  # one row in so many is kept spare, so that ten million rows hold little that is not used
LEAST_SLACK = 1024  # rows
CHUNK = 1 << 20  # bytes of a frozen column that are copied at a time

Rows = NDArray[np.integer] | slice


class Column:
    """One value a row, or one array of a fixed shape a row, in one piece of memory that grows at its end.

    Linux moves a large piece's pages instead of copying them when it grows. `values` is a view: it is to be let go of
    before the column grows, or growing has to copy.
    """

    def __init__(self, values: NDArray[Any]) -> None:
        """Take over an array, shape (rows, ...), which must own its memory or is copied."""
        self._data = values if values.flags.owndata and values.flags.c_contiguous else values.copy()
        self._count = len(values)
        self._moving = threading.Lock()  # held while a chunk is copied, or the memory moves
        self._frozen: tuple[ref[FrozenColumn], ...] = ()

    @classmethod
    def empty(cls, dtype: DTypeLike, *shape: int) -> Column:
        """Make a column without rows, of a value of this type and shape each."""
        return cls(np.empty((0, *shape), dtype))

    @classmethod
    def over(cls, values: NDArray[Any]) -> Column:
        """Make a column that never grows of memory that another owner keeps where it is."""
        column = cls(values[:0])
        column._data, column._count = values, len(values)
        return column

    def __len__(self) -> int:
        """Count the rows."""
        return self._count

    @property
    def values(self) -> NDArray[Any]:
        """All rows, to read, shape (rows, ...)."""
        return self._data[: self._count]

    @property
    def is_frozen(self) -> bool:
        """Whether a frozen state of this column is in use."""
        return any(frozen() for frozen in self._frozen)

    def freeze(self) -> FrozenColumn:
        """Return the column as it is now, to be read while it changes; no change may be in progress."""
        frozen = FrozenColumn(self)
        self._frozen = (*(reference for reference in self._frozen if reference()), ref(frozen))
        return frozen

    def changing(self, rows: Rows) -> NDArray[Any]:
        """Return all rows, to write to some of them at once, shape (rows, ...)."""
        for frozen in self._frozen:
            if state := frozen():
                state.keep(rows)
        return self.values

    def grow(self, count: int) -> None:
        """Make it `count` rows long; new rows are all zero bytes."""
        if count > len(self._data):
            shape = (count + max(count // SLACK, LEAST_SLACK), *self._data.shape[1:])
            with self._moving:
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
        self.changing(slice(before, self._count))[before:] = values

    def shrink(self, count: int) -> None:
        """Make it `count` rows long, and leave nothing of the others."""
        self.changing(slice(count, self._count))[count:] = 0
        self._count = min(count, self._count)


class FrozenColumn:
    """A column's rows as they were. Chunks are read from the column, except those that were copied before a change.

    Memory: `CHUNK` bytes for each chunk that a change touches before it was read; rows that are added cost nothing.
    """

    def __init__(self, column: Column) -> None:
        self._column, self._count = column, len(column)
        of_one = column.values.dtype.itemsize * int(np.prod(column.values.shape[1:]))
        self._rows = max(1, CHUNK // max(1, of_one))  # in a chunk
        self._kept: dict[int, NDArray[Any]] = {}
        self._next = 0  # the first chunk that was not read yet

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its values."""
        return self._column.values.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of all rows."""
        return (self._count, *self._column.values.shape[1:])

    def keep(self, rows: Rows) -> None:
        """Copy the chunks of some rows that are about to change, unless they were read or copied before."""
        if isinstance(rows, slice):
            first, beyond, _ = rows.indices(self._count)
            numbers = range(first // self._rows, -(-beyond // self._rows)) if first < beyond else range(0)
        else:
            numbers = np.unique(rows[rows < self._count] // self._rows).tolist()
        with self._column._moving:
            for number in numbers:
                if number >= self._next and number not in self._kept:
                    self._kept[number] = self._copy(number)

    def chunks(self) -> Iterator[NDArray[Any]]:
        """Yield all rows, once, in order, a chunk at a time."""
        for number in range(-(-self._count // self._rows)):
            with self._column._moving:
                saved = self._kept.pop(number, None)
                chunk = self._copy(number) if saved is None else saved
                self._next = number + 1
            yield chunk

    def _copy(self, number: int) -> NDArray[Any]:
        return self._column._data[number * self._rows : min((number + 1) * self._rows, self._count)].copy()
