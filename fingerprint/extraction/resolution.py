"""Resolution: estimated from the ridges if an image does not state it, and changed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.decoder import MIN_PPI
from fingerprint.parameters import PPI, RIDGE_PERIOD

_SIDE = 256  # of the spectrum
_LONGEST, _SHORTEST = 8.0, 2.2  # pixels: ridges further apart are legible as they are, closer ones are no ridges
_AREA_BELOW = 0.6  # scale under which cubic interpolation would skip pixels of the source


def inferred_ppi(pixels: NDArray[np.uint8]) -> float:
    """Estimate the resolution of a coarse print, in pixels an inch, from the mean distance of its ridges.

    The power spectrum of a print is a ring, whose radius is the ridge frequency. Ridges are 0.46 mm apart on average;
    people differ by some 15 %, and so does the estimate.
    """
    image = pixels.astype(np.float32)
    image -= cv2.GaussianBlur(image, (0, 0), _LONGEST)
    window = np.outer(np.hanning(image.shape[0]), np.hanning(image.shape[1]))
    power = np.abs(np.fft.rfft2(image * window, (_SIDE, _SIDE))) ** 2
    frequency = np.hypot(np.fft.fftfreq(_SIDE)[:, None], np.fft.rfftfreq(_SIDE)[None, :])
    bins = np.rint(frequency * _SIDE).astype(np.int64)
    ring = np.bincount(bins.ravel(), power.ravel())
    low, high = int(_SIDE / _LONGEST), int(_SIDE / _SHORTEST)
    smooth = np.convolve(ring, np.hanning(9), mode="same")
    peak = low + int(np.argmax(smooth[low:high]))
    return max(MIN_PPI, PPI * (_SIDE / peak) / RIDGE_PERIOD)


def resampled(pixels: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Return grey pixels with their sides times `scale`; 500 by the ppi of an image brings it to 500 ppi."""
    if scale == 1.0:
        return pixels
    height, width = (max(1, round(side * scale)) for side in pixels.shape)
    method = cv2.INTER_AREA if scale < _AREA_BELOW else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=method), dtype=np.uint8)
