"""Which quarter of like things, such as pages, a run looks at closely, by the commit; the third tier has the others.

With PEHCHAN_TEST_QUARTER=all a run looks at all of them.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

QUARTERS: Final = 4


@cache
def quarter() -> int | None:
    """Return the quarter of this commit, outside a repository that of the day, or None for all."""
    if os.environ.get("PEHCHAN_TEST_QUARTER") == "all":
        return None
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        commit = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return date.today().toordinal() % QUARTERS
    return int(commit[:8], 16) % QUARTERS


def is_due(number: int) -> bool:
    """Say whether one of several like things, by its number, is looked at in this run."""
    return quarter() in (None, number % QUARTERS)


def in_turn(values: Iterable[str]) -> list[Any]:
    """Return the values as a test's parameter sets, of which three quarters are in the third tier."""
    return [
        pytest.param(value, marks=() if is_due(number) else pytest.mark.reach) for number, value in enumerate(values)
    ]
