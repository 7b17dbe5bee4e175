"""An explanation tells what the comparison did, and nothing else."""

from __future__ import annotations

from math import degrees

import numpy as np
import pytest
from made_up_prints import SIDE, impression, made_up_finger, moved

from biometrics.kernel.recognition.types import Template
from fingerprint.matching.cylinders import prepare
from fingerprint.matching.explanation import explain
from fingerprint.matching.matcher import match
from fingerprint.recogniser import FingerprintRecogniser

FINGER = made_up_finger(3)
FINGERS = [prepare(made_up_finger(seed, count)) for seed, count in ((0, 45), (1, 20), (2, 60), (4, 3), (5, 0))]
PRINTS = [*FINGERS, *(prepare(impression(made_up_finger(seed), seed)) for seed in range(4))]


def test_the_score_is_that_of_match_to_the_bit() -> None:
    for probe in PRINTS:
        scores = match(probe, PRINTS)
        assert [explain(probe, candidate).score for candidate in PRINTS] == scores.tolist()


def test_the_score_of_real_prints_is_that_of_compare(
    recogniser: FingerprintRecogniser, real_prints: dict[tuple[int, int], Template]
) -> None:
    templates = list(real_prints.values())
    for probe in templates:
        scores = recogniser.compare(probe, templates)
        assert [recogniser.explain(probe, candidate).score for candidate in templates] == scores.tolist()
    mated = recogniser.explain(real_prints[101, 1], real_prints[101, 2])
    assert mated.alignment
    assert np.mean([tile.agreement for tile in mated.alignment.tiles]) > 0.5


@pytest.mark.parametrize(("turn", "dx", "dy"), [(0.0, 30.0, -20.0), (0.3, 10.0, 25.0), (-0.4, -15.0, 5.0)])
def test_pairs_and_motion_of_a_moved_print_are_those_it_was_moved_by(turn: float, dx: float, dy: float) -> None:
    """Either print may be the probe: indices are the templates', the motion goes from probe to candidate."""
    other = moved(FINGER, turn, dx, dy)
    middle = np.array([[SIDE / 2], [SIDE / 2]])
    for probe, candidate, angle, goal in (
        (FINGER, other, turn, middle[:, 0] + (dx, dy)),
        (other, FINGER, -turn, None),
    ):
        alignment = explain(prepare(probe), prepare(candidate)).alignment
        assert alignment
        assert sorted((pair.probe, pair.candidate) for pair in alignment.pairs) == [(i, i) for i in range(len(FINGER))]
        assert alignment.rigid.angle == pytest.approx(degrees(angle), abs=0.1)
        places = np.stack([probe.x, probe.y]).astype(np.float64)
        goals = np.stack([candidate.x, candidate.y])
        rigid = alignment.rigid.matrix() @ np.vstack([places, np.ones(len(FINGER))])
        np.testing.assert_allclose(rigid, goals, atol=0.3)
        np.testing.assert_allclose(alignment.on_candidate(places), goals, atol=0.3)
        if goal is not None:
            np.testing.assert_allclose(alignment.on_candidate(middle)[:, 0], goal, atol=0.5)


def test_contributions_of_all_pairs_make_the_agreement() -> None:
    explanation = explain(prepare(FINGER), prepare(FINGER))
    assert explanation.alignment
    values = [pair.contribution for pair in explanation.alignment.pairs]
    assert values == sorted(values, reverse=True)
    assert sum(values) == pytest.approx(explanation.agreement)


def test_a_minutia_is_either_paired_or_alone() -> None:
    alignment = explain(prepare(FINGER), prepare(impression(FINGER, 5))).alignment
    assert alignment
    assert len(alignment.pairs) > 20
    assert not {pair.probe for pair in alignment.pairs} & set(alignment.probe_alone)
    assert not {pair.candidate for pair in alignment.pairs} & set(alignment.candidate_alone)
    assert len(alignment.candidate_alone) > 0  # five minutiae are made up
    assert 0.5 < alignment.overlap < 1


def test_prints_without_similar_minutiae_have_no_alignment() -> None:
    explanation = explain(prepare(FINGER), FINGERS[-1])
    assert explanation.alignment is None
    assert explanation.score == 0
