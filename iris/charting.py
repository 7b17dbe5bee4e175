"""Two photos of irises side by side: the outlines that were found, and how the eyes lie on each other."""

from __future__ import annotations

import numpy as np

from biometrics.imaging.charts import Affine, Chart, Exhibit, Frame, MarkedImage
from biometrics.kernel.errors import NothingToCompare, UnusableSample
from iris.code import STEPS, IrisCode
from iris.comparison import Matcher
from iris.extractor import IrisExtractor
from iris.geometry import EyeParts, Outline

CORNERS = 72  # of an outline that is shown


def found_again(exhibit: Exhibit, extractor: IrisExtractor) -> EyeParts:
    """Return the parts of the eye that a template was made from.

    Raises:
        NothingToCompare: there is no photo, or no iris is found in it.
    """
    if exhibit.image is None:
        raise NothingToCompare("The file of this photo is not stored; upload it to compare the irises.")
    try:
        return extractor.locate(exhibit.image)
    except UnusableSample as error:
        raise NothingToCompare(f"The outlines of the iris cannot be shown. {error.message}") from error


def marked(exhibit: Exhibit, parts: EyeParts) -> MarkedImage:
    """Put the outlines of pupil and iris on the photo."""
    assert exhibit.image is not None, "its parts were found"
    outlines = tuple(_corners(outline) for outline in (parts.pupil, parts.limbus))
    return MarkedImage(exhibit.image.width, exhibit.image.height, None, (), outlines)


def chart(
    one: Exhibit, parts: EyeParts, our_code: IrisCode, other: Exhibit, other_parts: EyeParts, code: IrisCode
) -> Chart:
    """Chart two photos: the frame is the other one, onto which the first is moved by its limbus and best rotation."""
    second = marked(other, other_parts)
    turn = 2 * np.pi / STEPS * Matcher(our_code).rotation(code)
    motion = complex(other_parts.limbus.radius / parts.limbus.radius * np.exp(1j * turn))
    shift = complex(other_parts.limbus.x, other_parts.limbus.y) - motion * complex(parts.limbus.x, parts.limbus.y)
    moved: Affine = (motion.real, motion.imag, -motion.imag, motion.real, shift.real, shift.imag)
    frame = Frame(second.width, second.height, None, moved, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0))
    return Chart(marked(one, parts), second, (), frame)


def _corners(outline: Outline) -> tuple[tuple[float, float], ...]:
    angles = np.arange(CORNERS, dtype=np.float64) * (2 * np.pi / CORNERS)
    radii = outline.radii(angles)
    x, y = outline.x + radii * np.cos(angles), outline.y + radii * np.sin(angles)
    return tuple(zip(x.round(2).tolist(), y.round(2).tolist(), strict=True))
