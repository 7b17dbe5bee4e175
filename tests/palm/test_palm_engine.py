"""Generated palms: minutiae are found where they are, a palm and its latent are like it and unlike another one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from biometrics.imaging.image import Image
from biometrics.kernel.errors import ImageTooLarge, TooFewMinutiae
from biometrics.kernel.people.labels import LABEL
from fingerprint.features import features
from fingerprint.identity import NETWORK
from fingerprint.latents.turning import turned_minutiae
from fingerprint.template import MAX_MINUTIAE
from index.feature_sets import FeatureSetIndex
from models.registry import ModelRegistry
from palm.extractor import PART, extract
from palm.latents import extract_both_ways, extract_latent
from palm.matcher import prepare, similarities
from palm.synthetic.palm import Palm, PalmImage
from palm.template import PalmTemplate

SEEDS = (1, 2)
STRANGERS = 0.02  # similarity that no two palms of different people reach here


@cache
def palm(seed: int) -> Palm:
    return Palm.generate(seed)


@cache
def extracted(seed: int, impression: int) -> PalmTemplate:
    made = palm(seed).impression(impression) if impression else palm(seed).latent(1)
    return template_of(made.pixels)


def template_of(pixels: np.ndarray) -> PalmTemplate:
    session = ModelRegistry(Path("/nonexistent")).open_session(NETWORK)
    return extract(Image(pixels, 500.0, "image/png"), session)


def found(known: PalmImage, template: PalmTemplate) -> float:
    """Return the share of known minutiae that have one of the template's within a ridge, pointing the same way."""
    places, turns = np.array([(m.x, m.y) for m in known.minutiae]), np.array([m.direction for m in known.minutiae])
    near = np.hypot(places[:, :1] - template.x, places[:, 1:] - template.y) < 10
    turned = np.abs(np.angle(np.exp(1j * (turns[:, None] - template.direction)))) < 0.6
    return float((near & turned).any(axis=1).mean())


@pytest.mark.reach
def test_a_seed_gives_the_same_palm_and_another_seed_another_one() -> None:
    again = Palm.generate(SEEDS[0])
    assert (again.master == palm(SEEDS[0]).master).all()
    assert again.minutiae == palm(SEEDS[0]).minutiae
    assert (palm(SEEDS[0]).master != palm(SEEDS[1]).master).mean() > 0.5


@pytest.mark.parametrize("impression", [1, 2])
def test_most_minutiae_are_found_where_they_are_known_to_be(impression: int) -> None:
    template = extracted(SEEDS[0], impression)
    assert len(template) > MAX_MINUTIAE
    assert found(palm(SEEDS[0]).impression(impression), template) > 0.6


def test_no_minutia_is_found_twice_where_parts_meet() -> None:
    template = extracted(SEEDS[0], 1)
    away = np.hypot(template.x[:, None] - template.x, template.y[:, None] - template.y)
    np.fill_diagonal(away, np.inf)
    seam = (np.minimum(template.x % PART, -template.x % PART) < 12) | (
        np.minimum(template.y % PART, -template.y % PART) < 12
    )
    assert seam.sum() > 5
    assert away[seam].min() > 4


@pytest.mark.essential
@pytest.mark.parametrize("impression", [0, 2])
def test_a_latent_and_another_impression_are_like_their_palm_alone(impression: int) -> None:
    gallery = prepare([extracted(seed, 1) for seed in SEEDS])
    scores = np.array([similarities(prepare([extracted(seed, impression)])[0], gallery) for seed in SEEDS])
    assert scores.diagonal().min() > 2 * STRANGERS
    assert scores[~np.eye(len(SEEDS), dtype=bool)].max() < STRANGERS


@pytest.mark.parametrize("impression", [0, 2])
def test_an_index_finds_a_palm(impression: int) -> None:
    index = FeatureSetIndex()
    index.add(np.arange(2), [features(extracted(seed, 1)) for seed in SEEDS], np.zeros(2, LABEL))
    for number, seed in enumerate(SEEDS):
        hits = index.search(features(extracted(seed, impression)), 2)
        assert hits.ids[0] == number
        assert hits.scores[0] > 3 * hits.scores[1:].max(initial=0.0)


def test_what_is_no_palm_is_refused() -> None:
    with pytest.raises(TooFewMinutiae):
        template_of(np.full((600, 600), 240, np.uint8))
    with pytest.raises(ImageTooLarge):
        template_of(np.full((4000, 4000), 240, np.uint8))


def test_a_latent_is_read_within_its_region_and_upside_down() -> None:
    session = ModelRegistry(Path("/nonexistent")).open_session(NETWORK)
    picture = Image(palm(SEEDS[0]).impression(2).pixels, 500.0, "image/png")
    region = [(300.0, 500.0), (700.0, 500.0), (700.0, 900.0), (300.0, 900.0)]
    both = extract_both_ways(picture, session, region)
    upright, turned = both[False], both[True]
    assert all(300 <= x <= 700 and 500 <= y <= 900 for x, y in zip(upright.x, upright.y, strict=True))
    back = turned_minutiae(turned)
    near = np.hypot(upright.x[:, None] - back.x, upright.y[:, None] - back.y).min(axis=1) < 10
    assert near.mean() > 0.6
    mate, stranger = prepare([extracted(seed, 1) for seed in SEEDS])
    for probe in prepare([upright, back]):
        alike = similarities(probe, [mate, stranger])
        assert alike[0] > 2 * alike[1]
    with pytest.raises(TooFewMinutiae):
        extract_latent(picture, session, [(0.0, 0.0), (30.0, 0.0), (30.0, 30.0)])
