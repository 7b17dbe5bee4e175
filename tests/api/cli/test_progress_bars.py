"""Where no bars can be drawn, as in a file, a long run says now and then how far it is."""

from __future__ import annotations

import pytest

from api.cli import progress_bars
from api.cli.progress_bars import progress


def test_a_long_run_writes_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(progress_bars, "time_now", lambda: now)
    with progress("Searching", 2000) as advance:
        for _ in range(1200):
            advance()
            now += 0.0625
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "Searching: 481 of 2,000 after 30 s, 16.0 a second, about 95 s left",
        "Searching: 961 of 2,000 after 60 s, 16.0 a second, about 65 s left",
    ]


def test_a_short_run_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Searching", 3) as advance:
        advance(3)
    assert capsys.readouterr() == ("", "")
