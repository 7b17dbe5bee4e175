"""Where the print is in the image."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.parameters import BLOCK, MARGIN, MIN_CONTRAST, MIN_PATCH, PPI, RELATIVE_CONTRAST

_WORKING_PPI = PPI / 2  # enough to separate ridges from paper, and a quarter of the work


@dataclass(frozen=True)
class Box:
    """A rectangle of the image, in its own pixels: rows top to bottom, columns left to right, ends excluded."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def area(self) -> int:
        """Pixels inside."""
        return (self.bottom - self.top) * (self.right - self.left)

    def cut(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the part of `pixels`, shape (height, width), inside the box."""
        return pixels[self.top : self.bottom, self.left : self.right]


def foreground(pixels: NDArray[np.uint8], ppi: float) -> Box | None:
    """Return the rectangle around everything in a grey image that has the contrast of ridges; None where nothing has.

    A block of the image is foreground if its grey levels deviate enough, both absolutely and relative to the image's
    strongest blocks; small patches apart from the print are left out.
    """
    mask = _patches(_contrast(pixels, ppi))
    if mask is None:
        return None
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    top, bottom = _pixels(rows, mask.shape[0], pixels.shape[0])
    left, right = _pixels(columns, mask.shape[1], pixels.shape[1])
    return Box(top, bottom, left, right)


def _pixels(blocks: NDArray[np.int64], count: int, size: int) -> tuple[int, int]:
    """Turn the first and last foreground block of a side into pixels, with the margin."""
    first, last = max(0, int(blocks[0]) - MARGIN), min(count, int(blocks[-1]) + 1 + MARGIN)
    return first * size // count, -(-last * size // count)


def _contrast(pixels: NDArray[np.uint8], ppi: float) -> NDArray[np.float32]:
    """Return the standard deviation of the grey levels in each block."""
    height, width = pixels.shape
    scale = min(1.0, _WORKING_PPI / ppi)
    small = cv2.resize(pixels, _size(width * scale, height * scale), interpolation=cv2.INTER_AREA).astype(np.float32)
    side = BLOCK * ppi / PPI
    blocks = _size(width / side, height / side)
    mean = cv2.resize(small, blocks, interpolation=cv2.INTER_AREA)
    mean_square = cv2.resize(small * small, blocks, interpolation=cv2.INTER_AREA)
    return np.asarray(np.sqrt(np.maximum(mean_square - mean * mean, 0.0)))


def _size(width: float, height: float) -> tuple[int, int]:
    return max(1, round(width)), max(1, round(height))


def _patches(contrast: NDArray[np.float32]) -> NDArray[np.bool_] | None:
    """Return the blocks that belong to the largest connected patch or to one not much smaller."""
    threshold = max(MIN_CONTRAST, RELATIVE_CONTRAST * float(np.percentile(contrast, 95)))
    strong = (contrast >= threshold).astype(np.uint8)
    _, labels, statistics, _ = cv2.connectedComponentsWithStats(strong, connectivity=4)
    areas = statistics[1:, cv2.CC_STAT_AREA]  # 0 is the background
    if len(areas) == 0:
        return None
    return np.isin(labels, 1 + np.nonzero(areas >= MIN_PATCH * areas.max())[0])
