"""`pehchan calibrate status` and `learn`."""

from __future__ import annotations

import json

import pytest
from inputs import Run
from stated import BOUND


def test_a_new_station_states_scores_by_the_shipped_scales(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    code, output, _ = run("calibrate", "status")
    assert code == 0
    assert "shipped" in output
    assert "pinned" not in output
    code, output, _ = run("calibrate", "status", "--json")
    scales = json.loads(output)["scales"]
    assert (code, {scale["modality"] for scale in scales}) == (0, {"fingerprint", "face", "iris"})
    assert all(scale["learned"] is None and scale["bound"] <= BOUND for scale in scales)
    code, output, _ = run("calibrate", "learn")
    assert (code, output.count("100 people")) == (0, 3)
    monkeypatch.setenv("PEHCHAN_LEARNED_SCALES", "false")
    assert "pinned" in run("calibrate", "status")[1]
