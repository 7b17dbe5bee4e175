"""What a print of one finger can be: how large, with how many minutiae, and with how many cores.

The largest prints of real data, by the hull of their minutiae, found as the service finds them (FVC2002 and 2004, NIST
SD4, SOCOFing, the mates of latents, and cards of ANSI/NIST-ITL files): plain 0.41 square inches, 0.60 x 0.96 inches, in
the box of a card with what else is in it 1.18, 0.80 x 1.61; rolled 1.23, 1.07 x 1.27 with the joint below it, in the
box of a card 1.88, 1.47 x 1.56. Forms call a print plain by default, so a plain one may be as large as a
rolled one without a box. A rolled one may fill its box (1.6 x 1.5 inches). The densest have 73
minutiae on 0.18 square inches, and 139 on 0.71. Latents: 1.40, 1.39 x 1.43, on a printed form. Palm prints are not
accepted as samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from biometrics.kernel.errors import SeveralPrints
from biometrics.kernel.recognition.capture import Impression
from fingerprint.parameters import PPI
from fingerprint.template import FingerprintTemplate

MAX_CORES = 3  # a whorl has two; accidental patterns may have another
_LEAST_MINUTIAE, _MINUTIAE_AN_AREA = 40, 400.0  # at most so many, and so many more for each square inch


@dataclass(frozen=True)
class FingerBounds:
    """The largest hull of minutiae: its area in square inches, its width across and its length in inches."""

    area: float
    width: float
    length: float


PLAIN = FingerBounds(1.3, 1.2, 1.8)
ROLLED = FingerBounds(2.4, 1.6, 1.7)
LATENT = FingerBounds(2.0, 1.6, 1.8)  # with what is found around the print

_BOUNDS = {
    Impression.PLAIN_LIVE_SCAN: PLAIN,
    Impression.PLAIN_NONLIVE: PLAIN,
    Impression.SWIPE_LIVE_SCAN: PLAIN,
    Impression.LATENT_IMPRESSION: LATENT,
    Impression.LATENT_TRACING: LATENT,
    Impression.LATENT_PHOTO: LATENT,
    Impression.LATENT_LIFT: LATENT,
}


def bounds_of(impression: Impression | None) -> FingerBounds:
    """Return the bounds of an impression; those of rolled prints where it is not known."""
    return _BOUNDS.get(impression, ROLLED) if impression is not None else ROLLED


def check_bounds(template: FingerprintTemplate, bounds: FingerBounds) -> None:
    """Check that a template is no larger and no denser than that of one finger.

    Raises:
        SeveralPrints: it is.
    """
    import cv2  # imported here, as in `fingerprint.latents.region`

    points = np.stack([template.x, template.y], axis=1)
    if len(points) < 3:
        return
    sides = sorted(float(side) / PPI for side in cv2.minAreaRect(points)[1])
    area = float(cv2.contourArea(cv2.convexHull(points))) / PPI**2
    if area > bounds.area or sides[0] > bounds.width or sides[1] > bounds.length:
        raise SeveralPrints(
            f"The minutiae cover {sides[0]:.1f} x {sides[1]:.1f} inches, more than one finger of this "
            "impression type; send each finger alone, or give the right resolution or impression type."
        )
    if len(template) > _LEAST_MINUTIAE + _MINUTIAE_AN_AREA * area:
        raise SeveralPrints(
            f"There are {len(template)} minutiae on {area:.2f} square inches, more than one finger has; send each "
            "finger alone, or give the right resolution."
        )
