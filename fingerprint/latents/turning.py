"""Minutiae turned by half a circle."""

from __future__ import annotations

from math import pi

import numpy as np

from fingerprint.template import FingerprintTemplate


def turned_minutiae(marks: FingerprintTemplate) -> FingerprintTemplate:
    """Return the minutiae turned by half a circle; the ridges are left out."""
    return FingerprintTemplate(
        width=marks.width,
        height=marks.height,
        x=marks.width - marks.x,
        y=marks.height - marks.y,
        direction=np.remainder(marks.direction + pi, 2 * pi),
        quality=marks.quality,
        type=marks.type,
    )
