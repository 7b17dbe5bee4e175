"""What courts decided about an encounter, and how it stands: what the keeping of a person's samples depends on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.entry import Entered
from biometrics.kernel.technique.text import FIR_LENGTH, assign, clean_text

COURT_LENGTH = 200


class Verdict(StrEnum):
    """How the proceedings against a person ended, in one instance."""

    RELEASED_WITHOUT_TRIAL = "released_without_trial"
    DISCHARGED = "discharged"
    ACQUITTED = "acquitted"
    CONVICTED = "convicted"


class CourtEvent(StrEnum):
    """What happened on a day."""

    DECISION = "decision"  # of the first court, or of the police or magistrate who released without trial
    APPEAL_FILED = "appeal_filed"
    APPEAL_DECIDED = "appeal_decided"
    NO_FURTHER_APPEAL = "no_further_appeal"  # all courts have spoken, or the time to appeal is over


@dataclass(frozen=True)
class Outcome(Entered):
    """What a court did about an encounter."""

    event: CourtEvent
    date: dt.date
    court: str
    verdict: Verdict | None = field(
        default=None, metadata={"description": "How a decision left the case; others have none"}
    )
    case_number: str = ""

    def _clean(self) -> None:
        assign(self, "court", clean_text("court", self.court, COURT_LENGTH))
        assign(self, "case_number", clean_text("case number", self.case_number, FIR_LENGTH, required=False))
        decides = self.event in (CourtEvent.DECISION, CourtEvent.APPEAL_DECIDED)
        if decides and self.verdict is None:
            raise InvalidField(f"A decision needs its verdict: {', '.join(Verdict)}.")
        if not decides and self.verdict is not None:
            raise InvalidField(f"The event {self.event} has no verdict; give {CourtEvent.DECISION} or leave it out.")

    def _check_days(self, latest: dt.date) -> None:
        if self.date > latest:
            raise InvalidField(
                f"The court's date is {self.date}, which is in the future; enter it when it has happened."
            )


@dataclass(frozen=True)
class CourtStanding:
    """How an encounter stands with the courts: the last verdict and its date, and whether it can still change.

    `verdict` is None while nothing was decided. It is `final` when no appeal is pending and none can follow, which it
    is from the day `final_since`.
    """

    verdict: Verdict | None = None
    since: dt.date | None = None
    appeal_pending: bool = False
    final_since: dt.date | None = None

    @property
    def final(self) -> bool:
        """Whether no appeal is pending, and none can follow."""
        return self.final_since is not None

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> CourtStanding:
        """Say how an encounter stands after its outcomes, in whatever order they were entered."""
        standing = cls()
        for outcome in sorted(outcomes, key=_order_of):
            standing = standing.after(outcome)
        return standing

    def after(self, outcome: Outcome) -> CourtStanding:
        """Say how it stands when something more has happened."""
        if outcome.verdict is not None:
            released = outcome.verdict is Verdict.RELEASED_WITHOUT_TRIAL
            return CourtStanding(outcome.verdict, outcome.date, final_since=outcome.date if released else None)
        if outcome.event is CourtEvent.APPEAL_FILED:
            return CourtStanding(self.verdict, self.since, appeal_pending=True)
        return CourtStanding(self.verdict, self.since, final_since=None if self.verdict is None else outcome.date)


def check_follows(outcomes: Sequence[Outcome], new: Outcome, encounter_date: dt.date) -> None:
    """Check that an outcome may follow those that an encounter has.

    Raises:
        InvalidField: it is older than the encounter; or there is no decision to appeal against or to be final.
    """
    if new.date < encounter_date:
        raise InvalidField(f"The court's date {new.date} is before the encounter's, {encounter_date}; correct one.")
    before = CourtStanding.of([outcome for outcome in outcomes if outcome.date <= new.date])
    if new.event is not CourtEvent.DECISION and before.verdict is None:
        raise InvalidField("No court has decided up to that day; enter the decision before what followed it.")
    if new.event is CourtEvent.APPEAL_DECIDED and not before.appeal_pending:
        raise InvalidField("No appeal is pending on that day; enter that it was filed before how it was decided.")


def check_basis(outcome: Outcome, *, says_convicted: bool) -> None:
    """Check a decision of the first court against the legal basis of its encounter.

    Raises:
        InvalidField: the basis says that the person was convicted, and the court decided otherwise.
    """
    decides = outcome.event is CourtEvent.DECISION and outcome.verdict is not Verdict.CONVICTED
    if says_convicted and decides:
        raise InvalidField(
            "The legal basis of this event says that the person was convicted, and the decision says otherwise. "
            "Correct the legal basis, or enter the conviction, the appeal and how it was decided."
        )


def check_withdrawal(
    outcomes: Sequence[Outcome], withdrawn: Outcome, instead: Outcome | None, encounter_date: dt.date
) -> None:
    """Check that the outcomes of an encounter make sense without one, or with another one in its place.

    Raises:
        InvalidField: something that was entered would not follow any more, or the other one does not.
    """
    remaining = list(outcomes)
    remaining.remove(withdrawn)
    if instead is not None:
        check_follows(remaining, instead, encounter_date)
    after = remaining if instead is None else [*remaining, instead]
    for outcome in after:
        if _follows(after, outcome) < _follows(outcomes, outcome):
            raise InvalidField(
                f"The event {outcome.event} of {outcome.date} would not follow from anything any more; withdraw that "
                "first, or put the right decision in the place of the wrong one."
            )


def _follows(outcomes: Sequence[Outcome], outcome: Outcome) -> bool:
    """Say whether one of some outcomes follows from those that come before it."""
    earlier = [other for other in outcomes if _order_of(other) < _order_of(outcome)]
    try:
        check_follows(earlier, outcome, dt.date.min)
    except InvalidField:
        return False
    return True


_ORDER = list(CourtEvent)  # of what happens on one day


def _order_of(outcome: Outcome) -> tuple[dt.date, int]:
    return outcome.date, _ORDER.index(outcome.event)
