"""Dates of law are of the station's time zone, not of the machine's; the latest day is that of the zone ahead."""

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
