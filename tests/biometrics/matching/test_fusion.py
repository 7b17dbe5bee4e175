"""Several comparisons make one score: dependent ones of one source, and nearly independent ones of several sources."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometrics.matching.calibration import Score
from biometrics.matching.fusion import ADDS, ANOTHER, PERSON_BOUND, agree, agreed, fuse, fused

DECIBANS = st.floats(min_value=0.0, max_value=300.0)
SEVERAL = st.lists(DECIBANS, min_size=1, max_size=10)
A_NATURAL = 10 / math.log(10)


def decibans(*values: float, bound: float = 35.0) -> list[Score]:
    return [
        Score(value, value > bound, value / 2, value * 2, bound, ratio=min(value / 2, bound) / 10 - 0.5)
        for value in values
    ]


def test_one_sample_is_worth_itself() -> None:
    assert fused([37.5]) == pytest.approx(37.5)
    assert agreed([37.5]) == pytest.approx(37.5)
    assert fuse(decibans(37.5)) == agree(decibans(37.5)) == decibans(37.5)[0]


def test_two_sources_by_hand() -> None:
    """T = 30 + (25 - 20) = 35: 2 * (1 + ANOTHER * (1 + z)) * 10 ** -3.5, with z = 15 decibans in naturals."""
    rate = 2 * (1 + ANOTHER * (1 + 15 / A_NATURAL)) * 10**-3.5
    assert fused([30, 25]) == pytest.approx(-10 * math.log10(rate))


def test_two_comparisons_of_one_source_by_hand() -> None:
    """1 + 1/2 = 1.5 times the best of: twice the rate of the best, or the rate of both."""
    assert agreed([30, 20]) == pytest.approx(30 - 10 * math.log10(3))
    assert agreed([30, 29]) == pytest.approx(29 - 10 * math.log10(1.5))


@given(SEVERAL)
def test_the_same_again_adds_nothing_to_a_source(values: list[float]) -> None:
    for value in values:
        assert agreed([*values, value]) <= max(values) + 1e-9
    assert agreed([values[0]] * len(values)) <= values[0] + 1e-9


@given(SEVERAL, st.floats(min_value=0.0, max_value=ADDS))
def test_a_source_that_is_no_rarer_than_one_in_a_hundred_never_raises_a_score(values: list[float], less: float) -> None:
    assert fused([*values, min(less, max(values))]) <= fused(values) + 1e-9


@given(st.lists(st.floats(min_value=30.0, max_value=300.0), min_size=1, max_size=9), DECIBANS)
def test_a_further_source_that_agrees_raises_it(values: list[float], more: float) -> None:
    assert fused([*values, 30.0 + more]) > fused(values)


@given(SEVERAL, DECIBANS)
def test_a_higher_score_never_lowers_the_whole(values: list[float], more: float) -> None:
    for rule in (fused, agreed):
        assert rule([values[0] + more, *values[1:]]) >= rule(values) - 1e-9


@given(SEVERAL)
def test_the_order_of_samples_does_not_matter(values: list[float]) -> None:
    assert fused(values) == pytest.approx(fused(values[::-1]))
    assert agreed(values) == pytest.approx(agreed(values[::-1]))


def test_nine_poor_prints_leave_what_the_tenth_says() -> None:
    """The best of ten costs 10 decibans, and that others might have reached ADDS some more."""
    assert fused([100.0, *np.linspace(0, 19, 9)]) > 80
    assert fused([30.0, *np.linspace(0, 19, 9)]) == pytest.approx(20, abs=3)


def test_scores_past_what_floats_can_hold_as_rates_still_rank() -> None:
    assert fused([4000, 4000]) > fused([4000, 3990]) > 4000


def test_no_source_states_more_than_it_supports_and_no_person_more_than_the_data() -> None:
    assert fuse(decibans(300.0, 0.0)).evidence.decibans <= 35.0
    two, ten = fuse(decibans(300.0, 300.0)).evidence, fuse(decibans(*[300.0] * 10)).evidence
    assert 35.0 < two.decibans < PERSON_BOUND
    assert (ten.decibans, ten.capped, ten.strangers) == (PERSON_BOUND, True, 1_000_000)
    assert agree(decibans(*[300.0] * 10)).evidence.decibans < 35.0


def test_what_is_not_capped_is_not_stated_as_capped() -> None:
    assert not fuse(decibans(40.0, 50.0)).evidence.capped
    assert fuse(decibans(40.0, 80.0)).evidence.capped


@given(SEVERAL)
def test_a_ratio_never_exceeds_what_the_rate_allows(values: list[float]) -> None:
    for score in (fuse(decibans(*values)), agree(decibans(*values))):
        assert score.evidence.ratio is not None
        assert score.evidence.ratio <= score.evidence.decibans / 10 + 1e-9


def test_ratios_of_one_source_pay_for_their_number() -> None:
    """Two powers of ten, 1 and 0.5: the higher one less the price of two comparisons, log10(2 * (1 + 1/2))."""
    ratio = agree(decibans(30.0, 20.0)).ratio
    assert ratio == pytest.approx(1.0 - math.log10(3.0))


@pytest.mark.parametrize("count", [2, 5, 10])
def test_strangers_reach_no_more_than_is_claimed(count: int) -> None:
    """Uniform rates, as strangers' have: at most one in a hundred reaches 20 decibans, and not far fewer."""
    rates = np.random.default_rng(3).uniform(size=(50_000, count))
    reached = np.mean([fused(row) >= 20 for row in (-10 * np.log10(rates)).tolist()])
    assert 0.004 < reached <= 0.0115


@pytest.mark.parametrize("shared", [0.0, 0.5, 0.95])
def test_comparisons_of_one_source_claim_no_more_whatever_their_dependence(shared: float) -> None:
    rng = np.random.default_rng(4)
    normal = np.sqrt(shared) * rng.standard_normal((50_000, 1))
    normal = normal + np.sqrt(1 - shared) * rng.standard_normal((50_000, 5))
    ranks = normal.argsort(axis=0).argsort(axis=0)
    claimed = [agreed(row) >= 20 for row in (-10 * np.log10((ranks + 1) / len(ranks))).tolist()]
    assert np.mean(claimed) <= 0.0115
