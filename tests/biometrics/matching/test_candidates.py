"""What an officer is told of each person on a candidate list."""

from __future__ import annotations

import pytest

from biometrics.matching.calibration import Score
from biometrics.matching.scoring import PersonScore
from biometrics.use_cases.search.candidates import candidates, first

PEOPLE = 1000  # on record: the usual threshold is 60 decibans, every second search has somebody above 32


@pytest.mark.parametrize(
    ("decibans", "hints"),
    [
        ([200.0, 20.0], ["likely", "none"]),
        ([200.0], ["likely"]),
        ([65.0, 58.0, 20.0], ["inspect", "inspect", "none"]),
        ([200.0, 200.0, 20.0], ["inspect", "inspect", "none"]),  # two who are as much alike: neither is likely
        ([200.0, 150.0, 20.0], ["likely", "inspect", "none"]),  # whoever has somebody ahead is not
        ([40.0, 35.0, 10.0], ["inspect", "inspect", "none"]),
    ],
)
def test_only_the_first_is_likely_and_only_well_ahead_of_the_next(decibans: list[float], hints: list[str]) -> None:
    results = [(str(place), PersonScore(Score(item, False, item, item), ())) for place, item in enumerate(decibans)]
    listed = candidates(results, first(results, 10), PEOPLE, None)
    assert [item.detail["hint"] for item in listed] == hints
