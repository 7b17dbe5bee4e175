"""A comparison as examiners see it: marks on both images, their pairs, and how the images overlay.

A chart holds no score. It is made from the images and the stored templates on each request.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import pi
from typing import Final

from biometrics.imaging.image import Image
from biometrics.kernel.recognition.capture import CropBox
from biometrics.kernel.recognition.types import Template
from biometrics.kernel.technique.json_fields import AS_JSON, about

Affine = tuple[float, float, float, float, float, float]
_MOTION: Final = "(a, b, c, d, e, f): a pixel (x, y) of the image comes to (a x + c y + e, b x + d y + f)"


class MarkKind(StrEnum):
    """The kind of a mark on an image."""

    ENDING = "ending"  # of a ridge
    BIFURCATION = "bifurcation"
    OTHER = "other"  # a minutia of neither kind, or of an unknown one
    POINT = "point"  # of a photo, where something stands out
    EYE = "eye"
    NOSE = "nose"
    MOUTH = "mouth"


@dataclass(frozen=True)
class Mark:
    """A minutia of a print, a landmark of a face or a point of a mark, in pixels from the upper left corner."""

    __pydantic_config__ = AS_JSON
    x: float
    y: float
    kind: MarkKind
    direction: float | None = field(
        default=None, metadata=about("Of a minutia: radians, counter-clockwise from the x axis as seen")
    )
    quality: float | None = field(default=None, metadata=about("Of a minutia: how sure the extractor is of it, 0 to 1"))


@dataclass(frozen=True)
class MarkedImage:
    """An image as its marks lie on it."""

    __pydantic_config__ = AS_JSON
    width: int = field(metadata=about("Pixels of the upright image; where no image is kept, of one at 500 ppi"))
    height: int
    ppi: float | None = field(metadata=about("The resolution that a print was read at; null for a photo"))
    marks: tuple[Mark, ...]
    outlines: tuple[tuple[tuple[float, float], ...], ...] = field(
        default=(), metadata=about("Of an iris: closed lines through points (x, y), the pupil and the limbus")
    )


@dataclass(frozen=True)
class Frame:
    """Where both images are laid on each other: prints at 500 ppi, faces upright and of one size.

    The frame of prints, marks and irises is the candidate's image.
    """

    __pydantic_config__ = AS_JSON
    width: int
    height: int
    ppi: float | None
    probe: Affine | None = field(metadata=about(f"{_MOTION}; null where no two minutiae agree"))
    candidate: Affine | None = field(metadata=about(_MOTION))
    stretch: tuple[float, float] | None = field(
        default=None,
        metadata=about(
            "By what width and height of a latent were multiplied to compare it; null where it stayed as it is"
        ),
    )


@dataclass(frozen=True)
class Chart:
    """Two images, and what of them the machine takes for the same. No score: that is where one may know it."""

    __pydantic_config__ = AS_JSON
    probe: MarkedImage
    candidate: MarkedImage
    pairs: tuple[tuple[int, int], ...] = field(
        metadata=about("Places in the lists of marks, from 0, the probe's first; what contributes most comes first")
    )
    frame: Frame


@dataclass(frozen=True)
class SearchChart(Chart):
    """The same, of a probe of a search and a sample of one of its candidates."""

    ordinal: int = field(metadata=about("The probe's place in the search, from 0"))


@dataclass(frozen=True, eq=False)
class Exhibit:
    """One side of a comparison: what was extracted, and the image that it came from, None where that is not kept.

    `box` is the part of the image that it was extracted from, None where that is all of it.
    """

    template: Template
    image: Image | None = None
    box: CropBox | None = None


def upended(chart: Chart) -> Chart:
    """Return the chart of a probe that was rotated by 180 degrees, for its original orientation."""
    width, height = chart.probe.width, chart.probe.height
    marks = tuple(
        replace(
            mark,
            x=width - mark.x,
            y=height - mark.y,
            direction=None if mark.direction is None else (mark.direction + pi) % (2 * pi),
        )
        for mark in chart.probe.marks
    )
    frame = chart.frame
    if frame.probe is not None:
        a, b, c, d, e, f = frame.probe
        frame = replace(frame, probe=(-a, -b, -c, -d, a * width + c * height + e, b * width + d * height + f))
    return replace(chart, probe=replace(chart.probe, marks=marks), frame=frame)
