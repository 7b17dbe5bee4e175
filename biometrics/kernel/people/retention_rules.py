"""How long an encounter's samples are kept: the rules, with the law that each comes from, and an encounter's clock.

The Criminal Procedure (Identification) Act 2022, section 4(2): records of measurements are kept for seventy-five years
from the date of collection; those of a person who was not convicted before and is released without trial, discharged
or acquitted, after exhausting all legal remedies, are destroyed unless the court or magistrate directs otherwise.

The rules are data: the first that applies to an encounter says when its samples are due, and why.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from biometrics.kernel.access import is_local
from biometrics.kernel.errors import ExpungementRefused, InvalidField
from biometrics.kernel.people.court import CourtStanding, Verdict
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.technique.entry import Entered
from biometrics.kernel.technique.text import assign, clean_text

YEARS_KEPT: Final = 75
AUTHORITY_LENGTH: Final = 200
REFERENCE_LENGTH: Final = 100
ORDER_REASON_LENGTH: Final = 300

ACT: Final = "Criminal Procedure (Identification) Act 2022, s. 4(2)"
PROVISO: Final = f"{ACT}, proviso"
OWN_RULE: Final = "No statute; the police's own retention rule"


UNDECIDED: Final = CourtStanding()


class OrderKind(StrEnum):
    """What was directed about an encounter."""

    HOLD = "hold"  # by a court or magistrate: nothing is destroyed
    RELEASE = "release"  # one hold is over; others stay in force
    CLOSE = "close"  # the missing person was traced, the body identified, the wanted person found or wanted no more
    DESTROY = "destroy"  # by a court or magistrate


@dataclass(frozen=True)
class Order(Entered):
    """An order about an encounter. A hold ends after the day `until`; a release ends the hold `hold_id`, and no other.

    An order to destroy takes effect when two people, or the operator of the server, have entered it.

    Raises:
        InvalidField: a text breaks its rule, a day is missing or in the future, a hold ends before it begins, or a
            release does not name its hold.
    """

    kind: OrderKind
    authority: str
    reference: str
    date: dt.date
    until: dt.date | None = None
    reason: str = ""
    hold_id: str | None = None
    id: str = ""  # empty until it is entered
    entered_by: str = ""  # empty: the service itself

    def _clean(self) -> None:
        assign(self, "authority", clean_text("court, magistrate or office", self.authority, AUTHORITY_LENGTH))
        assign(self, "reference", clean_text("number of the order", self.reference, REFERENCE_LENGTH))
        assign(self, "reason", clean_text("reason", self.reason, ORDER_REASON_LENGTH, required=False))
        if self.until is not None and (self.kind is not OrderKind.HOLD or self.until < self.date):
            raise InvalidField("Only a hold has a last day, and not one before its first; correct the dates.")
        if (self.kind is OrderKind.RELEASE) != (self.hold_id is not None):
            raise InvalidField("A release states the id of the hold that it ends, and no other order does.")

    @property
    def paper(self) -> tuple[str, str, dt.date]:
        """What identifies the order that was entered."""
        return self.authority, self.reference, self.date

    def _check_days(self, latest: dt.date) -> None:
        if self.date > latest:
            raise InvalidField(f"The order's date is {self.date}, which is in the future; enter it when it is made.")


def holds_on(day: dt.date, orders: Sequence[Order]) -> tuple[Order, ...]:
    """Return the holds that are in force on a day."""
    released = {order.hold_id for order in orders if order.kind is OrderKind.RELEASE}
    holds = (order for order in orders if order.kind is OrderKind.HOLD and order.id not in released)
    return tuple(hold for hold in holds if hold.until is None or hold.until >= day)


def require_held(release: Order, orders: Sequence[Order]) -> None:
    """Refuse a release of a hold that is not, or no longer, among the orders of its subject.

    Raises:
        ExpungementRefused: it is not.
    """
    if release.kind is OrderKind.RELEASE and release.hold_id not in {hold.id for hold in holds_on(dt.date.min, orders)}:
        raise ExpungementRefused("This hold does not exist here, or was released already; choose one that is in force.")


def waiting_orders(orders: Sequence[Order]) -> tuple[Order, ...]:
    """Return the orders to destroy that only one person has entered."""
    people: defaultdict[tuple[str, str, dt.date], set[str]] = defaultdict(set)
    destructions = [order for order in orders if order.kind is OrderKind.DESTROY]
    for order in destructions:
        people[order.paper].add(order.entered_by)
    alone = {
        paper
        for paper, (first, *second_people) in people.items()
        if first and not second_people and not is_local(first)
    }
    return tuple(order for order in destructions if order.paper in alone)


def _last(orders: Sequence[Order], kind: OrderKind) -> Order | None:
    waiting = waiting_orders(orders)
    return next((order for order in reversed(orders) if order.kind is kind and order not in waiting), None)


@dataclass(frozen=True)
class KeptEncounter:
    """An encounter as the rules see it; `orders` in the order in which they were entered.

    `outcomes_by` are the accounts that entered the outcomes of courts that count.
    """

    id: str
    kind: EncounterKind
    date: dt.date
    standing: CourtStanding = UNDECIDED
    orders: tuple[Order, ...] = ()
    outcomes_by: frozenset[str] = frozenset()

    def holds(self, day: dt.date) -> tuple[Order, ...]:
        """Return the holds that are in force on a day."""
        return holds_on(day, self.orders)

    def last(self, kind: OrderKind) -> Order | None:
        """Return the last order of a kind."""
        return _last(self.orders, kind)

    @property
    def conviction(self) -> dt.date | None:
        """The day on which the person was convicted here, as far as is known and not overturned."""
        if self.standing.verdict is not None:
            return self.standing.since if self.standing.verdict is Verdict.CONVICTED else None
        return self.date if self.kind is EncounterKind.CONVICTION else None


@dataclass(frozen=True)
class RetentionRule:
    """A retention rule: its encounters, when its period begins, for how many years, its source and its reason."""

    id: str
    basis: str
    applies: Callable[[KeptEncounter, bool], bool]  # the encounter, and whether the person had been convicted before
    begins: Callable[[KeptEncounter], dt.date]
    years: int
    why: str  # {begins} and {due} are days


@dataclass(frozen=True)
class Clock:
    """When an encounter's samples, or the files of a search, are due, by which rule, and why in a sentence.

    A hold wins over every rule: nothing is due while one of `holds` lasts. `waiting` are orders to destroy that
    another person has to enter as well. `entered_by` is who alone has entered what made them due, if one person has:
    another one has to destroy them.
    """

    encounter_id: str
    rule: RetentionRule
    begins: dt.date
    due: dt.date
    holds: tuple[Order, ...]
    waiting: tuple[Order, ...] = ()
    entered_by: str = ""

    def needs_another(self, actor_id: str) -> bool:
        """Say whether somebody else than an account must destroy them, because it alone has made them due."""
        return self.entered_by != "" and self.entered_by == actor_id and not is_local(actor_id)

    def is_due(self, day: dt.date) -> bool:
        """Say whether the samples must be destroyed on a day."""
        return not self.holds and self.due <= day

    @property
    def why(self) -> str:
        """Why they are kept until then, or destroyed now."""
        return self.rule.why.format(begins=self.begins, due=self.due)


UNDER_THE_ACT = (EncounterKind.ARREST, EncounterKind.COURT_SURRENDER, EncounterKind.CONVICTION)
_FREE = (Verdict.RELEASED_WITHOUT_TRIAL, Verdict.DISCHARGED, Verdict.ACQUITTED)


def _is_free(encounter: KeptEncounter) -> bool:
    return encounter.kind in UNDER_THE_ACT and encounter.standing.final and encounter.standing.verdict in _FREE


def _freed_on(encounter: KeptEncounter) -> dt.date:
    assert encounter.standing.final_since is not None, "the verdict is final"
    return encounter.standing.final_since


def _ordered_on(kind: OrderKind) -> Callable[[KeptEncounter], dt.date]:
    def begins(encounter: KeptEncounter) -> dt.date:
        order = encounter.last(kind)
        assert order is not None, "the rule applies to encounters with such an order"
        return order.date

    return begins


RULES: Final = (
    RetentionRule(
        "destruction_ordered",
        "Order of a court or magistrate",
        lambda encounter, _: encounter.last(OrderKind.DESTROY) is not None,
        _ordered_on(OrderKind.DESTROY),
        0,
        "A court or magistrate ordered on {begins} that they be destroyed.",
    ),
    RetentionRule(
        "not_convicted",
        PROVISO,
        lambda encounter, convicted_before: _is_free(encounter) and not convicted_before,
        _freed_on,
        0,
        "The person, not convicted before, was released without trial, discharged or acquitted; since {begins} no "
        "legal remedy is left.",
    ),
    RetentionRule(
        "not_convicted_again",
        ACT,
        lambda encounter, convicted_before: _is_free(encounter) and convicted_before,
        lambda encounter: encounter.date,
        YEARS_KEPT,
        "The person was not convicted of this, but had been convicted before: kept for 75 years from {begins}.",
    ),
    RetentionRule(
        "closed",
        OWN_RULE,
        lambda encounter, _: encounter.kind not in UNDER_THE_ACT and encounter.last(OrderKind.CLOSE) is not None,
        _ordered_on(OrderKind.CLOSE),
        0,
        "The matter was closed on {begins}: the missing person was found, the body identified, or the person is no "
        "longer wanted.",
    ),
    RetentionRule(
        "open",
        OWN_RULE,
        lambda encounter, _: encounter.kind not in UNDER_THE_ACT,
        lambda encounter: encounter.date,
        YEARS_KEPT,
        "The missing, unknown or wanted person of {begins} was not found so far; kept until {due} at the longest.",
    ),
    RetentionRule(
        "collected",
        ACT,
        lambda *_: True,
        lambda encounter: encounter.date,
        YEARS_KEPT,
        "Collected on {begins}: kept for 75 years, until {due}.",
    ),
)

BY_LAW: Final = frozenset(rule.id for rule in RULES if rule.basis != OWN_RULE)  # the ids of those that a law demands


def clock(encounter: KeptEncounter, other_encounters: Sequence[KeptEncounter], day: dt.date) -> Clock:
    """Return when an encounter's samples are due, with the person's other encounters; `day` is today."""
    freed = encounter.standing.since
    before = [other.conviction for other in other_encounters if other.conviction is not None]
    convicted_before = freed is not None and any(convicted <= freed for convicted in before)
    rule = next(rule for rule in RULES if rule.applies(encounter, convicted_before))
    begins = rule.begins(encounter)
    return Clock(
        encounter.id,
        rule,
        begins,
        years_after(begins, rule.years),
        encounter.holds(day),
        waiting_orders(encounter.orders),
        _entered_by(rule, encounter),
    )


def _entered_by(rule: RetentionRule, encounter: KeptEncounter) -> str:
    """Return who alone has entered what a rule rests on; an order to destroy rests on two people."""
    closing = encounter.last(OrderKind.CLOSE)
    if rule.id == "closed" and closing is not None:
        return closing.entered_by
    return min(encounter.outcomes_by) if rule.id == "not_convicted" and len(encounter.outcomes_by) == 1 else ""


@dataclass(frozen=True)
class ProbeFiles:
    """The kept files of a search as the rules see them: when it was made, and until when its rule keeps them."""

    search_id: str
    date: dt.date
    keep_until: dt.date
    orders: tuple[Order, ...] = ()


def _of_search(rule_id: str, why: str) -> RetentionRule:
    return RetentionRule(rule_id, OWN_RULE, lambda *_: False, lambda encounter: encounter.date, 0, why)


SEARCH_CLOSED: Final = _of_search("search_closed", "The matter that was searched for was closed on {begins}.")
SEARCH_KEPT: Final = _of_search("search_kept", "Searched with on {begins}: kept until {due}.")
_ORDERED: Final = {OrderKind.DESTROY: RULES[0], OrderKind.CLOSE: SEARCH_CLOSED}


def probe_clock(files: ProbeFiles, day: dt.date) -> Clock:
    """Return when the files of a search are due: by an order, else as long as the operator's rule keeps them."""
    standing = (holds_on(day, files.orders), waiting_orders(files.orders))
    for kind, rule in _ORDERED.items():
        if order := _last(files.orders, kind):
            alone = order.entered_by if kind is OrderKind.CLOSE else ""
            return Clock(files.search_id, rule, order.date, order.date, *standing, alone)
    return Clock(files.search_id, SEARCH_KEPT, files.date, files.keep_until, *standing)


def years_after(day: dt.date, years: int) -> dt.date:
    """Return the same day some years later; 29 February goes on to 1 March, so that the years are whole."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)
