"""Waiting for what other threads and processes do."""

from __future__ import annotations

import time
from collections.abc import Callable

LONGEST = 120.0  # seconds


def wait_for(reached: Callable[[], bool]) -> None:
    """Wait until a condition holds; fail after two minutes."""
    end = time.monotonic() + LONGEST
    while not reached():
        assert time.monotonic() < end, "waited for two minutes"
        time.sleep(0.01)
