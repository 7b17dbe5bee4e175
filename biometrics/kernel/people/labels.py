"""What an index stores of each template besides its features, so that searches can filter by it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.access import Unit
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.person import FIRST_BIRTH_YEAR, Sex, is_national_number
from biometrics.kernel.recognition.body_marks import (
    BodyMarkKind,
    BodyPart,
    BodySide,
    MarkColour,
    TattooClass,
    overlapping,
)
from biometrics.kernel.recognition.capture import LAST_POSITION, Position, position_of
from biometrics.kernel.technique.text import CODE_LENGTH, clean_state_code, clean_text

UNKNOWN_YEAR = -1
LAST_YEAR = 9999
WORDS_LENGTH = 100
NO_POSITION = LAST_POSITION + 1  # of a modality without positions

SEXES = tuple(Sex)  # a label holds a value's place in these
KINDS = tuple(EncounterKind)
# Of the mark that a photo shows, a label holds one more than the place in these, and 0 where it is not known.
MARK_KINDS, BODY_PARTS, BODY_SIDES = tuple(BodyMarkKind), tuple(BodyPart), (BodySide.LEFT, BodySide.RIGHT)
COLOURS, CLASSES = tuple(MarkColour), tuple(TattooClass)  # a label holds one bit for each, none where not known

# One row a template. `person` is the national number; `station` and `district` are those of the encounter that the
# sample was taken at, each code as `code_number` of it, `state` as its two digits.
LABEL = np.dtype(
    [
        ("person", "<i8"),
        ("station", "<u8"),
        ("district", "<u8"),
        ("birth_year", "<i2"),
        ("state", "u1"),
        ("position", "u1"),
        ("sex", "u1"),
        ("kind", "u1"),
        ("mark_kind", "u1"),
        ("body_part", "u1"),
        ("body_side", "u1"),
        ("mark_colours", "<u2"),
        ("tattoo_classes", "u1"),
    ]
)

Labels = NDArray[np.void]  # of dtype LABEL


@lru_cache(100_000)
def code_number(code: str) -> int:
    """Return the 64 bits that stand for the code of a police station or district.

    Among a hundred thousand codes, the chance that any two share them is below 1e-9.
    """
    return int.from_bytes(blake2b(code.encode(), digest_size=8).digest(), "little")


class Label(NamedTuple):
    """One label in Python's own numbers; `np.array([label, ...], LABEL)` makes `Labels`."""

    person: int
    station: int
    district: int
    birth_year: int
    state: int
    position: int
    sex: int
    kind: int
    mark_kind: int = 0
    body_part: int = 0
    body_side: int = 0
    mark_colours: int = 0
    tattoo_classes: int = 0


def label_of_mark(mark: Mapping[str, Any] | None) -> dict[str, int]:
    """Return what a label holds of the mark that a photo shows, as it is stored in JSON.

    A place of no name, no side and several colours are not known.
    """
    if mark is None:
        return {}
    colours = mark.get("colours", ())
    return {
        "mark_kind": MARK_KINDS.index(mark["kind"]) + 1,
        "body_part": 0 if mark["part"] == BodyPart.OTHER else BODY_PARTS.index(mark["part"]) + 1,
        "body_side": 0 if mark["side"] == BodySide.NONE else BODY_SIDES.index(mark["side"]) + 1,
        "mark_colours": 0 if MarkColour.SEVERAL in colours else _bits(colours, COLOURS),
        "tattoo_classes": _bits([design.partition("/")[0] for design in mark.get("designs", ())], CLASSES),
    }


def _bits(values: Collection[Any], of: Sequence[Any]) -> int:
    return sum(1 << of.index(value) for value in set(values))


def _or_unknown(values: Collection[Any], of: Sequence[Any]) -> list[int]:
    return [0, *(of.index(value) + 1 for value in values)] if values else []


def _sharing(bits: int, of: Sequence[Any]) -> list[int]:
    """Return 0 and the sets of bits that share one with these."""
    return [bit_set for bit_set in range(1 << len(of)) if bit_set & bits or not bit_set]


class Moment(NamedTuple):
    """Which templates there were at some number of the change sequence.

    Those of ids up to `newest`, but for some that were allotted an id earlier and committed `later`.
    """

    newest: int
    later: frozenset[int] = frozenset()

    def holds(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say which templates there were: shape (len(ids),)."""
        present: NDArray[np.bool_] = ids <= self.newest
        if self.later:
            present &= ~np.isin(ids, np.array(sorted(self.later), np.int64))
        return present


@dataclass(frozen=True, eq=False)
class Members:
    """Certain templates and no others: those of these ids, ascending."""

    ids: NDArray[np.int64]

    def holds(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say which templates are among them: shape (len(ids),)."""
        if not len(self.ids):
            return np.zeros(len(ids), np.bool_)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        is_member: NDArray[np.bool_] = self.ids[places] == ids
        return is_member

    def without(self, ids: NDArray[np.int64]) -> Members:
        """Return these but for some."""
        removed_ids = ids[self.holds(ids)]
        return Members(np.delete(self.ids, np.searchsorted(self.ids, removed_ids))) if len(removed_ids) else self

    def and_also(self, ids: NDArray[np.int64]) -> Members:
        """Return these and some others."""
        new = np.unique(ids[~self.holds(ids)])
        # Stable: new templates have the greatest ids, and what is nearly sorted is sorted in one pass.
        return Members(np.sort(np.concatenate([self.ids, new]), kind="stable")) if len(new) else self


@dataclass(frozen=True)
class Filter:
    """Which templates a search may find: those that meet every condition; an empty one is met by all.

    An unknown value meets every condition: a print of an unknown finger may be any finger, a person of unknown sex may
    be of either. `born` is the first and the last year; `states`, `districts` and `stations` are the codes
    of where the sample was taken; `kinds` are the encounters' kinds. Of the mark that a photo shows, `body_parts` are
    also met by parts around and in them. `without` are national numbers to leave out; `mark_words`, words of the
    description of a mark, is met by the people of `only` alone, who are looked up when the search begins. `at`
    keeps only templates that existed at a moment, as for a replay, or a given set of them.
    """

    positions: frozenset[Position] = frozenset()
    sexes: frozenset[Sex] = frozenset()
    born: tuple[int, int] | None = None
    kinds: frozenset[EncounterKind] = frozenset()
    states: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    stations: frozenset[str] = frozenset()
    mark_kinds: frozenset[BodyMarkKind] = frozenset()
    body_parts: frozenset[BodyPart] = frozenset()
    body_sides: frozenset[BodySide] = frozenset()
    mark_colours: frozenset[MarkColour] = frozenset()
    tattoo_classes: frozenset[TattooClass] = frozenset()
    without: frozenset[int] = frozenset()
    mark_words: frozenset[str] = frozenset()
    only: frozenset[int] = frozenset()
    at: Moment | Members | None = None

    @classmethod
    def of(
        cls,
        *,
        sexes: Collection[Sex] | None = None,
        born: tuple[int | None, int | None] = (None, None),
        kinds: Collection[EncounterKind] | None = None,
        states: Collection[str] | None = None,
        districts: Collection[str] | None = None,
        stations: Collection[str] | None = None,
        mark_kinds: Collection[BodyMarkKind] | None = None,
        body_parts: Collection[BodyPart] | None = None,
        body_sides: Collection[BodySide] | None = None,
        mark_colours: Collection[MarkColour] | None = None,
        tattoo_classes: Collection[TattooClass] | None = None,
        without: Collection[str] | None = None,
        mark_words: str = "",
    ) -> Self:
        """Return a filter from user input.

        Raises:
            InvalidField: a code or a national number of a wrong form, or years the wrong way round.
        """
        first, last = born
        if first is not None and last is not None and first > last:
            raise InvalidField(f"The years of birth are {first} to {last}; give the earlier one first.")
        numbers = [number.strip() for number in without or ()]
        if wrong := [number for number in numbers if not is_national_number(number)]:
            raise InvalidField(f"{wrong[0]!r} is not a national number, which has ten digits; correct it.")
        return cls(
            sexes=frozenset(sexes or ()),
            born=None if first is last is None else (first or FIRST_BIRTH_YEAR, LAST_YEAR if last is None else last),
            kinds=frozenset(kinds or ()),
            states=frozenset(clean_state_code(code) for code in states or ()),
            districts=frozenset(clean_text("district code", code, CODE_LENGTH) for code in districts or ()),
            stations=frozenset(clean_text("police station code", code, CODE_LENGTH) for code in stations or ()),
            mark_kinds=frozenset(mark_kinds or ()),
            body_parts=frozenset(body_parts or ()) - {BodyPart.OTHER},
            body_sides=frozenset(body_sides or ()) - {BodySide.NONE},
            mark_colours=frozenset(mark_colours or ()) - {MarkColour.SEVERAL},
            tattoo_classes=frozenset(tattoo_classes or ()),
            without=frozenset(map(int, numbers)),
            mark_words=frozenset({clean_text("words", mark_words, WORDS_LENGTH)} if mark_words.strip() else ()),
        )

    def within(self, unit: Unit) -> Filter | None:
        """Return these conditions, and that a sample was taken at a unit or below it; None where none can be."""
        narrowed: dict[str, Any] = {}
        for field, code in (("states", unit.state), ("districts", unit.district), ("stations", unit.station)):
            codes = getattr(self, field)
            if code and codes and code not in codes:
                return None
            if code:
                narrowed[field] = frozenset({code})
        return replace(self, **narrowed)

    def __bool__(self) -> bool:
        """Say whether there is any condition."""
        return self != NO_FILTER

    def content(self) -> dict[str, list[int] | list[str]]:
        """Return the conditions, but for the moment, as plain JSON; `of_content` reads it."""
        conditions = {field: getattr(self, field) for field in self.__dataclass_fields__ if field != "at"}
        return {field: sorted(values) for field, values in conditions.items() if values}

    @classmethod
    def of_content(cls, content: Mapping[str, Any]) -> Self:
        """Make a filter of what `content` gave."""
        values: dict[str, Any] = {
            field: frozenset(_ITEMS.get(field, str)(item) for item in codes) for field, codes in content.items()
        }
        if "born" in content:
            values["born"] = tuple(content["born"])
        return cls(**values)

    def allowed(self) -> dict[str, list[int]]:
        """Return for each field of a label that has a condition, other than a range or `without`, its allowed values.

        A vector index of another system builds its own query from these.
        """
        conditions: dict[str, Collection[int]] = {
            "position": self._positions(),
            "sex": [SEXES.index(sex) for sex in {*self.sexes, Sex.UNKNOWN}] if self.sexes else [],
            "kind": [KINDS.index(kind) for kind in self.kinds],
            "state": [int(code) for code in self.states],
            "district": [code_number(code) for code in self.districts],
            "station": [code_number(code) for code in self.stations],
            "mark_kind": _or_unknown(self.mark_kinds, MARK_KINDS),
            "body_part": _or_unknown(overlapping(self.body_parts), BODY_PARTS),
            "body_side": _or_unknown(self.body_sides, BODY_SIDES),
            "mark_colours": _sharing(_bits(self.mark_colours, COLOURS), COLOURS) if self.mark_colours else [],
            "tattoo_classes": _sharing(_bits(self.tattoo_classes, CLASSES), CLASSES) if self.tattoo_classes else [],
            "person": self.only,
        }
        return {field: sorted({int(value) for value in values}) for field, values in conditions.items() if values}

    def _positions(self) -> list[int]:
        return [int(shown) for position in self.positions for shown in (*position.same_skin, position.unknown)]

    def meets(self, labels: Labels) -> NDArray[np.bool_]:
        """Say which labels meet every condition but that on the moment, which is on ids: shape (len(labels),)."""
        mask = np.ones(len(labels), np.bool_)
        for field, values in self.allowed().items():
            if labels[field].dtype.itemsize == 1:
                table = np.zeros(256, np.bool_)
                table[values] = True
                mask &= table[labels[field]]
            else:
                mask &= np.isin(labels[field], np.array(values, labels[field].dtype))
        if self.born:
            years = labels["birth_year"]
            mask &= (years == UNKNOWN_YEAR) | ((years >= self.born[0]) & (years <= self.born[1]))
        if self.without:
            mask &= ~np.isin(labels["person"], np.array(sorted(self.without), np.int64))
        return mask


_ITEMS: dict[str, Callable[[Any], Any]] = {
    "positions": position_of,
    "sexes": Sex,
    "kinds": EncounterKind,
    "mark_kinds": BodyMarkKind,
    "body_parts": BodyPart,
    "body_sides": BodySide,
    "mark_colours": MarkColour,
    "tattoo_classes": TattooClass,
    "without": int,
    "only": int,
}
NO_FILTER = Filter()
