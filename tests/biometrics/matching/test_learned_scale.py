"""A learned scale says what the people at hand show, with little data too."""

from __future__ import annotations

import numpy as np
import pytest

from biometrics.matching.learned_scale import LearnedScale

SUBJECTS = 60


def comparisons(slope: float, seed: int = 0, each: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Return shipped decibans of strangers whose true decibans are `slope` times as many, and their subjects."""
    pairs = np.repeat(np.stack(np.triu_indices(SUBJECTS, 1), axis=1), each, axis=0)
    true = np.random.default_rng(seed).exponential(10 / np.log(10), len(pairs))
    return true / slope, pairs


@pytest.mark.parametrize("slope", [0.8, 1.0, 1.3])
def test_claims_are_what_strangers_show(slope: float) -> None:
    scale = LearnedScale.fit(*comparisons(slope))
    others = scale.at(comparisons(slope, seed=1)[0])
    for claimed in (10.0, 20.0, 30.0):
        assert -10 * np.log10(np.mean(others >= claimed)) == pytest.approx(claimed, abs=2.0)


def test_the_order_of_scores_stays() -> None:
    scale = LearnedScale.fit(*comparisons(0.8))
    learned = scale.at(np.linspace(0.0, 90.0, 500))
    assert (np.diff(learned) >= 0).all()
    assert learned[-1] > learned[250]


def test_few_subjects_keep_close_to_the_shipped_slope() -> None:
    """Ten comparisons of five people must not double the distance to the next ten decibans."""
    shipped, pairs = comparisons(2.0)
    few = (pairs < 5).all(axis=1)
    with pytest.raises(ValueError, match="100 comparisons"):
        LearnedScale.fit(shipped[few], pairs[few])
    scale = LearnedScale.fit(np.repeat(shipped[few], 20), np.repeat(pairs[few], 20, axis=0))
    assert scale.slope == pytest.approx(1.0, abs=0.25)


def test_unknown_duplicates_hardly_matter() -> None:
    """One of the 60 is enrolled twice: all four comparisons with the other self score 300 decibans."""
    shipped, pairs = comparisons(1.0)
    clean = LearnedScale.fit(shipped, pairs)
    shipped[:4] = 300.0
    with_duplicates = LearnedScale.fit(shipped, pairs)
    for claimed in (10.0, 20.0, 30.0):
        at = np.array([claimed])
        assert with_duplicates.at(at)[0] == pytest.approx(clean.at(at)[0], abs=1.5)


def test_scores_that_do_not_vary_are_refused() -> None:
    _, pairs = comparisons(1.0)
    with pytest.raises(ValueError, match="do not vary"):
        LearnedScale.fit(np.zeros(len(pairs)), pairs)
