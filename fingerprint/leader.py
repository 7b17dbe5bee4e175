"""LEADER, the network that finds minutiae.

Source: LEADER (Lightweight End-to-end Attention-gated Dual Encoder-decodeR) by R. Cappelli, in his package pyfing. The
network takes a grey image at 500 ppi, its grey levels as they are, with sides that are multiples of 32, and gives four
maps of the same size:

    0   how much each pixel looks like a minutia
    1   the direction that a minutia there would have, radians
    2   its type: above 0.5 an ending, else a bifurcation
    3   quality: map 0, smoothed, at its local maxima, and zero elsewhere
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.template import MAX_MINUTIAE, MinutiaType
from models.session import Session

_MULTIPLE = 32  # pixels: five halvings
_DIRECTION, _TYPE, _QUALITY = 1, 2, 3
_ENDING = 0.5


@dataclass(frozen=True, eq=False)
class Detections:
    """What the network found, as arrays of the same length; units as in `template.Minutia`."""

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    direction: NDArray[np.float32]
    quality: NDArray[np.float32]
    type: NDArray[np.uint8]


def detect(session: Session, pixels: NDArray[np.uint8], min_quality: float) -> Detections:
    """Find the minutiae of a grey image at 500 ppi, shape (height, width), of any size.

    Those below `min_quality` are left out, and all but the best 255; the rest come in reading order.
    """
    height, width = pixels.shape
    top, bottom = _padding(height)
    left, right = _padding(width)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    padded = cv2.copyMakeBorder(
        pixels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=float(np.median(border))
    ).astype(np.float32)
    maps = session.run(input=padded[None, :, :, None])[0][0, top : top + height, left : left + width]
    y, x = np.nonzero(maps[..., _QUALITY] >= min_quality)
    best = np.sort(np.argsort(-maps[y, x, _QUALITY], kind="stable")[:MAX_MINUTIAE])
    y, x = y[best], x[best]
    found = maps[y, x]
    return Detections(
        x=x.astype(np.float32),
        y=y.astype(np.float32),
        direction=found[:, _DIRECTION],
        quality=np.minimum(found[:, _QUALITY], 1.0),
        type=np.where(found[:, _TYPE] >= _ENDING, MinutiaType.ENDING, MinutiaType.BIFURCATION).astype(np.uint8),
    )


def _padding(size: int) -> tuple[int, int]:
    """Return how much to add before and after, so that the size becomes a multiple of 32."""
    missing = -size % _MULTIPLE
    return missing // 2, missing - missing // 2
