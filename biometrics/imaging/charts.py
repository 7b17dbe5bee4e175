"""A comparison as examiners see it: marks on both images, their pairs, and how the images overlay.

A chart holds no score. It is made from the images and the stored templates on each request.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import pi

from biometrics.imaging.image import Image
from biometrics.kernel.recognition.capture import CropBox
from biometrics.kernel.recognition.types import Template

Affine = tuple[float, float, float, float, float, float]
"""A motion as (a, b, c, d, e, f): a point (x, y) comes to (a x + c y + e, b x + d y + f)."""


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
    """A point of an image, in its pixels from the upper left corner, y down.

    `direction` is in radians, counter-clockwise from the x axis as seen; `quality` is 0 to 1. Both are of minutiae.
    """

    x: float
    y: float
    kind: MarkKind
    direction: float | None = None
    quality: float | None = None


@dataclass(frozen=True)
class MarkedImage:
    """An image and its marks: the size in pixels, and the resolution if known; `outlines` are closed lines on it.

    `ppi` is the resolution at which a print was read, stated or assumed.
    """

    width: int
    height: int
    ppi: float | None
    marks: tuple[Mark, ...]
    outlines: tuple[tuple[tuple[float, float], ...], ...] = ()


@dataclass(frozen=True)
class Frame:
    """The common frame of two images: its size in pixels, and the resolution of a print.

    `probe` and `candidate` map each image's pixels to the frame; None if the alignment is unknown. `stretch` is by what
    the width and the height of a latent were multiplied to compare it; None where it stayed as it is.
    """

    width: int
    height: int
    ppi: float | None
    probe: Affine | None
    candidate: Affine | None
    stretch: tuple[float, float] | None = None


@dataclass(frozen=True)
class Chart:
    """A comparison: `pairs` are indices of marks of the probe and of the candidate, what contributes most first."""

    probe: MarkedImage
    candidate: MarkedImage
    pairs: tuple[tuple[int, int], ...]
    frame: Frame


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
