"""Minutiae turned by half a circle."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np

from fingerprint.latents.region import AnyPrint
from fingerprint.ridge_map import NO_RIDGES


def turned_minutiae(marks: AnyPrint) -> AnyPrint:
    """Return the minutiae turned by half a circle; the ridges are left out."""
    return replace(
        marks,
        x=marks.width - marks.x,
        y=marks.height - marks.y,
        direction=np.remainder(marks.direction + pi, 2 * pi),
        ridges=NO_RIDGES,
    )
