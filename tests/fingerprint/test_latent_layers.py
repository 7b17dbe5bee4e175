"""What is laid over a latent at the desk: where its ridges are clear, a region around them, its ridges drawn."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from inputs import impression_of
from numpy.typing import NDArray

from biometrics.imaging.image import Image
from biometrics.kernel.errors import ImageTooLarge
from fingerprint.clarity.levels import Clarity, clarity_map
from fingerprint.clarity.region import suggested_region
from fingerprint.latents.layers import latent_layers
from fingerprint.latents.region import points_in_polygon
from fingerprint.synthetic.finger.frame import IMPRESSION_SHAPE
from fingerprint.synthetic.randomness import random_numbers
from fingerprint.synthetic.surfaces import Surface, surface

PLACE = (150, 90)  # rows and columns from the upper left corner of a page to a print on it


@pytest.fixture(scope="module")
def page() -> NDArray[np.uint8]:
    """Return a print on printed paper, to the left above its middle."""
    shape = (IMPRESSION_SHAPE[0] + 200, IMPRESSION_SHAPE[1] + 200)
    under = cv2.resize(surface(Surface.PRINTED, random_numbers(4, 1)), shape[::-1], interpolation=cv2.INTER_NEAREST)
    top, left = PLACE
    marks = 1 - impression_of(5, 2) / np.float32(255)
    under[top : top + marks.shape[0], left : left + marks.shape[1]] *= 1 - 0.8 * marks
    return np.clip(under, 0, 255).astype(np.uint8)


def unchanged(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return pixels


def test_the_suggested_region_holds_the_print_and_leaves_most_of_the_text_out(page: NDArray[np.uint8]) -> None:
    region = suggested_region(clarity_map(page))
    assert region is not None
    rows, columns = (each.ravel().astype(float) for each in np.indices(page.shape)[:, ::4, ::4])
    covered = points_in_polygon(region, columns, rows)
    away = np.hypot(
        (columns - PLACE[1] - IMPRESSION_SHAPE[1] / 2) / 100, (rows - PLACE[0] - IMPRESSION_SHAPE[0] / 2) / 140
    )
    assert covered[away < 0.8].mean() > 0.9
    assert covered[away > 1.8].mean() < 0.15


def test_ridges_on_plain_ground_are_definitive_and_text_is_background(page: NDArray[np.uint8]) -> None:
    clear = clarity_map(impression_of(5, 2)).levels
    assert np.mean(clear[10:22, 8:17] >= Clarity.MINUTIAE_DEFINITIVE) > 0.9
    text = np.clip(surface(Surface.PRINTED, random_numbers(9, 1)), 0, 255).astype(np.uint8)
    assert np.mean(clarity_map(text).levels == Clarity.BACKGROUND) > 0.9
    assert suggested_region(clarity_map(np.full((300, 300), 128, np.uint8))) is None


def test_layers_are_in_pixels_of_the_image_and_draw_nothing_on_the_background(page: NDArray[np.uint8]) -> None:
    own = latent_layers(Image(page, None, "image/png"), unchanged)
    double = np.repeat(np.repeat(page, 2, axis=0), 2, axis=1)
    twice = latent_layers(Image(double, 1000.0, "image/png"), unchanged)
    assert (own.side, twice.side) == (12, 24)
    assert own.region is not None
    assert twice.region is not None
    assert np.array(twice.region).max(axis=0) == pytest.approx(2 * np.array(own.region).max(axis=0), abs=24)
    seen = np.kron(own.clarity > 0, np.ones((12, 12))) > 0
    height, width = seen.shape
    assert np.array_equal(own.ridges[:height, :width][seen], page[:height, :width][seen])
    assert (own.ridges[:height, :width][~seen] == 255).all()


def test_an_image_far_larger_than_a_finger_is_refused() -> None:
    with pytest.raises(ImageTooLarge):
        latent_layers(Image(np.zeros((1200, 1000), np.uint8), 500.0, "image/png"), unchanged)
