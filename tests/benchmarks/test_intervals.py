"""Intervals against closed forms and known coverage, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.metrics.intervals import Rate, Unsupported, interval, rate, resample, unsupported
from benchmarks.metrics.verification import ScoredSide, VerificationScores, fnmr_at_fmr


def verification(rng: np.random.Generator, subjects: int, each: int = 3, spread: float = 1.0) -> VerificationScores:
    """Scores in which every subject has a level of his own, all pairs of subjects compared."""
    level = rng.normal(0, spread, subjects)
    mated = np.repeat(np.arange(subjects), each)
    first, second = np.triu_indices(subjects, k=1)
    return VerificationScores(
        ScoredSide(3 + level[mated] + rng.normal(size=len(mated)), mated),
        ScoredSide(level[first] + level[second] + rng.normal(size=len(first)), first, second),
    )


def test_a_weight_is_as_many_copies() -> None:
    """Weights 2, 0, 3: the same rates as of scores repeated by hand."""
    rng = np.random.default_rng(0)
    mated, mated_of = rng.normal(2, 1, 30), np.repeat([0, 1, 2], 10)
    first, second = np.array([0, 0, 1] * 20), np.array([1, 2, 2] * 20)
    non_mated, weights = rng.normal(0, 1, 60), np.array([2, 0, 3])
    weighted = VerificationScores(ScoredSide(mated, mated_of), ScoredSide(non_mated, first, second))
    copied_mated = np.repeat(mated, weights[mated_of])
    copied_non_mated = np.repeat(non_mated, weights[first] * weights[second])
    copied = VerificationScores(ScoredSide(copied_mated), ScoredSide(copied_non_mated))
    thresholds = np.linspace(-1, 3, 9)
    np.testing.assert_allclose(weighted.fmr(thresholds, weights), copied.fmr(thresholds))
    np.testing.assert_allclose(weighted.fnmr(thresholds, weights), copied.fnmr(thresholds))
    assert weighted.eer(weights) == pytest.approx(copied.eer())
    for fmr in (0.0, 0.01, 0.1, 0.5):
        at = weighted.fnmr_at_fmr(np.array([fmr]), weights)[0]
        assert at == pytest.approx(fnmr_at_fmr(copied_mated, copied_non_mated, fmr))


def test_det_is_the_share_at_every_score() -> None:
    both = VerificationScores(ScoredSide(np.array([2.0, 3.0])), ScoredSide(np.array([1.0, 2.0])))
    fmr, fnmr = both.det()
    assert (fmr.tolist(), fnmr.tolist()) == ([1.0, 0.5, 0.0, 0.0], [0.0, 0.0, 0.5, 1.0])


def test_a_bootstrap_of_independent_subjects_has_the_binomials_width() -> None:
    """One trial a subject, 20 of 100 err: the standard error is sqrt(0.2 * 0.8 / 100) = 0.04."""
    errs = (np.arange(100) < 20).astype(float)
    drawn = resample(100, lambda weights: np.array([weights @ errs / 100]), 4000)
    assert drawn.std() == pytest.approx(0.04, rel=0.05)
    np.testing.assert_allclose(interval(drawn)[:, 0], [0.12, 0.28], atol=0.011)


def test_trials_of_one_subject_do_not_narrow_the_interval() -> None:
    errs = np.arange(100) < 20
    once = ScoredSide(np.where(errs, 0.0, 1.0), np.arange(100))
    often = ScoredSide(np.repeat(np.where(errs, 0.0, 1.0), 10), np.repeat(np.arange(100), 10))
    for side in (once, often):
        drawn = resample(100, lambda weights, side=side: side.share_reaching(np.array([0.5]), weights), 4000)
        assert drawn.std() == pytest.approx(0.04, rel=0.05)


def test_the_interval_of_a_false_match_rate_holds_the_truth_about_as_often_as_it_says() -> None:
    """200 sets of 40 subjects with levels of their own; FMR at 3 is P(N(0, sqrt 3) > 3) = 0.0416.

    Drawing comparisons instead of subjects would cover about 50 % here.
    """
    rng, truth, covered = np.random.default_rng(7), 0.041632, 0
    for _ in range(200):
        trial = verification(rng, 40)
        drawn = resample(40, lambda weights, trial=trial: trial.fmr(np.array([3.0]), weights), 300)
        low, high = interval(drawn)[:, 0]
        covered += low <= truth <= high
    assert 0.85 <= covered / 200 <= 0.99


def test_the_same_seed_gives_the_same_draws() -> None:
    def double(weights: np.ndarray) -> np.ndarray:
        return weights.astype(float)

    np.testing.assert_array_equal(resample(5, double, 3), resample(5, double, 3))
    assert not np.array_equal(resample(5, double, 3), resample(5, double, 3, seed=1))


def test_without_an_error_the_rule_of_3_counts_subjects() -> None:
    first = rate(0.0, np.array([0.0, 0.0]), trials=2240, independent=80)
    assert first.high == pytest.approx(0.0375)
    assert str(first) == "none of 2,240 (at most 0.13 to 3.75 %)"
    assert rate(0.0, np.array([0.0, 0.0]), trials=2, independent=1).high == 1.0


def test_a_rate_is_said_with_its_interval() -> None:
    assert str(Rate(0.0107, 0.00356, 0.021, 2240, 80)) == "1.07 % (0.36–2.10)"


@pytest.mark.parametrize(("fmr", "has", "needed"), [(1e-4, 99_999, 100_000), (1e-3, 45, 10_000), (0.3, 33, 34)])
def test_a_threshold_needs_ten_expected_errors(fmr: float, has: int, needed: int) -> None:
    assert unsupported(fmr, has, "non-mated comparisons") == Unsupported(needed, has, "non-mated comparisons")
    assert unsupported(fmr, needed, "non-mated comparisons") is None


def test_a_refusal_says_what_is_missing() -> None:
    text = str(unsupported(1e-4, 23_040, "non-mated comparisons"))
    assert text == "not supported: needs 100,000 non-mated comparisons, has 23,040"
