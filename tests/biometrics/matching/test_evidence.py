"""What may be stated of a score: never more than the data support, whatever the score."""

from __future__ import annotations

import math

import pytest
from calibrations import made_calibration

from biometrics.kernel.recognition.evidence import LEAD_BOUND, Lead, Strength, Threshold
from biometrics.matching.calibration import Score, best_of
from biometrics.matching.fusion import PERSON_BOUND, fuse
from biometrics.matching.scoring import PersonScore
from biometrics.use_cases.search.candidates import candidates, first
from face.modality import FACE

SCALE = made_calibration(FACE, "ab" * 32, [(0.0, 0.0), (0.4, 40.0)], 0.1)
RAW = (-1.0, 0.1, 0.39, 0.4, 0.41, 5.0, 1e6)


def test_evidence_rises_to_the_bound_and_stays_there() -> None:
    stated = [SCALE.score(raw).evidence for raw in RAW]
    assert [item.decibans for item in stated] == pytest.approx([0.0, 10.0, 39.0, 40.0, 40.0, 40.0, 40.0])
    assert [item.capped for item in stated] == [False] * 4 + [True] * 3
    assert all(max(item.low, item.high, item.decibans) <= item.bound == 40.0 for item in stated)
    assert [SCALE.score(raw).decibans for raw in RAW] == sorted({SCALE.score(raw).decibans for raw in RAW})


def test_evidence_is_the_low_end_of_the_interval() -> None:
    evidence = Score(30.0, False, 21.5, 44.0, 35.0).evidence
    assert (evidence.decibans, evidence.low, evidence.high, evidence.capped) == (21.5, 21.5, 35.0, False)


def test_the_bound_is_rounded_down_to_what_is_shown() -> None:
    """A number that is written with one decimal never lies above it."""
    evidence = Score(90.0, True, 80.0, 99.0, 17.696).evidence
    assert (f"{evidence.decibans:.1f}", evidence.bound) == ("17.6", 17.6)
    assert evidence.sentence == "beyond 1 in 57, the most that the data can show"
    assert 10 * math.log10(evidence.strangers) <= 17.696


def test_several_comparisons_lower_the_bound_and_a_sample_that_says_nothing_does_not_raise_it() -> None:
    far = SCALE.score(1e6)
    assert best_of(far, 10).evidence.bound == pytest.approx(30.0, abs=0.1)
    assert 33.0 < fuse([far, SCALE.score(0.0)]).evidence.decibans < 37.0
    assert fuse([far] * 10).evidence.decibans == PERSON_BOUND


def test_a_search_states_how_rarely_it_shows_anyone_so_high() -> None:
    evidence = Score(60.0, True, 60.0, 60.0, 60.0).evidence
    among = evidence.among(1000)
    assert among is not None
    assert (among.searches, among.says_little) == (1000, False)
    assert pytest.approx(among.rate) == 1 - (1 - 1e-6) ** 1000
    crowded = evidence.among(10**7)
    assert crowded is not None
    assert (crowded.searches, crowded.says_little) == (1, True)
    assert Score(60.0, True, 60.0, 60.0, 60.0, calibrated=False).evidence.among(10) is None


@pytest.mark.parametrize(
    ("ratio", "word"),
    [
        (0.2, "none"),
        (-0.29, "none"),
        (0.31, "weak"),
        (1.0, "moderate"),
        (-2.5, "moderately-strong"),
        (3.3, "strong"),
        (4.0, "very-strong"),
        (6.0, "extremely-strong"),
    ],
)
def test_strength_is_in_the_words_of_the_guideline(ratio: float, word: str) -> None:
    assert Strength.of(ratio) == word


def test_a_ratio_is_never_stated_beyond_the_rarity() -> None:
    """At most one stranger in x reaches a ratio of x (Markov), so the two statements would contradict each other."""
    assert Score(50.0, True, 50.0, 60.0, 30.0, ratio=4.0).evidence.ratio == 3.0
    assert Score(50.0, True, 50.0, 60.0, 30.0, ratio=-1.0).evidence.ratio == -1.0
    assert Score(50.0, True, 50.0, 60.0, 30.0, calibrated=False, ratio=2.0).evidence.strength is None


def test_a_latent_has_no_scale_and_is_never_likely() -> None:
    person = PersonScore(SCALE.score(5.0), ()).with_scale(fits=False)
    (listed,) = candidates([("a", person)], ["a"], 10, None)
    assert (listed.detail["hint"], listed.evidence.calibrated) == ("inspect", False)
    assert "1 in" not in listed.evidence.sentence
    (whole,) = candidates([("a", person.with_scale(fits=True))], ["a"], 10, None)
    assert (whole.detail["hint"], whole.evidence.calibrated) == ("likely", True)


def test_the_lead_is_that_of_the_evidence() -> None:
    ranked = [(str(raw), PersonScore(SCALE.score(raw), ())) for raw in (9.0, 5.0, 0.1)]
    listed = candidates(ranked, first(ranked, 10), 10, None)
    assert [item.gap for item in listed] == pytest.approx([0.0, 30.0, None])
    assert listed[0].detail["gap"] > 40.0


def test_a_threshold_is_stated_up_to_the_bound() -> None:
    assert Threshold.stated(10.0, 17.65) == Threshold(10.0, capped=False)
    beyond = Threshold.stated(30.0, 17.65)
    assert (beyond.decibans, beyond.capped) == (17.6, True)
    assert beyond.limits == {"thresholdEvidence": "beyond 1 in 57, the most that the data can show"}


def test_a_lead_is_stated_up_to_its_bound_and_never_below_none() -> None:
    assert (Lead.stated(-3.0).decibans, Lead.stated(-3.0).searches) == (0.0, 1)
    long = Lead.stated(500.0)
    assert (long.decibans, long.capped, long.searches) == (LEAD_BOUND, True, 10 ** (LEAD_BOUND / 10))
    assert Lead.stated(10.0).decibans < 10.0
    assert not Lead.stated(10.0).capped
