"""The threshold follows the gallery's size, so that strangers are named as often as was asked for."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.search import fpir
from benchmarks.search.faces import strangers


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fpir, "CALIBRATED_ON", 2000)


def test_the_rate_holds_at_each_size_and_a_fixed_threshold_does_not() -> None:
    result = {(item.gallery, item.target): item for item in fpir.observe([2000, 200], 4000)}
    small, large = result[200, 0.1], result[2000, 0.1]
    assert small.reached
    assert large.reached
    assert small.named == small.named_fixed
    assert large.named_fixed > 4 * large.named
    assert large.decibans == pytest.approx(small.decibans + 10, abs=0.1)


def test_named_is_who_has_a_score_as_high_as_the_threshold() -> None:
    best = fpir._best_scores([100, 300], 50, lambda done: None)
    scores = strangers(50, fpir._PROBES) @ strangers(300, fpir._GALLERY).T
    np.testing.assert_allclose(best[100], scores[:, :100].max(axis=1), rtol=1e-5)
    np.testing.assert_allclose(best[300], scores.max(axis=1), rtol=1e-5)


def test_each_pair_of_the_calibration_is_scored_once() -> None:
    faces = strangers(40, 1)
    expected = (faces @ faces.T)[np.triu_indices(40, 1)]
    np.testing.assert_allclose(np.sort(fpir._all_pairs(faces)), np.sort(expected), atol=1e-6)
