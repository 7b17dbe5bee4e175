"""How rare the score of a latent is: what may be stated, and what never is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from calibrations import made_calibration

from biometrics.kernel.errors import CalibrationUnusable
from biometrics.matching.calibration import best_of
from biometrics.matching.latent_scale import FEW, MOST_OF_FEW, LatentContent, LatentKind, LatentScale
from fingerprint.modality import FINGERPRINT

MODEL = "ab" * 32
WHOLE = made_calibration(FINGERPRINT, MODEL, [(0.0, 0.0), (0.02, 20.0)], 0.01)
TOPS = [0.008, 0.009, 0.01, 0.012]


def content(**changes: Any) -> dict[str, Any]:
    kind = {
        "marked": False,
        "minutiae": [12, 40],
        "latents": len(TOPS),
        "prints": 500,
        "knots": [[0.0, 0.0], [0.008, 20.0], [0.01, 35.0], [0.013, 45.0]],
        "tops": TOPS,
    }
    return {
        "format": 1,
        "modality": "fingerprint",
        "model": MODEL,
        "network": "cd" * 32,
        "kinds": [kind | changes],
    }


def kind(**changes: Any) -> LatentKind:
    [only] = LatentScale.parse(content(**changes)).kinds
    return only


def test_a_higher_score_never_states_less() -> None:
    scores = [kind().score(raw / 10_000, WHOLE) for raw in range(300)]
    stated = [score.evidence.decibans for score in scores]
    assert stated == sorted(stated)
    assert stated[0] == 0.0 < stated[90] < stated[-1] == 45.0


def test_beyond_all_strangers_of_the_data_no_more_is_stated_and_it_says_so() -> None:
    far, last = kind().score(0.5, WHOLE).evidence, kind().score(0.013, WHOLE).evidence
    assert far.decibans == last.decibans == 45.0
    assert (far.capped, last.capped) == (True, False)
    assert "most that the data can show" in far.sentence


def test_it_counts_the_latents_that_had_such_a_stranger() -> None:
    reached = [kind().score(raw, WHOLE).seen for raw in (0.0, 0.01, 0.0101, 0.2)]
    assert [seen.reached for seen in reached if seen] == [4, 2, 1, 0]


def test_no_verdict_follows_from_it() -> None:
    evidence = kind().score(0.5, WHOLE).evidence
    assert evidence.orders_only
    assert (evidence.ratio, evidence.strength) == (None, None)


def test_the_more_people_are_searched_the_weaker_is_the_statement() -> None:
    evidence = kind().score(0.012, WHOLE).evidence
    rates = [rarity.rate for people in (1, 100, 10_000, 1_000_000) if (rarity := evidence.among(people))]
    assert len(rates) == 4
    assert rates == sorted(rates)
    assert rates[0] < 0.001 < 0.99 < rates[-1]


def test_the_more_prints_of_a_person_are_compared_the_weaker_is_the_statement() -> None:
    one = kind().score(0.012, WHOLE)
    ten = best_of(one, 10)
    assert ten.evidence.decibans == pytest.approx(one.evidence.decibans - 10.0, abs=0.1)
    assert ten.bound < one.bound


@pytest.mark.parametrize("least", [4, 8, FEW - 1])
def test_few_minutiae_state_little_whatever_the_file_claims(least: int) -> None:
    evidence = kind(minutiae=[least, 40], knots=[[0.0, 0.0], [0.01, 90.0]]).score(0.9, WHOLE).evidence
    assert evidence.decibans == MOST_OF_FEW
    assert all(rarity.says_little for people in (2, 1000) if (rarity := evidence.among(people)))


def test_latents_that_were_not_measured_are_of_no_kind() -> None:
    scale = LatentScale.parse(content())
    assert scale.kind_of(LatentContent(20.0, marked=False)) is scale.kinds[0]
    assert scale.kind_of(LatentContent(40.9, marked=False)) is scale.kinds[0]
    for other in (
        LatentContent(11.9, marked=False),
        LatentContent(41.0, marked=False),
        LatentContent(20.0, marked=True),
    ):
        assert scale.kind_of(other) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"knots": [[0.0, 0.0], [0.01, 20.0], [0.02, 10.0]]},
        {"knots": [[0.0, 0.0], [0.02, 10.0], [0.01, 20.0]]},
        {"knots": [[0.0, 5.0], [0.01, 10.0]]},
        {"knots": [[0.0, 0.0]]},
        {"knots": [[0.0, 0.0], [0.01, float("nan")]]},
        {"tops": TOPS[::-1]},
        {"tops": TOPS[1:]},
        {"minutiae": [12, 4]},
    ],
    ids=str,
)
def test_a_file_that_breaks_a_rule_is_refused(changes: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "scale.json"
    file.write_text(json.dumps(content(**changes)))
    with pytest.raises(CalibrationUnusable, match=r"scale\.json is no scale of latents"):
        LatentScale.load(file)
