"""The ridges of a generated finger: a master fingerprint, grown by iterated oriented filtering."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.compiler import njit
from fingerprint.synthetic.finger.frame import MASTER_SHAPE, Field
from fingerprint.synthetic.finger.orientation import Flow
from fingerprint.synthetic.finger.period import draw_period

GRID = 2  # pixels of the master a grid point: ridges grow on half the resolution, where filters are a quarter as large
ITERATIONS = 20
SEED_CELLS = (16, 12)  # one seed at a random place in each cell of this raster
GAIN = 3.0
CONTRAST = 110.0  # grey levels from the middle to a ridge

ANGLES = 64  # filters over half a turn
FINEST, FINENESS, PERIODS = 3.0, 0.125, 36  # grid points: shortest period, step, count
RADIUS = 5  # grid points
LANES = 12  # a filter's row of 2 * RADIUS + 1 taps, padded to whole vector registers
ENVELOPE = 0.45  # standard deviation of the Gaussian, in periods


def grow_master(flow: Flow, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Grow the ridges of one finger: uint8 of MASTER_SHAPE; see `grow`. `flow` is sampled on every GRID-th pixel."""
    return grow(flow.angle, draw_period(flow, rng, GRID), MASTER_SHAPE, SEED_CELLS, rng)


def grow(
    angle: Field, period: Field, shape: tuple[int, int], cells: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Grow ridges along a flow: uint8 of `shape`, ridges dark, a cosine profile from ridge to valley.

    After SFinGe (Cappelli, Maio, Maltoni, "Synthetic fingerprint-image generation", ICPR 2000): from a few random
    spots, filter again and again with a zero-mean Gabor filter of the local orientation and period. Minutiae come
    about by themselves, where the growing regions meet and where ridges diverge.

    Args:
        angle: along the ridges, as in `Flow`, on every GRID-th pixel.
        period: of the ridges in pixels, likewise.
        shape: rows and columns, pixels.
        cells: down and across; the growth begins at one random spot in each.
        rng: random numbers.
    """
    filter_numbers = _filter_numbers(angle, period)
    rows, columns = filter_numbers.shape
    padded = np.zeros((rows + 2 * RADIUS, columns + RADIUS + LANES), dtype=np.float32)
    ridges = padded[RADIUS : RADIUS + rows, RADIUS : RADIUS + columns]
    _sow(ridges, cells, rng)
    response = np.empty(filter_numbers.shape, dtype=np.float32)
    for _ in range(ITERATIONS):
        _filter(padded, filter_numbers, _filter_bank(), response)
        ridges[:] = GAIN * response / np.sqrt(1 + (GAIN * response) ** 2)
    _filter(padded, filter_numbers, _filter_bank(), response)
    master = cv2.resize(response, shape[::-1], interpolation=cv2.INTER_LANCZOS4)
    return np.asarray(np.clip(127.5 - CONTRAST * np.asarray(master), 0, 255), dtype=np.uint8)


def _filter_numbers(angle: Field, period: Field) -> NDArray[np.int32]:
    turn = np.rint(angle * ANGLES / np.pi) % ANGLES
    fineness = np.clip(np.rint((period / GRID - FINEST) / FINENESS), 0, PERIODS - 1)
    return np.asarray(turn * PERIODS + fineness, dtype=np.int32)


def _sow(ridges: Field, cells: tuple[int, int], rng: np.random.Generator) -> None:
    """Write a spot of noise somewhere in each seed cell."""
    rows, columns = ridges.shape[0] // cells[0], ridges.shape[1] // cells[1]
    for cell in np.ndindex(cells):
        y = cell[0] * rows + rng.integers(2, rows - 2)
        x = cell[1] * columns + rng.integers(2, columns - 2)
        ridges[y - 2 : y + 3, x - 2 : x + 3] = 0.5 * rng.standard_normal((5, 5))


@lru_cache(maxsize=1)
def _filter_bank() -> Field:
    """Make every Gabor filter: shape (ANGLES * PERIODS, 2 * RADIUS + 1, LANES), rows padded with zeros.

    Each sums to zero, and responds with 1 to a cosine of its own orientation and period.
    """
    angle = (np.arange(ANGLES) * np.pi / ANGLES)[:, None, None, None]
    period = (FINEST + FINENESS * np.arange(PERIODS))[None, :, None, None]
    y, x = np.mgrid[-RADIUS : RADIUS + 1, -RADIUS : RADIUS + 1]
    across = x * np.sin(angle) + y * np.cos(angle)
    envelope = np.exp(-0.5 * (x**2 + y**2) / (ENVELOPE * period) ** 2)
    wave = np.cos(2 * np.pi * across / period)
    mean = (envelope * wave).sum((2, 3), keepdims=True) / envelope.sum((2, 3), keepdims=True)
    gabor = envelope * (wave - mean)
    gabor /= (gabor * wave).sum((2, 3), keepdims=True)
    bank = np.zeros((ANGLES * PERIODS, 2 * RADIUS + 1, LANES), dtype=np.float32)
    bank[:, :, : 2 * RADIUS + 1] = gabor.reshape(ANGLES * PERIODS, 2 * RADIUS + 1, 2 * RADIUS + 1)
    bank.setflags(write=False)
    return bank


@njit()
def _filter(padded: Field, filter_numbers: NDArray[np.int32], bank: Field, response: Field) -> None:
    """Filter each grid point with its own filter. Without fast-math, so that every processor gives the same sums."""
    lanes = np.empty(LANES, dtype=np.float32)
    for y in range(filter_numbers.shape[0]):
        for x in range(filter_numbers.shape[1]):
            taps = bank[filter_numbers[y, x]]
            lanes[:] = 0
            for row in range(taps.shape[0]):
                for lane in range(LANES):
                    lanes[lane] += taps[row, lane] * padded[y + row, x + lane]
            total = np.float32(0)
            for lane in range(LANES):
                total += lanes[lane]
            response[y, x] = total
