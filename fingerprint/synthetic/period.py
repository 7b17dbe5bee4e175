"""How far apart the ridges of a generated finger are."""

from __future__ import annotations

import cv2
import numpy as np

from fingerprint.synthetic.frame import MASTER_SHAPE, Field, smooth_noise
from fingerprint.synthetic.orientation import Flow

MEAN, SPREAD = 9.0, 0.5  # pixels of the master, over fingers
LIMITS = (8.0, 10.2)  # pixels, of a finger's mean
WAVE, WAVE_SCALE = 0.05, 80.0  # relative standard deviation within a finger; pixels
CREASE_WIDENING = 0.12  # ridges are this much wider below the deltas, towards the crease
CREASE_ONSET = 20.0  # pixels over which they widen

COARSE = 8  # pixels of the master a node, where the spreading is solved
WAVES = (9, 7)  # cosines down and across that the spreading is made of
STIFFNESS = 0.3  # how strongly ridges resist spreading
SPREADING = 0.25  # natural logarithm: the most that a period gives way


def draw_period(flow: Flow, rng: np.random.Generator, step: int) -> Field:
    """Draw the ridge period at each point of the grid on which `flow` is sampled, in pixels of the master."""
    shape = (MASTER_SHAPE[0] // step, MASTER_SHAPE[1] // step)
    base = np.clip(rng.normal(MEAN, SPREAD), *LIMITS)
    wave = WAVE * smooth_noise(rng, shape, WAVE_SCALE / step)
    lowest = max((y for _, y in flow.deltas), default=0.7 * MASTER_SHAPE[0])
    y = step * np.arange(shape[0])[:, None]
    crease = CREASE_WIDENING / (1 + np.exp((lowest - y) / CREASE_ONSET))
    return np.asarray(base * np.exp(wave + crease + _spreading(flow.angle)), dtype=np.float32)


def _spreading(angle: Field) -> Field:
    """Return by how much ridges give way to the flow, as the logarithm of the period: shape of `angle`, mean zero.

    Where flow lines part, ridges either spread or new ones begin between them. They keep their number where the wave
    vector n / period has no curl, that is where t . grad(log period) = div(t), with t along and n across the ridges.
    This solves for the smooth log period that comes nearest, so that fewer minutiae are forced by the pattern alone.
    """
    rows, columns = MASTER_SHAPE[0] // COARSE, MASTER_SHAPE[1] // COARSE
    sine, cosine = (cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA) for part in (np.sin(2 * angle), np.cos(2 * angle)))
    theta = 0.5 * np.arctan2(sine, cosine)
    (sine_y, sine_x), (cosine_y, cosine_x) = np.gradient(sine), np.gradient(cosine)
    turn_x, turn_y = (0.5 * (cosine * ds - sine * dc) for ds, dc in ((sine_x, cosine_x), (sine_y, cosine_y)))
    along_x, along_y = np.cos(theta), -np.sin(theta)
    divergence = -np.sin(theta) * turn_x - np.cos(theta) * turn_y
    basis = _cosines(rows, columns)
    dy, dx = np.gradient(basis, axis=(1, 2))
    slopes = (along_x * dx + along_y * dy).reshape(len(basis), -1)
    stiffness = STIFFNESS * np.mean(dx**2 + dy**2, axis=(1, 2)) * rows * columns
    weights = np.linalg.solve(slopes @ slopes.T + np.diag(stiffness), slopes @ divergence.ravel())
    spread = np.clip(np.tensordot(weights, basis, 1), -SPREADING, SPREADING).astype(np.float32)
    return np.asarray(cv2.resize(spread, angle.shape[::-1], interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def _cosines(rows: int, columns: int):
    """Return the products of cosines down and across, but for the constant: shape (waves, rows, columns)."""
    down = np.cos(np.pi * np.arange(WAVES[0])[:, None] * (np.arange(rows) + 0.5) / rows)
    across = np.cos(np.pi * np.arange(WAVES[1])[:, None] * (np.arange(columns) + 0.5) / columns)
    return (down[:, None, :, None] * across[None, :, None, :]).reshape(-1, rows, columns)[1:]
