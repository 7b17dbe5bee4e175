"""Surfaces on which latents are left: paper, print, forms, security patterns, glass, and what a pen wrote on them."""

from __future__ import annotations

from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.synthetic.finger.frame import IMPRESSION_SHAPE, Field, smooth_noise

GREY = (120.0, 235.0)
SHADING, SHADING_SCALE = (4.0, 18.0), 60.0  # grey levels, one standard deviation; pixels
GRAIN, GRAIN_SIZE = (2.0, 8.0), 1.2  # grey levels and pixels, both one standard deviation
FIBRE = (2.5, 0.7)  # pixels: one standard deviation of a fibre along and across
INK = (60.0, 160.0)  # grey levels that print or a pen takes off
TEXT_HEIGHT, TEXT_TILT = (0.3, 0.9), 0.2  # of OpenCV's fonts, which are some 22 pixels high; radians
PERIOD, PATTERN = (5.0, 16.0), (6.0, 22.0)  # pixels and grey levels of a security pattern
PEN_SHARE, PEN_WIDTH = 0.4, (2, 5)  # of the surfaces that have strokes; pixels
_LETTERS = [chr(code) for code in range(ord("A"), ord("z") + 1) if chr(code).isalpha()]
_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX)


class Surface(StrEnum):
    """What a latent is left on."""

    PAPER = "paper"
    PRINTED = "printed"
    FORM = "form"
    PATTERN = "pattern"
    GLASS = "glass"


def surface(kind: Surface, rng: np.random.Generator) -> Field:
    """Return the grey values of a surface, float32 of IMPRESSION_SHAPE."""
    size = FIBRE if kind in (Surface.PAPER, Surface.FORM) else (GRAIN_SIZE, GRAIN_SIZE)
    grain = cv2.GaussianBlur(rng.standard_normal(IMPRESSION_SHAPE, dtype=np.float32), (0, 0), size[0], sigmaY=size[1])
    grey = rng.uniform(*GREY) + rng.uniform(*SHADING) * smooth_noise(rng, IMPRESSION_SHAPE, SHADING_SCALE)
    grey = grey + rng.uniform(*GRAIN) / grain.std() * grain
    if kind in (Surface.PRINTED, Surface.FORM):
        grey = grey - rng.uniform(*INK) * _text(rng, every=1 if kind is Surface.PRINTED else 3)
    if kind is Surface.FORM:
        grey = grey - rng.uniform(*INK) * _ruled(rng)
    if kind is Surface.PATTERN:
        grey = grey - rng.uniform(*PATTERN) * _waves(rng)
    if kind is Surface.GLASS:
        grey = grey + 0.5 * rng.uniform(*INK) * _strokes(rng, int(rng.integers(3, 12)), (1, 2), bend=0.02)
    if rng.random() < PEN_SHARE:
        grey = grey - rng.uniform(*INK) * _strokes(rng, int(rng.integers(1, 4)), PEN_WIDTH, bend=0.35)
    return np.asarray(grey, dtype=np.float32)


def _text(rng: np.random.Generator, every: int) -> Field:
    """Return lines of letters, 1 where there is ink; `every` such lines one is written."""
    height, width = IMPRESSION_SHAPE
    side = height + width
    page = np.zeros((side, side), np.uint8)
    scale, font = float(rng.uniform(*TEXT_HEIGHT)), _FONTS[int(rng.integers(len(_FONTS)))]
    step = round(every * rng.uniform(30, 45) * scale)
    for bottom in range(step, side, step):
        line = "".join(rng.choice(_LETTERS) if rng.random() < 0.85 else " " for _ in range(120))
        cv2.putText(page, line, (0, bottom), font, scale, 255, int(rng.integers(1, 3)), cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), float(np.rad2deg(rng.normal(0, TEXT_TILT))), 1.0)
    turned = np.asarray(cv2.warpAffine(page, turn, (side, side)), dtype=np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    return _shares(turned[top : top + height, left : left + width])


def _ruled(rng: np.random.Generator) -> Field:
    """Return the lines of a table."""
    height, width = IMPRESSION_SHAPE
    drawn = np.zeros(IMPRESSION_SHAPE, np.uint8)
    thick = int(rng.integers(1, 4))
    for y in range(int(rng.integers(0, 60)), height, int(rng.integers(45, 110))):
        cv2.line(drawn, (0, y), (width, y), 255, thick, cv2.LINE_AA)
    for x in range(int(rng.integers(0, 120)), width, int(rng.integers(70, 200))):
        cv2.line(drawn, (x, 0), (x, height), 255, thick, cv2.LINE_AA)
    return _shares(drawn)


def _waves(rng: np.random.Generator) -> Field:
    """Return two families of fine lines that bend, as on bank notes and certificates: 0 to 1."""
    rows, columns = np.indices(IMPRESSION_SHAPE, dtype=np.float32)
    total = np.zeros(IMPRESSION_SHAPE, np.float32)
    for _ in range(2):
        turn, period = rng.uniform(0, np.pi), rng.uniform(*PERIOD)
        across = columns * np.cos(turn) + rows * np.sin(turn) + 6 * smooth_noise(rng, IMPRESSION_SHAPE, 90.0)
        total += 0.25 * (1 + np.sin(2 * np.pi * across / period)).astype(np.float32)
    return total


def _strokes(rng: np.random.Generator, count: int, width: tuple[int, int], bend: float) -> Field:
    """Return strokes that begin anywhere; `bend` is how far they turn every 6 pixels, in radians."""
    drawn = np.zeros(IMPRESSION_SHAPE, np.uint8)
    for _ in range(count):
        turns = np.cumsum(rng.normal(0, bend, int(rng.integers(20, 90)))) + rng.uniform(0, 2 * np.pi)
        steps = 6 * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        path = rng.uniform((0, 0), IMPRESSION_SHAPE[::-1]) + np.cumsum(steps, axis=0)
        thick = int(rng.integers(width[0], width[1] + 1))
        cv2.polylines(drawn, [np.rint(path).astype(np.int32)], False, 255, thick, cv2.LINE_AA)
    return _shares(drawn)


def _shares(drawn: NDArray[np.uint8]) -> Field:
    return np.asarray(drawn / np.float32(255), dtype=np.float32)
