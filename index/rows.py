"""What every index here shares: which template is in which row, and what is known of it.

An index keeps its features in arrays of its own, by row. `Rows` says which rows: a removed template's row is free, is
given to a later one, and has no trace of the first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import InvalidVector
from biometrics.kernel.people.labels import LABEL, Filter, Labels
from biometrics.matching.ports import Hits
from index.column import Column, FrozenColumn
from index.id_order import IdOrder
from index.label_column import LabelColumn

FREE = np.iinfo(np.int64).min  # stands where a free row's id would be
FILTERS_KEPT = 12  # filters whose answer is kept for all rows, one byte a row, until others are asked for
_PART = 1 << 16  # labels judged at a time, which the processor's cache holds


def check_ids(ids: NDArray[np.int64], labels: Labels) -> NDArray[np.int64]:
    """Return the ids of a batch, shape (n,), when they can be stored with these labels.

    Raises:
        InvalidVector: not one label of type `LABEL` for each id, or an id given twice.
    """
    ids = np.asarray(ids, dtype=np.int64)
    if ids.ndim != 1 or labels.shape != ids.shape or labels.dtype != LABEL:
        raise InvalidVector(f"The index takes one label for each id, not {labels.shape} for ids of shape {ids.shape}.")
    if len(np.unique(ids)) != len(ids):
        raise InvalidVector("An id is given twice in one batch; send each template once.")
    if (ids == FREE).any():
        raise InvalidVector(f"The id {FREE} cannot be stored: the index uses it for a free row.")
    return ids


class Rows:
    """Ids and labels by row, the row of an id, and the rows that meet a filter.

    A template stays in its row until it is removed. Ten million take 8 + 17 bytes each, 4 more once ids have come out
    of order or one was removed, and one more for each filter that is kept.
    """

    def __init__(self) -> None:
        self._ids = Column.empty(np.int64)
        self._labels = LabelColumn()
        self._order = IdOrder()
        self._free = np.empty(0, np.int64)
        self._met: OrderedDict[Filter, Column] = OrderedDict()
        self._keeping = threading.Lock()
        self._count = 0

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[Any]]) -> Rows:
        """Make them of what `freeze` gave, which are taken over and not copied.

        Raises:
            InvalidVector: an array is absent or of another type or length, or an id stands in two rows.
        """
        ids = arrays.get("ids")
        if ids is None or ids.dtype != np.int64 or ids.ndim != 1:
            raise InvalidVector("The ids of an index are missing, or of another type.")
        rows = cls()
        rows._ids, rows._labels = Column(ids), LabelColumn.restored(arrays)
        if len(rows._labels) != len(ids):
            raise InvalidVector(f"An index has {len(ids)} ids for {len(rows._labels)} labels.")
        rows._free = np.flatnonzero(ids == FREE)
        rows._order = IdOrder.of(ids, FREE)
        if rows._order.repeats(ids):
            raise InvalidVector("An id stands in two rows of an index.")
        rows._count = len(ids) - len(rows._free)
        return rows

    def freeze(self) -> dict[str, FrozenColumn]:
        """Return what a snapshot keeps of them, as they are now, by row and free rows included."""
        return {"ids": self._ids.freeze(), **self._labels.freeze()}

    def __len__(self) -> int:
        """Count the templates held."""
        return self._count

    @property
    def span(self) -> int:
        """Count the rows, free ones included: the length of an array by row."""
        return len(self._ids)

    @property
    def ids(self) -> NDArray[np.int64]:
        """The id in each row, `FREE` where there is none: shape (span,), a view that is valid until the next change."""
        return self._ids.values

    def labels(self, rows: NDArray[np.int64]) -> Labels:
        """Return the labels in some rows, all zeros where a row is free: shape (len(rows),)."""
        return self._labels.read(rows)

    def find(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row of each id, -1 where it is absent: shape (len(ids),)."""
        ids = np.asarray(ids, np.int64)
        return np.where(ids == FREE, -1, self._order.find(self.ids, ids))

    def add(self, ids: NDArray[np.int64], labels: Labels) -> NDArray[np.int64]:
        """Give each id a row, and return those rows, shape (len(ids),); the caller writes the features there.

        An id that is present keeps its row. `ids` and `labels` must have passed `check_ids`.
        """
        rows = self.find(ids)
        new = np.flatnonzero(rows < 0)
        new = new[np.argsort(ids[new], kind="stable")]
        reused = self._free[: len(new)]
        first, appended = self.span, len(new) - len(reused)
        rows[new] = np.concatenate([reused, np.arange(first, first + appended)])
        self._free = self._free[len(reused) :]
        self._ids.grow(first + appended)
        self._labels.grow(first + appended)
        self._order.insert(self.ids, ids[new], rows[new])
        self._ids.changing(rows)[rows] = ids
        self._labels.write(rows, labels)
        self._follow(rows)
        self._count += len(new)
        return rows

    def remove(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Free the rows of those ids that are present; return them, each once: the caller zeroes the features there."""
        rows = np.unique(self.find(ids))
        rows = rows[rows >= 0]
        if len(rows):
            self._order.delete(self.ids, rows)
            self._ids.changing(rows)[rows] = FREE
            self._labels.erase(rows)
            self._free = np.concatenate([self._free, rows])
            self._follow(rows)
            self._count -= len(rows)
        return rows

    def meeting(self, where: Filter) -> NDArray[np.bool_]:
        """Say of each row whether a template is in it that meets a filter: shape (span,), a view not to write to.

        The answers for the last few filters are kept, and follow the changes: asking again costs nothing.
        """
        with self._keeping:  # searches at the same time may ask for filters that are not kept
            meets_filter = self._met.get(where)
            if meets_filter is None:
                meets_filter = self._met[where] = Column(
                    np.concatenate([np.empty(0, np.bool_), *self._parts_meeting(where)])
                )
                if len(self._met) > FILTERS_KEPT:
                    self._met.popitem(last=False)
            self._met.move_to_end(where)
            return meets_filter.values

    def keeps(self, where: Filter) -> bool:
        """Say whether the answer for a filter is kept, so that `meeting` costs nothing."""
        return where in self._met

    def meet(self, rows: NDArray[np.int64], where: Filter) -> NDArray[np.bool_]:
        """Say of some rows whether a template is in each that meets a filter: shape (len(rows),)."""
        return self._judge(where)(rows) if where else self.ids[rows] != FREE

    def hits(self, rows: NDArray[np.int64], scores: NDArray[np.float32], k: int) -> Hits:
        """Return the k best of some rows by their scores, best first, ties by id."""
        k = min(max(k, 0), len(rows))
        if 0 < k < len(rows):
            worst = np.partition(scores, len(scores) - k)[len(scores) - k]
            rows, scores = rows[scores >= worst], scores[scores >= worst]
        order = np.lexsort((self.ids[rows], -scores))[:k]
        rows = rows[order]
        return Hits(self.ids[rows], self._labels.people(rows), scores[order])

    def _parts_meeting(self, where: Filter) -> Iterator[NDArray[np.bool_]]:
        judge = self._judge(where)
        for start in range(0, self.span, _PART):
            yield judge(slice(start, start + _PART))

    def _judge(self, where: Filter) -> Callable[[NDArray[np.int64] | slice], NDArray[np.bool_]]:
        labels_meet = self._labels.judge(where)

        def judge(rows: NDArray[np.int64] | slice) -> NDArray[np.bool_]:
            ids = self.ids[rows]
            meets_filter: NDArray[np.bool_] = (ids != FREE) & labels_meet(rows)
            return meets_filter & where.at.holds(ids) if where.at else meets_filter

        return judge

    def _follow(self, rows: NDArray[np.int64]) -> None:
        for where, meets_filter in self._met.items():
            meets_filter.grow(self.span)
            meets_filter.values[rows] = self.meet(rows, where)
