"""Figures of made-up scores whose rates are known, and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from made_up_scores import EACH, SUBJECTS, score_set

from benchmarks.metrics.intervals import Rate, Unsupported
from benchmarks.reports.figures import accuracy, groups, promises, reduction

MATED = SUBJECTS * EACH
NON_MATED = MATED * (MATED - 1) // 2 - MATED
DRAWS = 200


def test_rates_count_failures_and_are_refused_beyond_the_data() -> None:
    """Two mated pairs have the image that failed, and six are of the two subjects that do not match: 8 of 60."""
    figures = accuracy(score_set("faces", worst=2), DRAWS)
    at_100, at_1000, at_10000 = figures.fnmr
    assert (figures.mated, figures.non_mated) == (MATED, NON_MATED)
    assert isinstance(at_100, Rate)
    assert at_100.value == pytest.approx(8 / 60)
    assert at_100.low < 8 / 60 < at_100.high
    assert at_1000 == Unsupported(10_000, NON_MATED, "non-mated comparisons")
    assert isinstance(at_10000, Unsupported)
    assert figures.det.x.min() == pytest.approx(10 / NON_MATED)
    assert (figures.det.low <= figures.det.high).all()


def test_failures_to_acquire_and_to_enrol() -> None:
    """One image of 60 failed; it is nobody's first, so everyone was enrolled."""
    figures = accuracy(score_set("faces"), DRAWS)
    assert figures.fta.value == pytest.approx(1 / 60)
    assert str(figures.fte) == "none of 20 (at most 15.00 to 15.00 %)"


def test_observed_rates_equal_those_of_the_generated_scores() -> None:
    """At 10 decibans 1 in 10, at 20 decibans 1 in 100; 1710 comparisons say nothing of 1 in 1000."""
    tenth, hundredth, thousandth, _ = promises(score_set("faces"), DRAWS)
    assert isinstance(tenth, Rate)
    assert isinstance(hundredth, Rate)
    assert tenth.low < 0.1 * 1652 / 1710 < tenth.high  # 58 with the failed image score nothing
    assert hundredth.low < 0.01 < hundredth.high
    assert isinstance(thousandth, Unsupported)


def test_a_reduction_is_of_the_errors_and_drawn_together() -> None:
    """Before: 8 subjects do not match and 2 pairs failed, 26 errors; after: 4 subjects and 2, 14. 12/26 go away."""
    before, after = (accuracy(score_set("faces", worst=worst), DRAWS) for worst in (8, 4))
    cut = reduction(before, after, 0, "one finger")
    assert isinstance(cut, Rate)
    assert cut.value == pytest.approx(12 / 26)
    assert 0.1 < cut.low < 12 / 26 < cut.high < 0.9
    assert isinstance(reduction(before, after, 2, "one finger"), Unsupported)
    few = accuracy(score_set("faces", worst=2), DRAWS)
    assert str(reduction(few, few, 0, "one finger")).endswith("needs 10 false non-matches of one finger, has 8")


def test_groups_hold_pairs_of_one_group() -> None:
    result = groups(score_set("sexes", worst=2), "sex", DRAWS)
    assert list(result) == ["men", "women"]
    men, women = (result[sex][0].rate for sex in ("men", "women"))
    assert isinstance(men, Rate)
    assert isinstance(women, Rate)
    assert (men.value, women.value) == (pytest.approx(5 / 30), pytest.approx(3 / 30))
    assert (men.trials, result["men"][1].rate.trials) == (30, 405)
    assert np.isclose(result["men"][0].p or 0, 1.0)
