"""A frame around an image is painted as paper where the print was refused, and nothing else is taken for one."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from inputs import impression_of
from numpy.typing import NDArray

from biometrics.imaging.image import Image, decode
from biometrics.kernel.errors import TooFewMinutiae
from fingerprint.codec import decode as decode_template
from fingerprint.extraction import extractor
from fingerprint.extraction.frame import without_frame
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.synthetic import Finger
from fingerprint.synthetic.sensors import OPTICAL_DRY, SENSORS
from fingerprint.template import MinutiaType

Pixels = NDArray[np.uint8]

PPI = 186.0
PAPER = 250
FRAMED = "SOCOFing/103__F_Right_little_finger.png"  # faint, dotted, and framed
SIDES = {  # rows and columns
    "above": (slice(7), slice(None)),
    "below": (slice(-7, None), slice(None)),
    "left": (slice(None), slice(7)),
    "right": (slice(None), slice(-7, None)),
}


def paper_with_print() -> Pixels:
    """Return a print in the middle of paper that is not quite even."""
    pixels = np.random.default_rng(3).integers(PAPER - 4, PAPER + 5, (300, 240)).astype(np.uint8)
    pixels[60:240, 40:200] = np.minimum(pixels[60:240, 40:200], ridges((180, 160)))
    return pixels


def ridges(shape: tuple[int, int]) -> Pixels:
    """Return concentric ridges that reach all sides."""
    down, across = np.indices(shape)
    away = np.hypot(down - shape[0] / 2, across - shape[1] / 2)
    return np.asarray(140 + 100 * np.sin(2 * np.pi * away / 9), np.uint8)


def noisy_print(seed: int, noise: float) -> Pixels:
    """Return a generated print at 186 ppi, with noise on it, in the middle of white paper."""
    rng = np.random.default_rng(seed)
    clear = Finger.generate(seed).impression(1, OPTICAL_DRY.capture, OPTICAL_DRY.look)[60:300, 30:270]
    small = cv2.resize(clear, None, fx=PPI / 500, fy=PPI / 500, interpolation=cv2.INTER_AREA)
    down, across = np.indices(small.shape)
    inside = np.hypot(across - 45, down - 45) < 32
    noisy = np.where(inside, small + noise * rng.standard_normal(small.shape), 255)
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def framed(pixels: Pixels) -> Pixels:
    """Return the image with a grey line above and on the left, and a black bar below and on the right."""
    around = np.pad(pixels, ((2, 4), (2, 4)))
    around[:2, :-4] = around[:-4, :2] = 130
    return around


def test_a_poor_print_is_read_in_a_frame_and_is_refused_without_this_step(
    recogniser: FingerprintRecogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = framed(noisy_print(seed=4, noise=35))
    image = Image(pixels, PPI, "image/png")
    template = decode_template(recogniser.extract(image).data)
    height, width = pixels.shape
    assert (template.width, template.height) == (round(width * 500 / PPI), round(height * 500 / PPI))
    off_the_print = np.hypot(template.x / 500 * PPI - 47, template.y / 500 * PPI - 47) > 34
    assert not off_the_print.any()
    monkeypatch.setattr(extractor, "without_frame", lambda pixels: None)
    with pytest.raises(TooFewMinutiae):
        recogniser.extract(image)


def test_a_poor_print_of_a_scanner_is_read_in_its_frame_and_what_was_drawn_is_marked(
    shared_data: Path, recogniser: FingerprintRecogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = decode((shared_data / "fingerprint" / FRAMED).read_bytes(), ppi=PPI)
    template = decode_template(recogniser.extract(image).data)
    assert 0 < (template.type == MinutiaType.OTHER).sum() < len(template)
    monkeypatch.setattr(extractor, "without_frame", lambda pixels: None)
    with pytest.raises(TooFewMinutiae):
        recogniser.extract(image)


def test_a_print_that_is_read_is_never_asked_for_its_frame(
    recogniser: FingerprintRecogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched_images: list[Pixels] = []
    monkeypatch.setattr(extractor, "without_frame", searched_images.append)
    recogniser.extract(Image(framed(impression_of(5, 1)), 500.0, "image/png"))
    assert searched_images == []


def test_the_first_refusal_is_reported_where_nothing_shows_in_the_frame_either(
    recogniser: FingerprintRecogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = Image(framed(np.full((200, 200), PAPER, np.uint8)), 500.0, "image/png")
    assert without_frame(image.grey()) is not None
    with pytest.raises(TooFewMinutiae) as with_step:
        recogniser.extract(image)
    monkeypatch.setattr(extractor, "without_frame", lambda pixels: None)
    with pytest.raises(TooFewMinutiae) as without_step:
        recogniser.extract(image)
    assert with_step.value.message == without_step.value.message


@pytest.mark.parametrize("grey", [0, 60, 130, 200])
@pytest.mark.parametrize("side", SIDES)
def test_a_frame_of_any_grey_on_one_side_is_painted(side: str, grey: int) -> None:
    plain = paper_with_print()
    pixels = plain.copy()
    pixels[SIDES[side]] = grey
    before = pixels.copy()
    painted = without_frame(pixels)
    assert painted is not None
    assert np.array_equal(pixels, before)
    assert np.abs(painted.astype(int) - plain).max() <= 8
    untouched = np.ones(plain.shape, bool)
    untouched[SIDES[side]] = False
    assert np.array_equal(painted[untouched], plain[untouched])


@pytest.mark.parametrize("width", [1, 2, 5, 12, 24])
def test_a_frame_of_up_to_a_tenth_of_the_side_is_found(width: int) -> None:
    plain = paper_with_print()
    pixels = np.full_like(plain, 20)
    pixels[width:-width, width:-width] = plain[width:-width, width:-width]
    painted = without_frame(pixels)
    assert painted is not None
    assert painted[:width].min() == painted[:, -width:].max() >= PAPER
    assert np.array_equal(painted[width:-width, width:-width], plain[width:-width, width:-width])


def test_what_is_wider_is_no_frame() -> None:
    pixels = paper_with_print()
    pixels[:25] = 20
    assert without_frame(pixels) is None


def test_a_white_frame_around_a_print_on_grey_glass_is_painted_grey() -> None:
    pixels = np.full((200, 200), 255, np.uint8)
    pixels[5:-5, 5:-5] = ridges((190, 190)) // 2 + 60
    painted = without_frame(pixels)
    assert painted is not None
    assert 170 <= painted[0, 0] == painted[-1, -1] <= 180


@pytest.mark.parametrize("name", SENSORS)
def test_prints_without_a_frame_have_none(name: str) -> None:
    sensor = SENSORS[name]
    impression = Finger.generate(5).impression(1, sensor.capture, sensor.look)
    assert without_frame(impression) is None
    assert without_frame(impression[120:280, 90:210]) is None  # ridges up to all sides


def test_ridges_along_the_edge_are_no_frame() -> None:
    assert without_frame(ridges((300, 240))) is None
    assert without_frame(ridges((300, 240))[150:]) is None


def test_a_print_that_darkens_to_the_edge_has_no_frame() -> None:
    pixels = ridges((300, 240)).astype(int) - np.maximum(0, 300 - 8 * np.arange(300))[:, None]
    assert without_frame(np.clip(pixels, 0, 255).astype(np.uint8)) is None


@pytest.mark.parametrize("shape", [(1, 1), (5, 300), (300, 300)])
def test_a_uniform_image_has_no_frame(shape: tuple[int, int]) -> None:
    for grey in (0, 128, 255):
        assert without_frame(np.full(shape, grey, np.uint8)) is None


def test_paper_without_a_print_has_no_frame() -> None:
    assert without_frame(paper_with_print()) is None
