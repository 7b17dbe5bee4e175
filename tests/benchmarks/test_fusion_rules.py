"""Rules of fusion are compared on the same comparisons, and judged on people that they were not fitted on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from inputs import Run

from benchmarks.reports.fusion_rules import best_alone, by_fisher, by_the_engine, compare, logistic
from benchmarks.runs import score_files
from benchmarks.runs.chimeras import PARTS
from benchmarks.runs.datasets import UnusableDataset
from benchmarks.runs.score_set import Samples, ScoreSet, StoredEvaluation
from biometrics.matching.fusion import fused

PEOPLE, EACH = 40, 4


def made(rng: np.random.Generator, strength: float, system: str) -> ScoreSet:
    """Score everybody's samples with all others: strangers at random, mates about so many decibans higher."""
    subject = np.repeat(np.arange(PEOPLE), EACH)
    pairs = np.stack(np.triu_indices(len(subject), 1), axis=1)
    mated = subject[pairs[:, 0]] == subject[pairs[:, 1]]
    decibans = rng.exponential(10 / np.log(10), len(pairs)) + mated * strength * rng.exponential(1, len(pairs))
    samples = Samples("person", tuple(map(str, range(PEOPLE))), subject, np.zeros(len(subject), bool), {})
    return ScoreSet(PARTS[1], system, "m", "c", "p", samples, pairs, decibans, decibans)


@pytest.fixture(scope="module")
def evaluation() -> StoredEvaluation:
    rng = np.random.default_rng(0)
    return StoredEvaluation("c", "2026-11-25", (), (made(rng, 60, "finger"), made(rng, 25, "face")))


def test_the_rules_are_those_of_the_engine_and_the_book() -> None:
    samples = np.array([[20.0, 10.0], [60.0, 0.0]])
    assert by_the_engine(samples).tolist() == [fused([20.0, 10.0]), fused([60.0, 0.0])]
    assert by_fisher(samples)[0] == pytest.approx(21.02, abs=0.01)
    np.testing.assert_allclose(best_alone(samples), samples.max(axis=1) - 10 * np.log10(2))


def test_the_logistic_rule_weighs_the_more_informative_score() -> None:
    rng = np.random.default_rng(1)
    mated = rng.random(4000) < 0.3
    samples = np.stack([rng.exponential(4.3, 4000) + 30 * mated, rng.exponential(4.3, 4000)], axis=1)
    rule = logistic(samples, mated)
    assert rule(np.array([[40.0, 0.0]])) > rule(np.array([[0.0, 40.0]])) + 3


def test_both_samples_miss_fewer_than_either_alone_and_a_useless_one_takes_little(evaluation: StoredEvaluation) -> None:
    rules = {figures.rule: figures for figures in compare(evaluation, 0.01)}
    engine, fisher = rules["the best and what others exceed (the engine)"], rules["Fisher's method on all"]
    alone = min(rules["the finger alone"].fnmr, rules["the face alone"].fnmr)
    assert max(engine.fnmr, fisher.fnmr, rules["logistic"].fnmr) < alone
    assert engine.decibans_taken is not None
    assert fisher.decibans_taken is not None
    assert engine.decibans_taken < fisher.decibans_taken
    assert rules["logistic"].decibans_taken is None


def test_scores_without_made_up_people_are_refused() -> None:
    with pytest.raises(UnusableDataset, match="made-up people"):
        compare(StoredEvaluation("c", "d", (), ()), 0.01)


@pytest.mark.reach
def test_the_command_reads_stored_scores(evaluation: StoredEvaluation, run: Run, tmp_path: Path) -> None:
    score_files.save(evaluation, tmp_path / "scores.npz")
    out = tmp_path / "rules.json"
    status, output, _ = run("bench", "fusion", str(tmp_path / "scores.npz"), "--fmr", "0.01", "--json", out)
    assert (status, "logistic" in output) == (0, True)
    written = json.loads(out.read_text())
    assert [rule["rule"] for rule in written["rules"]][-1] == "logistic"
    assert 0 < written["rules"][0]["fnmr"] < 1
