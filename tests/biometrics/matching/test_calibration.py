"""A score means a false match rate, whatever the raw scale."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from biometrics.kernel.errors import CalibrationUnusable
from biometrics.kernel.recognition.types import Template
from biometrics.matching.calibration import (
    LEVELS,
    Calibration,
    Score,
    best_of,
    fpir_at,
    threshold_for_fmr,
    threshold_for_fpir,
)
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

FILE = {
    "format": 3,
    "modality": "face",
    "model": "ab" * 32,
    "knots": [[0.0, 0.0, 0.0, 0.0], [0.2, 10.0, 9.0, 12.0], [0.4, 30.0, 26.0, 36.0]],
    "tail": {"scale": 0.1, "shape": 0.0},
    "tail_low": {"scale": 0.2, "shape": 0.0},
    "tail_high": {"scale": 0.05, "shape": 0.0},
    "spread": None,
    "non_mated": 1000,
    "command": "made up",
}
NATURAL = 10 / math.log(10)  # decibans
BOUND = 26.0  # the low end at the last knot


def written(folder: Path, **changes: object) -> Path:
    path = folder / "calibration.json"
    path.write_text(json.dumps(FILE | changes))
    return path


def plain(decibans: float, extrapolated: bool = False, bound: float = BOUND) -> Score:
    return Score(decibans, extrapolated, decibans, decibans, bound)


def test_between_knots_the_score_and_its_interval_are_interpolated(tmp_path: Path) -> None:
    calibration = Calibration.load(written(tmp_path))
    assert calibration.score(0.3) == Score(
        pytest.approx(20.0), extrapolated=False, low=pytest.approx(17.5), high=pytest.approx(24.0), bound=BOUND
    )
    assert calibration.score(-5.0) == plain(0.0)


def test_data_may_end_before_the_last_knot(tmp_path: Path) -> None:
    calibration = Calibration.load(written(tmp_path, supported=0.3))
    assert calibration.bound == pytest.approx(17.5)
    assert (calibration.score(0.3).extrapolated, calibration.score(0.31).extrapolated) == (False, True)
    assert calibration.score(0.35).decibans == pytest.approx(25.0)
    for outside in (-0.1, 0.5):
        with pytest.raises(CalibrationUnusable, match="the data must end"):
            Calibration.load(written(tmp_path, supported=outside))


def test_past_the_last_knot_the_tails_are_exponential_and_said_to_be_extrapolated(tmp_path: Path) -> None:
    score = Calibration.load(written(tmp_path)).score(0.5)
    assert score.extrapolated
    assert score.decibans == pytest.approx(30 + NATURAL)
    assert (score.low, score.high) == (pytest.approx(26 + NATURAL / 2), pytest.approx(36 + 2 * NATURAL))


def test_a_tail_with_a_shape_is_generalised_pareto(tmp_path: Path) -> None:
    score = Calibration.load(written(tmp_path, tail={"scale": 0.1, "shape": 0.5})).score(0.5)
    assert score.decibans == pytest.approx(30 + 20 * math.log10(1.5))


def test_the_spread_of_databases_widens_the_interval_and_leaves_the_score(tmp_path: Path) -> None:
    score = Calibration.load(written(tmp_path, spread=[0.5, 1.5])).score(0.2)
    assert (score.low, score.decibans, score.high) == (pytest.approx(4.5), pytest.approx(10), pytest.approx(18))


@pytest.mark.parametrize("shape", [0.0, 0.4])
def test_the_raw_score_of_decibans_is_found_again(tmp_path: Path, shape: float) -> None:
    curve = Calibration.load(written(tmp_path, tail={"scale": 0.1, "shape": shape})).curve
    for raw in (0.05, 0.2, 0.33, 0.4, 0.7, 3.0):
        assert curve.raw_at(curve.at(raw)) == pytest.approx(raw)


def test_a_calibration_is_known_by_its_file(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert Calibration.load(path).digest == sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"modality": "gait"},
        {"knots": [[0.0, 0.0, 0.0, 0.0]]},
        {"knots": [[0.0, 0.0], [1.0, 10.0]]},
        {"knots": [[0.0, 0.0, 0.0, 0.0], [0.0, 10.0, 10.0, 10.0]]},
        {"knots": [[0.0, 5.0, 5.0, 5.0], [1.0, 10.0, 10.0, 10.0]]},
        {"knots": [[0.0, -5.0, -5.0, -5.0], [1.0, 10.0, 10.0, 10.0]]},
        {"knots": [[0.0, 0.0, 0.0, 0.0], [1.0, 10.0, 10.0, 10.0], [2.0, 9.0, 9.0, 9.0]]},
        {"knots": [[0.0, 0.0, 0.0, 0.0], [1.0, float("nan"), 0.0, 0.0]]},
        {"knots": [[0.0, 0.0, 0.0, 0.0], [1.0, 10.0, 11.0, 12.0]]},
        {"knots": [[0.0, 0.0, 0.0, 0.0], [1.0, 10.0, 9.0, float("nan")]]},
        {"tail": {"scale": 0.0, "shape": 0.0}},
        {"tail": {"scale": 1.0, "shape": -0.1}},
        {"tail_high": {}},
        {"spread": [1.1, 2.0]},
        {"spread": [0.5, float("inf")]},
        {"mated": [[0.0, -1.0]]},
        {"mated": [[0.2, -1.0], [0.2, 0.0]]},
        {"mated": [[0.0, -1.0], [0.2, 0.1]]},
        {"command": "", "knots": [[0.0] * 4, [1.0, 20.1, 20.1, 20.1]]},
    ],
)
def test_a_file_that_breaks_a_rule_is_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(CalibrationUnusable):
        Calibration.load(written(tmp_path, **changes))


def test_a_ratio_is_the_low_end_as_a_power_of_ten_with_the_weight_of_mated_comparisons(tmp_path: Path) -> None:
    calibration = Calibration.load(written(tmp_path, mated=[[0.0, -2.0], [0.4, 0.0]]))
    assert calibration.score(0.3).ratio == pytest.approx(1.75 - 0.5)
    assert calibration.score(0.9).ratio == pytest.approx(BOUND / 10)  # no more than the data support
    assert Calibration.load(written(tmp_path)).score(0.3).ratio is None


def test_without_non_mated_comparisons_it_serves_every_model_and_states_nothing(tmp_path: Path) -> None:
    knots = [[0.0] * 4, [1.0, 20.0, 20.0, 20.0]]
    calibration = Calibration.load(written(tmp_path, command="", knots=knots))
    assert (calibration.only_orders, calibration.model, calibration.score(0.5).calibrated) == (True, "", False)
    assert Calibration.load(written(tmp_path)).model == FILE["model"]


def test_decibans_may_stay_the_same_between_knots(tmp_path: Path) -> None:
    path = written(tmp_path, knots=[[0.0] * 4, [1.0, 10.0, 10.0, 10.0], [2.0, 10.0, 10.0, 10.0]])
    assert Calibration.load(path).score(1.5) == plain(10.0, bound=10.0)


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CalibrationUnusable):
        Calibration.load(tmp_path / "none.json")


def test_a_poor_photo_excludes_nobody() -> None:
    against = Score(0.0, extrapolated=False, low=0.0, high=5.0, ratio=-2.0)
    limit = FACE.traits.excluding_quality
    poor, good = (Template(FACE, "a" * 64, b"", quality) for quality in (limit - 1, limit))
    for sides in (([poor], [good]), ([good], [poor, poor])):
        evidence = against.of_samples(*sides).evidence
        assert (evidence.ratio, evidence.excludes_nobody) == (0.0, True)
        assert evidence.limits["evidence"] == evidence.sentence
    supporting = replace(against, low=5.0, ratio=0.5).of_samples([poor], [good]).evidence
    assert (supporting.ratio, supporting.excludes_nobody) == (0.5, False)
    assert against.of_samples([good], [poor, good]) == against.of_samples([replace(poor, quality=None)]) == against
    assert against.of_samples([replace(poor, modality=FINGERPRINT, quality=0)]) == against


def test_the_best_of_many_comparisons_is_worth_less() -> None:
    assert best_of(plain(0.0), 10).decibans == 0.0
    one_in_a_thousand = Score(30.0, extrapolated=False, low=20.0, high=5000.0)
    assert best_of(one_in_a_thousand, 1).decibans == pytest.approx(30.0)
    best = best_of(one_in_a_thousand, 10)
    assert best.decibans == pytest.approx(-10 * math.log10(1 - 0.999**10))
    assert best.low == pytest.approx(-10 * math.log10(1 - 0.99**10))
    assert best.high == pytest.approx(4990.0)
    assert best_of(plain(0.0), 10).decibans == 0.0
    assert best_of(plain(5000.0, extrapolated=True), 10).decibans == pytest.approx(4990.0)


def test_a_calibration_is_checked_at_one_in_ten_a_hundred_and_a_thousand() -> None:
    assert pytest.approx([threshold_for_fmr(fmr) for fmr in (0.1, 0.01, 0.001)]) == LEVELS


def test_thresholds_follow_from_the_error_rates() -> None:
    assert threshold_for_fmr(0.001) == pytest.approx(30.0)
    assert threshold_for_fpir(0.001, 1) == pytest.approx(30.0)
    assert threshold_for_fpir(0.001, 10_000) == pytest.approx(70.0, abs=0.01)


@pytest.mark.parametrize("people", [1, 100, 1_000_000])
@pytest.mark.parametrize("fpir", [0.5, 0.001, 1e-12])
def test_the_rate_at_a_threshold_is_the_one_that_it_was_made_for(fpir: float, people: int) -> None:
    assert fpir_at(threshold_for_fpir(fpir, people), people) == pytest.approx(fpir)
    assert fpir_at(0.0, people) == 1.0
