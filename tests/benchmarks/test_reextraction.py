"""`pehchan bench reextract`: the whole of it on a few people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inputs import Run

from benchmarks.commands import reextraction

pytestmark = pytest.mark.reach


def test_a_few_people_are_extracted_again_beside_searches_and_nothing_is_lost(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reextraction, "ALONE_SECONDS", 1)
    out = tmp_path / "figures.json"
    few = ("--people", 12, "--rounds", 1, "--seconds", 2, "--kills", 0, "--workers", 1, "--json", out)
    code, shown, errors = run("bench", "reextract", *few)
    assert code == 0, shown + errors
    figures = json.loads(out.read_text())
    [measured] = figures["rounds"]
    assert measured["beside"] > 0
    assert (measured["during"]["lost"], measured["during"]["wrong"]) == (0, 0)
    kept = figures["kept"]
    assert (kept["prints"], kept["missing"], kept["twice"], kept["refused"]) == (120, 0, 0, 0)
