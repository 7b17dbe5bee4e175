"""LEADER, the network that finds minutiae.

Source: LEADER (Lightweight End-to-end Attention-gated Dual Encoder-decodeR) by R. Cappelli, in his package pyfing. The
network takes a grey image at 500 ppi, its grey levels as they are, with sides that are multiples of 32, and the least
quality wanted, and gives six numbers for each minutia:

    0, 1   y and x, pixels
    2, 3   cosine and sine, times any length, of its direction
    4      its type: above 0 an ending, else a bifurcation
    5      quality: how much the place looks like a minutia, smoothed
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.template import MAX_MINUTIAE, MinutiaType

QUARTER_TURNS = 4  # in which the network may be shown an image

MULTIPLE = 32  # pixels: five halvings
Y, X, _COSINE, _SINE, _TYPE, QUALITY = range(6)


class MinutiaNetwork(Protocol):
    """The network: a `models.session.Session`, or in benchmarks LEADER's file as published."""

    def run(self, **feeds: NDArray[np.generic]) -> list[NDArray[np.float32]]:
        """Run it on `input`, shape (1, height, width, 1), and `min_quality`, shape (); its only output is (n, 6)."""
        ...


@dataclass(frozen=True, eq=False)
class Detections:
    """What the network found, as arrays of the same length; units as in `template.Minutia`."""

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    direction: NDArray[np.float32]
    quality: NDArray[np.float32]
    type: NDArray[np.uint8]


def detect(session: MinutiaNetwork, pixels: NDArray[np.uint8], min_quality: float) -> Detections:
    """Find the minutiae of a grey image at 500 ppi, shape (height, width), of any size.

    Those below `min_quality` are left out, and all but the best 255; the rest come in reading order.
    """
    height, width = pixels.shape
    padded_pixels, top, left = padded(pixels)
    detections = session.run(
        input=padded_pixels[None, :, :, None], min_quality=np.array(min_quality, dtype=np.float32)
    )[0]
    y, x = detections[:, Y] - top, detections[:, X] - left
    in_image = np.nonzero((y >= 0) & (y < height) & (x >= 0) & (x < width))[0]
    best = np.sort(in_image[np.argsort(-detections[in_image, QUALITY], kind="stable")[:MAX_MINUTIAE]])
    return Detections(
        x=x[best],
        y=y[best],
        direction=np.arctan2(detections[best, _SINE], detections[best, _COSINE]),
        quality=np.minimum(detections[best, QUALITY], 1.0),
        type=np.where(detections[best, _TYPE] >= 0.0, MinutiaType.ENDING, MinutiaType.BIFURCATION).astype(np.uint8),
    )


def detect_turned(session: MinutiaNetwork, pixels: NDArray[np.uint8], min_quality: float, quarters: int) -> Detections:
    """Find the minutiae of an image that the network sees turned counter-clockwise by quarters of a circle, 0 to 3.

    They are returned as they lie on the image itself, in the reading order of the turned one. The network finds
    a little else in each orientation.
    """
    detections = detect(session, np.ascontiguousarray(np.rot90(pixels, quarters)), min_quality)
    height, width = pixels.shape
    x, y = detections.x, detections.y
    places = ((x, y), (width - 1 - y, x), (width - 1 - x, height - 1 - y), (y, height - 1 - x))
    its_x, its_y = places[quarters]
    return replace(detections, x=its_x, y=its_y, direction=wrapped(detections.direction - quarters * pi / 2))


def wrapped(direction: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return directions in radians within a whole turn from 0."""
    return np.remainder(direction, np.float32(2 * pi))


def padded(pixels: NDArray[np.uint8] | NDArray[np.float32]) -> tuple[NDArray[np.float32], int, int]:
    """Give a grey image sides that are multiples of MULTIPLE; also return how many rows and columns come before it."""
    (top, bottom), (left, right) = map(_padding, pixels.shape)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    framed = cv2.copyMakeBorder(pixels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=float(np.median(border)))
    return framed.astype(np.float32), top, left


def _padding(size: int) -> tuple[int, int]:
    """Return how much to add before and after, so that the size becomes a multiple of MULTIPLE."""
    missing = -size % MULTIPLE
    return missing // 2, missing - missing // 2
