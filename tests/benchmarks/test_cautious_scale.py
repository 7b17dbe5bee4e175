"""A scale that claims no more than any of several sets shows."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.calibration.cautious_scale import CautiousScale, cautious_content, fit_cautious
from benchmarks.calibration.fitting import LAST_KNOT, NonMated
from biometrics.kernel.types import Modality
from biometrics.matching.calibration import Calibration
from biometrics.matching.learned_scale import LearnedScale
from tests.support.calibrations import made_calibration

A_NATURAL = 10 / np.log(10)
SUBJECTS = 120
# A raw score is its decibans.
BASE = made_calibration(Modality.FINGERPRINT, "m" * 64, [(0.0, 0.0), (40.0, 40.0)], A_NATURAL)


def strangers(seed: int, scale: float = 1.0) -> NonMated:
    """Make comparisons of which `level` * scale decibans are reached as often as `level` is claimed."""
    pairs = np.stack(np.triu_indices(SUBJECTS, k=1), axis=1)
    scores = np.random.default_rng(seed).exponential(A_NATURAL * scale, len(pairs))
    return NonMated(scores, pairs, pairs)


def seen(claimed: np.ndarray, level: float) -> float:
    return float(-10 * np.log10(max(np.count_nonzero(claimed >= level), 1) / len(claimed)))


def test_no_set_sees_less_than_what_is_claimed() -> None:
    sets = {"wide": strangers(1, 1.5), "same": strangers(2), "narrow": strangers(3, 0.7)}
    fitted = fit_cautious(BASE, sets)
    for compared in sets.values():
        claimed = fitted.scale.at(compared.scores)
        assert seen(claimed, 10.0) >= 9.5
        assert seen(claimed, 20.0) >= 19.0


def test_the_worst_set_left_out_reduces_the_scale() -> None:
    """Without the wide set, 10 claimed are 10 / 1.5 seen."""
    fitted = fit_cautious(BASE, {"wide": strangers(1, 1.5), "same": strangers(2)})
    assert fitted.scale.factor == pytest.approx(1 / 1.5, abs=0.05)
    assert [check.where for check in fitted.left_out[:3]] == ["wide, left out"] * 3
    assert fitted.left_out[0].verdict == "CLAIMS TOO MUCH"


def test_sets_that_differ_in_the_safe_direction_reduce_nothing() -> None:
    fitted = fit_cautious(BASE, {"narrow": strangers(1, 0.6), "narrower": strangers(2, 0.5)})
    assert fitted.scale.factor == 1.0
    np.testing.assert_allclose(fitted.scale.at(np.array([3.0, 12.0, 35.0])), [3.0, 12.0, 35.0])


def test_the_file_ends_where_the_data_of_the_lowest_set_end() -> None:
    sets = {"wide": strangers(1, 1.5), "same": strangers(2)}
    fitted = fit_cautious(BASE, sets)
    made = Calibration.parse(cautious_content(BASE, fitted, sets, "command"))
    last = float(np.sort(sets["wide"].scores)[-LAST_KNOT])
    assert made.supported == pytest.approx(last)
    assert (made.score(last - 0.1).extrapolated, made.score(last + 0.1).extrapolated) == (False, True)
    assert made.bound == pytest.approx(float(fitted.scale.at(np.array([last]))[0]), abs=0.2)
    assert made.score(100.0).evidence.capped
    assert made.score(100.0).decibans > made.score(60.0).decibans > made.score(30.0).decibans


def test_the_order_of_scores_stays() -> None:
    sets = {"wide": strangers(1, 1.5), "same": strangers(2)}
    made = Calibration.parse(cautious_content(BASE, fit_cautious(BASE, sets), sets, "command"))
    decibans = [made.score(float(raw)).decibans for raw in np.arange(0, 80, 0.5)]
    assert np.all(np.diff(decibans) >= 0)
    assert np.all(np.diff(decibans[40:]) > 0)


def test_a_correction_bends_the_tail_too() -> None:
    """Past the last knot a correction is a line, and the tail follows it."""
    scale = CautiousScale((LearnedScale(np.array([0.0, 10.0]), np.array([0.0, 5.0]), 0.5),))
    curve = BASE.curve.corrected(scale)
    assert [curve.at(raw) for raw in (10.0, 40.0, 60.0)] == pytest.approx([5.0, 20.0, 30.0])
