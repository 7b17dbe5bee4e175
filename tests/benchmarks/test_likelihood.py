"""Likelihood ratios and how good they are, as the package of the Netherlands Forensic Institute computes them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_up_scores import score_set

from benchmarks.metrics.likelihood import (
    Form,
    Logistic,
    Validation,
    bounds,
    cllr,
    cllr_min,
    cross_entropy,
    pooled_adjacent,
)
from benchmarks.reports import page
from benchmarks.reports.sections import EvaluationReport
from benchmarks.runs.score_set import StoredEvaluation

# Made with lir 1.3.1: cllr, cllr_min, elub and calculate_ece of its own LLRData, before and after IsotonicCalibrator.
REFERENCE = json.loads(Path(__file__).with_name("lir_reference.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", REFERENCE["sets"])
def test_figures_are_those_of_the_reference(name: str) -> None:
    expected: dict[str, Any] = REFERENCE["sets"][name]
    mated, non_mated = np.array(expected["mated"]), np.array(expected["non_mated"])
    priors = np.array(REFERENCE["priors"])
    assert cllr(mated, non_mated) == pytest.approx(expected["cllr"])
    assert cllr_min(mated, non_mated) == pytest.approx(expected["cllr_min"])
    assert bounds(mated, non_mated) == pytest.approx(expected["bounds"])
    assert cross_entropy(mated, non_mated, priors) == pytest.approx(expected["ece"])
    assert cross_entropy(*pooled_adjacent(mated, non_mated), priors) == pytest.approx(expected["ece_pav"])


def test_ratios_that_say_nothing_cost_one_bit() -> None:
    assert cllr(np.zeros(5), np.zeros(9)) == pytest.approx(1.0)
    assert bounds(np.zeros(5), np.zeros(9)) == (0.0, 0.0)


def test_the_fit_recovers_the_ratio_of_two_normal_distributions() -> None:
    """Two normals of one variance have a ratio whose logarithm is a line: slope (a - b) / variance."""
    rng = np.random.default_rng(3)
    line = Logistic.fit(rng.normal(2.0, 1.0, 20_000), rng.normal(0.0, 1.0, 60_000))
    assert line.slope * np.log(10.0) == pytest.approx(2.0, rel=0.05)
    assert line.form.unit == 0.0
    assert float(line.at(np.array([1.0]))[0]) == pytest.approx(0.0, abs=0.03)
    assert line.back(line.at(np.array([-1.0, 0.5, 2.0]))) == pytest.approx([-1.0, 0.5, 2.0])


def test_scores_that_vary_much_among_mates_only_are_taken_by_their_logarithm() -> None:
    rng = np.random.default_rng(4)
    mated, non_mated = np.exp(rng.normal(0.0, 2.0, 5000)), rng.normal(0.0, 0.02, 5000)
    line = Logistic.fit(mated, non_mated)
    assert line.form.unit > 0.0
    plain = Logistic.fitted(Form(line.form.centre, 0.0), mated, non_mated, (np.ones(5000), np.ones(5000)))
    assert cllr(line.at(mated), line.at(non_mated)) < cllr(plain.at(mated), plain.at(non_mated))
    scores = np.array([-0.05, 0.01, 0.3, 4.0])
    assert line.back(line.at(scores)) == pytest.approx(scores)


def test_a_fit_of_scores_that_do_not_overlap_stays_finite_and_is_bounded_by_the_data() -> None:
    mated, non_mated = np.linspace(5.0, 9.0, 40), np.linspace(-1.0, 1.0, 90)
    line = Logistic.fit(mated, non_mated)
    assert np.isfinite([line.intercept, line.slope]).all()
    assert line.slope > 0
    assert bounds(line.at(mated), line.at(non_mated))[1] <= np.log10(91)


def test_scores_without_variation_are_refused() -> None:
    with pytest.raises(ValueError, match="vary"):
        Logistic.fit(np.ones(3), np.ones(4))


def test_validation_judges_ratios_by_people_who_had_no_part_in_the_fit() -> None:
    rng = np.random.default_rng(5)
    subjects = np.repeat(np.arange(40), 2)
    first, second = np.triu_indices(len(subjects), k=1)
    sides = (subjects[first], subjects[second])
    scores = rng.normal(0.0, 1.0, len(first)) + 3.0 * (sides[0] == sides[1])
    shown = Validation.by_halves(scores, sides)
    assert len(shown.mated) == 40
    assert len(shown.non_mated) == 2 * 4 * 20 * 19 // 2
    assert 0.0 < shown.cllr_min <= shown.cllr < 0.6
    low, high = shown.bounds
    assert low < 0.0 < high
    capped = shown.capped()
    assert (capped.mated.max() <= high, capped.non_mated.min() >= low) == (True, True)


def test_tippett_falls_from_all_to_none() -> None:
    shown = Validation(np.array([1.0, 2.0]), np.array([-1.0, 0.0, 1.5]))
    mated, non_mated = shown.tippett(np.array([-5.0, 1.0, 1.6, 5.0]))
    assert mated.tolist() == [1.0, 1.0, 0.5, 0.0]
    assert non_mated.tolist() == pytest.approx([1.0, 1 / 3, 0.0, 0.0])


def test_the_report_has_the_cost_and_the_plots_of_every_set_with_mates() -> None:
    without_mates = score_set("sexes")
    apart = ~without_mates.mated
    kept = replace(
        without_mates,
        pairs=without_mates.pairs[apart],
        scores=without_mates.scores[apart],
        decibans=None,
        searches=None,
    )
    evaluation = StoredEvaluation("command", "2026-11-28", (), (score_set("fingerprints"), score_set("faces"), kept))
    section = EvaluationReport(evaluation, 100).likelihood()
    assert [row[0] for row in section.tables[0].rows] == ["fingerprints: Pehchan", "faces: Pehchan"]
    assert set(section.ratios) == {"fingerprints: Pehchan", "faces: Pehchan"}
    html = page._section(section)
    assert html.count("data:image/svg+xml;base64,") == 4
    assert "Tippett plot: faces: Pehchan" in html
    assert "Cllr-min" in html
