"""Rows in the order of their ids, to find the row of an id by binary search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index.column import Column

_MANY = 10_000  # ids; above, one pass through all is quicker than halving in Python


class IdOrder:
    """Rows by ascending id.

    Ids nearly always come in ascending order, and then row i is the i-th, and nothing is kept. Otherwise 4 bytes a
    template are, and a change out of order moves them: some 10 ms at ten million.

    It holds rows only: every method is given the ids by row, as they are before the change.
    """

    def __init__(self) -> None:
        self._count = 0
        self._rows: Column | None = None  # None while row i is the i-th

    @classmethod
    def of(cls, ids: NDArray[np.int64], free: int) -> IdOrder:
        """Order the ids by row; rows that hold `free` are left out."""
        order = cls()
        order._count = len(ids)
        if len(ids) and ((ids[1:] < ids[:-1]).any() or ids[0] == free):
            rows = np.argsort(ids, kind="stable")
            order._put(rows[np.count_nonzero(ids == free) :])
        return order

    def repeats(self, ids: NDArray[np.int64]) -> bool:
        """Say whether an id stands in two rows."""
        sorted_ids = ids if self._rows is None else ids[self._rows.values]
        return bool((sorted_ids[1:] == sorted_ids[:-1]).any())

    def find(self, ids: NDArray[np.int64], sought: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row of each wanted id, -1 where it is absent."""
        if not self._count:
            return np.full(len(sought), -1, np.int64)
        places = np.minimum(self._places(ids, sought), self._count - 1)
        rows = places if self._rows is None else self._rows.values[places].astype(np.int64)
        return np.where(ids[rows] == sought, rows, -1)

    def insert(self, ids: NDArray[np.int64], new: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
        """Take in new ids, ascending and none of them present, which will be in these rows."""
        if not len(new):
            return
        at_end = self._count == 0 or bool(self._places(ids, new[:1])[0] == self._count)
        if self._rows is None and not (at_end and rows[0] == self._count and rows[-1] == self._count + len(rows) - 1):
            self._put(np.arange(self._count))
        if self._rows is None:
            self._count += len(new)
        elif at_end:
            self._rows.append(rows)
            self._count = len(self._rows)
        else:
            self._put(np.insert(self._rows.values, self._places(ids, new), rows))

    def delete(self, ids: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
        """Leave out rows, each of which is present."""
        places = self._places(ids, ids[rows])
        self._put(
            np.delete(np.arange(self._count, dtype=np.int32) if self._rows is None else self._rows.values, places)
        )

    def _put(self, rows: NDArray[np.integer]) -> None:
        self._rows = Column(rows.astype(np.int32, copy=False))
        self._count = len(rows)

    def _places(self, ids: NDArray[np.int64], sought: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many ids are below each wanted one."""
        if self._rows is None:
            return np.searchsorted(ids[: self._count], sought)
        rows = self._rows.values
        if len(sought) > _MANY:
            return np.searchsorted(ids[rows], sought)
        low, high = np.zeros(len(sought), np.int64), np.full(len(sought), self._count)
        while (low < high).any():
            middle = np.minimum((low + high) // 2, self._count - 1)
            below = (ids[rows[middle]] < sought) & (low < high)
            low, high = np.where(below, middle + 1, low), np.where(below, high, middle)
        return low
