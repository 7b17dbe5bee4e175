"""Days, those of the station's time zone and not of the machine's, and the instants at which they begin and end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from biometrics.kernel.technique import clock


@pytest.fixture(autouse=True)
def machine_on_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()
    clock.use_zone(clock.DEFAULT_ZONE)


@pytest.mark.parametrize(
    ("zone", "behind"), [("Pacific/Kiritimati", {0}), ("Asia/Kolkata", {0, 1}), ("Etc/GMT+12", {1, 2})]
)
def test_no_day_is_later_than_the_latest(zone: str, behind: set[int]) -> None:
    clock.use_zone(zone)
    assert clock.latest_day() - clock.today() in {timedelta(days=days) for days in behind}


@pytest.mark.parametrize(("zone", "day"), [("Asia/Kolkata", 3), ("", 2)])
def test_after_midnight_at_the_station_it_is_the_next_day(zone: str, day: int) -> None:
    """A paper that is decided at 00:16 is issued on that day, also by a server on UTC."""
    clock.use_zone(zone)
    moment = datetime(2026, 12, 2, 18, 46, tzinfo=UTC)
    assert clock.day_of(moment) == date(2026, 12, day)
    assert (clock.start_of_day(date(2026, 12, 3)) <= moment) == (zone != "")


def test_a_day_is_from_midnight_to_midnight_at_the_station() -> None:
    assert clock.start_of_day(date(2026, 11, 27)) == datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
    assert clock.end_of_day(date(2026, 11, 27)) == datetime(2026, 11, 27, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize("day", [date.min, date.max], ids=str)
@pytest.mark.parametrize("zone", ["", "UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
def test_the_ends_of_the_calendar_are_instants_in_every_zone(day: date, zone: str) -> None:
    clock.use_zone(zone)
    assert clock.start_of_day(day).astimezone(UTC) <= clock.end_of_day(day).astimezone(UTC)
