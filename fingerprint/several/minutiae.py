"""How the ridges run by the minutiae alone, as where there is no image: each points along its ridge."""

from __future__ import annotations

from math import pi

import numpy as np
from numpy.typing import NDArray

from fingerprint.several.grid import GRID, SQUARE, Planes
from fingerprint.template import FingerprintTemplate

_SIGMA = 24.0  # pixels at 500 ppi over which a minutia says how ridges run
_UNSURE = 0.3  # of a minutia, that is needed for a direction to count half
_MOST = 2.0  # minutiae at a place, beyond which more make no difference

Points = NDArray[np.float64]
"""Shape (minutiae, 3): x and y in pixels at 500 ppi, y down, and direction in radians, counter-clockwise as seen."""


def points_of(template: FingerprintTemplate) -> Points:
    """Return the minutiae of a template."""
    return np.stack([template.x, template.y, template.direction], axis=1).astype(np.float64)


def mirrored(points: Points) -> Points:
    """Return minutiae mirrored left to right."""
    return np.stack([-points[:, 0], points[:, 1], pi - points[:, 2]], axis=1)


def turned(points: Points, degrees: float) -> Points:
    """Return minutiae turned counter-clockwise."""
    angle = np.deg2rad(degrees)
    x, y, direction = points.T
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.stack([cosine * x + sine * y, cosine * y - sine * x, direction + angle], axis=1)


def numbers(points: Points) -> Planes:
    """Return what the network looks at: the minutiae's directions, each spread over its surroundings."""
    middle = (points[:, :2].max(axis=0) + points[:, :2].min(axis=0)) / 2
    places = (np.arange(GRID) - GRID / 2 + 0.5) * SQUARE
    right, down = (np.exp(-0.5 * ((places - (points[:, [axis]] - middle[axis])) / _SIGMA) ** 2) for axis in (0, 1))
    across = -np.exp(-2j * points[:, 2])
    weight, sums = down.T @ right, (down * across[:, None]).T @ right
    flow = sums / (weight + _UNSURE)
    planes = (flow.real, flow.imag, np.minimum(weight, _MOST))
    return np.concatenate([plane.ravel() for plane in planes]).astype(np.float32)
