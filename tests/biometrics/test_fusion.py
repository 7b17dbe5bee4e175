"""Several samples make one score by Fisher's method."""

from __future__ import annotations

import math

import numpy as np
import pytest

from biometrics.calibration import Score
from biometrics.fusion import fuse


def decibans(*values: float) -> list[Score]:
    return [Score(value, extrapolated=False) for value in values]


def test_one_sample_is_worth_itself() -> None:
    assert fuse(decibans(37.5)).decibans == pytest.approx(37.5)


def test_two_samples_by_hand() -> None:
    """y = -ln(0.01 * 0.1) = 6.9078; the chi-square tail is exp(-y) * (1 + y) = 0.0079078."""
    assert fuse(decibans(20, 10)).decibans == pytest.approx(-10 * math.log10(0.001 * (1 + math.log(1000))))


def test_no_evidence_stays_none() -> None:
    assert fuse(decibans(0, 0, 0)).decibans == 0


def test_scores_past_what_floats_can_hold_as_rates_still_rank() -> None:
    assert fuse(decibans(4000, 4000)).decibans > fuse(decibans(4000, 3990)).decibans > 4000


def test_a_part_that_was_extrapolated_makes_the_whole_so() -> None:
    assert fuse([Score(10, extrapolated=False), Score(60, extrapolated=True)]).extrapolated


def test_non_mated_fusions_keep_their_meaning() -> None:
    """Uniform FMRs, as non-mated samples have, fuse to uniform FMRs: one in a hundred reaches 20 decibans."""
    rates = np.random.default_rng(3).uniform(size=(20_000, 5))
    fused = [fuse(decibans(*row)).decibans for row in -10 * np.log10(rates)]
    assert np.mean(np.array(fused) >= 20) == pytest.approx(0.01, abs=0.002)
