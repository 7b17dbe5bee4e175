"""Where the print is in the image."""

from __future__ import annotations

import numpy as np
import pytest

from fingerprint.extraction.segmentation import Box, foreground


def ridges(height: int, width: int, period: float) -> np.ndarray:
    return (128 + 80 * np.sin(np.arange(width) * 2 * np.pi / period) + np.zeros((height, 1))).astype(np.uint8)


@pytest.mark.parametrize("ppi", [250, 500, 1000])
def test_the_box_holds_the_ridges_and_little_more(ppi: int) -> None:
    scale = ppi / 500
    sheet = np.full((int(1200 * scale), int(1600 * scale)), 250, np.uint8)
    top, left, height, width = (int(side * scale) for side in (300, 700, 400, 320))
    sheet[top : top + height, left : left + width] = ridges(height, width, 9 * scale)
    box = foreground(sheet, ppi)
    assert box is not None
    assert box.top <= top
    assert box.bottom >= top + height
    assert box.left <= left
    assert box.right >= left + width
    assert box.area <= (height + 100 * scale) * (width + 100 * scale)


def test_specks_apart_from_the_print_are_left_out() -> None:
    sheet = np.full((1200, 1600), 250, np.uint8)
    sheet[300:700, 700:1020] = ridges(400, 320, 9)
    sheet[50:70, 50:70] = 0
    box = foreground(sheet, 500)
    assert box is not None
    assert box.top > 100
    assert box.left > 100


def test_a_print_that_fills_the_image_gives_all_of_it() -> None:
    assert foreground(ridges(300, 200, 9), 500) == Box(0, 300, 0, 200)


def test_an_image_without_contrast_has_no_foreground() -> None:
    rng = np.random.default_rng(0)
    assert foreground(np.full((300, 300), 200, np.uint8), 500) is None
    assert foreground(rng.integers(198, 203, (300, 300)).astype(np.uint8), 500) is None


def test_the_box_cuts_what_it_says() -> None:
    pixels = np.arange(30, dtype=np.uint8).reshape(5, 6)
    np.testing.assert_array_equal(Box(1, 3, 2, 4).cut(pixels), [[8, 9], [14, 15]])
