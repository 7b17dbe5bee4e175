"""A first measure of how well a print can be compared."""

from __future__ import annotations

import cv2
import numpy as np

from fingerprint.parameters import FULL_AREA, FULL_MINUTIAE
from fingerprint.template import FingerprintTemplate


def quality(template: FingerprintTemplate) -> int:
    """Return the quality of a print, 0 (useless) to 100 (best).

    It is the geometric mean of three fractions, each of which alone can spoil a print: how many minutiae there are
    (each counted by its quality), how sure they are (their mean quality), and how large a part of the finger they span
    (the area of their convex hull).
    """
    if len(template) == 0:
        return 0
    richness = min(1.0, float(template.quality.sum()) / FULL_MINUTIAE)
    certainty = float(template.quality.mean())
    hull = cv2.convexHull(np.stack([template.x, template.y], axis=1))
    extent = min(1.0, float(cv2.contourArea(hull)) / FULL_AREA)
    return round(100 * float(np.cbrt(richness * certainty * extent)))
