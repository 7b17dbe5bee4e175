"""What the textures are painted with: coordinates, waves and smooth noise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.synthetic.finger.frame import Field

Shape = tuple[int, int]
Values = NDArray[Any]  # grey values of any scale
Painter = Callable[[Shape, np.random.Generator], Values]

PERIODS = (5.0, 24.0)  # pixels: of what repeats


def smooth(shape: Shape, scale: float, rng: np.random.Generator) -> Field:
    """Return smooth noise of deviation 1."""
    small = max(4, round(shape[0] / scale * 4)), max(4, round(shape[1] / scale * 4))
    values = cv2.GaussianBlur(rng.standard_normal(small, dtype=np.float32), (0, 0), 2.0)
    resized = cv2.resize(values, shape[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray((resized - resized.mean()) / (resized.std() + 1e-6), np.float32)


def grid(shape: Shape) -> tuple[Field, Field]:
    """Return the row and the column of each pixel."""
    rows, columns = np.indices(shape, dtype=np.float32)
    return rows, columns


def any_period(rng: np.random.Generator) -> float:
    """Draw a period, in pixels."""
    shortest, longest = PERIODS
    return float(shortest * (longest / shortest) ** rng.random())


def along(shape: Shape, turn: float) -> Field:
    """Return how far each pixel lies along a direction, in pixels; `turn` in radians."""
    rows, columns = grid(shape)
    return np.asarray(columns * np.cos(turn) + rows * np.sin(turn), np.float32)


def turned(shape: Shape, rng: np.random.Generator) -> tuple[Field, Field]:
    """Return coordinates down and across that are turned and slightly warped."""
    turn = rng.uniform(0, np.pi)
    warp = rng.uniform(0, 5)
    return (
        np.asarray(along(shape, turn + np.pi / 2) + warp * smooth(shape, 150, rng), np.float32),
        np.asarray(along(shape, turn) + warp * smooth(shape, 150, rng), np.float32),
    )


def wave(phase: Values, rng: np.random.Generator) -> Values:
    """Return a wave of a phase (in turns), round or square."""
    wave = np.sin(2 * np.pi * phase)
    return np.asarray(np.tanh(rng.choice([0.5, 1.5, 6.0]) * wave))


def normal(values: Values) -> Values:
    """Return values of mean 0 and deviation 1."""
    return (values - values.mean()) / (values.std() + 1e-9)
