"""An operator changes the model of a station, and gets a station of an earlier engine searchable again."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from calibrations import another_engine
from golden_station import PROBE, unpack
from inputs import WHY, Run

from benchmarks.service.second_model import OTHER, with_two_models
from fingerprint.modality import FINGERPRINT

GOLDEN = Path(__file__).parents[2] / "data" / "stations" / "1.0"


@pytest.fixture
def golden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unpack a station of version 1.0; people who cannot be found keep it from starting."""
    monkeypatch.delenv("PEHCHAN_MASTER_KEY")
    monkeypatch.setenv("PEHCHAN_ALLOW_UNSEARCHABLE", "false")
    unpack(GOLDEN, tmp_path)


def first(run: Run) -> str:
    """Return the first candidate of a search, or the error."""
    _, output, errors = run("identify", "--print", f"right_index={PROBE}", *WHY)
    return next((line for line in output.splitlines() if re.match(r"\s*1\s", line)), errors)


def test_a_station_of_an_earlier_engine_is_searchable_after_one_command(
    golden: None, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Asha Verma" in first(run)
    another_engine(FINGERPRINT, tmp_path / "scales", monkeypatch)
    code, output, _ = run("upgrade", "--check")
    assert (code, "People whom no search by fingerprint would find" in output) == (1, True)
    assert "model_not_installed" in first(run)
    code, output, errors = run("reextract", "run")
    assert code == 0, output + errors
    assert "Asha Verma" in first(run)
    assert run("upgrade", "--check")[0] == 0


def test_an_operator_extracts_compares_switches_goes_back_and_removes(
    golden: None, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = with_two_models(tmp_path)
    monkeypatch.setenv("PEHCHAN_OPERATOR_MANIFEST", str(two.operator_manifest))
    monkeypatch.setenv("PEHCHAN_CALIBRATION_FOLDER", str(two.calibration_folder))

    def in_force() -> str:
        states = json.loads(run("reextract", "status", "--json")[1])["models"]
        return next(state["name"] for state in states if state["in_force"] and state["modality"] == "fingerprint")

    assert "invalid_field" in run("reextract", "switch", "none")[2]
    assert "not in use" in run("reextract", "switch", OTHER, "--accept-missing")[2]
    assert run("reextract", "run", OTHER, "--only-start")[0] == 0
    assert "people_unsearchable" in run("reextract", "switch", OTHER)[2]
    assert run("reextract", "run", OTHER)[0] == 0
    code, output, errors = run("reextract", "compare", OTHER, "--people", 3)
    assert (code, "Mates named first" in output) == (0, True), errors
    assert in_force() == "leader"
    assert run("reextract", "switch", OTHER)[0] == 0
    assert (in_force(), "Asha Verma" in first(run)) == (OTHER, True)
    assert run("reextract", "back", "fingerprint")[0] == 0
    assert in_force() == "leader"
    assert "in force" in run("reextract", "remove", "leader", "--yes")[2]
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert run("reextract", "remove", OTHER, "--at-once")[0] == 1
    assert "--at-once" in run("reextract", "remove", OTHER, "--yes")[2]
    assert run("reextract", "remove", OTHER, "--yes", "--at-once")[0] == 0
    assert "Asha Verma" in first(run)
    entries = run("audit", "list", "--json")[1]
    assert all(f'"{action}"' in entries for action in ("model.want", "model.compare", "model.switch", "model.remove"))
    assert run("audit", "verify")[0] == 0
