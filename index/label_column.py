"""Labels by row, in half of their memory: where a sample was taken is kept once for all samples taken there.

So is which mark a photo shows, which prints and faces do not have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import InvalidVector
from biometrics.kernel.people.labels import LABEL, Filter, Labels
from index.column import Column, FrozenColumn, Rows

_MARK_FIELDS = ("mark_kind", "body_part", "body_side", "mark_colours", "tattoo_classes")
_PLACE_FIELDS = ("station", "district", "state", *_MARK_FIELDS)
_PLACE_FILTERS = ("stations", "districts", "states")
_MARK_FILTERS = ("mark_kinds", "body_parts", "body_sides", "mark_colours", "tattoo_classes")
_SHARED = (*_PLACE_FILTERS, *_MARK_FILTERS)
PLACE = np.dtype([(name, LABEL[name]) for name in LABEL.names or () if name in _PLACE_FIELDS])
BRIEF = np.dtype([*((name, LABEL[name]) for name in LABEL.names or () if name not in _PLACE_FIELDS), ("place", "<u4")])


class LabelColumn:
    """A label in each row, as `biometrics.kernel.people.labels.LABEL` has it; 17 bytes each, and 23 a place."""

    def __init__(self) -> None:
        self._brief = Column.empty(BRIEF)
        self._places = Column(np.zeros(1, PLACE))  # the first is that of a row without a label
        self._numbers = {bytes(PLACE.itemsize): 0}

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[Any]]) -> LabelColumn:
        """Make it of what `freeze` gave, which are taken over.

        Raises:
            InvalidVector: an array is absent or of another type or shape, or does not agree with the other.
        """
        brief, places = arrays.get("labels"), arrays.get("places")
        if brief is None or brief.dtype != BRIEF or places is None or places.dtype != PLACE:
            raise InvalidVector("The labels of an index are missing, or of another type.")
        if brief.ndim != 1 or places.ndim != 1 or brief["place"].max(initial=0) >= len(places):
            raise InvalidVector("The labels of an index name places that are not in it.")
        column = cls()
        column._brief, column._places = Column(brief), Column(places)
        column._numbers = {key.tobytes(): number for number, key in enumerate(places)}
        return column

    def freeze(self) -> dict[str, FrozenColumn]:
        """Return what a snapshot keeps, as it is now."""
        return {"labels": self._brief.freeze(), "places": self._places.freeze()}

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._brief)

    def grow(self, count: int) -> None:
        """Make it `count` rows long."""
        self._brief.grow(count)

    def write(self, rows: NDArray[np.int64], labels: Labels) -> None:
        """Write a label to each of some rows."""
        brief = np.empty(len(labels), BRIEF)
        for name in LABEL.names or ():
            if name not in _PLACE_FIELDS:
                brief[name] = labels[name]
        brief["place"] = self._numbers_of(labels)
        self._brief.changing(rows)[rows] = brief

    def erase(self, rows: NDArray[np.int64]) -> None:
        """Leave nothing in some rows."""
        self._brief.changing(rows)[rows] = np.zeros((), BRIEF)

    def people(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the national numbers in some rows."""
        people: NDArray[np.int64] = self._brief.values["person"][rows]
        return people

    def read(self, rows: Rows) -> Labels:
        """Return the labels of some rows."""
        brief = self._some(rows)
        places, labels = self._places.values[brief["place"]], np.empty(len(brief), LABEL)
        for name in LABEL.names or ():
            labels[name] = places[name] if name in _PLACE_FIELDS else brief[name]
        return labels

    def judge(self, where: Filter) -> Callable[[Rows], NDArray[np.bool_]]:
        """Return what says of some rows whether their labels meet a filter; it is true until the next change."""
        shared: dict[str, Any] = {field: getattr(where, field) for field in _SHARED}
        none: dict[str, Any] = dict.fromkeys(_SHARED, frozenset())
        of_place, of_person = Filter(**shared), replace(where, **none)
        place_meets = of_place.meets(self._places.values)

        def judge(rows: Rows) -> NDArray[np.bool_]:
            brief = self._some(rows)
            person_meets = of_person.meets(brief)
            return person_meets & place_meets[brief["place"]] if of_place else person_meets

        return judge

    def _some(self, rows: Rows) -> NDArray[np.void]:
        values = self._brief.values
        # For values of this type, take() is four times as quick as an index array.
        return values[rows] if isinstance(rows, slice) else values.take(rows)

    def _numbers_of(self, labels: Labels) -> NDArray[np.int64]:
        """Return each label's place, new ones included: shape (len(labels),)."""
        places = np.empty(len(labels), PLACE)
        for name in _PLACE_FIELDS:
            places[name] = labels[name]
        _, firsts, inverse = np.unique(places.view(f"S{PLACE.itemsize}"), return_index=True, return_inverse=True)
        distinct = places[firsts]
        new = [key for key in distinct if key.tobytes() not in self._numbers]
        if new:
            self._numbers.update((key.tobytes(), len(self._places) + offset) for offset, key in enumerate(new))
            self._places.append(np.array(new, PLACE))
        numbers = np.array([self._numbers[key.tobytes()] for key in distinct], np.int64)
        return numbers[inverse]
