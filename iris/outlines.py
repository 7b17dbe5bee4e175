"""Fits an outline to the edge about a circle: the strongest closed path of radial edges, then a Fourier series.

The path is found by dynamic programming over angles, as in OSIRIS (N. Othman, B. Dorizzi, S. Garcia-Salicetti, OSIRIS:
an open source iris recognition software, Pattern Recognition Letters 82, 2016).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from iris.geometry import Circle, Floats, Map, Outline, harmonics

ANGLES = 180
_ROUNDS = 4  # of fitting with places that lie off left out


@dataclass(frozen=True)
class EdgeSearch:
    """How an edge is searched: between which multiples of the circle's radius, how soft it is, and how it may bend.

    `softness` is the standard deviation of the radial derivative as a share of the radius, `order` that of the series.
    """

    min_radius: float
    max_radius: float
    softness: float
    order: int


PUPIL_EDGE = EdgeSearch(0.72, 1.3, 0.04, 5)
LIMBUS_EDGE = EdgeSearch(0.84, 1.16, 0.03, 2)


def angles() -> Floats:
    """Return the angles at which edges are searched."""
    return np.arange(ANGLES, dtype=np.float64) * (2 * np.pi / ANGLES)


def radial_edges(grey: Map, circle: Circle, search: EdgeSearch) -> tuple[Floats, Floats]:
    """Return the radii searched, shape (n,), and how much lighter it gets outwards at each, shape (ANGLES, n)."""
    step = max(0.4, circle.radius / 120)
    radii = np.arange(search.min_radius * circle.radius, search.max_radius * circle.radius, step, dtype=np.float64)
    turns = angles()[:, None]
    x = (circle.x + radii * np.cos(turns)).astype(np.float32)
    y = (circle.y + radii * np.sin(turns)).astype(np.float32)
    lines = cv2.remap(grey, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float64)
    sigma = max(1.0, search.softness * circle.radius / step)
    reach = np.arange(-int(3 * sigma), int(3 * sigma) + 1)
    kernel = reach.astype(np.float64) * np.exp(-0.5 * (reach / sigma) ** 2)
    kernel /= np.abs(kernel).sum() / 2
    padded = np.pad(lines, ((2, 2), (0, 0)), mode="wrap")
    smooth = np.mean([padded[i : i + ANGLES] for i in range(5)], axis=0)  # along the edge
    return radii, np.asarray(cv2.filter2D(smooth, -1, kernel[None], borderType=cv2.BORDER_REPLICATE), np.float64)


def fit_outline(grey: Map, circle: Circle, search: EdgeSearch, weights: Floats) -> Outline:
    """Return the outline of the edge about a circle.

    Args:
        grey: the photo, without glints, float32.
        circle: near the edge.
        search: how.
        weights: how far the edge can be seen at each of `angles`, shape (ANGLES,), 0 where a lid covers it.
    """
    radii, edges = radial_edges(grey, circle, search)
    rise = np.clip(edges, 0, None) * weights[:, None]
    path = _closed_path(rise / max(1e-6, np.quantile(rise.max(axis=1), 0.8)))
    edge = radii[path]
    terms = harmonics(angles(), search.order)
    stiffness = np.diag([0.0, *np.repeat(np.arange(1, search.order + 1) ** 4 * 0.02, 2)])
    keep = weights * np.clip(rise[np.arange(ANGLES), path] / max(1e-6, float(np.median(rise.max(axis=1)))), 0.05, 1)
    keep = np.maximum(keep, 1e-3)
    now = keep
    series = np.zeros(2 * search.order + 1)
    for _ in range(_ROUNDS):
        series = np.linalg.solve(terms.T @ (terms * now[:, None]) + stiffness, terms.T @ (now * edge))
        off = np.abs(terms @ series - edge) / (0.03 * circle.radius)
        now = keep / (1 + off**4)
    return _recentred(circle, series)


def _closed_path(values: Floats) -> NDArray[np.int64]:
    """Return for each angle the place of the path of the largest sum that moves one place at most a step."""
    count, width = values.shape
    twice = np.concatenate([values[count // 2 :], values, values[: count // 2]])
    total, back = twice[0], np.zeros((len(twice), width), np.int8)
    for row in range(1, len(twice)):
        sides = np.full((3, width), -np.inf)
        sides[0, 1:], sides[1], sides[2, :-1] = total[:-1] - 0.05, total, total[1:] - 0.05
        best = sides.argmax(axis=0)
        back[row] = best - 1
        total = sides[best, np.arange(width)] + twice[row]
    path_column = int(total.argmax())
    path = np.zeros(len(twice), np.int64)
    for row in range(len(twice) - 1, -1, -1):
        path[row] = path_column
        path_column += int(back[row, path_column])
    begin = count - count // 2
    return path[begin : begin + count]


def _recentred(circle: Circle, series: Floats) -> Outline:
    """Move the centre by the first harmonic, which is what a circle that is off its centre has."""
    moved = series.copy()
    x, y = circle.x + series[1], circle.y + series[2]
    moved[1:3] = 0
    return Outline(float(x), float(y), moved)
