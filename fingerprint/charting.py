"""Prints as people are shown them: minutiae on the image itself, pairs, and one print laid on the other."""

from __future__ import annotations

from math import cos, radians, sin
from typing import NamedTuple

from biometrics.imaging.charts import Affine, Chart, Frame, Mark, MarkedImage, MarkKind
from biometrics.imaging.image import Image
from fingerprint.latents.stretching import factors, stretched_size
from fingerprint.matching.explanation import Explanation, RigidMotion
from fingerprint.parameters import PPI
from fingerprint.template import FingerprintTemplate, MinutiaType

_KINDS = {
    MinutiaType.ENDING: MarkKind.ENDING,
    MinutiaType.BIFURCATION: MarkKind.BIFURCATION,
    MinutiaType.OTHER: MarkKind.OTHER,
}


def marked(template: FingerprintTemplate, image: Image | None) -> MarkedImage:
    """Put minutiae on the image that they were extracted from; without one, on an image of 500 ppi."""
    size = (image.width, image.height) if image else (template.width, template.height)
    scale = _scale(template, size[0])
    marks = [
        Mark(minutia.x * scale, minutia.y * scale, _KINDS[minutia.type], minutia.direction, minutia.quality)
        for minutia in template.minutiae()
    ]
    return MarkedImage(*size, ppi=PPI * scale, marks=tuple(marks))


class ComparedPrint(NamedTuple):
    """One side of a comparison: its template and image, and the aspect (`parameters.ASPECTS`) it was compared in."""

    template: FingerprintTemplate
    image: Image | None
    aspect: float = 1.0

    def factors(self, width: int) -> tuple[float, float]:
        """Return by what places on the image, of this width, are multiplied across and down to those compared."""
        scale = _scale(self.template, width)
        across, down = factors(self.aspect)
        return across / scale, down / scale


def chart(explanation: Explanation, probe: ComparedPrint, candidate: ComparedPrint) -> Chart:
    """Chart a comparison; the probe is laid on the candidate as it was compared, by the one turn and shift for all."""
    first, second = (marked(side.template, side.image) for side in (probe, candidate))
    alignment = explanation.alignment
    pairs = tuple((pair.probe, pair.candidate) for pair in alignment.pairs) if alignment else ()
    across, down = candidate.factors(second.width)
    stretched = [factors(side.aspect) for side in (probe, candidate) if side.aspect != 1.0]
    frame = Frame(
        *stretched_size(candidate.template.width, candidate.template.height, candidate.aspect),
        PPI,
        _after_scaling(alignment.rigid, *probe.factors(first.width)) if alignment else None,
        (across, 0.0, 0.0, down, 0.0, 0.0),
        stretch=stretched[0] if stretched else None,
    )
    return Chart(first, second, pairs, frame)


def _scale(template: FingerprintTemplate, width: int) -> float:
    """Return the number of the image's pixels per pixel at 500 ppi."""
    return width / template.width


def _after_scaling(motion: RigidMotion, across: float, down: float) -> Affine:
    c, s = cos(radians(motion.angle)), sin(radians(motion.angle))
    return (across * c, -across * s, down * s, down * c, motion.dx, motion.dy)
