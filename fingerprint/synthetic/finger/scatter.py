"""Minutiae scattered over the flow of a generated finger, compiled."""

from __future__ import annotations

from math import atan2, cos, exp, pi, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.compiler import njit

Points = NDArray[np.float64]  # shape (n, 3): x and y in pixels, direction in radians

APART = (8.5, 11.0)  # pixels: none are nearer than the first, none are kept apart beyond the second
TRIES = 20  # candidates a minutia, after which a crowded print keeps fewer
SIGN_FIELD = 3.0  # logits, one standard deviation: how firmly neighbours end towards the same side
SIGN_SPREADING = 30.0  # logits, times the divergence of the flow (1/pixel): ridges begin where flow lines part
DIRECTION_NOISE = 0.07  # radians, one standard deviation: 4 degrees


@njit()
def scatter(
    rng: np.random.Generator, count: int, ellipse: Points, flow: NDArray[np.float32], side_field: Points, step: float
) -> Points:
    """Scatter about `count` minutiae over an ellipse, none too near another, along the flow.

    Args:
        rng: random numbers.
        count: how many.
        ellipse: float64 of shape (4,): the centre's x and y, and the semi-axes across and down, pixels of the master.
        flow: radians, on every `step`-th pixel of the master, its shape (rows, columns).
        side_field: any shape, standard normal: stretched over the master, it says to which side ridges end.
        step: pixels.
    """
    minutiae = np.empty((count, 3))
    n = 0
    for _ in range(TRIES * count):
        if n == count:
            break
        radius, turn = sqrt(rng.random()), 2 * pi * rng.random()
        x = ellipse[0] + ellipse[2] * radius * cos(turn)
        y = ellipse[1] + ellipse[3] * radius * sin(turn)
        nearest = APART[1] ** 2
        for i in range(n):
            nearest = min(nearest, (minutiae[i, 0] - x) ** 2 + (minutiae[i, 1] - y) ** 2)
        if rng.random() < (sqrt(nearest) - APART[0]) / (APART[1] - APART[0]):
            along, divergence = _flow_at(flow, x / step, y / step)
            row = y / step / flow.shape[0] * (side_field.shape[0] - 1)
            column = x / step / flow.shape[1] * (side_field.shape[1] - 1)
            # Along the flow modulo pi the field's sign would jump with it: it is fixed to the side that points up.
            upwards = 1.0 if sin(along + 0.3) >= 0 else -1.0
            lean = SIGN_FIELD * upwards * _between(side_field, row, column) + SIGN_SPREADING * divergence / step
            backwards = rng.random() > 1 / (1 + exp(-lean))
            minutiae[n, 0], minutiae[n, 1] = x, y
            minutiae[n, 2] = along + pi * backwards + DIRECTION_NOISE * rng.standard_normal()
            n += 1
    return minutiae[:n]


@njit()
def _flow_at(flow: NDArray[np.float32], column: float, row: float) -> tuple[float, float]:
    """Return the angle along the flow at a place of its grid, and the divergence (a grid step) of that direction."""
    i = min(max(int(row), 0), flow.shape[0] - 2)
    j = min(max(int(column), 0), flow.shape[1] - 2)
    v, u = min(max(row - i, 0.0), 1.0), min(max(column - j, 0.0), 1.0)
    sine, cosine = 0.0, 0.0
    for down in range(2):
        for across in range(2):
            weight = (v if down else 1 - v) * (u if across else 1 - u)
            sine += weight * sin(2 * flow[i + down, j + across])
            cosine += weight * cos(2 * flow[i + down, j + across])
    along = 0.5 * atan2(sine, cosine)
    turn_down, turn_across = 0.0, 0.0
    for k in range(2):
        turn_down += 0.5 * _turn(flow[i, j + k], flow[i + 1, j + k])
        turn_across += 0.5 * _turn(flow[i + k, j], flow[i + k, j + 1])
    return along, -sin(along) * turn_across - cos(along) * turn_down


@njit()
def _turn(direction: float, other: float) -> float:
    """Return the turn from one angle to another, modulo pi."""
    return float((other - direction + 0.5 * pi) % pi - 0.5 * pi)


@njit()
def _between(field: Points, row: float, column: float) -> float:
    """Interpolate a grid linearly."""
    i = min(max(int(row), 0), field.shape[0] - 2)
    j = min(max(int(column), 0), field.shape[1] - 2)
    v, u = min(max(row - i, 0.0), 1.0), min(max(column - j, 0.0), 1.0)
    upper = (1 - u) * field[i, j] + u * field[i, j + 1]
    lower = (1 - u) * field[i + 1, j] + u * field[i + 1, j + 1]
    return float((1 - v) * upper + v * lower)
