"""A latent in other aspects: higher or wider, its area the same."""

from __future__ import annotations

from math import pi, sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.template import FingerprintTemplate


def factors(aspect: float) -> tuple[float, float]:
    """Return by what width and height are multiplied, so that height by width becomes `aspect` times what it is."""
    return 1.0 / sqrt(aspect), sqrt(aspect)


def stretched_size(width: int, height: int, aspect: float) -> tuple[int, int]:
    """Return the width and height of an image in another aspect, in whole pixels."""
    across, down = factors(aspect)
    return max(1, round(width * across)), max(1, round(height * down))


def stretched_pixels(pixels: NDArray[np.uint8], aspect: float) -> NDArray[np.uint8]:
    """Return an image in another aspect, the size rounded."""
    height, width = pixels.shape
    size = stretched_size(width, height, aspect)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def stretched_minutiae(template: FingerprintTemplate, aspect: float) -> FingerprintTemplate:
    """Return the minutiae in another aspect, in the same order; the ridges are left out."""
    across, down = factors(aspect)
    width, height = stretched_size(template.width, template.height, aspect)
    direction = np.arctan2(np.sin(template.direction) * down, np.cos(template.direction) * across) % (2 * pi)
    return FingerprintTemplate(
        width=width,
        height=height,
        x=np.minimum(template.x * np.float32(across), width),
        y=np.minimum(template.y * np.float32(down), height),
        direction=direction.astype(np.float32),
        quality=template.quality,
        type=template.type,
    )
