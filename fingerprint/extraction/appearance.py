"""How a print looks: where it is, how dark, how faint, how sharp."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.parameters import MIN_CONTRAST, PPI, RELATIVE_CONTRAST

_MM_AN_INCH = 25.4

# Pixels at 500 ppi.
_NEIGHBOURHOOD = 8.0  # sigma of what belongs to a place: nearly two ridges on each side
_GAP = 25  # between parts of one print
_LEAST_WIDTH = 41  # of a print
_LOCAL = 6.0  # sigma of the darkness of a place, in which a ridge and its valley even out
_FINE, _COARSE = 1.0, 4.0  # sigmas: finer than a ridge's edge, and as coarse as a ridge


@dataclass(frozen=True)
class PrintAppearance:
    """Measures of a print.

    `area` is in square millimetres, `contrast` is the typical standard deviation of the grey levels around a place.
    `blank` and `full` are the shares of the print that are nearly without ridges, and nearly all ridge. `sharpness` is
    is the amount of detail finer than a ridge, relative to detail of a ridge's size.
    """

    area: float
    contrast: float
    blank: float
    full: float
    sharpness: float


NOTHING = PrintAppearance(0.0, 0.0, 0.0, 0.0, 0.0)

_BLANK, _FULL = 0.25, 0.8  # darkness of a place, from the print's lightest grey (0) to its darkest (1)


def appearance(pixels: NDArray[np.uint8]) -> PrintAppearance:
    """Measure a grey image at 500 ppi, shape (height, width), of dark ridges on light ground."""
    image = pixels.astype(np.float32)
    deviation = _deviation(image)
    mask = _print(deviation)
    if not mask.any():
        return NOTHING
    darkest, lightest = np.percentile(image[mask], [5, 95])
    darkness = np.clip((lightest - image) / max(lightest - darkest, 1.0), 0.0, 1.0)
    around = _blurred(darkness.astype(np.float32), _LOCAL)[mask]
    smooth = _blurred(image, _FINE)
    fine, coarse = (image - smooth)[mask], (smooth - _blurred(image, _COARSE))[mask]
    return PrintAppearance(
        area=float(mask.sum()) * (_MM_AN_INCH / PPI) ** 2,
        contrast=float(np.median(deviation[mask])),
        blank=float((around < _BLANK).mean()),
        full=float((around > _FULL).mean()),
        sharpness=float(fine.std() / max(float(coarse.std()), 1e-3)),
    )


def _deviation(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the standard deviation of the grey levels around each pixel."""
    mean = _blurred(image, _NEIGHBOURHOOD)
    return np.asarray(np.sqrt(np.maximum(_blurred(image * image, _NEIGHBOURHOOD) - mean * mean, 0.0)))


def _print(deviation: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return the largest patch with the contrast of ridges, without gaps and without what is narrower than a print."""
    threshold = max(MIN_CONTRAST, RELATIVE_CONTRAST * float(np.percentile(deviation, 95)))
    rim = _LEAST_WIDTH
    mask = cv2.copyMakeBorder((deviation > threshold).astype(np.uint8), rim, rim, rim, rim, cv2.BORDER_REPLICATE)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _disc(_GAP))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, _disc(_LEAST_WIDTH))[rim:-rim, rim:-rim]
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(mask))
    if count == 1:  # the background
        return np.zeros(mask.shape, np.bool_)
    return np.asarray(labels == 1 + int(np.argmax(statistics[1:, cv2.CC_STAT_AREA])))


def _blurred(image: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), dtype=np.float32)


def _disc(size: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), dtype=np.uint8)
