"""From an image to a template: what is accepted, what is refused, and in which units."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from biometrics.imaging.image import Image, decode
from biometrics.kernel.errors import ImageTooLarge, TooFewMinutiae
from fingerprint.codec import encode
from fingerprint.extraction.extractor import extract
from fingerprint.template import FingerprintTemplate
from models.registry import ModelRegistry
from models.session import ModelSession

PAPER = 255


@pytest.fixture(scope="module")
def session(registry: ModelRegistry) -> ModelSession:
    return registry.open_session("leader")


@pytest.fixture(scope="module")
def print_image(shared_data: Path) -> Image:
    return decode((shared_data / "fingerprint/FVC2002/DB1_B/101_1.tif").read_bytes(), ppi=500)


@pytest.fixture(scope="module")
def template(print_image: Image, session: ModelSession) -> FingerprintTemplate:
    return extract(print_image, session)


def image(pixels: np.ndarray, ppi: float | None = 500) -> Image:
    return Image(np.ascontiguousarray(pixels), ppi, "image/png")


def refound(reference: FingerprintTemplate, other: FingerprintTemplate, dx: float = 0.0, dy: float = 0.0) -> float:
    """Return the fraction of the minutiae of `reference` that `other` has, shifted, with the same direction."""
    x, y = reference.x[:, None] + dx - other.x, reference.y[:, None] + dy - other.y
    turned = np.cos(reference.direction[:, None] - other.direction)
    return float(((np.hypot(x, y) < 6) & (turned > 0.9)).any(axis=1).mean())


def test_a_real_print_gives_its_minutiae(template: FingerprintTemplate) -> None:
    assert 20 <= len(template) <= 40
    assert (template.width, template.height) == (388, 374)
    assert template.quality.min() >= 0.35
    assert set(template.type.tolist()) == {1, 2}


@pytest.mark.real_models
def test_the_same_image_always_gives_the_same_bytes(
    print_image: Image, template: FingerprintTemplate, session: ModelSession
) -> None:
    assert encode(extract(print_image, session)) == encode(template)


def test_the_same_print_at_another_resolution_gives_the_same_minutiae(
    print_image: Image, template: FingerprintTemplate, session: ModelSession
) -> None:
    finer = cv2.resize(print_image.pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    other = extract(image(finer, ppi=1000), session)
    assert (other.width, other.height) == (388, 374)
    assert refound(template, other) > 0.85


def test_an_unknown_resolution_is_taken_for_500_ppi(
    print_image: Image, template: FingerprintTemplate, session: ModelSession
) -> None:
    assert encode(extract(image(print_image.pixels, ppi=None), session)) == encode(template)


def test_directions_turn_counter_clockwise_with_the_image(
    print_image: Image, template: FingerprintTemplate, session: ModelSession
) -> None:
    turned = extract(image(np.rot90(print_image.pixels)), session)
    back = FingerprintTemplate(
        388, 374, 387 - turned.y, turned.x, turned.direction - np.pi / 2, turned.quality, turned.type
    )
    assert refound(template, back) > 0.75


def test_a_large_scan_is_cut_down_to_its_print_and_keeps_its_coordinates(
    print_image: Image, template: FingerprintTemplate, session: ModelSession
) -> None:
    sheet = np.full((2000, 2500), PAPER, np.uint8)
    sheet[1200:1574, 300:688] = print_image.pixels
    result = extract(image(sheet), session)
    assert (result.width, result.height) == (2500, 2000)
    assert refound(template, result, dx=300, dy=1200) > 0.85


def test_a_scan_full_of_prints_is_refused_before_it_costs_anything(print_image: Image, session: ModelSession) -> None:
    with pytest.raises(ImageTooLarge, match="more than one finger"):
        extract(image(np.tile(print_image.pixels, (10, 10))), session)


def test_more_pixels_than_a_template_can_address_are_refused(session: ModelSession) -> None:
    with pytest.raises(ImageTooLarge, match="resolution"):
        extract(image(np.tile(np.uint8([0, PAPER]), (16, 5000)), ppi=200), session)


def noise(deviation: float) -> np.ndarray:
    """Return grey noise, as fine as pixels or smoothed to `deviation`, which about 3 brings to the size of ridges."""
    values = np.random.default_rng(0).normal(size=(300, 300))
    smooth = cv2.GaussianBlur(values, (0, 0), deviation) if deviation else values
    return cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)


@pytest.mark.parametrize(
    "pixels",
    [
        np.full((300, 300), PAPER, np.uint8),
        np.zeros((300, 300), np.uint8),
        np.full((4000, 4000), PAPER, np.uint8),
        np.full((16, 16), 128, np.uint8),
        noise(0),
        noise(3),
        (127 + 120 * np.sin(np.arange(300)[None, :] * 2 * np.pi / 9) + np.zeros((300, 1))).astype(np.uint8),
        np.kron(np.indices((30, 30)).sum(axis=0) % 2, np.full((10, 10), PAPER)).astype(np.uint8),
    ],
    ids=["white", "black", "white sheet", "tiny", "noise", "smooth noise", "stripes", "checks"],
)
def test_an_image_without_a_print_is_refused(pixels: np.ndarray, session: ModelSession) -> None:
    with pytest.raises(TooFewMinutiae):
        extract(image(pixels), session)


def test_photos_of_faces_are_refused(shared_data: Path, session: ModelSession) -> None:
    for path in sorted((shared_data / "face" / "lfw").glob("*/*.jpg"))[:1000:200]:
        with pytest.raises(TooFewMinutiae):
            extract(decode(path.read_bytes()), session)


def test_a_small_image_at_its_true_resolution_is_usable(shared_data: Path, session: ModelSession) -> None:
    content = (shared_data / "fingerprint/SOCOFing/100__M_Left_index_finger.png").read_bytes()
    result = extract(decode(content, ppi=182), session)
    assert (result.width, result.height) == (264, 283)
    assert len(result) >= 15


def test_a_refusal_advises_on_the_resolution_only_where_it_is_unknown(session: ModelSession) -> None:
    for ppi, advised in ((None, True), (500.0, False)):
        with pytest.raises(TooFewMinutiae) as refusal:
            extract(image(noise(3), ppi), session)
        assert ("give its resolution" in refusal.value.message) == advised
