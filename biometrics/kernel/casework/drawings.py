"""What an examiner draws on the images of a case: lines that ridges are counted along, and ridges that are followed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from math import dist, isfinite
from typing import Any, Final, NamedTuple

from biometrics.kernel.errors import InvalidField

MOST_DRAWINGS: Final = 100  # of an examiner in a case
MOST_POINTS: Final = 1000  # of a ridge that is followed
MOST_RIDGES: Final = 200  # of a count
LEAST_PERIOD: Final = 2  # pixels of a ridge and its valley in any image that shows both
_LARGEST: Final = 1e5  # pixels, of any coordinate

Point = tuple[float, float]  # x and y in pixels of the image, from its upper left corner


class DrawingKind(StrEnum):
    """What an examiner draws."""

    RIDGE_COUNT = "ridge_count"
    TRACING = "tracing"


class Drawing(NamedTuple):
    """Something that an examiner drew on the image of that name.

    `path` has both ends of the line of a ridge count, and the points of a ridge that is followed. Of a ridge count,
    `counted` is the number of ridges that the examiner states, None while they state none. `crossings`, `least` and
    `most` are what the examiner's own computer showed: where it saw a ridge, and between which numbers it counted, None
    where it found the ridges unclear. They come from there, so that no paper states them.
    """

    kind: DrawingKind
    image: str
    path: tuple[Point, ...]
    counted: int | None = None
    crossings: tuple[Point, ...] = ()
    least: int | None = None
    most: int | None = None


def checked_drawings(drawings: Iterable[Drawing], images: Iterable[str]) -> tuple[Drawing, ...]:
    """Return drawings as an analysis or an opinion holds them; they lie on one of some images.

    Raises:
        InvalidField: there are more than 100, or one is on another image or no such drawing.
    """
    checked, image_names = tuple(drawings), set(images)
    if len(checked) > MOST_DRAWINGS:
        raise InvalidField(f"{len(checked)} drawings are given; give at most {MOST_DRAWINGS}.")
    for number, drawing in enumerate(checked, start=1):
        if drawing.image not in image_names:
            raise InvalidField(f"Drawing {number} lies on {drawing.image}, which you have not opened or do not name.")
        if fault := _fault(drawing):
            raise InvalidField(f"Drawing {number} {fault}.")
    return checked


def _fault(drawing: Drawing) -> str:
    points = (*drawing.path, *drawing.crossings)
    if not all(isfinite(value) and 0 <= value <= _LARGEST for point in points for value in point):
        return "lies outside the image; give pixels from its upper left corner"
    if drawing.kind is DrawingKind.TRACING:
        if drawing.crossings or (drawing.counted, drawing.least, drawing.most) != (None, None, None):
            return "follows a ridge and has no count"
        return "" if 2 <= len(drawing.path) <= MOST_POINTS else f"has not from 2 to {MOST_POINTS:,} points"
    if len(drawing.path) != 2:
        return "is a ridge count; give both ends of its line"
    counts = [count for count in (drawing.counted, drawing.least, drawing.most) if count is not None]
    if not all(0 <= count <= MOST_RIDGES for count in (*counts, len(drawing.crossings))):
        return f"counts more than {MOST_RIDGES} ridges, or fewer than none"
    if max((*counts, len(drawing.crossings))) > dist(*drawing.path) / LEAST_PERIOD:
        return f"counts more ridges than its line can cross; a ridge and its valley are {LEAST_PERIOD} pixels wide"
    if (drawing.least is None) is not (drawing.most is None) or (drawing.least or 0) > (drawing.most or 0):
        return "states no range; give `least` and `most`, or neither"
    return ""


def drawings_from_json(rows: Sequence[Any] | None) -> tuple[Drawing, ...]:
    """Return stored drawings; None after an erasure."""
    return tuple(
        Drawing(DrawingKind(kind), image, _points(path), counted, _points(crossings), minimum, maximum)
        for kind, image, path, counted, crossings, minimum, maximum in rows or ()
    )


def _points(rows: Sequence[Sequence[float]]) -> tuple[Point, ...]:
    return tuple((x, y) for x, y in rows)
