"""Figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.metrics.lfw import lfw_accuracy
from benchmarks.metrics.verification import ErrorRates, eer, error_rates, fnmr_at_fmr, tar_at_fmr

NONE = -np.inf


def scores(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def test_scores_that_part_cleanly_have_no_errors() -> None:
    assert error_rates(scores(5, 6, 7), scores(1, 2)) == ErrorRates(0.0, 0.0, 0.0, 0.0)


def test_scores_the_wrong_way_round_have_only_errors() -> None:
    rates = error_rates(scores(1, 2), scores(5, 6, 7))
    assert (rates.eer, rates.zero_fmr) == (1.0, 1.0)


def test_eer_where_the_curves_meet() -> None:
    """At t = 4: one of four genuine scores is below, one of four impostors is at or above."""
    assert eer(scores(3, 5, 6, 7), scores(1, 1, 2, 4)) == 0.25


def test_eer_where_the_curves_jump_past_each_other() -> None:
    """Genuine 2, 4, 4; impostors 1, 3.

    t:     1    2    3    4    inf
    FMR    1   1/2  1/2   0    0
    FNMR   0    0   1/3  1/3   1
    t1 = 3 with 1/3 + 1/2, t2 = 4 with 1/3 + 0: the smaller sum is 1/3, and its half 1/6.
    """
    assert eer(scores(2, 4, 4), scores(1, 3)) == pytest.approx(1 / 6)


def test_eer_takes_the_interval_at_t1_where_it_is_the_smaller() -> None:
    """Genuine 1, 2, 2, 3, 3; impostors 1, 1, 1, 2.

    t:     1    2    3   inf
    FMR    1   1/4   0    0
    FNMR   0   1/5  3/5   1
    t1 = 2 with 9/20, t2 = 3 with 12/20.
    """
    assert eer(scores(1, 2, 2, 3, 3), scores(1, 1, 1, 2)) == pytest.approx(9 / 40)


def test_equal_scores_on_both_sides_are_accepted_together() -> None:
    """All at 1: t = 1 accepts all, above it none: either way the half of 1 + 0."""
    assert eer(scores(1, 1), scores(1, 1)) == 0.5


def test_a_false_match_rate_is_kept_exactly() -> None:
    """Of 200 impostors two may be accepted at 1 %: those with 10 and 9; the third, with 8, may not."""
    impostor = np.append(np.zeros(197), [8.0, 9.0, 10.0])
    genuine = scores(7, 8.5, 9, 9.5, 11)
    assert fnmr_at_fmr(genuine, impostor, 1 / 100) == 1 / 5
    assert fnmr_at_fmr(genuine, impostor, 1 / 1000) == 4 / 5
    assert fnmr_at_fmr(genuine, impostor, 0.0) == 4 / 5
    assert tar_at_fmr(genuine, impostor, 1 / 100) == 1 - 1 / 5


def test_the_figures_are_named_as_by_fvc() -> None:
    impostor = np.append(np.zeros(1997), [8.0, 9.0, 10.0])
    rates = error_rates(scores(7, 8.5, 9, 9.5, 11), impostor)
    assert (rates.fmr100, rates.fmr1000, rates.zero_fmr) == (0.0, 1 / 5, 4 / 5)


def test_an_image_without_a_template_counts_as_not_matching() -> None:
    """Two of four genuine comparisons cannot be made: they are false non-matches at every threshold that is of use."""
    rates = error_rates(scores(NONE, NONE, 5, 6), scores(1, NONE, NONE, NONE))
    assert (rates.zero_fmr, rates.fmr100) == (0.5, 0.5)
    assert rates.eer == 3 / 8  # at t2 = 1: FNMR 1/2, FMR 1/4


def test_lfw_accuracy_of_one_fold_uses_its_own_best_threshold() -> None:
    """At 2.5, five of six are right (the impostor with 5 is not); no threshold gets six."""
    same = np.array([True, True, True, False, False, False])
    assert lfw_accuracy(scores(3, 6, 7, 1, 2, 5), same, np.zeros(6, dtype=np.int64)) == pytest.approx(5 / 6)


def test_lfw_accuracy_takes_each_folds_threshold_from_the_others() -> None:
    """Fold 0 parts at 4.5, fold 1 at 1.5: each is judged at the other's threshold.

    Fold 0 at 1.5: genuine 5 and 6 right, impostors 1 right and 4 wrong: 3/4. Fold 1 at 4.5: genuine 2 and 3 wrong,
    impostors 0 and 1 right: 2/4. On their own thresholds both would be perfect.
    """
    values, same = scores(5, 6, 1, 4, 2, 3, 0, 1), np.array([True, True, False, False] * 2)
    assert lfw_accuracy(values, same, np.repeat(np.array([0, 1]), 4)) == pytest.approx((3 / 4 + 2 / 4) / 2)


def test_lfw_accuracy_parts_midway_between_the_scores() -> None:
    """Fold 0 parts midway between 2 and 6, at 4, so that fold 1's 4.5 is right; at 6 it would be wrong."""
    values, same = scores(6, 2, 4.5, 1), np.array([True, False] * 2)
    assert lfw_accuracy(values, same, np.array([0, 0, 1, 1])) == 1.0


def test_lfw_accuracy_can_part_those_without_a_template_from_the_rest() -> None:
    values, same = scores(NONE, 1, 2, NONE), np.array([False, True, True, False])
    assert lfw_accuracy(values, same, np.zeros(4, dtype=np.int64)) == 1.0


def test_lfw_accuracy_can_refuse_everything() -> None:
    assert lfw_accuracy(scores(1, 2, 3), np.array([True, False, False]), np.zeros(3, dtype=np.int64)) == pytest.approx(
        2 / 3
    )
