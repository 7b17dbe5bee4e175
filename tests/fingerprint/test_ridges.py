"""From an image to its ridge map: ridges where they are, nothing where there are none."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
from straight_ridges import wave, waves

from fingerprint.extraction.ridges import ridge_map
from fingerprint.ridge_map import CELL, MAX_TILES, TILE, TILE_CELLS, RidgeMap

CELL_MIDDLE = CELL // 2  # pixels from a cell's first pixel to its middle one


def cells(ridges: RidgeMap) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x, y of every cell's middle, and whether it is on a ridge."""
    bit = np.arange(TILE_CELLS * TILE_CELLS)
    x = TILE * ridges.columns[:, None] + CELL * (bit % TILE_CELLS) + CELL_MIDDLE
    y = TILE * ridges.rows[:, None] + CELL * (bit // TILE_CELLS) + CELL_MIDDLE
    return x, y, (ridges.words[:, None] >> bit.astype(np.uint64)) & np.uint64(1) == 1


@pytest.mark.parametrize("period", [7.0, 9.0, 11.0])
@pytest.mark.parametrize("turn", [0.0, 0.3, 1.0, pi / 2, 2.5])
def test_a_bit_says_whether_its_cell_lies_on_a_dark_ridge(turn: float, period: float) -> None:
    ridges = ridge_map(waves(240, turn, period))
    assert len(ridges) == 100
    x, y, on_ridge = cells(ridges)
    expected = wave(x, y, turn, period)
    clear = np.abs(expected) > 0.3
    assert (on_ridge == (expected > 0))[clear].mean() > 0.98


def test_faint_ridges_give_the_same_map_as_strong_ones() -> None:
    (_, _, faint), (_, _, strong) = (cells(ridge_map(waves(240, 0.7, contrast=contrast))) for contrast in (15, 90))
    assert (faint == strong).mean() > 0.99


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_an_even_image_has_no_ridges(grey: int) -> None:
    assert len(ridge_map(np.full((300, 300), grey, np.uint8))) == 0


def test_an_image_smaller_than_a_tile_has_no_ridges() -> None:
    assert len(ridge_map(waves(240, 0.7)[: TILE - 1])) == 0


def test_paper_around_the_print_and_the_sensors_frame_are_left_out() -> None:
    image = np.full((480, 480), 255, np.uint8)
    image[144:336, 144:336] = waves(192, 0.7)
    image[20:24, :] = 0
    ridges = ridge_map(image)
    assert len(ridges) >= 36
    assert min(ridges.rows.min(), ridges.columns.min()) >= 5
    assert max(ridges.rows.max(), ridges.columns.max()) <= 14


def test_a_large_print_keeps_its_middle() -> None:
    ridges = ridge_map(waves(720, 0.7))
    assert len(ridges) == MAX_TILES
    away = np.hypot(ridges.rows - 14.5, ridges.columns - 14.5)
    assert away.max() < 8.5
