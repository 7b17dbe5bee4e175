"""One scale of rates and likelihood ratios, from how populations differ."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from benchmarks.calibration import likelihood
from benchmarks.calibration.evidence_scale import SetScores, made_from, of_one_look, of_populations, scale_content
from benchmarks.calibration.fitting import NonMated, fit_curve
from benchmarks.calibration.populations import fit_populations, left_out, line_of

A_NATURAL = 10 / math.log(10)
SUBJECTS = 500
SLOPES = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35)
IDENTITY = {"modality": "fingerprint", "model": "m" * 64}


def strangers(seed: int, slope: float = 1.0, subjects: int = 150) -> NonMated:
    """Make comparisons of which a raw score is reached as often as `slope` times as many decibans say."""
    pairs = np.stack(np.triu_indices(subjects, 1), axis=1)
    return NonMated(np.random.default_rng(seed).exponential(A_NATURAL / slope, len(pairs)), pairs, pairs)


def mates(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).gamma(9.0, 15.0, 300)


BASE = strangers(99, subjects=SUBJECTS)
SETS = [SetScores(f"{slope:g}", strangers(seed, slope), mates(seed)) for seed, slope in enumerate(SLOPES)]


def test_the_line_of_a_set_is_how_fast_its_strangers_thin_out() -> None:
    curve = fit_curve(BASE.scores)
    for each, slope in zip(SETS, SLOPES, strict=True):
        line = line_of(curve, each.non_mated)
        assert math.exp(line.at[1]) == pytest.approx(slope, rel=0.1)
        assert line.at[0] == pytest.approx(8 * slope, rel=0.1)


def test_too_few_in_the_tail_make_no_line() -> None:
    with pytest.raises(ValueError, match="20 are needed"):
        line_of(fit_curve(BASE.scores), strangers(1, 3.0, 20))


def test_the_low_end_covers_a_set_that_was_left_out() -> None:
    curve = fit_curve(BASE.scores)
    lines = {each.name: line_of(curve, each.non_mated) for each in SETS}
    for name, populations in left_out(lines).items():
        low, middle, high = populations.ends(np.array([10.0, 20.0, 30.0]))
        seen = lines[name].seen(np.array([10.0, 20.0, 30.0]))
        assert (low <= seen + 2.0).all()
        assert (low < middle).all()
        assert (middle < high).all()


def test_sets_that_differ_more_lower_the_low_end() -> None:
    curve = fit_curve(BASE.scores)
    near, far = (
        fit_populations([line_of(curve, strangers(seed, slope)) for seed, slope in enumerate(slopes)])
        for slopes in ((0.95, 1.0, 1.0, 1.05), (0.7, 0.9, 1.1, 1.4))
    )
    at = np.array([40.0])
    assert near.ends(at)[0, 0] > far.ends(at)[0, 0] + 5.0


def test_the_file_is_read_back_and_states_no_more_than_the_base_reaches() -> None:
    content = scale_content(of_populations(BASE, SETS), SETS, IDENTITY, "command")
    scale = made_from(content)
    last = scale.curve.raws[-1]
    assert scale.supported == last
    assert scale.score(float(last) * 3).evidence.capped
    assert scale.bound < scale.curve.at(float(last))
    assert [each["name"] for each in content["sets"]] == [each.name for each in SETS]
    decibans = [scale.score(raw) for raw in np.linspace(0, 200, 300)]
    assert all(one.decibans <= other.decibans for one, other in pairwise(decibans))


@pytest.mark.slow
def test_rates_and_ratios_cannot_contradict_each_other() -> None:
    """At most one stranger in x reaches a ratio of x (Markov), by the statement and in fact."""
    content = scale_content(of_populations(BASE, SETS), SETS, IDENTITY, "command")
    scale = made_from(content)
    ratios = []
    for raw in np.linspace(0, 300, 400).tolist():
        evidence = scale.score(raw).evidence
        assert evidence.ratio is not None
        assert evidence.ratio <= evidence.decibans / 10 + 1e-9
        ratios.append(evidence.ratio)
    assert np.diff(ratios).min() > -1e-3
    for each in SETS:
        stated = np.array([scale.score(raw).ratio for raw in each.non_mated.scores.tolist()])
        for power in (0.5, 1.0, 1.5):
            assert np.mean(stated >= power) <= 10**-power


@pytest.mark.slow
def test_the_ratios_for_a_court_are_those_of_the_scores() -> None:
    ends = of_populations(BASE, SETS)
    scale = made_from(scale_content(ends, SETS, IDENTITY, "command"))
    content = likelihood.content_of(scale, SETS, ends.without(SETS))
    raws, _, low, _ = np.array(content["knots"]).T
    for raw, ratio in zip(raws, low, strict=True):
        assert scale.score(float(raw)).ratio == pytest.approx(ratio, abs=2e-3)
    assert 0.0 < content["validation"]["cllr_min"] <= content["validation"]["cllr"] < 0.5


def test_strangers_of_one_look_give_a_scale_that_reaches_as_far_as_all_do() -> None:
    within = strangers(5, 0.8)
    ends = of_one_look(BASE, within, SETS)
    scale = made_from(scale_content(ends, SETS, IDENTITY, "command"))
    assert scale.curve.at(30.0) == pytest.approx(24.0, abs=1.5)
    low, middle, high = ends.decibans
    assert ((low <= middle) & (middle <= high)).all()
    assert scale.supported == scale.curve.raws[-1]
