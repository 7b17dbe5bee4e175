"""Comparisons to be looked at, as JSON: marks, pairs, and how two images lie on each other."""

from __future__ import annotations

from pydantic import Field

from api.http.schemas import FromAttributes, Schema
from biometrics.imaging.charts import Affine, Chart, MarkKind

_MOTION = "(a, b, c, d, e, f): a pixel (x, y) of the image comes to (a x + c y + e, b x + d y + f)"


class MarkOut(Schema):
    """A minutia of a print, a landmark of a face or a point of a mark, in pixels from the upper left corner."""

    x: float
    y: float
    kind: MarkKind
    direction: float | None = Field(description="Of a minutia: radians, counter-clockwise from the x axis as seen")
    quality: float | None = Field(description="Of a minutia: how sure the extractor is of it, 0 to 1")


class MarkedImageOut(FromAttributes):
    """An image as its marks lie on it."""

    width: int = Field(description="Pixels of the upright image; where no image is kept, of one at 500 ppi")
    height: int
    ppi: float | None = Field(description="The resolution that a print was read at; null for a photo")
    marks: list[MarkOut]
    outlines: list[list[tuple[float, float]]] = Field(
        description="Of an iris: closed lines through points (x, y), the pupil and the limbus"
    )


class FrameOut(Schema):
    """Where both images are laid on each other: prints at 500 ppi, faces upright and of one size.

    The frame of prints, marks and irises is the candidate's image.
    """

    width: int
    height: int
    ppi: float | None
    probe: Affine | None = Field(description=f"{_MOTION}; null where no two minutiae agree")
    candidate: Affine | None = Field(description=_MOTION)
    stretch: tuple[float, float] | None = Field(
        description="By what width and height of a latent were multiplied to compare it; null where it stayed as it is"
    )


class ComparisonOut(FromAttributes):
    """Two images, and what of them the machine takes for the same. No score: that is where one may know it."""

    probe: MarkedImageOut
    candidate: MarkedImageOut
    pairs: list[tuple[int, int]] = Field(
        description="Places in the lists of marks, from 0, the probe's first; what contributes most comes first"
    )
    frame: FrameOut


class SearchComparisonOut(ComparisonOut):
    """The same, of a probe of a search and a sample of one of its candidates."""

    ordinal: int = Field(description="The probe's place in the search, from 0")

    @classmethod
    def at(cls, ordinal: int, chart: Chart) -> SearchComparisonOut:
        """Show a chart of a search's probe."""
        return cls(ordinal=ordinal, **dict(ComparisonOut.of(chart)))
