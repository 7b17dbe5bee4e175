"""The clock of an encounter, by the Act: every rule, with the hold that wins over all of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.court import CourtEvent, CourtStanding, Outcome, Verdict
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.retention_rules import RULES, Clock, KeptEncounter, Order, OrderKind, clock, years_after

TODAY = dt.date(2024, 11, 25)
TAKEN = dt.date(2020, 5, 4)


def decided(verdict: Verdict, day: dt.date, *more: CourtEvent) -> CourtStanding:
    outcomes = [Outcome(CourtEvent.DECISION, day, "Sessions Court", verdict)]
    return CourtStanding.of([*outcomes, *(Outcome(event, day, "High Court") for event in more)])


def order(kind: OrderKind, day: dt.date = TODAY, until: dt.date | None = None, held: str | None = None) -> Order:
    return Order(kind, "JMFC Pune", "Order 7/2026", day, until, hold_id=held)


def timed(encounter: KeptEncounter, *others: KeptEncounter) -> Clock:
    return clock(encounter, others, TODAY)


def test_samples_are_kept_for_75_years_from_the_day_they_were_taken() -> None:
    first = timed(KeptEncounter("e", EncounterKind.ARREST, TAKEN))
    assert (first.rule.id, first.due, first.is_due(TODAY)) == ("collected", dt.date(2095, 5, 4), False)
    assert first.why == "Collected on 2020-05-04: kept for 75 years, until 2095-05-04."
    assert "s. 4(2)" in first.rule.basis


def test_the_75_years_are_over_on_the_day() -> None:
    old = timed(KeptEncounter("e", EncounterKind.ARREST, dt.date(1949, 11, 25)))
    younger = timed(KeptEncounter("e", EncounterKind.ARREST, dt.date(1949, 11, 26)))
    assert (old.is_due(TODAY), younger.is_due(TODAY)) == (True, False)
    assert years_after(dt.date(1952, 2, 29), 75) == dt.date(2027, 3, 1)


@pytest.mark.parametrize("verdict", [Verdict.ACQUITTED, Verdict.DISCHARGED])
def test_an_acquittal_destroys_only_once_no_remedy_is_left(verdict: Verdict) -> None:
    day = dt.date(2022, 1, 3)
    open_to_appeal = timed(KeptEncounter("e", EncounterKind.ARREST, TAKEN, decided(verdict, day)))
    appealed = timed(KeptEncounter("e", EncounterKind.ARREST, TAKEN, decided(verdict, day, CourtEvent.APPEAL_FILED)))
    final = timed(KeptEncounter("e", EncounterKind.ARREST, TAKEN, decided(verdict, day, CourtEvent.NO_FURTHER_APPEAL)))
    assert [item.rule.id for item in (open_to_appeal, appealed, final)] == ["collected", "collected", "not_convicted"]
    assert (final.due, final.is_due(TODAY)) == (day, True)
    assert "proviso" in final.rule.basis
    assert "2022-01-03" in final.why


def test_a_release_without_trial_destroys_at_once() -> None:
    freed = decided(Verdict.RELEASED_WITHOUT_TRIAL, dt.date(2022, 1, 3))
    assert timed(KeptEncounter("e", EncounterKind.ARREST, TAKEN, freed)).is_due(TODAY)


def test_a_conviction_keeps_for_75_years() -> None:
    convicted = decided(Verdict.CONVICTED, dt.date(2022, 1, 3), CourtEvent.NO_FURTHER_APPEAL)
    assert timed(KeptEncounter("e", EncounterKind.ARREST, TAKEN, convicted)).rule.id == "collected"


def test_an_earlier_conviction_keeps_the_75_years() -> None:
    freed = KeptEncounter(
        "e", EncounterKind.ARREST, TAKEN, decided(Verdict.RELEASED_WITHOUT_TRIAL, dt.date(2022, 1, 3))
    )
    before = KeptEncounter("b", EncounterKind.ARREST, TAKEN, decided(Verdict.CONVICTED, dt.date(2021, 1, 1)))
    taken = KeptEncounter("c", EncounterKind.CONVICTION, dt.date(2019, 1, 1))
    later = KeptEncounter("l", EncounterKind.ARREST, TAKEN, decided(Verdict.CONVICTED, dt.date(2023, 1, 1)))
    overturned = KeptEncounter("o", EncounterKind.CONVICTION, dt.date(2019, 1, 1), decided(Verdict.ACQUITTED, TODAY))
    assert [timed(freed, other).rule.id for other in (before, taken, later, overturned)] == [
        "not_convicted_again",
        "not_convicted_again",
        "not_convicted",
        "not_convicted",
    ]
    assert timed(freed, before).due == dt.date(2095, 5, 4)


@pytest.mark.parametrize("kind", [EncounterKind.MISSING, EncounterKind.UNIDENTIFIED_BODY, EncounterKind.WANTED])
def test_who_is_missing_unknown_or_wanted_is_kept_until_the_matter_is_closed(kind: EncounterKind) -> None:
    assert timed(KeptEncounter("e", kind, TAKEN)).rule.id == "open"
    closed = timed(KeptEncounter("e", kind, TAKEN, orders=(order(OrderKind.CLOSE),)))
    assert (closed.rule.id, closed.due, closed.is_due(TODAY)) == ("closed", TODAY, True)
    assert (
        timed(KeptEncounter("e", EncounterKind.ARREST, TAKEN, orders=(order(OrderKind.CLOSE),))).rule.id == "collected"
    )


def test_a_court_may_order_that_they_be_destroyed() -> None:
    ordered = timed(KeptEncounter("e", EncounterKind.CONVICTION, TAKEN, orders=(order(OrderKind.DESTROY),)))
    assert (ordered.rule.id, ordered.is_due(TODAY)) == ("destruction_ordered", True)


def test_a_hold_wins_over_every_rule() -> None:
    freed = decided(Verdict.RELEASED_WITHOUT_TRIAL, dt.date(2022, 1, 3))
    for standing, first in ((freed, ()), (CourtStanding(), (order(OrderKind.DESTROY),))):
        encounter = KeptEncounter("e", EncounterKind.ARREST, TAKEN, standing, (*first, order(OrderKind.HOLD)))
        assert timed(encounter).due <= TODAY
        assert not timed(encounter).is_due(TODAY)


def test_a_release_ends_the_hold_that_it_names_and_no_other() -> None:
    first, second = (replace(order(OrderKind.HOLD), id=number) for number in ("first", "second"))
    of_first, of_second = (replace(order(OrderKind.RELEASE, held="x"), hold_id=hold.id) for hold in (first, second))
    destroy = order(OrderKind.DESTROY)
    for orders, holds in (
        ((destroy, first, second, of_first), (second,)),
        ((destroy, first, second, of_second), (first,)),
        ((destroy, first, of_first, second), (second,)),
        ((destroy, first, second, of_second, of_first), ()),
    ):
        encounter = timed(KeptEncounter("e", EncounterKind.ARREST, TAKEN, CourtStanding(), orders))
        assert (encounter.holds, encounter.is_due(TODAY)) == (holds, not holds)


def test_a_hold_ends_with_its_last_day() -> None:
    freed = decided(Verdict.RELEASED_WITHOUT_TRIAL, dt.date(2022, 1, 3))
    held = KeptEncounter("e", EncounterKind.ARREST, TAKEN, freed, (order(OrderKind.HOLD, TAKEN, until=TODAY),))
    assert not clock(held, (), TODAY).is_due(TODAY)
    tomorrow = TODAY + dt.timedelta(days=1)
    assert clock(held, (), tomorrow).is_due(tomorrow)


def test_every_rule_says_whose_law_it_is_and_why() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.basis and rule.why.endswith(".") for rule in RULES)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"authority": ""}, "court, magistrate"),
        ({"reference": "x\x00"}, "number of the order"),
        ({"date": dt.date(2999, 1, 1)}, "future"),
        ({"kind": OrderKind.CLOSE, "until": TODAY}, "Only a hold"),
        ({"until": dt.date(1990, 1, 1)}, "Only a hold"),
        ({"kind": OrderKind.RELEASE}, "id of the hold"),
        ({"hold_id": "another"}, "id of the hold"),
    ],
)
def test_an_order_that_cannot_be_is_refused(fields: dict[str, object], complaint: str) -> None:
    right: dict[str, object] = {"kind": OrderKind.HOLD, "authority": "JMFC", "reference": "7", "date": TAKEN}
    with pytest.raises(InvalidField, match=complaint):
        Order(**right | fields)
