"""Which day it is: here, and where it is the latest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone

_EARLIEST_MIDNIGHT = timezone(timedelta(hours=14))


def today() -> date:
    """Return the date by this machine's clock and time zone: what is due, ends or is made without a date goes by it."""
    return date.today()


def latest_day(known: Iterable[datetime] = ()) -> date:
    """Return the date where the day begins first: a server on UTC must not refuse an Indian morning's arrest.

    It is that of now, or of the latest of some moments in UTC that are `known` to have passed: a clock may be behind.
    """
    return max([datetime.now(UTC), *known]).astimezone(_EARLIEST_MIDNIGHT).date()
