"""Killed -9 at random points of mixed work, a station has lost no answer, and nothing in it is half done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.reach

SCRIPT = Path(__file__).parents[1] / "support" / "kill_and_check.py"


def killed(url: str, folder: Path, kills: int, every: int, longest: float = 1.5) -> None:
    command = [sys.executable, SCRIPT, url, folder, str(kills), "7", str(every), str(longest)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3000)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-8000:]}"
    print(done.stdout)  # noqa: T201 - the figures, shown by -s


def test_requests_at_once_neither_fail_nor_wait_for_each_other(database_url: str, tmp_path: Path) -> None:
    killed(database_url, tmp_path / "station", 1, every=1, longest=40)


def test_a_hundred_kills_lose_no_answer_and_leave_nothing_half_done(database_url: str, tmp_path: Path) -> None:
    killed(database_url, tmp_path / "station", 100, every=5)
