"""What the quick comparison that sorts a gallery must hold to."""

from __future__ import annotations

import numpy as np
import pytest
from made_up_prints import impression, made_up_finger, moved

from fingerprint.matching.cylinders import prepare
from fingerprint.matching.kernels.batch import batch
from fingerprint.matching.matcher import screen

FINGERS = [made_up_finger(seed) for seed in range(12)]
PRINTS = [prepare(finger) for finger in FINGERS]


def test_a_print_is_wholly_like_itself() -> None:
    for print_ in PRINTS:
        assert screen(print_, [print_])[0] == pytest.approx(1.0)


def test_another_impression_comes_before_every_other_finger() -> None:
    for i, finger in enumerate(FINGERS):
        scores = screen(prepare(impression(finger, seed=i)), PRINTS)
        assert scores.argmax() == i
        assert 0 <= scores.min() <= scores.max() <= 1


def test_a_turn_and_a_shift_hardly_change_the_score() -> None:
    turned = prepare(moved(FINGERS[0], -1.0, 30, 30))
    np.testing.assert_allclose(screen(turned, PRINTS), screen(PRINTS[0], PRINTS), atol=0.03)


def test_probe_and_candidate_may_change_places_in_screening() -> None:
    others = [prepare(impression(finger, seed=50 + i)) for i, finger in enumerate(FINGERS)]
    forth = np.array([screen(a, others) for a in PRINTS])
    np.testing.assert_array_equal(forth, np.array([screen(b, PRINTS) for b in others]).T)


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_prints_of_hardly_any_minutiae_are_screened_without_trouble(count: int) -> None:
    small = prepare(made_up_finger(99, count))
    scores = screen(small, [small, PRINTS[0], small])
    assert np.isfinite(scores).all()
    assert count >= 2 or not scores.any()


def test_a_batch_made_once_gives_the_same_screening_scores() -> None:
    np.testing.assert_array_equal(screen(PRINTS[0], batch(PRINTS)), screen(PRINTS[0], PRINTS))
