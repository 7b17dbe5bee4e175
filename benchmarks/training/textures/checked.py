"""Kinds of textures that only check what was trained on others."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from benchmarks.training.textures.painting import Painter, Shape, Values, along, grid, normal, smooth, turned, wave


def _zebra(shape: Shape, rng: np.random.Generator) -> Values:
    """Stripes that branch, by reaction and diffusion along a preferred direction."""
    values = rng.standard_normal((shape[0] // 2, shape[1] // 2)).astype(np.float32)
    thin, wide = rng.uniform(0.8, 1.8), rng.uniform(1.0, 2.2)
    for _ in range(20):
        near = cv2.GaussianBlur(values, (0, 0), sigmaX=thin, sigmaY=thin * wide)
        far = cv2.GaussianBlur(values, (0, 0), sigmaX=1.7 * thin, sigmaY=1.7 * thin * wide)
        values = np.tanh(4 * normal(near - far)).astype(np.float32)
    return cv2.resize(values, shape[::-1], interpolation=cv2.INTER_CUBIC)


def _halftone(shape: Shape, rng: np.random.Generator) -> Values:
    tone, turn, period = 0.5 + 0.25 * smooth(shape, 60, rng), rng.uniform(0, np.pi), rng.uniform(4, 12)
    screen = np.cos(2 * np.pi * along(shape, turn) / period) + np.cos(2 * np.pi * along(shape, turn + 1.57) / period)
    return np.where(screen / 4 + 0.5 > tone, 1.0, -1.0)


def _engraving(shape: Shape, rng: np.random.Generator) -> Values:
    """Lines that follow a relief and swell with its tone, as on bank notes."""
    relief, tone = smooth(shape, 130, rng), 0.4 * smooth(shape, 70, rng)
    phase = along(shape, rng.uniform(0, np.pi)) / rng.uniform(5, 12) + rng.uniform(1, 5) * relief
    return np.where(np.sin(2 * np.pi * phase) > tone, 1.0, -1.0)


def _knit(shape: Shape, rng: np.random.Generator) -> Values:
    rows, columns = turned(shape, rng)
    wide, high = rng.uniform(8, 24), rng.uniform(6, 18)
    return np.cos(2 * np.pi * (rows / high + np.abs((columns / wide) % 1 - 0.5))) * (
        0.6 + 0.4 * np.abs(np.sin(np.pi * columns / wide))
    )


def _spiral(shape: Shape, rng: np.random.Generator) -> Values:
    rows, columns = grid(shape)
    y, x = rows - shape[0] * rng.uniform(0.3, 0.7), columns - shape[1] * rng.uniform(0.3, 0.7)
    arms = int(rng.integers(1, 6))
    return wave(np.hypot(x, y) / rng.uniform(6, 16) + arms * np.arctan2(y, x) / (2 * np.pi), rng)


def _ripples(shape: Shape, rng: np.random.Generator) -> Values:
    """Sand or water: waves of nearly one direction and length."""
    total, turn, period = np.zeros(shape), rng.uniform(0, np.pi), rng.uniform(7, 20)
    for _ in range(12):
        its_turn, its_period = turn + rng.normal(0, 0.35), period * np.exp(rng.normal(0, 0.2))
        total += np.sin(2 * np.pi * (along(shape, its_turn) / its_period + rng.random()))
    return total


def _codes(shape: Shape, rng: np.random.Generator) -> Values:
    cell = int(rng.integers(3, 12))
    size = -(-shape[0] // cell), -(-shape[1] // cell)
    bits = rng.integers(0, 2, size if rng.random() < 0.6 else (1, size[1]))
    return np.kron(np.broadcast_to(bits, size), np.ones((cell, cell)))[: shape[0], : shape[1]]


def _herringbone(shape: Shape, rng: np.random.Generator) -> Values:
    rows, columns = turned(shape, rng)
    wide = rng.uniform(25, 90)
    fold = np.abs((columns / wide) % 2 - 1) * wide
    return wave((rows + fold * rng.uniform(0.6, 1.6)) / rng.uniform(6, 14), rng)


def _leaf(shape: Shape, rng: np.random.Generator) -> Values:
    """A midrib with veins to both sides."""
    rows, columns = turned(shape, rng)
    across = columns - columns.mean()
    veins = wave((rows - rows.mean() + np.abs(across) * rng.uniform(0.4, 1.5)) / rng.uniform(8, 25), rng)
    return np.asarray(veins - 3 * np.exp(-((across / 3) ** 2)) + 0.5 * smooth(shape, 20, rng))


CHECKED: Mapping[str, Painter] = {
    "zebra": _zebra,
    "halftone": _halftone,
    "engraving": _engraving,
    "knit": _knit,
    "spiral": _spiral,
    "ripples": _ripples,
    "codes": _codes,
    "herringbone": _herringbone,
    "leaf": _leaf,
}
