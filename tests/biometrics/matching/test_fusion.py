"""Several samples make one score: Fisher's method on all of them, or on the best, at the price of having chosen."""

from __future__ import annotations

import math

import numpy as np
import pytest

from biometrics.matching.calibration import Score
from biometrics.matching.fusion import combined, fuse


def decibans(*values: float) -> list[Score]:
    return [Score(value, extrapolated=False, low=value / 2, high=value * 2) for value in values]


def test_one_sample_is_worth_itself() -> None:
    assert combined([37.5]) == pytest.approx(37.5)


def test_two_samples_by_hand() -> None:
    """y = -ln(0.01 * 0.1) = 6.9078; the chi-square tail is exp(-y) * (1 + y) = 0.0079078, and twice that is claimed."""
    assert combined([20, 10]) == pytest.approx(-10 * math.log10(2 * 0.001 * (1 + math.log(1000))))


def test_a_sample_that_says_nothing_takes_six_decibans_of_another_at_most() -> None:
    """The best of two: two ways to choose, and half of the chance is kept for both together."""
    for item in (20.0, 60.0, 300.0):
        assert combined([item, 0.0]) == pytest.approx(item - 10 * math.log10(4), abs=0.01 if item > 20 else 1)


def test_nine_poor_prints_leave_what_the_tenth_says() -> None:
    """Ten ways to choose one, one ninth of one half of the chance for it: 22.6 decibans."""
    noise = -10 * np.log10(np.linspace(0.05, 0.95, 9))
    assert combined([100.0, *noise]) == pytest.approx(100 - 10 * math.log10(180), abs=0.5)


def test_samples_that_agree_lose_three_decibans_against_fishers_method() -> None:
    y = 10 * 30 * math.log(10) / 10
    series = sum(y**i / math.factorial(i) for i in range(10))
    assert combined([30.0] * 10) == pytest.approx(10 * (y - math.log(2 * series)) / math.log(10))


def test_the_order_of_samples_does_not_matter() -> None:
    assert combined([5, 90, 30]) == combined([90, 30, 5])


def test_the_interval_is_made_of_the_samples_intervals() -> None:
    """A scale that promises too much of one finger promises too much of all."""
    fused = fuse(decibans(20, 10))
    assert fused.low == pytest.approx(combined([10, 5]))
    assert fused.high == pytest.approx(combined([40, 20]))


def test_no_evidence_stays_none() -> None:
    assert combined([0, 0, 0]) == 0


def test_scores_past_what_floats_can_hold_as_rates_still_rank() -> None:
    assert combined([4000, 4000]) > combined([4000, 3990]) > 4000


def test_a_part_that_was_extrapolated_makes_the_whole_so() -> None:
    assert fuse([*decibans(10), Score(60, extrapolated=True, low=50, high=70)]).extrapolated


@pytest.mark.parametrize("count", [2, 5, 10])
def test_non_mated_fusions_claim_no_more_than_they_may(count: int) -> None:
    """Uniform FMRs, as non-mated samples have: at most one in a hundred reaches 20 decibans, and not far fewer."""
    rates = np.random.default_rng(3).uniform(size=(50_000, count))
    reached = np.mean([combined(row) >= 20 for row in (-10 * np.log10(rates)).tolist()])
    assert 0.004 < reached <= 0.0105
