"""The ridges of a master follow its orientation field, at the spacing of real ridges."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprint.synthetic import Finger, Pattern
from fingerprint.synthetic.finger.orientation import draw_flow
from fingerprint.synthetic.finger.period import EXTREMES, draw_period
from fingerprint.synthetic.finger.ridges import GRID, grow_master

WINDOW = 64  # pixels: some seven ridges


def period(window: NDArray[np.uint8]) -> float:
    """Return the period of the strongest wave in a square window (pixels)."""
    taper = np.hanning(WINDOW)[:, None] * np.hanning(WINDOW)
    centred = (window - window.mean()) * taper
    power = np.abs(np.fft.fft2(centred, (4 * WINDOW, 4 * WINDOW))) ** 2
    down, across = np.unravel_index(np.argmax(power), power.shape)
    frequencies = np.fft.fftfreq(4 * WINDOW)
    return float(1 / np.hypot(frequencies[down], frequencies[across]))


def structure_angle(master: NDArray[np.uint8], blur: float) -> NDArray[np.float64]:
    """Return the direction along the ridges from the structure tensor (radians, y up, modulo pi)."""
    grey = master.astype(np.float64)
    dx, dy = cv2.Sobel(grey, cv2.CV_64F, 1, 0), -cv2.Sobel(grey, cv2.CV_64F, 0, 1)
    xx, yy, xy = (cv2.GaussianBlur(product, (0, 0), blur) for product in (dx * dx, dy * dy, dx * dy))
    return 0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2


def test_ridges_lie_eight_to_eleven_pixels_apart_on_average() -> None:
    periods = [
        period(Finger.generate(seed).master[y : y + WINDOW, x : x + WINDOW])
        for seed in range(6)
        for y, x in ((40, 60), (40, 220), (160, 140), (300, 60), (300, 220))
    ]
    assert 8.0 < np.median(periods) < 11.0
    assert all(0.9 * EXTREMES[0] < each < 1.1 * EXTREMES[1] for each in periods)


def test_fingers_differ_in_their_ridge_period() -> None:
    means = [
        draw_period(draw_flow(Pattern.WHORL, rng, GRID), rng, GRID).mean()
        for rng in map(np.random.default_rng, range(30))
    ]
    assert 0.2 < np.std(means) < 1.0
    assert 8.0 < np.mean(means) < 10.5


@pytest.mark.parametrize("pattern", Pattern)
def test_ridges_run_along_the_orientation_field(pattern: Pattern) -> None:
    rng = np.random.default_rng(3)
    flow = draw_flow(pattern, rng, GRID)
    angle = structure_angle(grow_master(flow, rng), blur=5)[::GRID, ::GRID]
    astray = np.abs((angle - flow.angle + np.pi / 2) % np.pi - np.pi / 2)
    assert np.rad2deg(np.median(astray)) < 5
    assert np.mean(np.rad2deg(astray) < 20) > 0.93


def test_ridges_cover_the_whole_master() -> None:
    master = Finger.generate(4).master
    tiles = master.reshape(448 // 32, 32, 352 // 32, 32).swapaxes(1, 2).reshape(-1, 1024)
    assert np.all(np.percentile(tiles, 90, axis=1) - np.percentile(tiles, 10, axis=1) > 80)
