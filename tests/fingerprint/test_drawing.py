"""Pictures show what the template and the explanation say."""

from __future__ import annotations

import numpy as np
from made_up_prints import SIDE, impression, made_up_finger

from biometrics.kernel.recognition.evidence import Evidence
from fingerprint.drawing import draw_comparison, draw_print, summary
from fingerprint.matching.cylinders import prepare
from fingerprint.matching.explanation import explain

FINGER = made_up_finger(3)
OTHER = impression(FINGER, 5)
NOTHING = made_up_finger(0, 0)
WHITE = np.full((SIDE, SIDE), 255, np.uint8)


def test_every_minutia_is_marked_where_it_lies() -> None:
    picture = draw_print(WHITE, FINGER)
    assert picture.dtype == np.uint8
    assert picture.shape[1] == 2 * SIDE
    for minutia in FINGER.minutiae():
        x, y = round(2 * minutia.x), round(2 * minutia.y)
        assert (picture[y - 10 : y + 11, x - 10 : x + 11].min(axis=2) < 150).any()


def test_an_image_of_another_resolution_is_drawn_at_the_templates() -> None:
    assert draw_print(WHITE[::2, ::2], FINGER).shape == draw_print(WHITE, FINGER).shape


def test_a_comparison_shows_both_prints_and_one_on_the_other() -> None:
    explanation = explain(prepare(FINGER), prepare(OTHER))
    evidence = Evidence.stated(31.4, 50.0, 40.0, extrapolated=False, calibrated=True)
    picture = draw_comparison((WHITE, FINGER), (WHITE, OTHER), explanation, evidence)
    assert picture.shape[1] > 6 * SIDE
    assert "31.4 dB" in summary(explanation, evidence)
    assert "dB" not in summary(explanation)


def test_prints_that_have_nothing_in_common_are_drawn_side_by_side() -> None:
    explanation = explain(prepare(FINGER), prepare(NOTHING))
    picture = draw_comparison((WHITE, FINGER), (WHITE, NOTHING), explanation)
    assert 4 * SIDE < picture.shape[1] < 6 * SIDE
    assert "no pairs" in summary(explanation)
