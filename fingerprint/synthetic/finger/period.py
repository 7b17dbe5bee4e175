"""How far apart the ridges of a generated finger are."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.synthetic.finger.frame import MASTER_SHAPE, Field, smooth_noise
from fingerprint.synthetic.finger.orientation import Flow

Wide = NDArray[np.float64]  # a field while the spreading is solved

MEAN, SPREAD = 9.0, 0.5  # pixels of the master, over fingers
LIMITS = (8.0, 10.2)  # pixels, of a finger's mean
WAVE, WAVE_SCALE = 0.12, 45.0  # standard deviation of the logarithm within a finger; pixels
CREASE_WIDENING = 0.06  # natural logarithm: ridges are this much wider below the deltas, towards the crease
CREASE_ONSET = 20.0  # pixels over which they widen
EXTREMES = (6.5, 12.5)  # pixels, anywhere

COARSE = 8  # pixels of the master a node, where the spreading is solved
WAVES = (9, 7)  # cosines down and across that the spreading is made of
STIFFNESS = 0.5  # how strongly ridges resist spreading
SPREADING = 0.17  # natural logarithm: the most that a period gives way


def draw_period(flow: Flow, rng: np.random.Generator, step: int) -> Field:
    """Draw the ridge period at each point of the grid on which `flow` is sampled, in pixels of the master."""
    shape = (MASTER_SHAPE[0] // step, MASTER_SHAPE[1] // step)
    base = np.clip(rng.normal(MEAN, SPREAD), *LIMITS)
    wave = WAVE * smooth_noise(rng, shape, WAVE_SCALE / step)
    lowest = max((y for _, y in flow.deltas), default=0.7 * MASTER_SHAPE[0])
    y = step * np.arange(shape[0])[:, None]
    crease = CREASE_WIDENING / (1 + np.exp((lowest - y) / CREASE_ONSET))
    period = base * np.exp(wave + crease + _spreading(flow.angle))
    return np.asarray(np.clip(period, *EXTREMES), dtype=np.float32)


def _spreading(angle: Field) -> Field:
    """Return by how much ridges give way to the flow, as the logarithm of the period: shape of `angle`, about zero.

    Where flow lines part, ridges either spread or new ones begin between them. They keep their number where the wave
    vector n / period has no curl, that is where t . grad(log period) = div(t), with t along and n across the ridges.
    This solves for the smooth log period that comes nearest, so that fewer minutiae are forced by the pattern alone.
    """
    rows, columns = MASTER_SHAPE[0] // COARSE, MASTER_SHAPE[1] // COARSE
    along_x, along_y, divergence = _along(angle, rows, columns)
    waves = _cosines(rows, columns)
    down, across = np.gradient(waves, axis=(1, 2))
    slopes = (along_x * across + along_y * down).reshape(len(waves), -1)
    stiffness = STIFFNESS * np.sum(down**2 + across**2, axis=(1, 2))
    weights = np.linalg.solve(slopes @ slopes.T + np.diag(stiffness), slopes @ divergence.ravel())
    spread = SPREADING * np.tanh(np.tensordot(weights, waves, 1) / SPREADING)
    return np.asarray(cv2.resize(spread, angle.shape[::-1], interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def _along(angle: Field, rows: int, columns: int) -> tuple[Wide, Wide, Wide]:
    """Return the unit vector along the ridges, x and y (down), and its divergence a node, on a coarser grid.

    The doubled angle is averaged and differentiated, for it has no jump where the angle turns from pi to 0.
    """
    doubled = np.stack((np.sin(2 * angle), np.cos(2 * angle)), axis=-1)
    sine, cosine = np.moveaxis(np.asarray(cv2.resize(doubled, (columns, rows), interpolation=cv2.INTER_AREA)), -1, 0)
    turn = 0.5 * (cosine * np.gradient(sine) - sine * np.gradient(cosine))  # of the angle: down, across
    coarse = 0.5 * np.arctan2(sine, cosine)
    along_x, along_y = np.cos(coarse), -np.sin(coarse)
    return along_x, along_y, along_y * turn[1] - along_x * turn[0]


def _cosines(rows: int, columns: int) -> Wide:
    """Return the products of cosines down and across, but for the constant: shape (waves, rows, columns)."""
    down = np.cos(np.pi * np.arange(WAVES[0])[:, None] * (np.arange(rows) + 0.5) / rows)
    across = np.cos(np.pi * np.arange(WAVES[1])[:, None] * (np.arange(columns) + 0.5) / columns)
    return (down[:, None, :, None] * across[None, :, None, :]).reshape(-1, rows, columns)[1:]
