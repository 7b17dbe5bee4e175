"""A score means a false match rate, whatever the raw scale."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from biometrics.calibration import Calibration, Score, best_of, threshold_for_fmr, threshold_for_fpir
from biometrics.errors import CalibrationUnusable

FILE = {
    "format": 1,
    "modality": "face",
    "model": "ab" * 32,
    "knots": [[0.0, 0.0], [0.2, 10.0], [0.4, 30.0]],
    "tail": {"scale": 0.1, "shape": 0.0},
}


def written(folder: Path, **changes: object) -> Path:
    path = folder / "calibration.json"
    path.write_text(json.dumps(FILE | changes))
    return path


def test_between_knots_the_score_is_interpolated(tmp_path: Path) -> None:
    calibration = Calibration.load(written(tmp_path))
    assert calibration.score(0.3) == Score(pytest.approx(20.0), extrapolated=False)
    assert calibration.score(-5.0) == Score(0.0, extrapolated=False)


def test_past_the_last_knot_the_tail_is_exponential_and_said_to_be_extrapolated(tmp_path: Path) -> None:
    score = Calibration.load(written(tmp_path)).score(0.5)
    assert score == Score(pytest.approx(30 + 10 / math.log(10)), extrapolated=True)


def test_a_tail_with_a_shape_is_generalised_pareto(tmp_path: Path) -> None:
    score = Calibration.load(written(tmp_path, tail={"scale": 0.1, "shape": 0.5})).score(0.5)
    assert score.decibans == pytest.approx(30 + 20 * math.log10(1.5))


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"modality": "gait"},
        {"knots": [[0.0, 0.0]]},
        {"knots": [[0.0, 0.0], [0.0, 10.0]]},
        {"knots": [[0.0, 5.0], [1.0, 10.0]]},
        {"knots": [[0.0, 0.0], [1.0, 10.0], [2.0, 9.0]]},
        {"knots": [[0.0, 0.0], [1.0, float("nan")]]},
        {"tail": {"scale": 0.0, "shape": 0.0}},
        {"tail": {"scale": 1.0, "shape": -0.1}},
        {"tail": {}},
    ],
)
def test_a_file_that_breaks_a_rule_is_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(CalibrationUnusable):
        Calibration.load(written(tmp_path, **changes))


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CalibrationUnusable):
        Calibration.load(tmp_path / "none.json")


def test_the_best_of_many_comparisons_is_worth_less() -> None:
    one_in_a_thousand = Score(30.0, extrapolated=False)
    assert best_of(one_in_a_thousand, 1).decibans == pytest.approx(30.0)
    assert best_of(one_in_a_thousand, 10).decibans == pytest.approx(-10 * math.log10(1 - 0.999**10))
    assert best_of(Score(0.0, extrapolated=False), 10).decibans == 0.0
    assert best_of(Score(5000.0, extrapolated=True), 10).decibans == pytest.approx(4990.0)


def test_thresholds_follow_from_the_error_rates() -> None:
    assert threshold_for_fmr(0.001) == pytest.approx(30.0)
    assert threshold_for_fpir(0.001, 1) == pytest.approx(30.0)
    assert threshold_for_fpir(0.001, 10_000) == pytest.approx(70.0, abs=0.01)
