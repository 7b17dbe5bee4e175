"""Days: which one it is, here and where it is the latest, and the instants at which a day begins and ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final

_FIRST_DAY: Final = date(1970, 1, 2)  # every clock and every time zone can name the midnights from here
_LAST_DAY: Final = date(9998, 12, 31)  # to here
_EARLIEST_MIDNIGHT = timezone(timedelta(hours=14))


def today() -> date:
    """Return the date by this machine's clock and time zone: what is due, ends or is made without a date goes by it."""
    return date.today()


def latest_day(past_moments: Iterable[datetime] = ()) -> date:
    """Return the date where the day begins first: a server on UTC must not refuse an Indian morning's arrest.

    It is that of now, or of the latest of `past_moments` (UTC), since a clock may be behind.
    """
    return max([datetime.now(UTC), *past_moments]).astimezone(_EARLIEST_MIDNIGHT).date()


def start_of_day(day: date, zone: tzinfo | None = None) -> datetime:
    """Return the instant at which a day begins in a time zone, by default in that of this machine.

    A day before 1970 or after 9998, which not every clock can name, is moved to the nearest day that it can.
    """
    midnight = datetime.combine(min(max(day, _FIRST_DAY), _LAST_DAY), time())
    return midnight.astimezone() if zone is None else midnight.replace(tzinfo=zone)


def end_of_day(day: date, zone: tzinfo | None = None) -> datetime:
    """Return the instant at which the day after a day begins; see `start_of_day`."""
    return start_of_day(min(day, _LAST_DAY) + timedelta(days=1), zone)
