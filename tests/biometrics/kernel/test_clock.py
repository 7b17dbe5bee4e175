"""Instants at which days begin and end, over the whole calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from biometrics.kernel.technique.clock import end_of_day, start_of_day

INDIA = timezone(timedelta(hours=5, minutes=30))


def test_a_day_is_from_midnight_to_midnight_of_its_zone() -> None:
    assert start_of_day(date(2026, 11, 27), INDIA) == datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
    assert end_of_day(date(2026, 11, 27), INDIA) == datetime(2026, 11, 27, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize("day", [date.min, date.max], ids=str)
def test_the_ends_of_the_calendar_are_instants_in_every_zone(day: date) -> None:
    for zone in (None, UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))):
        start, end = start_of_day(day, zone), end_of_day(day, zone)
        assert start.astimezone(UTC) <= end.astimezone(UTC)
