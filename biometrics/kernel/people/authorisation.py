"""Authorisation of searches: which purposes need an order, how long a search may wait for it, and the order.

The EU AI Act, article 26(10): a request for authorisation without undue delay and at most 48 hours after; if it is
refused, use stops at once and what it gave is deleted. The law of a state may want the same for other purposes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from biometrics.kernel.access import Purpose
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.retention_rules import AUTHORITY_LENGTH, ORDER_REASON_LENGTH, REFERENCE_LENGTH
from biometrics.kernel.technique.entry import Entered
from biometrics.kernel.technique.text import assign, clean_text

HOURS: Final = 48


@dataclass(frozen=True)
class AuthorisationRule:
    """The operator's rule: the purposes of searches that need an order, and the hours in which it must come."""

    purposes: frozenset[Purpose] = frozenset()
    hours: float = HOURS

    def until(self, purpose: str, at: dt.datetime) -> dt.datetime | None:
        """Return until when a search of a moment may be seen without an order; None where it needs none."""
        return at + dt.timedelta(hours=self.hours) if purpose in self.purposes else None


@dataclass(frozen=True)
class Authorisation(Entered):
    """The order that authorises a search, or that refuses it.

    Raises:
        InvalidField: a text breaks its rule, or the date is in the future.
    """

    granted: bool
    authority: str
    reference: str
    date: dt.date
    reason: str = ""

    def _clean(self) -> None:
        assign(self, "authority", clean_text("court, magistrate or office", self.authority, AUTHORITY_LENGTH))
        assign(self, "reference", clean_text("number of the order", self.reference, REFERENCE_LENGTH))
        assign(self, "reason", clean_text("reason", self.reason, ORDER_REASON_LENGTH, required=False))

    def _check_days(self, latest: dt.date) -> None:
        if self.date > latest:
            raise InvalidField(f"The order's date is {self.date}, which is in the future; enter it when it is made.")
