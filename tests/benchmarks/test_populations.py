"""Galleries of people: who is searched, how often strangers pass the threshold, and how rare a lead is."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.search.population_figures import (
    LEADS,
    lead_rows,
    observed_in,
    rate_with_interval,
    rule_rows,
)
from benchmarks.search.populations import Population, ScoreBlock, SearchScores, search
from biometrics.kernel.recognition.evidence import LEAD_FACTOR, Lead
from face.modality import FACE

CLAIMED_TWICE = 0.5  # a scale that claims twice the decibans that strangers show


def strangers(people: int, images: int, seed: int, slope: float = 1.0) -> ScoreBlock:
    """Return images whose scores with those of others are as rare as they claim, times `slope`; mates have 80."""
    rng = np.random.default_rng(seed)
    subjects = np.repeat(np.arange(people), images)
    decibans = rng.exponential(10.0 / np.log(10.0), (len(subjects), len(subjects))) / slope
    decibans[subjects[:, None] == subjects[None, :]] = 80.0
    return ScoreBlock(subjects, decibans)


def population(slope: float = 1.0) -> Population:
    return Population("made up", FACE, (strangers(300, 2, 1, slope),))


def test_each_image_searches_each_gallery_without_its_mate() -> None:
    subjects = np.array([0, 0, 1, 2])
    decibans = np.array([[9.0, 50.0, 3.0, 7.0], [50.0, 9.0, 4.0, 1.0], [3.0, 4.0, 9.0, 2.0], [7.0, 1.0, 2.0, 9.0]])
    result = search(Population("three", FACE, (ScoreBlock(subjects, decibans),)), 25)
    assert result.people.tolist() == [2, 2, 2, 2]
    assert result.first.tolist() == [7.0, 4.0, 3.0, 7.0]
    assert result.second.tolist() == [3.0, 1.0, 2.0, 2.0]
    assert result.of.tolist() == [2, 1, 0, 0]
    assert result.lead.tolist() == [4.0, 3.0, 1.0, 5.0]
    # The image on record is not searched among itself.
    assert np.isnan(result.mated[[0, 2, 3]]).all()
    assert (result.mated[1], result.mated_lead[1]) == (50.0, 46.0)


def test_the_rate_is_on_target_if_scores_claim_what_strangers_show_and_far_above_if_they_claim_twice() -> None:
    honest = {row.target: row for row in observed_in(population(), [100]).fpir}
    for target, row in honest.items():
        assert row.low <= target <= row.high
        assert row.fnir == 0.0
    assert honest[0.01].verdict == "within a factor of two"
    claiming = {row.target: row for row in observed_in(population(CLAIMED_TWICE), [100]).fpir}
    assert claiming[0.01].verdict == "ABOVE"
    assert claiming[0.01].seen > 0.1


def test_a_lead_is_as_rare_as_a_score_of_as_many_decibans_at_any_gallery_size() -> None:
    for size in (25, 300):
        rows = lead_rows(population(), search(population(), size))
        for lead, row in zip(LEADS[:3], rows, strict=False):
            assert row.seen == pytest.approx(lead, abs=1.0)
            assert Lead.stated(lead).decibans == LEAD_FACTOR * lead <= row.seen


def test_too_few_searches_are_named_as_such() -> None:
    small = Population("small", FACE, (strangers(12, 2, 3),))
    verdicts = {row.target: row.verdict for row in observed_in(small, [25]).fpir}
    assert verdicts[0.001] == "too few searches"


def test_rules_are_compared_at_equal_false_positive_rates() -> None:
    """Mates who score 80 are missed by no rule; those who score less by the score alone first."""
    made = population()
    result = search(made, 100)
    rows = rule_rows(made, result)
    assert {row.missed for row in rows} == {0.0}
    assert {row.fpir for row in rows} == {0.01}  # 1,800 searches are too few for 0.001
    without_mates = SearchScores(**(vars(result) | {"mated": np.full(len(result.mated), np.nan)}))
    assert rule_rows(made, without_mates) == []


def test_the_interval_is_over_people_and_holds_the_rate() -> None:
    result = search(population(), 100)
    events = result.first >= 30.0
    rate, low, high = rate_with_interval(result, events)
    assert rate == events.mean()
    assert 0.0 < low < rate < high
    nothing = rate_with_interval(result, np.zeros(len(result.first), dtype=bool))
    assert nothing == (0.0, 0.0, pytest.approx(3.0 / 300))
