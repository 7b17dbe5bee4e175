"""What an examiner leaves on the images of a case: marked features, drawings, and how the images were displayed.

A direction is in degrees from 0 to 360, counter-clockwise from the x axis: from an ending along its ridge, from a
bifurcation into the valley between its branches. Points are in pixels of the image, from its upper left corner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import dist, isfinite
from typing import Final, TypeVar

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.json_fields import AS_JSON, about

MOST_MARKS: Final = 200  # of an analysis or an opinion; a rolled print has about 100 minutiae
MOST_PAIRS: Final = 50  # of images in a case that marks are stored of while it is open
MOST_ADJUSTMENTS: Final = 500  # of an opinion
MOST_DRAWINGS: Final = 100  # of an examiner in a case
MOST_POINTS: Final = 1000  # of a ridge that is followed
MOST_RIDGES: Final = 200  # of a count
LEAST_PERIOD: Final = 2  # pixels of a ridge and its valley in any image that shows both
IMAGE_LENGTH: Final = 40  # of the name of an image within a case
_LARGEST: Final = 1e5  # pixels, of any coordinate

Point = tuple[float, float]  # x and y
_DIRECTION: Final = (
    "Degrees, counter-clockwise from the x axis: from an ending along its ridge, from a bifurcation into the valley "
    "between its branches"
)


class FeatureKind(StrEnum):
    """The kind of a feature that an examiner marks."""

    ENDING = "ending"
    BIFURCATION = "bifurcation"
    CORE = "core"
    DELTA = "delta"
    OTHER = "other"  # another one, or it cannot be seen which


class DrawingKind(StrEnum):
    """What an examiner draws."""

    RIDGE_COUNT = "ridge_count"
    TRACING = "tracing"


class ImageSetting(StrEnum):
    """What an examiner changes of how images are displayed; none of it changes a file."""

    BRIGHTNESS = "brightness"  # percent
    CONTRAST = "contrast"  # percent
    GAMMA = "gamma"  # percent; 200 is the square root of each value
    SHARPNESS = "sharpness"  # percent of the difference to the blurred image that is added
    RIDGES = "ridges"  # 1 the ridges as the software draws them, in place of the image; 0 the image
    INVERSION = "inversion"  # 1 on, 0 off
    ROTATION = "rotation"  # degrees, clockwise


_RANGES: Final = {
    ImageSetting.BRIGHTNESS: (0, 1000),
    ImageSetting.CONTRAST: (0, 1000),
    ImageSetting.GAMMA: (10, 1000),
    ImageSetting.SHARPNESS: (0, 1000),
    ImageSetting.RIDGES: (0, 1),
    ImageSetting.INVERSION: (0, 1),
    ImageSetting.ROTATION: (-360, 360),
}


@dataclass(frozen=True)
class CaseMark:
    """A feature that an examiner marked; its number on both images is its place in the list, from 1."""

    __pydantic_config__ = AS_JSON
    kind: FeatureKind = FeatureKind.OTHER
    probe: Point | None = field(default=None, metadata=about("[x, y] on the probe: pixels from the upper left corner"))
    candidate: Point | None = field(default=None, metadata=about("[x, y] on the candidate's image"))
    probe_direction: float | None = field(default=None, metadata=about(_DIRECTION))
    candidate_direction: float | None = field(default=None, metadata=about("The same on the candidate's image"))


@dataclass(frozen=True)
class ProbeMark:
    """A feature that an examiner marked on an image of the probe, before the comparison."""

    __pydantic_config__ = AS_JSON
    image: str = field(metadata=about("Name of the probe's image"))
    place: Point = field(metadata=about("[x, y] in pixels from the upper left corner"))
    kind: FeatureKind = FeatureKind.OTHER
    direction: float | None = field(default=None, metadata=about(_DIRECTION))


@dataclass(frozen=True)
class PairMarks:
    """Features that an examiner has marked on a pair of images, or on the probe alone."""

    __pydantic_config__ = AS_JSON
    probe_image: str = field(metadata={"max_length": IMAGE_LENGTH})
    marks: tuple[CaseMark, ...] = field(metadata={"max_length": MOST_MARKS})
    candidate_image: str = field(
        default="", metadata=about("Empty for marks on the probe alone", max_length=IMAGE_LENGTH)
    )

    @property
    def images(self) -> tuple[str, str]:
        """The names of both images."""
        return self.probe_image, self.candidate_image


@dataclass(frozen=True)
class Adjustment:
    """A change of how images are displayed; it is in force until the next one of its setting and image."""

    __pydantic_config__ = AS_JSON
    setting: ImageSetting
    value: float = field(metadata=about("Percent; 1 or 0 of inversion and ridges; degrees clockwise"))
    image: str = field(default="", metadata=about("Name of the image; empty for all of them", max_length=IMAGE_LENGTH))


_COUNT: Final = {"ge": 0, "le": MOST_RIDGES}


@dataclass(frozen=True)
class Drawing:
    """A ridge count, or a ridge that an examiner followed, on an image; points are [x, y] in its pixels."""

    __pydantic_config__ = AS_JSON
    kind: DrawingKind
    image: str = field(metadata=about("Name of the image", max_length=IMAGE_LENGTH))
    path: tuple[Point, ...] = field(
        metadata=about("Both ends of the line of a count, or the points of the ridge", max_length=MOST_POINTS)
    )
    counted: int | None = field(
        default=None,
        metadata=about("Ridges that the examiner counts, without those that the ends lie on", **_COUNT),
    )
    crossings: tuple[Point, ...] = field(
        default=(),
        metadata=about("Where the workbench saw ridges under the line; no paper shows it", max_length=MOST_RIDGES),
    )
    least: int | None = field(
        default=None, metadata=about("The fewest ridges that the workbench counted; null if unclear", **_COUNT)
    )
    most: int | None = field(default=None, metadata=about("The most; null if unclear", **_COUNT))


@dataclass(frozen=True)
class WorkingMarks:
    """All that an examiner has marked, adjusted and drawn in an open case."""

    __pydantic_config__ = AS_JSON
    version: int = field(metadata=about("Of the marks that are stored, or that these replace; 0 if none are", ge=0))
    pairs: tuple[PairMarks, ...] = field(metadata={"max_length": MOST_PAIRS})
    adjustments: tuple[Adjustment, ...] = field(
        default=(), metadata=about("In their order", max_length=MOST_ADJUSTMENTS)
    )
    drawings: tuple[Drawing, ...] = field(
        default=(),
        metadata=about(
            "Ridge counts, and ridges that the examiner followed, on opened images", max_length=MOST_DRAWINGS
        ),
    )


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
    checked_pairs = tuple(replace(pair, marks=checked(pair.marks)) for pair in pairs)
    if len(checked_pairs) > MOST_PAIRS:
        raise InvalidField(f"{len(checked_pairs)} pairs of images are marked; mark at most {MOST_PAIRS}.")
    if len({pair.images for pair in checked_pairs}) < len(checked_pairs):
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
        None if mark.probe is None else ProbeMark(image, mark.probe, mark.kind, mark.probe_direction) in analysed_marks
        for mark in marks
    )


def checked_adjustments(adjustments: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    """Return adjustments as an opinion holds them.

    Raises:
        InvalidField: there are more than 500, or a value is out of range.
    """
    checked = tuple(adjustments)
    if len(checked) > MOST_ADJUSTMENTS:
        raise InvalidField(f"{len(checked)} adjustments are given; give at most {MOST_ADJUSTMENTS}.")
    for adjustment in checked:
        lowest, highest = _RANGES[adjustment.setting]
        if not lowest <= adjustment.value <= highest:
            raise InvalidField(f"The {adjustment.setting} is {adjustment.value}; it is from {lowest} to {highest}.")
    return checked


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


def _checked(
    marks: Iterable[Mark],
    places_of: Callable[[Mark], Sequence[Point]],
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
