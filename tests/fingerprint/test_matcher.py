"""What a fingerprint comparison must hold to."""

from __future__ import annotations

import numpy as np
import pytest
from made_up_prints import impression, made_up_finger, moved, template_of

from fingerprint.matching.cylinders import prepare
from fingerprint.matching.kernels.batch import batch
from fingerprint.matching.matcher import match

FINGERS = [made_up_finger(seed) for seed in range(12)]
PRINTS = [prepare(finger) for finger in FINGERS]


@pytest.mark.parametrize(("turn", "dx", "dy"), [(0, 120, -80), (0.3, 0, 0), (-1.0, 30, 30), (1.5, -60, 90)])
def test_a_turned_and_shifted_print_scores_as_itself(turn: float, dx: float, dy: float) -> None:
    itself = match(PRINTS[0], [PRINTS[0]])[0]
    assert match(PRINTS[0], [prepare(moved(FINGERS[0], turn, dx, dy))])[0] == pytest.approx(itself, rel=0.02)


def test_nothing_scores_higher_than_the_print_itself() -> None:
    for i, print_ in enumerate(PRINTS):
        scores = match(print_, PRINTS)
        assert scores.argmax() == i
        assert scores[i] > 0.4
        assert (scores >= 0).all()
        assert (scores <= 1).all()


def test_another_impression_scores_above_every_other_finger() -> None:
    for i, finger in enumerate(FINGERS):
        scores = match(prepare(impression(finger, seed=i)), PRINTS)
        assert scores.argmax() == i
        assert scores[i] > 2 * np.delete(scores, i).max()


def test_probe_and_candidate_may_change_places() -> None:
    others = [prepare(impression(finger, seed=50 + i)) for i, finger in enumerate(FINGERS)]
    forth = np.array([match(a, others) for a in PRINTS])
    back = np.array([match(b, PRINTS) for b in others]).T
    np.testing.assert_array_equal(forth, back)


def test_a_candidates_score_does_not_depend_on_its_neighbours_in_the_batch() -> None:
    together = match(PRINTS[0], PRINTS)
    np.testing.assert_array_equal(together, [match(PRINTS[0], [candidate])[0] for candidate in PRINTS])


def test_the_order_of_the_minutiae_hardly_matters() -> None:
    finger = FINGERS[1]
    order = np.random.default_rng(0).permutation(len(finger))
    shuffled = prepare(template_of(finger.x[order], finger.y[order], finger.direction[order]))
    other = prepare(impression(finger, seed=7))
    assert match(shuffled, [other])[0] == pytest.approx(match(PRINTS[1], [other])[0], rel=0.05)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_prints_of_hardly_any_minutiae_are_compared_without_trouble(count: int) -> None:
    small = prepare(made_up_finger(99, count))
    scores = match(small, [small, PRINTS[0], small])
    assert np.isfinite(scores).all()
    assert scores[1] < 0.1


def test_no_candidates_give_no_scores() -> None:
    assert match(PRINTS[0], []).shape == (0,)


def test_a_batch_made_once_gives_the_same_scores() -> None:
    gallery = batch(PRINTS)
    for probe in PRINTS[:3]:
        np.testing.assert_array_equal(match(probe, gallery), match(probe, PRINTS))
    assert match(PRINTS[0], batch([])).shape == (0,)


def test_a_print_with_very_many_minutiae_in_one_place_is_compared_without_trouble() -> None:
    n = 250
    crowd = prepare(template_of(np.full(n, 200.0), np.full(n, 200.0), np.zeros(n)))
    assert np.isfinite(match(crowd, [crowd, PRINTS[0]])).all()
