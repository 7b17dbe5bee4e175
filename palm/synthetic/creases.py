"""The creases and scars of a generated palm, which stay the same in all its impressions."""

from __future__ import annotations

import cv2
import numpy as np

from fingerprint.synthetic.finger.frame import Field
from palm.synthetic.flow import PALM_SHAPE

# The three flexion creases, as places (shares across and down) that they go through.
PRINCIPAL = (
    ((1.0, 0.32), (0.75, 0.3), (0.5, 0.22), (0.33, 0.1)),  # of the heart
    ((0.05, 0.38), (0.35, 0.42), (0.65, 0.5), (0.92, 0.6)),  # of the head
    ((0.05, 0.37), (0.32, 0.5), (0.42, 0.72), (0.4, 0.98)),  # of life
)
WIDTH = (4, 8)  # pixels
MINOR, MINOR_WIDTH, MINOR_REACH = (12, 30), (1, 4), (50.0, 200.0)  # creases besides: how many, how wide and long
SCARS, SCAR_WIDTH, SCAR_REACH = 0.7, (3, 8), (60.0, 260.0)  # mean number; pixels
WANDER = 18.0  # pixels, one standard deviation, that a place lies off
SOFTNESS = 1.0  # standard deviation of the blur, pixels


def draw_creases(rng: np.random.Generator) -> Field:
    """Draw what has no ridges: float32 of PALM_SHAPE, from 0 to 1 in a crease or a scar."""
    drawn = np.zeros(PALM_SHAPE, np.uint8)
    for places in PRINCIPAL:
        at = np.array(places) * PALM_SHAPE[::-1] + rng.normal(0, WANDER, (len(places), 2))
        steps = np.linspace(0, len(at) - 1, 120)
        smooth = np.stack([np.polyval(np.polyfit(np.arange(len(at)), at[:, k], 3), steps) for k in (0, 1)], axis=1)
        _line(drawn, smooth + _tremor(rng, len(steps)), WIDTH, rng)
    for count, reach, width in (
        (int(rng.integers(*MINOR)), MINOR_REACH, MINOR_WIDTH),
        (int(rng.poisson(SCARS)), SCAR_REACH, SCAR_WIDTH),
    ):
        for _ in range(count):
            middle, turn = rng.uniform((0, 0), PALM_SHAPE[::-1]), rng.uniform(0, np.pi)
            along = np.linspace(-0.5, 0.5, 40)[:, None] * rng.uniform(*reach)
            _line(drawn, middle + along * (np.cos(turn), np.sin(turn)) + _tremor(rng, 40), width, rng)
    return np.asarray(cv2.GaussianBlur(drawn / np.float32(255), (0, 0), SOFTNESS), np.float32)


def _tremor(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return how far the places of a line wander off it, smoothly: shape (count, 2), pixels."""
    steps = np.cumsum(rng.normal(0, 0.6, (count, 2)), axis=0)
    return steps - steps.mean(axis=0)


def _line(drawn: np.ndarray, places: np.ndarray, width: tuple[int, int], rng: np.random.Generator) -> None:
    corners = np.rint(places).astype(np.int32)
    cv2.polylines(drawn, [corners], False, 255, int(rng.integers(width[0], width[1] + 1)), cv2.LINE_AA)
