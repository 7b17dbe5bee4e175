"""Which day it is goes by this machine's time zone; the latest day is that of the zone that is ahead of all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from biometrics.kernel.technique.clock import latest_day, today


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """Let this machine be in another time zone."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "behind"), [("<+14>-14", {0}), ("<+0530>-5:30", {0, 1}), ("<-12>12", {1, 2})], indirect=["zone"]
)
@pytest.mark.usefixtures("zone")
def test_no_day_is_later_than_the_latest(behind: set[int]) -> None:
    assert latest_day() - today() in {timedelta(days=days) for days in behind}
