"""What is wrong with a print, told from real ones, and whether it may be enrolled."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from biometrics.imaging.image import Image, decode
from biometrics.kernel.recognition.types import QualityFault
from fingerprint.nfiq2 import NO_PRINT, Nfiq2, Nfiq2Quality
from fingerprint.quality import FLOOR, GOOD, assess, finger_pixels

POOR = Nfiq2Quality(GOOD - 1, {})


@pytest.fixture
def folder(shared_data: Path) -> Path:
    return shared_data / "fingerprint"


def grey(path: Path) -> NDArray[np.uint8]:
    return decode(path.read_bytes()).grey()


def faults(pixels: NDArray[np.uint8]) -> tuple[QualityFault, ...]:
    return assess(pixels, POOR).faults


@pytest.mark.parametrize(
    "name", ["FVC2002/DB1_B/101_4.tif", "FVC2002/DB1_B/109_6.tif", "FVC2004/DB1_B/105_1.png", "FVC2004/DB1_B/107_7.png"]
)
def test_dry_fingers_are_reported(folder: Path, name: str) -> None:
    assert QualityFault.TOO_DRY in faults(grey(folder / name))


@pytest.mark.parametrize("name", ["FVC2002/DB4_B/110_3.png", "FVC2004/DB4_B/101_4.png", "FVC2002/DB2_B/109_8.png"])
def test_dry_fingers_on_grey_glass_are_reported(folder: Path, name: str) -> None:
    """Ridges that break into grains, of which NFIQ 2 is not sure which way they run."""
    pixels = grey(folder / name)
    result = assess(pixels, Nfiq2().measure(pixels))
    assert QualityFault.TOO_DRY in result.faults
    assert not result.acceptable


@pytest.mark.parametrize(
    "name", ["FVC2004/DB3_B/102_8.png", "FVC2002/DB3_B/108_5.png", "FVC2004/DB1_B/101_8.png", "FVC2004/DB3_B/108_7.png"]
)
def test_wet_fingers_are_reported(folder: Path, name: str) -> None:
    assert QualityFault.TOO_WET in faults(grey(folder / name))


@pytest.mark.parametrize(
    "name", ["FVC2002/DB2_B/101_5.png", "FVC2002/DB1_B/103_1.tif", "FVC2004/DB1_B/103_1.png", "FVC2002/DB4_B/103_1.png"]
)
def test_good_prints_have_no_faults(folder: Path, name: str) -> None:
    assert faults(grey(folder / name)) == ()


@pytest.mark.parametrize("name", ["FVC2002/DB1_B/105_8.tif", "FVC2004/DB2_B/104_3.png"])
def test_a_print_that_nfiq2_finds_good_is_not_called_dry_or_wet(folder: Path, name: str) -> None:
    """Thin ridges, and broad ones, of 64 and 61."""
    pixels = grey(folder / name)
    assert assess(pixels, Nfiq2().measure(pixels)).faults == ()


def test_print_that_moved_is_reported(folder: Path) -> None:
    """A finger dragged by 15 pixels, three quarters of a millimetre."""
    image = grey(folder / "FVC2002/DB2_B/101_5.png")
    dragged = cv2.filter2D(image, -1, np.eye(15, dtype=np.float32) / 15)
    assert QualityFault.MOVED in faults(dragged)


def test_faint_print_is_reported(folder: Path) -> None:
    image = grey(folder / "FVC2002/DB1_B/103_1.tif")
    faint = (200 + (image.astype(np.float32) - 200) / 5).astype(np.uint8)
    assert faults(faint) == (QualityFault.LOW_CONTRAST,)


def test_tip_of_a_finger_is_too_small(folder: Path) -> None:
    image = grey(folder / "FVC2002/DB2_B/101_5.png")
    tip = np.full_like(image, 230)
    tip[200:360, 80:240] = image[200:360, 80:240]
    assert QualityFault.TOO_SMALL in faults(tip)


@pytest.mark.parametrize("level", [0, 200, 255])
def test_image_without_a_print_is_reported(level: int) -> None:
    dust = np.random.default_rng(3).normal(level, 2, (400, 300)).clip(0, 255).astype(np.uint8)
    assert assess(dust, NO_PRINT).faults == (QualityFault.NO_PRINT,)
    assert not assess(dust, NO_PRINT).acceptable


def test_floor_divides_what_needs_a_reason() -> None:
    pixels = np.full((300, 300), 255, np.uint8)
    assert assess(pixels, Nfiq2Quality(FLOOR, {})).acceptable
    assert not assess(pixels, Nfiq2Quality(FLOOR - 1, {})).acceptable
    assert assess(pixels, Nfiq2Quality(FLOOR - 1, {})).score == FLOOR - 1


def test_print_is_measured_at_500_ppi_and_without_its_page() -> None:
    """A scan at 1000 ppi is halved, and a page is cut down to the print on it."""
    ridges = np.full((2400, 2400), 255, np.uint8)
    y, x = np.mgrid[:600, :500]
    ridges[800:1400, 900:1400] = 127 + 120 * np.sin((x + y / 3) * 2 * np.pi / 18)
    whole = finger_pixels(Image(ridges, 1000.0, "image/png"), 0.5)
    assert 300 <= whole.shape[0] <= 420
    assert 250 <= whole.shape[1] <= 370
    small = finger_pixels(Image(ridges[:1000, :800], 500.0, "image/png"), 0.5)
    assert small.shape == (500, 400)
