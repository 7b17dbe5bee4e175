"""Days: which one it is at the station, and where it is the latest, and the instants at which a day begins and ends.

All dates of law (of issue, due, of retention, an age, the year of a FIR) are of the station's time zone, whatever zone
the machine keeps: on UTC, five and a half hours of each Indian day would have the date before.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

DEFAULT_ZONE: Final = "Asia/Kolkata"

_FIRST_DAY: Final = date(1970, 1, 2)  # every clock and every time zone can name the midnights from here
_LAST_DAY: Final = date(9998, 12, 31)  # to here
_EARLIEST_MIDNIGHT = timezone(timedelta(hours=14))
_station_zone: tzinfo | None = ZoneInfo(DEFAULT_ZONE)


def use_zone(name: str) -> None:
    """Let this process work for a station in a time zone, such as Asia/Kolkata; "" for the machine's."""
    global _station_zone
    _station_zone = ZoneInfo(name) if name else None


def at_station(moment: datetime) -> datetime:
    """Return a moment (with a time zone) as the clock at the station shows it."""
    return moment.astimezone(_station_zone)


def day_of(moment: datetime) -> date:
    """Return the date at the station at a moment (with a time zone)."""
    return at_station(moment).date()


def today() -> date:
    """Return the date at the station: what is due, ends or is made without a date goes by it."""
    return day_of(datetime.now(UTC))


def latest_day(past_moments: Iterable[datetime] = ()) -> date:
    """Return the date where the day begins first: a server on UTC must not refuse an Indian morning's arrest.

    It is that of now, or of the latest of `past_moments` (UTC), since a clock may be behind.
    """
    return max([datetime.now(UTC), *past_moments]).astimezone(_EARLIEST_MIDNIGHT).date()


def start_of_day(day: date) -> datetime:
    """Return the instant at which a day begins at the station.

    A day before 1970 or after 9998, which not every clock can name, is moved to the nearest day that it can.
    """
    midnight = datetime.combine(min(max(day, _FIRST_DAY), _LAST_DAY), time())
    return midnight.astimezone() if _station_zone is None else midnight.replace(tzinfo=_station_zone)


def end_of_day(day: date) -> datetime:
    """Return the instant at which the day after a day begins; see `start_of_day`."""
    return start_of_day(min(day, _LAST_DAY) + timedelta(days=1))
