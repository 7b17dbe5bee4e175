"""Requests of examiners: analyses, opinions with their marks, reasons."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.http.schemas import RequestBody
from biometrics.kernel.casework.adjustments import MOST_ADJUSTMENTS, Adjustment, ImageSetting
from biometrics.kernel.casework.annotations import (
    MOST_MARKS,
    MOST_PAIRS,
    CaseMark,
    FeatureKind,
    PairMarks,
    Place,
    ProbeMark,
    WorkingMarks,
)
from biometrics.kernel.casework.basis import Agreement, Basis, Differences, QualityLimit
from biometrics.kernel.casework.cases import IMAGE_LENGTH, Conclusion, Pair, PatternClass
from biometrics.kernel.casework.drawings import MOST_DRAWINGS, MOST_POINTS, MOST_RIDGES, Drawing, DrawingKind, Point
from biometrics.kernel.errors import InvalidField

DIRECTION = (
    "Degrees, counter-clockwise from the x axis: from an ending along its ridge, from a bifurcation into the valley "
    "between its branches"
)


class CaseMarkIn(RequestBody):
    """A feature that an examiner marked; its number on both images is its place in the list, from 1."""

    kind: FeatureKind = FeatureKind.OTHER
    probe: Place | None = Field(default=None, description="[x, y] on the probe: pixels from the upper left corner")
    candidate: Place | None = Field(default=None, description="[x, y] on the candidate's image")
    probe_direction: float | None = Field(default=None, description=DIRECTION)
    candidate_direction: float | None = Field(default=None, description="The same on the candidate's image")

    @property
    def mark(self) -> CaseMark:
        """The mark."""
        return CaseMark(self.kind, self.probe, self.candidate, self.probe_direction, self.candidate_direction)


class ProbeMarkIn(RequestBody):
    """A feature that an examiner marked on an image of the probe."""

    image: str = Field(description="Name of the probe's image")
    kind: FeatureKind = FeatureKind.OTHER
    place: Place = Field(description="[x, y] in pixels from the upper left corner")
    direction: float | None = Field(default=None, description=DIRECTION)

    @property
    def mark(self) -> ProbeMark:
        """The mark."""
        return ProbeMark(self.image, self.kind, self.place, self.direction)


class PairMarksIn(RequestBody):
    """Features that an examiner has marked on a pair of images, or on the probe alone."""

    probe_image: str = Field(max_length=IMAGE_LENGTH)
    candidate_image: str = Field(default="", max_length=IMAGE_LENGTH, description="Empty for marks on the probe alone")
    marks: list[CaseMarkIn] = Field(max_length=MOST_MARKS)

    @property
    def pair_marks(self) -> PairMarks:
        """The pair with its marks."""
        return PairMarks(self.probe_image, self.candidate_image, tuple(mark.mark for mark in self.marks))


class AdjustmentIn(RequestBody):
    """A change of how images are displayed; it is in force until the next one of its setting and image."""

    setting: ImageSetting
    value: float = Field(description="Percent; 1 or 0 of inversion and ridges; degrees clockwise")
    image: str = Field(default="", max_length=IMAGE_LENGTH, description="Name of the image; empty for all of them")

    @property
    def adjustment(self) -> Adjustment:
        """The change."""
        return Adjustment(self.setting, self.value, self.image)


class DrawingIn(RequestBody):
    """A ridge count, or a ridge that is followed, on an image; points are [x, y] in its pixels."""

    kind: DrawingKind
    image: str = Field(max_length=IMAGE_LENGTH, description="Name of the image")
    path: list[Point] = Field(
        max_length=MOST_POINTS, description="Both ends of the line of a count, or the points of the ridge"
    )
    counted: int | None = Field(
        default=None, ge=0, le=MOST_RIDGES, description="Ridges that you count, without those that the ends lie on"
    )
    crossings: list[Point] = Field(
        default=[],
        max_length=MOST_RIDGES,
        description="Where the workbench saw ridges under the line; no paper shows it",
    )
    least: int | None = Field(
        default=None, ge=0, le=MOST_RIDGES, description="The fewest ridges that the workbench counted; null if unclear"
    )
    most: int | None = Field(default=None, ge=0, le=MOST_RIDGES, description="The most; null if unclear")

    @property
    def drawing(self) -> Drawing:
        """The drawing."""
        return Drawing(**vars(self) | {"path": tuple(self.path), "crossings": tuple(self.crossings)})


Drawings = Annotated[
    list[DrawingIn],
    Field(max_length=MOST_DRAWINGS, description="Ridge counts, and ridges that you followed, on images you opened"),
]


class WorkingMarksIn(RequestBody):
    """All that an examiner has marked, adjusted and drawn in an open case."""

    version: int = Field(ge=0, description="Of the marks that these replace; 0 if none are stored")
    pairs: list[PairMarksIn] = Field(max_length=MOST_PAIRS)
    adjustments: list[AdjustmentIn] = Field(default=[], max_length=MOST_ADJUSTMENTS, description="In their order")
    drawings: Drawings = []

    @property
    def work(self) -> WorkingMarks:
        """The marks, adjustments and drawings."""
        pairs = tuple(pair.pair_marks for pair in self.pairs)
        adjustments = tuple(adjustment.adjustment for adjustment in self.adjustments)
        return WorkingMarks(self.version, pairs, adjustments, tuple(drawing.drawing for drawing in self.drawings))


class AnalysisIn(RequestBody):
    """What an examiner finds in the probe, before comparing."""

    of_value: bool = Field(description="Whether the probe shows enough to compare")
    notes: str
    pattern: PatternClass | None = Field(default=None, description="Pattern class, as in ANSI/NIST-ITL, field 9.307")
    marks: list[ProbeMarkIn] = Field(
        default=[],
        max_length=MOST_MARKS,
        description="Features that you see in images of the probe that you have opened. They cannot change once you "
        "have opened an image of the candidate",
    )
    drawings: Drawings = []


class BasisIn(RequestBody):
    """The grounds of an opinion about two prints, by levels of detail."""

    pattern: Agreement | None = Field(default=None, description="Level 1: ridge flow and pattern")
    cores_deltas: Agreement | None = Field(default=None, description="Level 1: cores and deltas")
    differences: Differences | None = Field(
        default=None, description="Level 2 and others. `unexplained` rules out an identification"
    )
    explanation: str = Field(default="", description="Which differences, and what explains them or why nothing does")
    level_three: Agreement | None = Field(default=None, description="Level 3: pores and edges of ridges, if used")
    limits: list[QualityLimit] = Field(default=[], description="What limits the comparison")

    @property
    def basis(self) -> Basis:
        """The grounds."""
        return Basis(**vars(self) | {"limits": tuple(self.limits)})


class DecisionIn(RequestBody):
    """An opinion."""

    conclusion: Conclusion
    notes: str = Field(description="Reasons that another examiner can follow")
    because: str = Field(default="", description="Why it replaces your earlier opinion; empty for your first one")
    grounds: str = Field(
        default="",
        description="A supervisor's reasons for an identification against the automatic comparison",
    )
    unmarked_because: str = Field(
        default="",
        description="Why an identification of two prints marks no feature in both; ignored if one is marked",
    )
    basis: BasisIn = Field(
        default=BasisIn(),
        description="The grounds. An identification or exclusion of prints states `pattern`, `cores_deltas` and "
        "`differences`; an exclusion rests on a difference",
    )
    probe_image: str = Field(
        default="",
        description="Name of the probe image that the opinion rests on. An identification must name a pair of images "
        "that its author opened after their analysis; any other opinion may name one",
    )
    candidate_image: str = Field(default="", description="Name of the candidate image that the opinion rests on")
    marks: list[CaseMarkIn] = Field(
        default=[], max_length=MOST_MARKS, description="Features that you marked on the pair of images"
    )

    adjustments: list[AdjustmentIn] = Field(
        default=[], max_length=MOST_ADJUSTMENTS, description="How you displayed the images, in order"
    )
    drawings: Drawings = []

    @property
    def pair(self) -> Pair | None:
        """The pair of images that the opinion rests on.

        Raises:
            InvalidField: it names only one of the two.
        """
        if bool(self.probe_image) is not bool(self.candidate_image):
            raise InvalidField("Name both images of the pair, probe_image and candidate_image, or neither.")
        return (self.probe_image, self.candidate_image) if self.probe_image else None


class CommentIn(RequestBody):
    """A comment on a case, which is never evidence."""

    text: str


class ExaminerIn(RequestBody):
    """The examiner to assign a case to."""

    examiner: str = Field(description="Id or login of the account")


class ReasonIn(RequestBody):
    """Why a case, a standing search or a subscription ends."""

    because: str
