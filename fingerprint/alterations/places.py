"""What a place of a print looks like, to tell whether its ridges were altered: how they look, and whether they go on.

Ridges of a finger turn smoothly except at a core and at deltas. Where skin was cut and sewn they end in front of ridges
that run elsewhere; where it was burnt or rubbed off there are none.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.clarity.features import STEP, Field, features
from fingerprint.clarity.levels import clarity_of

_FLOW_SCALE = 4.0  # pixels: sigma of the tensor from which the direction of ridges at a place is taken
_APART = (10, 18)  # pixels from a place to either side, where directions are compared
_SIDES = 4  # lines through a place
_PRINT = 0.35  # likelihood of a print around a place, for it to be looked at
_WIDE = 2.0  # places: sigma of that likelihood


def place_numbers(pixels: NDArray[np.uint8]) -> tuple[Field, NDArray[np.bool_]]:
    """Return the numbers of each place of a grey print at 500 ppi, (rows, columns, numbers), and which are of it."""
    looks = features(pixels)
    clarity = clarity_of(looks)
    numbers = [looks, clarity.legibility[..., None], clarity.ridged[..., None], _jumps(pixels)]
    print_ = cv2.GaussianBlur(clarity.ridged, (0, 0), _WIDE) >= _PRINT
    closed = cv2.morphologyEx(print_.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    return np.concatenate(numbers, axis=2), np.asarray(closed > 0)


def _jumps(pixels: NDArray[np.uint8]) -> Field:
    """Return how much the direction of the ridges jumps across each place, and how definite it is there."""
    flow = _flow(pixels)
    rows, columns = (STEP * np.arange(max(1, size // STEP)) + STEP // 2 for size in pixels.shape)
    numbers = [np.abs(flow[rows[:, None], columns])]
    for apart in _APART:
        jumps = []
        for k in range(_SIDES):
            down, right = (round(apart * float(f(np.pi * k / _SIDES))) for f in (np.sin, np.cos))
            ahead, behind = (_at(flow, rows + sign * down, columns + sign * right) for sign in (1, -1))
            jumps.append(np.abs(ahead) * np.abs(behind) - np.real(ahead * np.conj(behind)))
        numbers += [np.max(jumps, axis=0), np.mean(jumps, axis=0)]
    return np.stack(numbers, axis=2).astype(np.float32)


def _at(flow: NDArray[np.complex64], rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.complex64]:
    height, width = flow.shape
    return np.asarray(flow[np.clip(rows, 0, height - 1)[:, None], np.clip(columns, 0, width - 1)])


def _flow(pixels: NDArray[np.uint8]) -> NDArray[np.complex64]:
    """Return twice the angle of the ridges at each pixel, of length 0 (no direction) to 1 (one only)."""
    grey = cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), 1.0)
    across, down = (cv2.Sobel(grey, cv2.CV_32F, dx, 1 - dx, ksize=3) for dx in (1, 0))
    xx, yy, xy = (cv2.GaussianBlur(each, (0, 0), _FLOW_SCALE) for each in (across * across, down * down, across * down))
    return np.asarray((xx - yy + 2j * xy) / (xx + yy + 50.0), np.complex64)
