"""Groups beside each other: rates by hand, tests that find what is there and little else."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import fisher_exact

from benchmarks.metrics.groups import GroupRate, Trials, by_group, holm
from benchmarks.metrics.intervals import Rate, Unsupported


def mated(errors: np.ndarray, group: np.ndarray) -> Trials:
    subjects = np.arange(len(errors))
    return Trials(errors, subjects, subjects, group)


def rates(groups: list[GroupRate]) -> list[float]:
    return [item.rate.value for item in groups if isinstance(item.rate, Rate)]


def test_holm_by_hand() -> None:
    """3 x 0.01, then 2 x 0.03, then 0.04 raised to what came before."""
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_rates_are_those_of_comparisons_inside_a_group() -> None:
    errors = np.array([True, False, True, True, False])
    trials = Trials(errors, np.array([0, 0, 1, 2, 3]), np.array([1, 1, 2, 3, 2]), np.array([0, 0, -1, 1, 1]))
    result = by_group(trials, 3, draws=50)
    assert rates(result) == [0.5, 0.5]
    assert result[2].rate == Unsupported(1, 0, "comparisons")
    assert [item.p for item in result] == [None, None, None]  # too few errors to test


def test_a_permutation_test_of_mated_rates_agrees_with_fishers() -> None:
    """One trial a subject: 9 of 20 err in one group, 4 of 30 in the other."""
    errors = np.concatenate([np.arange(20) < 9, np.arange(30) < 4])
    result = by_group(mated(errors, np.repeat([0, 1], [20, 30])), 2, draws=20_000)
    exact = fisher_exact([[9, 11], [4, 26]]).pvalue
    assert result[0].p == pytest.approx(2 * exact, rel=0.15)  # Holm: the smaller of two
    assert rates(result) == [9 / 20, 4 / 30]


def test_a_group_without_an_error_gets_a_bound_and_an_honest_test() -> None:
    """10 fingers without an error beside 70 of which 7 err: that is likely by chance (C(70,7)/C(80,7) = 0.38)."""
    errors = np.concatenate([np.zeros(10, dtype=bool), np.arange(70) < 7])
    result = by_group(mated(errors, np.repeat([0, 1], [10, 70])), 2, draws=2000)
    assert (result[0].rate.value, result[0].rate.high) == (0.0, pytest.approx(0.3))
    assert result[0].p is not None
    assert result[0].p > 0.3


def non_mated(level: np.ndarray, group_of: np.ndarray, rng: np.random.Generator) -> Trials:
    first, second = np.triu_indices(len(level), k=1)
    scores = level[first] + level[second] + rng.normal(size=len(first))
    group = np.where(group_of[first] == group_of[second], group_of[first], -1)
    return Trials(scores > 2.0, first, second, group)


def test_a_difference_of_false_match_rates_is_found() -> None:
    rng, group_of = np.random.default_rng(1), np.repeat([0, 1], 40)
    result = by_group(non_mated(rng.normal(0.6 * group_of, 0.2), group_of, rng), 2, draws=500)
    assert result[0].p is not None
    assert result[0].p < 0.02
    assert rates(result)[1] > 4 * rates(result)[0]


def test_levels_of_single_subjects_are_not_taken_for_a_difference() -> None:
    """No difference, but some people match many: at most some 10 % of 100 tests may say otherwise."""
    rng, group_of, wrong = np.random.default_rng(2), np.repeat([0, 1], 40), 0
    for _ in range(100):
        result = by_group(non_mated(rng.normal(0, 1, 80), group_of, rng), 2, draws=200)
        wrong += any(item.p is not None and item.p < 0.05 for item in result)
    assert wrong <= 12
