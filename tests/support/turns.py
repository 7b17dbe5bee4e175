"""Which quarter of the pages a run looks at closely: it is chosen by the commit; the third tier looks at the others."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

QUARTERS: Final = 4


@cache
def quarter() -> int:
    """Return the quarter of this commit; outside a repository, that of the day."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        commit = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return date.today().toordinal() % QUARTERS
    return int(commit[:8], 16) % QUARTERS


def in_turn(values: Iterable[str]) -> list[Any]:
    """Return the values as a test's parameter sets, of which three quarters are in the third tier."""
    return [
        pytest.param(value, marks=[] if number % QUARTERS == quarter() else pytest.mark.reach)
        for number, value in enumerate(values)
    ]
