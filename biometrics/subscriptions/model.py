"""Subscriptions and their events, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from biometrics.kernel.access import Unit
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.record import Elsewhere
from biometrics.notifications.model import NotificationKind

LONGEST = timedelta(days=366)  # from the day on which it is made; the need for a longer one is reviewed


@dataclass(frozen=True)
class SubscriptionEvent:
    """What happened to the person, when, and the unit to call about it."""

    kind: NotificationKind
    at: datetime
    contact: Elsewhere


@dataclass(frozen=True)
class Subscription:
    """A unit's subscription to a person on record, until the day `expires_on` at the latest."""

    id: int
    record_id: str
    owner: str
    unit: Unit
    legal_basis: str
    created_at: datetime
    expires_on: date
    ended_at: datetime | None
    ended_by: str | None
    ended_because: str | None
    events: tuple[SubscriptionEvent, ...] = ()

    def is_active(self, today: date) -> bool:
        """Return whether the subscriber is still notified."""
        return self.ended_at is None and today <= self.expires_on


def check_end(expires_on: date, today: date) -> None:
    """Refuse a last day that is past, or later than a subscription may last.

    Raises:
        InvalidField: it is.
    """
    if not today <= expires_on <= today + LONGEST:
        raise InvalidField(
            f"A subscription lasts from today to {today + LONGEST} at most, and not until {expires_on}; "
            "give an earlier day, and subscribe again if it is still needed then."
        )
