"""Prints as people are shown them: minutiae on the image itself, pairs, and one print laid on the other."""

from __future__ import annotations

from math import cos, radians, sin

from biometrics.imaging.charts import Affine, Chart, Frame, Mark, MarkedImage, MarkKind, scaled
from biometrics.imaging.image import Image
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


def chart(
    explanation: Explanation,
    probe: tuple[FingerprintTemplate, Image | None],
    candidate: tuple[FingerprintTemplate, Image | None],
) -> Chart:
    """Chart a comparison; the probe is laid on the candidate as it is at 500 ppi, by the one turn and shift for all."""
    first, second = marked(*probe), marked(*candidate)
    alignment = explanation.alignment
    pairs = tuple((pair.probe, pair.candidate) for pair in alignment.pairs) if alignment else ()
    frame = Frame(
        candidate[0].width,
        candidate[0].height,
        PPI,
        _after_scaling(alignment.rigid, 1 / _scale(probe[0], first.width)) if alignment else None,
        scaled(1 / _scale(candidate[0], second.width)),
    )
    return Chart(first, second, pairs, frame)


def _scale(template: FingerprintTemplate, width: int) -> float:
    """Return the number of the image's pixels per pixel at 500 ppi."""
    return width / template.width


def _after_scaling(motion: RigidMotion, factor: float) -> Affine:
    c, s = factor * cos(radians(motion.angle)), factor * sin(radians(motion.angle))
    return (c, -s, s, c, motion.dx, motion.dy)
