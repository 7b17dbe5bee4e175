"""A poor print with its ridges drawn clearly, as the networks SNFOE, SNFFE and SNFEN see them.

They draw ridges wherever they are given a mask, on a face or on noise too. So what is found on such a
drawing counts only where the image itself bears it out (`fingerprint/extraction/second_look.py`).

Source: R. Cappelli's package pyfing: segmentation.py (GMFS), orientations.py, frequencies.py and enhancement.py (MIT).
"""

from __future__ import annotations

from math import ceil
from threading import Lock
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from models.registry import ModelRegistry
from models.session import ModelSession

_MULTIPLE = 32  # pixels: five halvings
_STEPS = 255  # of a half turn and of a grey level, to which the networks' inputs are rounded
_PERIOD_STEPS = 10  # a pixel

# GMFS's numbers, at 500 ppi.
_SIGMA = 13 / 3  # pixels
_PERCENTILE, _THRESHOLD = 95, 0.2  # of the gradient's strength
_CLOSED, _OPENED = 6, 12  # times


class Enhancer:
    """Draws the ridges of poor prints with the models `snfoe`, `snffe` and `snfen`, which the first one opens.

    Safe to share between threads.
    """

    def __init__(self, registry: ModelRegistry) -> None:
        self._registry = registry
        self._networks: _Networks | None = None
        self._opening = Lock()

    def enhanced(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return a grey image at 500 ppi, shape (height, width), with its ridges drawn dark on white.

        Outside `print_mask` it is white.

        Raises:
            ModelMissing, ModelMismatch: as for `ModelRegistry.open_session`, when the first print comes.
        """
        networks = self._opened()
        height, width = pixels.shape
        mask = print_mask(pixels)
        top, left = (-height % _MULTIPLE) // 2, (-width % _MULTIPLE) // 2
        bottom, right = -height % _MULTIPLE - top, -width % _MULTIPLE - left
        edges = (top, bottom, left, right, cv2.BORDER_CONSTANT)
        image = cv2.copyMakeBorder(pixels, *edges, value=float(pixels[0, 0])).astype(np.float32)
        padded_mask = cv2.copyMakeBorder(mask.astype(np.uint8), *edges, value=0).astype(np.float32)
        in_image = cv2.copyMakeBorder(np.ones_like(pixels), *edges, value=0).astype(np.float32)
        vectors = _run(networks.orientation, image, padded_mask)
        turn = np.remainder(np.arctan2(vectors[..., 1], vectors[..., 0]) / 2, np.pi) * in_image
        twice = np.rint(turn * (_STEPS / np.pi)) * np.float32(2 * np.pi / _STEPS)
        sine, cosine = np.sin(twice), np.cos(twice)
        tenths = np.clip(np.rint(_run(networks.period, image, padded_mask, sine, cosine)[..., 0] * in_image), 0, _STEPS)
        period = np.asarray(tenths / _PERIOD_STEPS, np.float32)
        drawn = _run(networks.ridges, image, padded_mask, sine, cosine, period)[..., 0]
        cropped = drawn[top : top + height, left : left + width]
        return np.asarray(np.where(mask, _STEPS - np.rint(cropped * _STEPS), _STEPS), np.uint8)

    def _opened(self) -> _Networks:
        with self._opening:
            if self._networks is None:
                self._networks = _Networks(*map(self._registry.open_session, ("snfoe", "snffe", "snfen")))
            return self._networks


class _Networks(NamedTuple):
    orientation: ModelSession
    period: ModelSession
    ridges: ModelSession


def print_mask(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Say where the print is, on a grey image at 500 ppi: the largest patch of strong gradients, without holes."""
    size = 2 * ceil(3 * _SIGMA) + 1
    strength = cv2.magnitude(*(part.astype(np.float32) for part in cv2.spatialGradient(np.ascontiguousarray(pixels))))
    around = cv2.GaussianBlur(strength, (size, size), _SIGMA)
    mask = (around > _THRESHOLD * np.percentile(strength, _PERCENTILE)).astype(np.uint8)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    mask = _largest(np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, disc, iterations=_CLOSED), np.uint8))
    mask = _without_holes(mask)
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, disc, iterations=_OPENED, borderValue=0)
    return np.asarray(_largest(np.asarray(opened, np.uint8)) > 0)


def _run(network: ModelSession, *planes: NDArray[np.float32] | NDArray[np.float64]) -> NDArray[np.float32]:
    """Return what a network makes of planes of one shape (height, width): shape (height, width, numbers)."""
    stacked = np.stack(planes)[None].astype(np.float32)
    return network.run(input=stacked)[0].reshape(*planes[0].shape, -1)


def _largest(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(mask)
    if count == 1:  # the background
        return mask
    return np.asarray(labels == 1 + int(np.argmax(statistics[1:, cv2.CC_STAT_AREA])), np.uint8)


def _without_holes(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Fill the parts of the background that do not reach the image's edge."""
    _, labels = cv2.connectedComponents(1 - mask)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return np.asarray((mask > 0) | ~np.isin(labels, [*np.unique(rim), 0]), np.uint8)
