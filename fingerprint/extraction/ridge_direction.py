"""Do the lines of an image all run one way? Those of a print bend, those of a brushed or woven surface need not."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.parameters import PPI

MIN_AREA = 0.2 * PPI * PPI  # pixels: 0.2 square inches; the ridges of a smaller part may be straight

_SIGMA_GRADIENT, _SIGMA_TENSOR = 1.5, 7.0  # pixels at 500 ppi
_SIDE = 2  # pixels of a square over which the tensor is averaged before it is smoothed, which saves most of the time
_RELATIVE_ENERGY = 0.1  # of the strongest (95th percentile), for a place that counts


def straightness(pixels: NDArray[np.uint8]) -> float:
    """Return how far the lines of a grey image at 500 ppi run one way: 0 to 1; 0 where there are few of them.

    It is the length of the mean of all places' directions (doubled angles), by the structure tensor.
    """
    smooth = cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), _SIGMA_GRADIENT)
    across, down = (cv2.Sobel(smooth, cv2.CV_32F, dx, 1 - dx) for dx in (1, 0))
    xx, yy, xy = (_smoothed(product) for product in (across * across, down * down, across * down))
    energy = xx + yy
    strong = energy > _RELATIVE_ENERGY * np.percentile(energy, 95)
    if np.count_nonzero(strong) * _SIDE**2 < MIN_AREA:
        return 0.0
    direction = np.arctan2(2 * xy[strong], (xx - yy)[strong])
    return float(np.hypot(np.cos(direction).mean(), np.sin(direction).mean()))


def _smoothed(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a part of the tensor at each square, averaged over its surroundings."""
    height, width = (max(1, side // _SIDE) for side in tensor.shape)
    squares = cv2.resize(tensor, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(squares, (0, 0), _SIGMA_TENSOR / _SIDE), np.float32)
