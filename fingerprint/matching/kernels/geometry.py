"""Plane geometry for the kernels."""

from __future__ import annotations

from math import floor, pi

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.compiler import njit


@njit()
def wrapped(angle: float) -> float:
    """Return `angle` in radians, brought into [-pi, pi)."""
    return angle - 2 * pi * floor((angle + pi) / (2 * pi))


@njit()
def distance_outside(x: float, y: float, polygon: NDArray[np.float64]) -> float:
    """Return how far a point lies outside a convex polygon, negative inside.

    `polygon` has shape (2, vertices), counter-clockwise with y up; one or two vertices are a point or a segment.
    """
    vertices = polygon.shape[1]
    inward = np.inf if vertices >= 3 else -1.0
    nearest = np.inf
    for i in range(vertices):
        j = i + 1 if i + 1 < vertices else 0
        edge_x, edge_y = polygon[0, j] - polygon[0, i], polygon[1, j] - polygon[1, i]
        from_x, from_y = x - polygon[0, i], y - polygon[1, i]
        square = edge_x * edge_x + edge_y * edge_y
        along = 0.0
        if square > 0.0:
            along = min(1.0, max(0.0, (from_x * edge_x + from_y * edge_y) / square))
            inward = min(inward, (edge_x * from_y - edge_y * from_x) / np.sqrt(square))
        off_x, off_y = from_x - along * edge_x, from_y - along * edge_y
        nearest = min(nearest, off_x * off_x + off_y * off_y)
    return -inward if inward >= 0.0 else np.sqrt(nearest)


@njit()
def point_in_polygon(x: float, y: float, polygon: NDArray[np.float64]) -> bool:
    """Say whether a point lies inside a convex polygon, as for `distance_outside`, or on its rim."""
    vertices = polygon.shape[1]
    for i in range(vertices):
        j = i + 1 if i + 1 < vertices else 0
        edge_x, edge_y = polygon[0, j] - polygon[0, i], polygon[1, j] - polygon[1, i]
        if edge_x * (y - polygon[1, i]) < edge_y * (x - polygon[0, i]):
            return False
    return bool(vertices >= 3)
