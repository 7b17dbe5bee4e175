"""A latent that was stretched is found all the same, and is drawn as it lies on the print."""

from __future__ import annotations

from math import hypot, sqrt

import cv2
import numpy as np
import pytest
from inputs import print_of
from made_up_prints import made_up_finger, moved

from biometrics.imaging.charts import Exhibit
from biometrics.imaging.image import Image, decode
from fingerprint.codec import decode as decode_template
from fingerprint.latents.image import marked_in_all_aspects
from fingerprint.latents.stretching import factors, stretched_minutiae, stretched_pixels
from fingerprint.matching.cylinders import PreparedPrint, prepare
from fingerprint.matching.views import best_aspects, match_latent
from fingerprint.parameters import ASPECTS
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.template import MAX_SIDE, FingerprintTemplate
from models.registry import ModelRegistry

STRETCHED = 1.5625  # the height of the latents here, by their width, in relation to the prints


def prepared(template: FingerprintTemplate) -> list[list[PreparedPrint]]:
    return [[prepare(view) for view in views] for views in marked_in_all_aspects(template)]


def test_height_by_width_changes_and_the_area_stays() -> None:
    for aspect in ASPECTS:
        across, down = factors(aspect)
        assert down / across == pytest.approx(aspect)
        assert across * down == pytest.approx(1.0)
    assert ASPECTS[0] == 1.0
    assert sorted(1 / aspect for aspect in ASPECTS) == pytest.approx(sorted(ASPECTS))
    assert stretched_pixels(np.zeros((400, 500), np.uint8), 1.5625).shape == (500, 400)


def test_minutiae_go_where_the_skin_goes_and_back() -> None:
    finger = made_up_finger(1)
    higher = stretched_minutiae(finger, 1.5625)
    assert (higher.width, higher.height) == (round(finger.width / 1.25), round(finger.height * 1.25))
    assert np.allclose(higher.x * 1.25, finger.x, atol=1e-3)
    assert np.allclose(higher.y / 1.25, finger.y, atol=1e-3)
    steepness = np.tan(higher.direction) / np.tan(finger.direction)
    assert np.allclose(steepness, 1.5625, rtol=1e-3)
    again = stretched_minutiae(higher, 0.64)
    assert np.allclose(np.exp(1j * again.direction), np.exp(1j * finger.direction), atol=1e-5)


def test_a_stretched_latent_scores_more_in_the_aspect_that_it_came_from() -> None:
    finger = made_up_finger(1)
    latent = prepared(stretched_minutiae(moved(finger, 0.2, 5, -8), STRETCHED))
    strangers = [[[prepare(made_up_finger(seed))]] for seed in range(2, 30)]
    candidates = [[[prepare(finger)]], *strangers]
    mate, *others = match_latent(latent, candidates)
    as_it_is = match_latent(latent[:1], candidates)
    assert ASPECTS[best_aspects(latent, candidates)[0][0]] == 0.64
    assert mate > 3 * as_it_is[0]
    assert mate > 3 * max(others)


def test_a_latent_that_was_not_stretched_is_compared_as_it_is() -> None:
    finger = made_up_finger(1)
    latent, print_ = prepared(moved(finger, 0.2, 5, -8)), [[prepare(finger)]]
    assert best_aspects(latent, [print_]) == [(0, 0)]
    assert match_latent(latent, [print_])[0] == match_latent(latent[:1], [print_])[0]


def test_a_stretch_costs_the_more_the_larger_it_is() -> None:
    finger = made_up_finger(1)
    own, other = prepare(finger), prepare(moved(finger, 0.2, 5, -8))
    unlike = prepare(made_up_finger(2))
    plain = match_latent([[own]], [[[other]]])[0]
    odds = plain / (1 - plain)
    for place, aspect in enumerate(ASPECTS[1:], start=1):
        latent = [[unlike] for _ in ASPECTS]
        latent[place] = [own]
        score = match_latent(latent, [[[other]]])[0]
        expected = (odds + 0.002) * np.exp(-0.5 * np.log(aspect) ** 2) - 0.002
        assert score == pytest.approx(expected / (1 + expected), rel=1e-9)


def test_latents_are_compared_with_latents_the_same_either_way() -> None:
    fingers = [made_up_finger(seed) for seed in (1, 1, 2, 3)]
    latents = [
        prepared(stretched_minutiae(each, aspect)) for each, aspect in zip(fingers, (1, 1.5625, 1, 1), strict=True)
    ]
    scores = np.array([match_latent(latent, latents) for latent in latents])
    assert np.array_equal(scores, scores.T)
    assert scores[0, 1] > 3 * max(scores[0, 2], scores[1, 2], scores[0, 3])


def test_a_latent_too_large_to_be_stretched_is_compared_as_it_is() -> None:
    finger = made_up_finger(1)
    largest = int(MAX_SIDE / sqrt(max(ASPECTS)))
    for side, aspects in ((largest, 5), (largest + 1, 1)):
        latent = FingerprintTemplate(side, side, finger.x, finger.y, finger.direction, finger.quality, finger.type)
        assert len(marked_in_all_aspects(latent)) == aspects


def test_an_image_stretched_along_the_finger_is_found_and_drawn_on_its_print(registry: ModelRegistry) -> None:
    recogniser = FingerprintRecogniser(registry)
    whole = decode(print_of(0, "right_index", 0))
    height, width = whole.pixels.shape
    pixels = cv2.resize(whole.pixels, (round(width / 1.25), round(height * 1.25)), interpolation=cv2.INTER_CUBIC)
    image = Image(np.asarray(pixels), 500.0, "image/png")
    mate = decode(print_of(0, "right_index", 1))
    stored = recogniser.extract(mate)
    other = recogniser.extract(decode(print_of(1, "right_index", 0)))
    latent = recogniser.extract_latent_both_ways(image)[False]
    of_mate, of_stranger = recogniser.compare(latent, [stored, other])
    assert of_mate > 5 * of_stranger
    assert recogniser.compare(stored, [latent])[0] == of_mate
    chart = recogniser.chart(Exhibit(latent, image), Exhibit(stored, mate))
    assert (chart.probe.width, chart.probe.height) == (image.width, image.height)
    minutiae = decode_template(latent.data)
    assert [mark.x for mark in chart.probe.marks] == pytest.approx(minutiae.x.tolist())
    assert chart.frame.probe is not None
    a, b, c, d, e, f = chart.frame.probe
    assert hypot(c, d) / hypot(a, b) == pytest.approx(0.64, rel=0.01)
    assert a * d - b * c == pytest.approx(1.0, rel=0.01)
    assert chart.frame.stretch == pytest.approx((1.25, 0.8), rel=0.01)
    pairs = chart.pairs[:5]
    assert len(pairs) == 5
    for own, its in pairs:
        mark, partner = chart.probe.marks[own], chart.candidate.marks[its]
        x, y = a * mark.x + c * mark.y + e, b * mark.x + d * mark.y + f
        assert hypot(x - partner.x, y - partner.y) < 25
    unstretched = recogniser.extract_latent_both_ways(whole)[False]
    assert recogniser.chart(Exhibit(unstretched, whole), Exhibit(stored, mate)).frame.stretch is None
    back = recogniser.chart(Exhibit(stored, mate), Exhibit(latent, image))
    assert back.frame.candidate is not None
    assert back.frame.candidate[3] / back.frame.candidate[0] == pytest.approx(0.64, rel=0.01)
    assert back.frame.stretch == pytest.approx((1.25, 0.8), rel=0.01)
    assert back.frame.height == pytest.approx(height, abs=2)
