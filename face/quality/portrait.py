"""A face brought upright, and which of its pixels are what."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from face.aligner import align
from models.embedder_settings import ARCFACE_TEMPLATE

_TEMPLATE = np.array(ARCFACE_TEMPLATE)
_SIDE = 112  # pixels of the template
_EYES_APART = 35.2  # pixels in the template
_SMALLEST, _LARGEST = 0.5, 2.0  # times the template: small faces are not enlarged, large ones are seen finely enough

# In the template's pixels: middle, then half the width and height.
_FACE = (56.0, 68.0, 32.0, 44.0)
_EYES = ((38.3, 51.6, 9.0, 6.0), (73.5, 51.6, 9.0, 6.0))
_CHEEKS = ((36.0, 74.0, 6.0, 6.0), (76.0, 74.0, 6.0, 6.0))
_NOSE = ((56.0, 62.0, 5.0, 8.0),)

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Portrait:
    """An upright face: `lightness`, shape (side, side) float32, 0 to 255, and its parts, bool of that shape."""

    lightness: NDArray[np.float32]
    face: Mask
    eyes: Mask
    cheeks: Mask
    nose: Mask


def portrait(rgb: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> Portrait:
    """Cut the face with these landmarks, shape (5, 2), out of a photo, at its own size between two limits."""
    eye_distance = float(np.hypot(*(landmarks[1] - landmarks[0])))
    scale = min(_LARGEST, max(_SMALLEST, eye_distance / _EYES_APART))
    side = round(_SIDE * scale)
    aligned = align(rgb, landmarks, _TEMPLATE * scale, side)
    y, x = np.mgrid[:side, :side] / scale
    across, down, half_width, half_height = _FACE
    face = ((x - across) / half_width) ** 2 + ((y - down) / half_height) ** 2 < 1
    eyes, cheeks, nose = (_boxes(x, y, part) for part in (_EYES, _CHEEKS, _NOSE))
    lightness = cv2.cvtColor(aligned, cv2.COLOR_RGB2LAB)[:, :, 0].astype(np.float32)
    return Portrait(lightness, face, eyes, cheeks, nose)


def _boxes(
    x: NDArray[np.float64], y: NDArray[np.float64], boxes: tuple[tuple[float, float, float, float], ...]
) -> Mask:
    masks = [(abs(x - across) < width) & (abs(y - down) < height) for across, down, width, height in boxes]
    return np.asarray(np.any(masks, axis=0))
