"""Latents are found: partial, turned, of an unknown finger, by their image or by what an examiner marked."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi
from pathlib import Path

import cv2
import numpy as np
import pytest
from made_up_prints import SIDE, impression, made_up_finger, moved
from numpy.typing import NDArray

from biometrics import itl
from biometrics.imaging.image import Image, decode
from biometrics.kernel.errors import ImageTooLarge, InvalidField, TooFewMinutiae
from fingerprint.codec import decode_views, encode
from fingerprint.extraction.extractor import extract
from fingerprint.itl import ridge_images
from fingerprint.latents.image import LatentAspects, extract_latent
from fingerprint.latents.network import LatentNetwork, latent_network
from fingerprint.latents.region import within
from fingerprint.latents.type9 import marked_prints
from fingerprint.matching.cylinders import prepare
from fingerprint.matching.parameters import LATENT
from fingerprint.matching.views import match_latent
from fingerprint.ridge_map import RidgeMap
from fingerprint.template import FingerprintTemplate
from models.registry import ModelRegistry

REGION = [(230, 110), (480, 120), (560, 180), (560, 420), (500, 470), (300, 460), (240, 380)]


@pytest.fixture(scope="module")
def network() -> LatentNetwork:
    return latent_network()


@pytest.fixture(scope="module")
def pair(shared_data: Path) -> tuple[Image, Image]:
    """Return the images of a real latent, on card with writing around it, and of the finger that left it."""
    path = shared_data / "standards/an2/jnbis-itl-references/type-13-14-latent-match.an2"
    latent, mate = (decode(each.content, each.ppi) for each in ridge_images(itl.parse(path.read_bytes())))
    return latent, mate


@pytest.fixture(scope="module")
def gallery(pair: tuple[Image, Image], registry: ModelRegistry) -> list[bytes]:
    """Return thirty made-up fingers, and last the real one."""
    return [encode(made_up_finger(seed)) for seed in range(30)] + [
        encode(extract(pair[1], registry.open_session("leader")))
    ]


def compare_latent(latent: LatentAspects, stored: Sequence[bytes]) -> NDArray[np.float64]:
    """Compare a latent with stored prints, turned any way."""
    anyhow = LATENT._replace(pairing=LATENT.pairing._replace(max_rotation=pi))
    candidates = [[[prepare(view) for view in decode_views(data)]] for data in stored]
    return match_latent([[prepare(view) for view in views] for views in latent], candidates, anyhow)


def is_found(latent: FingerprintTemplate, gallery: list[bytes]) -> bool:
    scores = compare_latent(((latent,),), gallery)
    return bool(scores[-1] > 2 * scores[:-1].max())


def test_a_real_latent_is_found_by_its_image(
    pair: tuple[Image, Image], gallery: list[bytes], network: LatentNetwork
) -> None:
    latent = extract_latent(pair[0], network, REGION)
    assert (latent.width, latent.height) == (800, 768)
    assert is_found(latent, gallery)


def test_a_real_latent_is_found_by_its_marked_minutiae(shared_data: Path, gallery: list[bytes]) -> None:
    path = shared_data / "standards/an2/jnbis-itl-references/type-9-13-9-14-m1.an2"
    latent = marked_prints(itl.parse(path.read_bytes()))[0].template()
    assert is_found(latent, gallery)


def test_a_real_latent_is_found_upside_down(
    pair: tuple[Image, Image], gallery: list[bytes], network: LatentNetwork
) -> None:
    pixels = np.ascontiguousarray(np.rot90(pair[0].pixels, 2))
    region = [(800 - x, 768 - y) for x, y in REGION]
    assert is_found(extract_latent(Image(pixels, 500.0, "image/png"), network, region), gallery)


@pytest.mark.parametrize("turn", [0.0, 2.0, pi, -2.5])
def test_part_of_a_print_turned_any_way_is_found_among_others(turn: float) -> None:
    fingers = [made_up_finger(seed) for seed in range(60)]
    stored = [encode(finger) for finger in fingers]
    for wanted in (3, 17, 42):
        whole = impression(fingers[wanted], seed=100 + wanted)
        x, y = float(whole.x.mean()), float(whole.y.mean())
        part = within(whole, [(x - 110, y - 120), (x + 110, y - 120), (x + 110, y + 90), (x - 110, y + 90)])
        assert len(part) < len(whole)
        assert compare_latent(((moved(part, turn, 0, 0),),), stored).argmax() == wanted


def test_nothing_outside_the_region_is_left_of_a_template() -> None:
    ridges = RidgeMap(np.array([0, 0, 1]), np.array([0, 5, 0]), np.array([1, 2, 3], np.uint64))
    whole = made_up_finger(1)
    template = FingerprintTemplate(
        SIDE, SIDE, whole.x, whole.y, whole.direction, whole.quality, whole.type, ridges=ridges
    )
    region = [(-1, -1), (500, -1), (500, 1001), (-1, 1001), (-1, 30), (60, 30), (60, 20), (-1, 20)]
    left = within(template, [(-1, -1), (100, -1), (100, 100), (-1, 100)])
    assert left.ridges.words.tolist() == [1, 3]
    assert within(template, region).x.tolist() == [x for x in template.x.tolist() if x < 500]


def test_a_latent_is_read_at_another_resolution_with_its_region(
    pair: tuple[Image, Image], network: LatentNetwork
) -> None:
    pixels = cv2.resize(pair[0].pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    finer = extract_latent(Image(pixels, 1000.0, "image/png"), network, [(2 * x, 2 * y) for x, y in REGION])
    plain = extract_latent(pair[0], network, REGION)
    assert (finer.width, finer.height) == (800, 768)
    near = np.hypot(finer.x[:, None] - plain.x, finer.y[:, None] - plain.y) < 8
    assert near.any(axis=1).mean() > 0.7


def test_a_latent_that_shows_nothing_is_refused_with_advice(network: LatentNetwork) -> None:
    paper = Image(np.full((300, 300), 250, np.uint8), 500.0, "image/png")
    with pytest.raises(TooFewMinutiae, match="mark them by hand"):
        extract_latent(paper, network)


def test_a_region_outside_the_image_or_without_area_is_refused(network: LatentNetwork) -> None:
    paper = Image(np.full((300, 300), 250, np.uint8), 500.0, "image/png")
    with pytest.raises(TooFewMinutiae, match="outside the image"):
        extract_latent(paper, network, [(900, 900), (1000, 900), (1000, 1000)])
    with pytest.raises(InvalidField, match="three corners"):
        extract_latent(paper, network, [(0, 0), (100, 100), (200, 200)])


def test_a_scan_far_larger_than_a_finger_needs_a_region(network: LatentNetwork) -> None:
    sheet = Image(np.full((2000, 2000), 250, np.uint8), 500.0, "image/png")
    with pytest.raises(ImageTooLarge, match="region of interest"):
        extract_latent(sheet, network)
    with pytest.raises(TooFewMinutiae):
        extract_latent(sheet, network, [(0, 0), (300, 0), (300, 300), (0, 300)])
