"""Photos of made-up eyes as a good camera takes them: wide open, centred, of clear contrast."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from biometrics.imaging.image import Image
from iris.synthetic.eye import NEAR, DrawnEye, Framing, draw_eye

LEAST_SEEN = 0.8  # share of the iris
LEAST_STEP = 30  # grey levels from the pupil to the iris, and from it to the white of the eye


@cache
def drawn(eye: int, shot: int = 0, framing: Framing = NEAR) -> DrawnEye:
    """Return the photo of an eye of this turn among the good ones."""
    captures = (draw_eye(eye, capture, framing) for capture in range(300))
    good = filter(_is_good, captures)
    return [next(good) for _ in range(shot + 1)][shot]


def _is_good(photo: DrawnEye) -> bool:
    ring = photo.iris & ~photo.pupil
    x, y, radius = photo.circle
    height, width = photo.pixels.shape
    around = cv2.dilate(photo.iris.astype(np.uint8), np.ones((21, 21), np.uint8)) > 0
    white = around & ~photo.iris & ~photo.covered
    if photo.usable.sum() < LEAST_SEEN * ring.sum() or not white.any():
        return False
    dark, grey, light = (float(np.median(photo.pixels[part])) for part in (photo.pupil, photo.usable, white))
    centred = min(x, width - x) > 1.1 * radius and min(y, height - y) > 0.8 * radius
    return centred and grey - dark > LEAST_STEP and light - grey > LEAST_STEP


def photo(eye: int, shot: int = 0, framing: Framing = NEAR) -> Image:
    """Return it as an image."""
    return Image(drawn(eye, shot, framing).pixels, None, "image/png")
