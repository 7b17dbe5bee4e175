"""A calibration says what the non-mated scores say, and no more beyond them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.calibration.checks import CalibrationCheck, check_levels, held_out, spread_of
from benchmarks.calibration.fitting import (
    LAST_KNOT,
    MIN_COMPARISONS,
    MIN_SUBJECTS,
    TAIL,
    Fit,
    NonMated,
    fit,
    fit_curve,
    fit_tail,
    fitted_content,
    looks_of,
    pairs_of_one_look,
)
from benchmarks.runs.datasets import UnusableDataset
from biometrics.matching.calibration import FORMAT, Calibration

SUBJECTS = 300
SURE = (1.0, 1.0)


def exponential(count: int = 200_000) -> np.ndarray:
    return np.random.default_rng(3).exponential(2.0, count)


def compared(seed: int, wolves: float = 0.0, scale: float = 1.0) -> NonMated:
    """Compare all pairs of SUBJECTS, each of whom raises all their scores by their own share of `wolves`."""
    rng = np.random.default_rng(seed)
    pairs = np.stack(np.triu_indices(SUBJECTS, 1), axis=1)
    own = wolves * rng.exponential(1.0, SUBJECTS)
    return NonMated(scale * (rng.exponential(1.0, len(pairs)) + own[pairs].sum(axis=1)), pairs, pairs)


def test_knots_are_the_shares_of_scores_at_least_as_high() -> None:
    scores = exponential()
    curve = fit_curve(scores)
    assert (curve.raws[0], curve.decibans[0]) == (scores.min(), 0.0)
    assert np.count_nonzero(scores >= curve.raws[-1]) == LAST_KNOT
    for raw, decibans in zip(curve.raws, curve.decibans, strict=True):
        assert decibans == pytest.approx(-10 * np.log10(np.mean(scores >= raw)), abs=1e-9)
    assert np.diff(curve.raws).min() > 0
    assert 0 < np.diff(curve.decibans).max() < 0.6


def test_scores_that_many_pairs_share_are_one_knot() -> None:
    """Nine in ten are 0, so the next score above it has 10 decibans."""
    curve = fit_curve(np.concatenate([np.zeros(90_000), np.random.default_rng(0).uniform(1, 2, 10_000)]))
    assert (curve.raws[0], curve.decibans[0]) == (0.0, 0.0)
    assert curve.raws[1] >= 1.0
    assert curve.decibans[1] == pytest.approx(10.0, abs=0.6)


def test_the_file_is_what_the_engine_reads() -> None:
    ours = compared(1)
    content = fitted_content(fit(ours, replicates=20))
    calibration = Calibration.parse(
        {
            "format": FORMAT,
            "modality": "face",
            "model": "ab" * 32,
            "spread": None,
            "command": "made up",
            "non_mated": 1000,
            **content,
        }
    )
    for raw in (0.0, 0.5, 3.0, 6.0):
        score = calibration.score(raw)
        assert score.decibans == pytest.approx(-10 * np.log10(np.mean(ours.scores >= raw)), abs=0.3)
        assert score.low <= score.decibans <= score.high
        assert not score.extrapolated
    beyond = calibration.score(12.5)  # FMR exp(-12.5)
    assert beyond.extrapolated
    assert beyond.decibans == pytest.approx(125 / np.log(10), rel=0.15)
    assert beyond.low < 125 / np.log(10) < beyond.high


def test_the_interval_holds_what_other_subjects_show() -> None:
    """Some subjects score high with everybody, so that pairs are worth less than their number."""
    fitted = fit(compared(1, wolves=1.0), replicates=100)
    checks = [check for seed in range(2, 22) for check in check_levels(fitted, SURE, compared(seed, 1.0), "")[:2]]
    assert np.mean([check.within for check in checks]) >= 0.85
    assert width(fitted) > 1.5 * width(fit(compared(1), replicates=100))


def width(fitted: Fit) -> float:
    """Return the decibans from end to end of the interval at 10."""
    raw = fitted.curve.raw_at(10.0)
    return fitted.high.at(raw) - fitted.low.at(raw)


def test_half_of_the_subjects_foretell_the_others() -> None:
    checks = held_out(compared(5, wolves=0.1))
    assert [check.level for check in checks] == [10, 20, 30]
    assert {check.comparisons for check in checks} == {150 * 149 // 2}
    assert all(check.within for check in checks if check.supported)


def test_half_of_a_small_set_is_not_fitted_on() -> None:
    assert held_out(compared(5).among(np.arange(SUBJECTS) < 160)) == []


def test_the_spread_follows_from_how_other_databases_differ() -> None:
    """Scores of half the scale reach 10 decibans where 20 are claimed: a factor of a half on one, of two on another."""
    fitted = fit(compared(1), replicates=20)
    others = [check_levels(fitted, SURE, compared(2, scale=scale), str(scale))[0] for scale in (1.0, 2.0, 0.8)]
    assert [check.observed / check.level for check in others] == [
        pytest.approx(1, abs=0.05),
        pytest.approx(0.5, abs=0.05),
        pytest.approx(1.25, abs=0.05),
    ]
    low, high = spread_of(others)
    factors = np.array([1, 1, 0.5, 1.25])
    reach = 3.182 * factors.std(ddof=1) * math.sqrt(1 + 1 / 4)  # Student's t, three degrees of freedom
    assert (low, high) == (
        pytest.approx(max(0, factors.mean() - reach), abs=0.1),
        pytest.approx(factors.mean() + reach, abs=0.1),
    )


def test_two_databases_do_not_show_how_databases_differ() -> None:
    with pytest.raises(UnusableDataset, match="--other"):
        spread_of([CalibrationCheck("one", 10.0, 1000, 100, 9.0, 11.0)])


def test_no_false_match_is_said_by_the_rule_of_three() -> None:
    check = CalibrationCheck("somewhere", 30.0, 6000, 0, 25.0, 40.0)
    assert check.observed == pytest.approx(-10 * math.log10(3 / 6000))
    assert (check.supported, check.within) == (True, True)
    assert not replace(check, comparisons=4000).supported


def test_images_of_one_subject_under_two_names_are_noticed() -> None:
    ours = compared(1)
    assert len(ours.beyond_chance()) == 0
    ours.scores[77] = 60.0
    np.testing.assert_array_equal(ours.beyond_chance(), ours.pairs[[77]])


def test_an_exponential_tail_is_found() -> None:
    scores = np.sort(exponential())
    tail = fit_tail(scores[-TAIL:], float(scores[-LAST_KNOT]))
    assert tail.shape == pytest.approx(0.0, abs=0.1)
    assert tail.scale == pytest.approx(2.0, rel=0.35)


def test_a_heavy_tail_is_found_and_carried_to_the_last_knot() -> None:
    """Generalised Pareto, scale 1 and shape 0.3 from 0: from u on, scale 1 + 0.3 u."""
    scores = np.sort((np.random.default_rng(5).uniform(size=1_000_000) ** -0.3 - 1) / 0.3)
    last = float(scores[-LAST_KNOT])
    tail = fit_tail(scores[-TAIL:], last)
    assert tail.shape == pytest.approx(0.3, abs=0.1)
    assert tail.scale == pytest.approx(1 + 0.3 * last, rel=0.35)


def test_a_tail_that_ends_is_taken_for_an_exponential_one_which_claims_less() -> None:
    scores = np.sort(np.random.default_rng(1).uniform(0, 1, 100_000))
    tail = fit_tail(scores[-TAIL:], float(scores[-LAST_KNOT]))
    assert tail.shape == 0.0
    assert tail.scale == pytest.approx(TAIL / 100_000 / 2, rel=0.2)  # the mean excess of a uniform's last 1 %


@pytest.mark.parametrize("scores", [np.zeros(20_000), np.append(np.zeros(19_000), np.ones(1000))])
def test_scores_that_hardly_vary_are_refused(scores: np.ndarray) -> None:
    with pytest.raises(UnusableDataset, match="hardly vary"):
        fit_curve(scores)


def test_too_few_comparisons_are_refused() -> None:
    few = compared(1).among(np.arange(SUBJECTS) < 50)
    with pytest.raises(UnusableDataset, match="name more folders"):
        fit(few)


def test_many_comparisons_of_few_people_are_refused() -> None:
    rng = np.random.default_rng(1)
    subjects = np.repeat(np.stack(np.triu_indices(MIN_SUBJECTS - 1, 1), axis=1), 40, axis=0)
    few = NonMated(rng.exponential(1.0, len(subjects)), subjects, subjects)
    assert len(few.scores) >= MIN_COMPARISONS
    with pytest.raises(UnusableDataset, match=f"takes {MIN_SUBJECTS} people or fingers"):
        fit(few)


def test_looks_are_clusters_of_vectors() -> None:
    rng = np.random.default_rng(0)
    centres = np.repeat(np.eye(3) * 10, 20, axis=0)
    look = looks_of(centres + rng.normal(0, 0.1, centres.shape), 3)
    assert [len(set(look[start : start + 20])) for start in (0, 20, 40)] == [1, 1, 1]
    assert len(set(look)) == 3
    with pytest.raises(UnusableDataset, match="too few for 61 looks"):
        looks_of(centres, 61)


def test_pairs_of_one_look_are_of_two_subjects() -> None:
    look, subjects = np.array([0, 0, 0, 1, 1, 1]), np.array([7, 7, 8, 7, 8, 9])
    pairs = pairs_of_one_look(look, subjects, 100)
    assert pairs.tolist() == [[0, 2], [1, 2], [3, 4], [3, 5], [4, 5]]
    few = pairs_of_one_look(look, subjects, 2)
    assert len(few) == 2
    assert {tuple(pair) for pair in few.tolist()} <= {tuple(pair) for pair in pairs.tolist()}


def test_a_check_says_in_which_direction_a_scale_is_wrong() -> None:
    def verdict(false_matches: int) -> str:
        return CalibrationCheck("elsewhere", 20.0, 10_000, false_matches, 19.0, 21.0).verdict

    assert verdict(100) == "within"
    assert verdict(10) == "claims less than seen"
    assert verdict(1000) == "CLAIMS TOO MUCH"
    assert CalibrationCheck("elsewhere", 30.0, 1000, 1, 29.0, 31.0).verdict == "too few comparisons"
