"""The fast extractor: a clear print is read at two thirds of its resolution, any other as LEADER reads it.

The print is cut out and reduced, which leaves a third of the pixels, for a network of its own
(`benchmarks/training/reduced.py`). What is faint gets lost there, so that the image is read in full unless enough
reliable minutiae are seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.extraction.leader import MULTIPLE, QUALITY, MinutiaNetwork, X, Y, padded
from fingerprint.extraction.segmentation import Box, foreground
from fingerprint.parameters import CLEAR_RELIABLE, PPI, REDUCTION, RELIABLE_QUALITY


@dataclass(frozen=True)
class FastNetwork:
    """`MinutiaNetwork` of two: the one for `reduced` prints is asked first, LEADER for `whole` ones if need be."""

    reduced: MinutiaNetwork
    whole: MinutiaNetwork

    def run(self, **feeds: NDArray[np.generic]) -> list[NDArray[np.float32]]:
        """Do as LEADER does, `MinutiaNetwork.run`."""
        image, min_quality = np.asarray(feeds["input"], np.float32)[0, :, :, 0], feeds["min_quality"]
        box = _box(image)
        size = tuple(max(1, round(side / REDUCTION)) for side in (box.right - box.left, box.bottom - box.top))
        reduced = cv2.resize(image[box.top : box.bottom, box.left : box.right], size, interpolation=cv2.INTER_AREA)
        padded_image, top, left = padded(np.asarray(reduced, np.float32))
        minutiae = self.reduced.run(input=padded_image[None, :, :, None], min_quality=min_quality)[0]
        in_image = (minutiae[:, [Y, X]] >= (top, left)) & (minutiae[:, [Y, X]] < (top + size[1], left + size[0]))
        minutiae = minutiae[in_image.all(axis=1)]
        if np.count_nonzero(minutiae[:, QUALITY] >= RELIABLE_QUALITY) < CLEAR_RELIABLE:
            return self.whole.run(**feeds)
        places = (minutiae[:, [Y, X]] - (top, left) + 0.5) * REDUCTION - 0.5 + (box.top, box.left)
        minutiae[:, [Y, X]] = np.clip(np.rint(places), 0, np.array(image.shape) - 1)
        return [minutiae]


def _box(image: NDArray[np.float32]) -> Box:
    """Return the print's part of the image, of sides that fit the network when it is reduced, if the image has room."""
    height, width = image.shape
    box = foreground(image.astype(np.uint8), PPI) or Box(0, height, 0, width)
    return Box(*_fitted(box.top, box.bottom, height), *_fitted(box.left, box.right, width))


def _fitted(start: int, end: int, size: int) -> tuple[int, int]:
    step = round(MULTIPLE * REDUCTION)
    length = min(size, max(1, round((end - start) / step)) * step)
    start = min(max(0, (start + end - length) // 2), size - length)
    return start, start + length
