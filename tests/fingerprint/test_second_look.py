"""Poor prints are looked at again, photos are refused, and what a drawing added is marked."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from biometrics.imaging.image import Image, decode
from biometrics.kernel.errors import TooFewMinutiae
from fingerprint.codec import decode as decode_template
from fingerprint.codec import encode
from fingerprint.extraction.enhancement import Enhancer, print_mask
from fingerprint.extraction.extractor import extract
from fingerprint.extraction.leader import Detections
from fingerprint.extraction.ridge_direction import straightness
from fingerprint.extraction.ridge_energy import NO_RIDGES, ridge_energy
from fingerprint.extraction.second_look import (
    LEAST_ENERGY,
    MAX_STRAIGHTNESS,
    look_again,
    may_be_print,
    union,
)
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.template import MinutiaType
from models.registry import ModelRegistry
from models.session import ModelSession

POOR = "SOCOFing/264__M_Right_thumb_finger.png"  # so dark that too few minutiae are clear
PPI = 186.0  # of SOCOFing's reduced images
FACES = (
    "Carlos_Ruiz/Carlos_Ruiz_0003.jpg",
    "Gwyneth_Paltrow/Gwyneth_Paltrow_0004.jpg",
)  # LEADER alone takes for prints


@pytest.fixture(scope="module")
def session(registry: ModelRegistry) -> ModelSession:
    return registry.open_session("leader")


def made(*minutiae: tuple[float, float, float, float]) -> Detections:
    x, y, direction, quality = np.array(minutiae, np.float32).T
    return Detections(x, y, direction, quality, np.full(len(x), MinutiaType.ENDING, np.uint8))


def test_a_print_that_is_too_dark_is_read_at_the_second_look(
    shared_data: Path, recogniser: FingerprintRecogniser, session: ModelSession
) -> None:
    image = decode((shared_data / "fingerprint" / POOR).read_bytes(), ppi=PPI)
    with pytest.raises(TooFewMinutiae):
        extract(image, session)
    template = decode_template(recogniser.extract(image).data)
    assert len(template) >= 6
    added = template.type == MinutiaType.OTHER
    assert 0 < added.sum() < len(template)


@pytest.mark.parametrize("name", FACES)
def test_a_face_that_the_network_takes_for_a_print_is_refused(
    shared_data: Path, recogniser: FingerprintRecogniser, session: ModelSession, name: str
) -> None:
    image = decode((shared_data / "face" / "lfw" / name).read_bytes())
    assert len(extract(image, session)) >= 4
    with pytest.raises(TooFewMinutiae):
        recogniser.extract(image)


@pytest.mark.parametrize("deviation", [0.0, 1.5, 3.0])
def test_noise_is_refused_at_the_second_look_too(recogniser: FingerprintRecogniser, deviation: float) -> None:
    values = np.random.default_rng(1).normal(size=(300, 300))
    smooth = cv2.GaussianBlur(values, (0, 0), deviation) if deviation else values
    pixels = cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    with pytest.raises(TooFewMinutiae):
        recogniser.extract(Image(pixels, 500.0, "image/png"))


@pytest.mark.parametrize("width", [1.5, 2.5, 3.5])
def test_a_striped_surface_is_refused_however_many_minutiae_are_seen(
    recogniser: FingerprintRecogniser, session: ModelSession, width: float
) -> None:
    values = np.random.default_rng(4).normal(size=(350, 350))
    smooth = cv2.GaussianBlur(values, (0, 0), sigmaX=width, sigmaY=4 * width)
    image = Image(cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8), 500.0, "image/png")
    assert len(extract(image, session)) > 10
    with pytest.raises(TooFewMinutiae):
        recogniser.extract(image)


def test_the_lines_of_a_print_bend_and_a_small_part_may_be_straight(shared_data: Path) -> None:
    pixels = decode((shared_data / "fingerprint/FVC2002/DB1_B/101_1.tif").read_bytes(), ppi=500).grey()
    assert straightness(pixels) < 0.8
    columns = np.arange(400)[None, :] + np.zeros((400, 1))
    stripes = np.uint8(127 + 100 * np.sin(columns * 2 * np.pi / 9))
    assert straightness(stripes) > 0.99 > MAX_STRAIGHTNESS
    assert straightness(stripes[:200, :200]) == 0
    assert straightness(np.full((400, 400), 200, np.uint8)) == 0


def test_a_blurred_print_with_ten_reliable_minutiae_is_one(shared_data: Path) -> None:
    pixels = decode((shared_data / "fingerprint/FVC2002/DB1_B/101_1.tif").read_bytes(), ppi=500).grey()
    blurred = cv2.GaussianBlur(pixels, (0, 0), 4)
    assert ridge_energy(blurred) < LEAST_ENERGY
    seen = [(20.0 * i, 20.0 * i, 0.0, 0.7) for i in range(10)]
    assert may_be_print(blurred, made(*seen))
    assert not may_be_print(blurred, made(*seen[1:]))
    assert not may_be_print(blurred, made(*seen), refused=True)
    assert may_be_print(pixels, made(*seen), refused=True)


def test_a_good_print_is_extracted_as_without_a_second_look(
    shared_data: Path, recogniser: FingerprintRecogniser, session: ModelSession
) -> None:
    image = decode((shared_data / "fingerprint/FVC2002/DB1_B/101_1.tif").read_bytes(), ppi=500)
    assert recogniser.extract(image).data == encode(extract(image, session))


def test_ridges_of_their_period_have_more_energy_than_coarser_things() -> None:
    columns = np.arange(300)[None, :] + np.zeros((300, 1))
    ridges = np.uint8(127 + 100 * np.sin(columns * 2 * np.pi / 9))
    coarse = np.uint8(127 + 100 * np.sin(columns * 2 * np.pi / 30))
    assert ridge_energy(ridges) > 2
    assert ridge_energy(coarse) < LEAST_ENERGY
    assert ridge_energy(np.full((300, 300), 200, np.uint8)) == NO_RIDGES
    assert ridge_energy(np.zeros((20, 300), np.uint8)) == NO_RIDGES


def test_a_minutia_seen_twice_counts_once_and_as_it_was_seen_first() -> None:
    first = made((50, 50, 0.0, 0.9), (100, 100, 1.0, 0.4))
    second = made((54, 53, 0.1, 0.5), (100, 100, 2.0, 0.7), (200, 50, 0.0, 0.6))
    together = union([first, second])
    assert together.x.tolist() == [50, 100, 100, 200]
    assert together.quality.tolist() == pytest.approx([0.9, 0.4, 0.7, 0.6])


def test_of_too_many_minutiae_the_best_are_kept() -> None:
    many = [made(*((20 * i, 20 * row, 0.0, 0.5 + row / 100) for i in range(100))) for row in range(4)]
    together = union(many)
    assert len(together.x) == 255
    assert together.quality.min() >= 0.51


def test_nothing_is_made_of_a_drawing_that_the_image_does_not_bear_out(
    shared_data: Path, registry: ModelRegistry, session: ModelSession
) -> None:
    clear = decode((shared_data / "fingerprint/FVC2002/DB1_B/101_1.tif").read_bytes(), ppi=500).grey()
    drawn = Enhancer(registry).enhanced(clear)
    assert drawn[~print_mask(clear)].min() == 255
    assert drawn[print_mask(clear)].mean() < 200
    paper = np.random.default_rng(2).integers(200, 256, clear.shape).astype(np.uint8)
    assert look_again(session, lambda pixels: drawn, paper, made((9, 9, 0.0, 0.4))) is None
