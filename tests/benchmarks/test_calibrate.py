"""A calibration says what the non-mated scores say, and no more beyond them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.calibrate import LAST_KNOT, TAIL, calibration_content, empirical_knots, fit_tail
from benchmarks.datasets import UnusableDataset
from benchmarks.report import write_json
from biometrics.calibration import Calibration
from biometrics.types import Modality


def exponential(count: int = 200_000) -> np.ndarray:
    return np.random.default_rng(3).exponential(2.0, count)


def test_knots_are_the_shares_of_scores_at_least_as_high() -> None:
    scores = exponential()
    knots = empirical_knots(scores)
    assert knots[0] == (scores.min(), 0.0)
    assert np.count_nonzero(scores >= knots[-1][0]) == LAST_KNOT
    for raw, decibans in knots:
        assert decibans == pytest.approx(-10 * np.log10(np.mean(scores >= raw)), abs=1e-3)
    assert np.diff([raw for raw, _ in knots]).min() > 0
    assert 0 < np.diff([decibans for _, decibans in knots]).max() < 0.6


def test_scores_that_many_pairs_share_are_one_knot() -> None:
    """Nine in ten are 0, so the next score above it has 10 decibans."""
    scores = np.concatenate([np.zeros(90_000), np.random.default_rng(0).uniform(1, 2, 10_000)])
    knots = empirical_knots(scores)
    assert knots[0] == (0.0, 0.0)
    assert knots[1][0] >= 1.0
    assert knots[1][1] == pytest.approx(10.0, abs=0.6)


def test_the_file_is_what_the_engine_reads(tmp_path: Path) -> None:
    scores = exponential()
    content = calibration_content(Modality.FACE, "ab" * 32, scores, subjects=99, command="pehchan calibrate face x")
    write_json(tmp_path / "c.json", content)
    calibration = Calibration.load(tmp_path / "c.json")
    assert (calibration.modality, calibration.model) == (Modality.FACE, "ab" * 32)
    assert (content["non_mated"], content["subjects"], content["command"]) == (200_000, 99, "pehchan calibrate face x")
    for raw in (0.0, 0.5, 3.0, 9.0):
        score = calibration.score(raw)
        assert score.decibans == pytest.approx(-10 * np.log10(np.mean(scores >= raw)), abs=0.3)
        assert not score.extrapolated
    beyond = calibration.score(25.0)  # FMR exp(-12.5)
    assert beyond.extrapolated
    assert beyond.decibans == pytest.approx(125 / np.log(10), rel=0.1)


def test_an_exponential_tail_is_found() -> None:
    scores = exponential()
    tail = fit_tail(scores, empirical_knots(scores)[-1][0])
    assert tail.shape == pytest.approx(0.0, abs=0.1)
    assert tail.scale == pytest.approx(2.0, rel=0.35)


def test_a_heavy_tail_is_found_and_carried_to_the_last_knot() -> None:
    """Generalised Pareto, scale 1 and shape 0.3 from 0: from u on, scale 1 + 0.3 u."""
    uniform = np.random.default_rng(5).uniform(size=1_000_000)
    scores = (uniform**-0.3 - 1) / 0.3
    last = empirical_knots(scores)[-1][0]
    tail = fit_tail(scores, last)
    assert tail.shape == pytest.approx(0.3, abs=0.1)
    assert tail.scale == pytest.approx(1 + 0.3 * last, rel=0.35)


def test_a_tail_that_ends_is_taken_for_an_exponential_one_which_claims_less() -> None:
    scores = np.random.default_rng(1).uniform(0, 1, 100_000)
    tail = fit_tail(scores, empirical_knots(scores)[-1][0])
    assert tail.shape == 0.0
    assert tail.scale == pytest.approx(TAIL / 100_000 / 2, rel=0.2)  # the mean excess of a uniform's last 1 %


@pytest.mark.parametrize("scores", [np.zeros(20_000), np.append(np.zeros(19_000), np.ones(1000))])
def test_scores_that_hardly_vary_are_refused(scores: np.ndarray) -> None:
    with pytest.raises(UnusableDataset, match="hardly vary"):
        fit_tail(scores, empirical_knots(scores)[-1][0])
