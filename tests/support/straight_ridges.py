"""Images of straight, parallel ridges, of which every point is known."""

from __future__ import annotations

from math import pi

import numpy as np


def waves(size: int, turn: float, period: float = 9.0, contrast: float = 60.0) -> np.ndarray:
    """Return straight ridges across the whole image; `turn` is that of their normal."""
    y, x = np.mgrid[:size, :size]
    return np.clip(150 - contrast * wave(x, y, turn, period), 0, 255).astype(np.uint8)


def wave(x: np.ndarray, y: np.ndarray, turn: float, period: float = 9.0) -> np.ndarray:
    """Return the height of the ridges, 1 on a ridge's crest."""
    return np.cos(2 * pi * (x * np.cos(turn) + y * np.sin(turn)) / period)
