"""Which quarter of long files, and of like things such as pages, a run has, by the commit; the third has the rest.

With PEHCHAN_TEST_QUARTER=all a run looks at all of them.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

QUARTERS: Final = 4


@cache
def _number_of_commit() -> int | None:
    """Return a number of this commit, outside a repository of the day, or None for all quarters."""
    if os.environ.get("PEHCHAN_TEST_QUARTER") == "all":
        return None
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        commit = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return date.today().toordinal()
    return int(commit[:8], 16)


def is_due(number: int, *, digit: int = 0) -> bool:
    """Say whether one of several like things, by its number, is looked at in this run.

    `digit` tells kinds of things apart that lie in each other: they have quarters of their own.
    """
    commit = _number_of_commit()
    return commit is None or commit // QUARTERS**digit % QUARTERS == number % QUARTERS


def files_due(seconds: Mapping[str, float]) -> set[str]:
    """Return the files whose long tests this run has: a quarter of them, of about a quarter of the time.

    `seconds` is how long the long tests of each file take. The quarter is another one than that of `is_due`, or a file
    would always look at the same quarter of its pages.
    """
    longest_first = sorted(seconds, key=lambda file: (-seconds[file], file))
    return {file for rank, file in enumerate(longest_first) if is_due(rank, digit=1)}


def in_turn(values: Iterable[str]) -> list[Any]:
    """Return the values as a test's parameter sets, of which three quarters are in the third tier."""
    return [
        pytest.param(value, marks=() if is_due(number) else pytest.mark.reach) for number, value in enumerate(values)
    ]
