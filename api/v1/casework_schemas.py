"""What examiners send: analyses, opinions with their marks, reasons."""

from __future__ import annotations

from pydantic import Field

from api.http.schemas import RequestBody
from biometrics.kernel.cases import Conclusion, Pair
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.marks import MOST_MARKS, CaseMark, MinutiaKind, Place


class CaseMarkIn(RequestBody):
    """A minutia that an examiner marked; its number on both images is its place in the list, from 1."""

    kind: MinutiaKind = MinutiaKind.OTHER
    probe: Place | None = Field(default=None, description="[x, y] on the probe: pixels from the upper left corner")
    candidate: Place | None = Field(default=None, description="[x, y] on the candidate's image")

    @property
    def mark(self) -> CaseMark:
        """The mark."""
        return CaseMark(self.kind, self.probe, self.candidate)


class AnalysisIn(RequestBody):
    """What an examiner finds in the probe, before comparing."""

    of_value: bool = Field(description="Whether the probe shows enough to compare")
    notes: str


class DecisionIn(RequestBody):
    """An opinion."""

    conclusion: Conclusion
    notes: str = Field(description="Reasons that another examiner can follow")
    because: str = Field(default="", description="Why it replaces your earlier opinion; empty for your first one")
    grounds: str = Field(
        default="",
        description="A supervisor's reasons for an identification against the automatic comparison",
    )
    probe_image: str = Field(
        default="",
        description="Name of the probe image that the opinion rests on. An identification must name a pair of images "
        "that its author opened after their analysis; any other opinion may name one",
    )
    candidate_image: str = Field(default="", description="Name of the candidate image that the opinion rests on")
    marks: list[CaseMarkIn] = Field(
        default=[], max_length=MOST_MARKS, description="Minutiae that you marked on the pair of images"
    )

    @property
    def pair(self) -> Pair | None:
        """The pair of images that the opinion rests on.

        Raises:
            InvalidField: it names only one of the two.
        """
        if bool(self.probe_image) is not bool(self.candidate_image):
            raise InvalidField("Name both images of the pair, probe_image and candidate_image, or neither.")
        return (self.probe_image, self.candidate_image) if self.probe_image else None


class ReasonIn(RequestBody):
    """Why a case or a standing search ends."""

    because: str
