"""How an encounter stands with the courts follows from what they did, in whatever order it was entered."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.court import CourtEvent, CourtStanding, Outcome, Verdict, check_basis, check_follows

ARREST = date(2023, 1, 1)


def decision(day: date, verdict: Verdict) -> Outcome:
    return Outcome(CourtEvent.DECISION, day, "Sessions Court", verdict)


CONVICTED = decision(date(2024, 1, 1), Verdict.CONVICTED)
FILED = Outcome(CourtEvent.APPEAL_FILED, date(2024, 2, 1), "High Court")
ACQUITTED = Outcome(CourtEvent.APPEAL_DECIDED, date(2025, 1, 1), "High Court", Verdict.ACQUITTED)
OVER = Outcome(CourtEvent.NO_FURTHER_APPEAL, date(2025, 6, 1), "Sessions Court")


def test_a_case_stands_as_its_last_decision_left_it() -> None:
    assert CourtStanding.of([]) == CourtStanding(None, None, appeal_pending=False)
    assert CourtStanding.of([CONVICTED]) == CourtStanding(Verdict.CONVICTED, CONVICTED.date)
    assert CourtStanding.of([CONVICTED, FILED]) == CourtStanding(Verdict.CONVICTED, CONVICTED.date, appeal_pending=True)
    assert CourtStanding.of([CONVICTED, FILED, ACQUITTED]) == CourtStanding(Verdict.ACQUITTED, ACQUITTED.date)
    assert CourtStanding.of([CONVICTED, FILED, ACQUITTED, OVER]) == CourtStanding(
        Verdict.ACQUITTED, ACQUITTED.date, final_since=OVER.date
    )


def test_the_order_of_entry_does_not_matter() -> None:
    events = [CONVICTED, FILED, ACQUITTED, OVER]
    assert {CourtStanding.of(order) for order in itertools.permutations(events)} == {CourtStanding.of(events)}


def test_a_release_without_trial_is_final() -> None:
    assert CourtStanding.of([decision(date(2023, 2, 1), Verdict.RELEASED_WITHOUT_TRIAL)]).final


def test_who_was_recorded_as_convicted_is_acquitted_on_appeal_only() -> None:
    acquitted = decision(date(2024, 1, 1), Verdict.ACQUITTED)
    with pytest.raises(InvalidField, match="legal basis"):
        check_basis(acquitted, says_convicted=True)
    for outcome in (CONVICTED, FILED, ACQUITTED, OVER):
        check_basis(outcome, says_convicted=True)
    check_basis(acquitted, says_convicted=False)


@pytest.mark.parametrize(
    ("before", "new"),
    [
        ([], FILED),
        ([], OVER),
        ([CONVICTED], ACQUITTED),  # no appeal is pending
        ([ACQUITTED], FILED),  # the decision is of a later day
        ([], decision(date(2022, 12, 31), Verdict.CONVICTED)),  # before the arrest
    ],
)
def test_an_outcome_that_does_not_follow_is_refused(before: list[Outcome], new: Outcome) -> None:
    """A slip in a date would start or stop the clock of somebody's samples."""
    with pytest.raises(InvalidField):
        check_follows(before, new, ARREST)


@pytest.mark.parametrize(
    ("event", "day", "verdict"),
    [
        (CourtEvent.DECISION, ARREST, None),
        (CourtEvent.APPEAL_FILED, ARREST, Verdict.ACQUITTED),
        (CourtEvent.DECISION, date(2999, 1, 1), Verdict.ACQUITTED),
    ],
)
def test_an_outcome_that_says_too_little_or_too_much_is_refused(
    event: CourtEvent, day: date, verdict: Verdict | None
) -> None:
    with pytest.raises(InvalidField):
        Outcome(event, day, "Sessions Court", verdict)
