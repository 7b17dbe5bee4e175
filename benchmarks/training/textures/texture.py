"""One texture, of random size, contrast, blur and noise."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.training.textures.checked import CHECKED
from benchmarks.training.textures.painting import Shape, Values, grid, smooth
from benchmarks.training.textures.trained import TRAINED
from fingerprint.synthetic.finger.frame import Field

SIDES = (200, 420)  # pixels
NOISE = (0.0, 14.0)  # grey levels, one standard deviation
CONTRAST = (25.0, 120.0)  # grey levels, half the range
SHADE = (0.0, 25.0)  # grey levels, one standard deviation


def texture(kind: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Make a grey image of a kind, a name in TRAINED or CHECKED, of random size, contrast, blur and noise."""
    shape = int(rng.integers(*SIDES)), int(rng.integers(*SIDES))
    painted = np.asarray({**TRAINED, **CHECKED}[kind](shape, rng), np.float32)
    painted -= painted.mean()
    painted /= 1e-6 + np.percentile(np.abs(painted), 95)
    grey: Values = rng.uniform(70, 200) + rng.uniform(*CONTRAST) * np.clip(painted, -1.6, 1.6)
    if rng.random() < 0.5:
        grey = cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.4, 1.3))
    grey = grey + rng.uniform(*SHADE) * smooth(shape, 90.0, rng) + rng.uniform(*NOISE) * rng.standard_normal(shape)
    if rng.random() < 0.3:  # on a plain ground, as a finger lies on a platen
        grey = rng.uniform(190, 255) + _patch(shape, rng) * (grey - rng.uniform(190, 255))
    return np.asarray(np.clip(np.rint(grey), 0, 255), np.uint8)


def _patch(shape: Shape, rng: np.random.Generator) -> Field:
    """Return an oval of random place and size: 1 inside, 0 outside."""
    down, across = grid(shape)
    height, width = shape
    x, y = across - width * rng.uniform(0.4, 0.6), down - height * rng.uniform(0.4, 0.6)
    radius = np.hypot(x / (width * rng.uniform(0.25, 0.5)), y / (height * rng.uniform(0.25, 0.5)))
    return np.asarray(1 / (1 + np.exp(np.clip(12 * (radius - 1), -30, 30))), np.float32)
