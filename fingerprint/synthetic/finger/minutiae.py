"""The minutiae that a generated finger has, and where they lie in an impression of it.

The ridges are thinned to lines of one pixel; where a line ends or forks there is a minutia. Sources: Zhang, Suen, "A
Fast Parallel Algorithm for Thinning Digital Patterns", CACM 27(3), 1984; Handbook of Fingerprint Recognition, section
3.7, for the crossing number.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import atan2, pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint.synthetic.finger.frame import IMPRESSION_SHAPE
from fingerprint.synthetic.finger.placement import Placement
from fingerprint.template import MinutiaType

_RIDGE = 128  # grey: darker is ridge
_TRACED = 12  # pixels along a ridge, from which its direction is taken
_APART = 8.0  # pixels: of two minutiae that are nearer, neither is one
_RIM = 12  # pixels from the master's rim, where ridges end because it does
_ASTRAY = 2.0  # pixels of the master between a minutia and what the nearest pixel of an impression shows
_AHEAD = 8.0  # pixels from a minutia to a second point, which tells its direction in an impression
# The neighbours of a pixel in a circle: (down, right).
_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))


class TrueMinutia(NamedTuple):
    """A minutia of a finger: pixels, y down; `direction` in radians, counter-clockwise, as in `Minutia`."""

    x: float
    y: float
    direction: float
    type: MinutiaType


def master_minutiae(master: NDArray[np.uint8]) -> list[TrueMinutia]:
    """Return the minutiae of a master, dark ridges on light ground, in its pixels."""
    lines = _thinned(master < _RIDGE)
    around = np.stack([np.roll(lines, (-down, -right), (0, 1)) for down, right in _AROUND])
    crossings = (around != np.roll(around, 1, axis=0)).sum(axis=0) // 2
    height, width = lines.shape
    minutiae = []
    for y, x in np.argwhere(lines & ((crossings == 1) | (crossings == 3))):
        if not (_RIM <= y < height - _RIM and _RIM <= x < width - _RIM):
            continue
        directions = [_branch(lines, (int(y), int(x)), first) for first in _first_steps(lines, int(y), int(x))]
        branches = [direction for direction in directions if direction is not None]
        if len(branches) == crossings[y, x]:
            kind = MinutiaType.ENDING if len(branches) == 1 else MinutiaType.BIFURCATION
            minutiae.append(TrueMinutia(float(x), float(y), _direction(branches), kind))
    return _well_separated(minutiae)


def minutiae_in(minutiae: Sequence[TrueMinutia], placement: Placement, visible: NDArray[np.bool_]) -> list[TrueMinutia]:
    """Return where minutiae of a master lie in an impression of that placement, those that it shows.

    `visible` has IMPRESSION_SHAPE.
    """
    on_finger = np.stack(placement.on_finger())
    projected = []
    for minutia in minutiae:
        point = _pixel(on_finger, minutia.x, minutia.y)
        ahead_x, ahead_y = np.cos(minutia.direction) * _AHEAD, -np.sin(minutia.direction) * _AHEAD
        ahead = _pixel(on_finger, minutia.x + ahead_x, minutia.y + ahead_y)
        if point is None or ahead is None or not visible[point[1], point[0]]:
            continue
        turned = atan2(point[1] - ahead[1], ahead[0] - point[0]) % (2 * pi)
        projected.append(TrueMinutia(float(point[0]), float(point[1]), turned, minutia.type))
    return projected


def _pixel(on_finger: NDArray[np.float32], x: float, y: float) -> tuple[int, int] | None:
    """Return the pixel (x, y) of an impression that shows a point of the master; None where none does."""
    away = np.hypot(on_finger[0] - x, on_finger[1] - y)
    nearest = int(away.argmin())
    if away.flat[nearest] > _ASTRAY:
        return None
    return nearest % IMPRESSION_SHAPE[1], nearest // IMPRESSION_SHAPE[1]


def _thinned(ridges: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Thin ridges to lines of one pixel; nothing lies on the rim."""
    lines = ridges.copy()
    lines[[0, -1]] = lines[:, [0, -1]] = False
    while True:
        before = int(lines.sum())
        for first in (True, False):
            around = [np.roll(lines, (-down, -right), (0, 1)) for down, right in _AROUND]
            up, _, right, _, down, _, left, _ = around
            count = np.sum(around, axis=0)
            rises = sum(~pixel & following for pixel, following in zip(around, around[1:] + around[:1], strict=True))
            triples = (up & right & down, right & down & left) if first else (up & right & left, up & down & left)
            removed = lines & (count >= 2) & (count <= 6) & (rises == 1) & ~triples[0] & ~triples[1]
            lines &= ~removed
        if int(lines.sum()) == before:
            return lines


def _first_steps(lines: NDArray[np.bool_], y: int, x: int) -> list[tuple[int, int]]:
    """Return the pixels at which the branches of a minutia begin: of neighbours side by side the straight one."""
    is_line = [bool(lines[y + down, x + right]) for down, right in _AROUND]
    steps = []
    for index, (down, right) in enumerate(_AROUND):
        diagonal = down != 0 and right != 0
        has_straight_neighbour = is_line[index - 1] or is_line[(index + 1) % len(_AROUND)]
        if is_line[index] and not (diagonal and has_straight_neighbour):
            steps.append((y + down, x + right))
    return steps


def _branch(lines: NDArray[np.bool_], start: tuple[int, int], first: tuple[int, int]) -> float | None:
    """Follow a line from a minutia; return its direction in radians, None where it is too short."""
    visited = {start, first, *_first_steps(lines, *start)}
    y, x = first
    for _ in range(_TRACED):
        ahead = [step for step in _first_steps(lines, y, x) if step not in visited]
        if not ahead:
            break
        y, x = ahead[0]
        visited.add((y, x))
    if np.hypot(y - start[0], x - start[1]) < _TRACED / 2:
        return None
    return atan2(start[0] - y, x - start[1])


def _direction(branches: list[float]) -> float:
    """Return the direction of an ending, along its ridge, or of a fork, into the valley between its branches."""
    if len(branches) == 1:
        return branches[0] % (2 * pi)
    first, second = min(combinations(branches, 2), key=lambda pair: abs((pair[0] - pair[1] + pi) % (2 * pi) - pi))
    return (first + 0.5 * ((second - first + pi) % (2 * pi) - pi)) % (2 * pi)


def _well_separated(minutiae: list[TrueMinutia]) -> list[TrueMinutia]:
    """Leave out minutiae that are too near another: breaks, bridges and spurs of the thinned ridges."""
    if not minutiae:
        return []
    places = np.array([(minutia.x, minutia.y) for minutia in minutiae])
    away = np.hypot(*(places[:, None] - places).transpose(2, 0, 1))
    np.fill_diagonal(away, np.inf)
    return [minutia for minutia, nearest in zip(minutiae, away.min(axis=1), strict=True) if nearest >= _APART]
