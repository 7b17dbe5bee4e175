"""The features of every row, in one segment for each finger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import InvalidVector
from biometrics.kernel.people.labels import Filter
from index.column import Column, FrozenColumn
from index.feature_sets.segment import EMPTY, Segment

NOWHERE = 255  # the segment of a row without a print
_SEPARATOR = "/"


def segments_of(positions: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the numbers of the segments that hold the prints of some positions."""
    return np.minimum(positions, NOWHERE - 1)


def segment_meets(number: int, where: Filter) -> bool:
    """Say whether a segment may have a print whose position meets a filter."""
    allowed = where.allowed().get("position")
    return allowed is None or number in segments_of(np.array(allowed, np.uint8))


class Arena:
    """Sets of features by row, 20 bytes a feature and 19 a row.

    The prints of a finger lie together, so that a search of a known finger reads little else.
    """

    def __init__(self) -> None:
        self.segments: dict[int, Segment] = {}  # by the finger's number
        self._segment = Column.empty(np.uint8)
        self._slot = Column.empty(np.int32)

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[Any]], span: int) -> Arena:
        """Make it of what `freeze` gave, for `span` rows.

        Raises:
            InvalidVector: an array is absent, or of another type or length, or does not fit the others.
        """
        arena = cls()
        segment, slot = arrays.get("segment"), arrays.get("slot")
        if segment is None or segment.dtype != np.uint8 or segment.shape != (span,):
            raise InvalidVector("An index of prints does not say where each print lies.")
        if slot is None or slot.dtype != np.int32 or slot.shape != (span,):
            raise InvalidVector("An index of prints does not say where each print lies.")
        arena._segment, arena._slot = Column(segment), Column(slot)
        slot_count = 0
        for number in np.unique(segment[segment != NOWHERE]).tolist():
            prefix = f"{number}{_SEPARATOR}"
            of_segment = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
            arena.segments[number] = Segment.restored(of_segment)
            rows = arena.segments[number].rows
            slots = np.flatnonzero(rows != EMPTY)
            if (rows[slots] < 0).any() or (rows[slots] >= span).any():
                raise InvalidVector("A print of an index is of a row that is not there.")
            if (segment[rows[slots]] != number).any() or (slot[rows[slots]] != slots).any():
                raise InvalidVector("The arrays of an index of prints do not fit each other.")
            slot_count += len(slots)
        if slot_count != np.count_nonzero(segment != NOWHERE):
            raise InvalidVector("A print of an index lies where it has no features.")
        return arena

    def freeze(self) -> dict[str, FrozenColumn]:
        """Return what a snapshot keeps, as it is now."""
        columns = {"segment": self._segment.freeze(), "slot": self._slot.freeze()}
        for number, segment in self.segments.items():
            columns.update({f"{number}{_SEPARATOR}{name}": column for name, column in segment.freeze().items()})
        return columns

    def put(self, rows: NDArray[np.int64], sets: Sequence[NDArray[np.void]], fingers: NDArray[np.uint8]) -> None:
        """Write the features of some rows, old or new, each of a finger, 0 to 254."""
        if len(rows) == 0:
            return
        old = len(self._segment)
        span = max(int(rows.max()) + 1, old)
        self._segment.grow(span)
        self._slot.grow(span)
        self._segment.changing(slice(old, span))[old:] = NOWHERE
        self.erase(rows)
        for finger in np.unique(fingers).tolist():
            at = np.flatnonzero(fingers == finger)
            segment = self.segments.setdefault(finger, Segment())
            mine = rows[at]
            self._slot.changing(mine)[mine] = segment.append(mine, [sets[i] for i in at.tolist()])
            self._segment.changing(mine)[mine] = finger

    def erase(self, rows: NDArray[np.int64]) -> None:
        """Leave nothing in some rows, and close the holes of a segment once there are many."""
        for number, of_segment in self.by_segment(rows):
            segment = self.segments[number]
            if segment.erase(self._slot.values[of_segment]):
                moved = segment.close_holes()
                self._slot.changing(moved)[moved] = np.arange(len(moved))
        self._segment.changing(rows)[rows] = NOWHERE

    def by_segment(self, rows: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Divide those of some rows that hold a print by their segments."""
        of_rows = self._segment.values[rows]
        for number in np.unique(of_rows[of_rows != NOWHERE]).tolist():
            yield number, rows[of_rows == number]

    def slots(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the slot of each of some rows in its segment."""
        return self._slot.values[rows].astype(np.int64)
