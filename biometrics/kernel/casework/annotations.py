"""Features that an examiner marks: on the probe alone in the analysis, and on both images of a comparison.

A direction is in degrees from 0 to 360, counter-clockwise from the x axis: from an ending along its ridge, from a
bifurcation into the valley between its branches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from math import isfinite
from typing import Any, Final, NamedTuple, TypeVar

from biometrics.kernel.casework.adjustments import Adjustment
from biometrics.kernel.casework.drawings import Drawing
from biometrics.kernel.errors import InvalidField

MOST_MARKS: Final = 200  # of an analysis or an opinion; a rolled print has about 100 minutiae
MOST_PAIRS: Final = 50  # of images in a case that marks are stored of while it is open
_LARGEST: Final = 1e5  # pixels, of any coordinate

Place = tuple[float, float]  # x and y in pixels of the image, from its upper left corner


class FeatureKind(StrEnum):
    """The kind of a feature that an examiner marks."""

    ENDING = "ending"
    BIFURCATION = "bifurcation"
    CORE = "core"
    DELTA = "delta"
    OTHER = "other"  # another one, or it cannot be seen which


class CaseMark(NamedTuple):
    """A feature on the probe, on the candidate's image, or on both; its number is its place in the opinion's list."""

    kind: FeatureKind
    probe: Place | None
    candidate: Place | None
    probe_direction: float | None = None
    candidate_direction: float | None = None


class ProbeMark(NamedTuple):
    """A feature that an analysis marks on an image of the probe."""

    image: str
    kind: FeatureKind
    place: Place
    direction: float | None = None


class PairMarks(NamedTuple):
    """Marks at work on a pair of images; `candidate` is "" for those on the probe alone."""

    probe: str
    candidate: str
    marks: tuple[CaseMark, ...]


class WorkingMarks(NamedTuple):
    """What an examiner has marked, adjusted and drawn in an open case; of version 0 where nothing is stored."""

    version: int = 0
    pairs: tuple[PairMarks, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    drawings: tuple[Drawing, ...] = ()


Mark = TypeVar("Mark", CaseMark, ProbeMark)


def checked(marks: Iterable[CaseMark]) -> tuple[CaseMark, ...]:
    """Return marks as an opinion holds them.

    Raises:
        InvalidField: there are more than 200, or one lies on neither image or outside any image.
    """
    return _checked(
        marks,
        lambda mark: [point for point in (mark.probe, mark.candidate) if point is not None],
        lambda mark: [mark.probe_direction, mark.candidate_direction],
    )


def checked_on_probe(marks: Iterable[ProbeMark]) -> tuple[ProbeMark, ...]:
    """Return marks as an analysis holds them.

    Raises:
        InvalidField: there are more than 200, or one lies outside any image.
    """
    return _checked(marks, lambda mark: [mark.place], lambda mark: [mark.direction])


def checked_at_work(pairs: Iterable[PairMarks]) -> tuple[PairMarks, ...]:
    """Return marks as they are stored while a case is open.

    Raises:
        InvalidField: there are more than 50 pairs, one is named twice, or the marks of one are not valid.
    """
    checked_pairs = tuple(pair._replace(marks=checked(pair.marks)) for pair in pairs)
    if len(checked_pairs) > MOST_PAIRS:
        raise InvalidField(f"{len(checked_pairs)} pairs of images are marked; mark at most {MOST_PAIRS}.")
    if len({pair[:2] for pair in checked_pairs}) < len(checked_pairs):
        raise InvalidField("A pair of images is named twice; give the marks of each pair once.")
    return checked_pairs


def in_both(marks: Iterable[CaseMark]) -> int:
    """Return the number of correspondences: marks on both images."""
    return sum(mark.probe is not None and mark.candidate is not None for mark in marks)


def in_analysis(marks: Iterable[CaseMark], image: str, analysed: Sequence[ProbeMark]) -> tuple[bool | None, ...]:
    """Say of each mark whether an analysis has it, with this kind, place and direction, on an image of the probe.

    None of a mark that is not on the probe.
    """
    analysed_marks = set(analysed)
    return tuple(
        None if mark.probe is None else ProbeMark(image, mark.kind, mark.probe, mark.probe_direction) in analysed_marks
        for mark in marks
    )


def from_json(rows: Sequence[Any] | None) -> tuple[CaseMark, ...]:
    """Return the stored marks of an opinion; None after an erasure."""
    return tuple(
        CaseMark(FeatureKind(kind), _point(probe), _point(candidate), *directions)
        for kind, probe, candidate, *directions in rows or ()
    )


def pair_marks_from_json(rows: Sequence[Any]) -> tuple[PairMarks, ...]:
    """Return stored marks at work."""
    return tuple(PairMarks(probe, candidate, from_json(marks)) for probe, candidate, marks in rows)


def probe_marks_from_json(rows: Sequence[Any] | None) -> tuple[ProbeMark, ...] | None:
    """Return the stored marks of an analysis; None after an erasure."""
    if rows is None:
        return None
    return tuple(
        ProbeMark(image, FeatureKind(kind), (point[0], point[1]), direction) for image, kind, point, direction in rows
    )


def _point(row: Sequence[float] | None) -> Place | None:
    return (row[0], row[1]) if row else None


def _checked(
    marks: Iterable[Mark],
    places_of: Callable[[Mark], Sequence[Place]],
    directions_of: Callable[[Mark], Sequence[float | None]],
) -> tuple[Mark, ...]:
    checked_marks = tuple(marks)
    if len(checked_marks) > MOST_MARKS:
        raise InvalidField(f"{len(checked_marks)} features are marked; mark at most {MOST_MARKS}.")
    for number, mark in enumerate(checked_marks, start=1):
        places = places_of(mark)
        if not places:
            raise InvalidField(f"Mark {number} lies on neither image; give its place on one or both.")
        if not all(isfinite(value) and 0 <= value <= _LARGEST for point in places for value in point):
            raise InvalidField(f"Mark {number} lies outside the image; give pixels from its upper left corner.")
        if not all(direction is None or 0 <= direction < 360 for direction in directions_of(mark)):
            raise InvalidField(f"The direction of mark {number} is not from 0 up to 360 degrees.")
    return checked_marks
