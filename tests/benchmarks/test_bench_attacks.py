"""`pehchan bench attacks`: rates of ISO/IEC 30107-3, of each kind of attack, by the operator's own detector."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from attack_detector import blueness
from inputs import Run, photo_of
from PIL import Image

from benchmarks.metrics.attacks import attack_rates, rates_at_bpcer

REAL = np.array([0.1, 0.2, 0.3, 0.9])
ATTACKS = {"print": np.array([0.95, 0.3]), "screen": np.array([0.2, 0.1, 0.95, 0.95])}


@pytest.mark.parametrize(
    ("bpcer", "limit", "reported", "passed", "worst"),
    [
        (0.0, 0.9, 0.0, {"print": 0.5, "screen": 0.5}, 0.5),
        (0.25, 0.3, 0.25, {"print": 0.5, "screen": 0.5}, 0.5),
        (0.5, 0.2, 0.5, {"print": 0.0, "screen": 0.5}, 0.5),
        (0.49, 0.3, 0.25, {"print": 0.5, "screen": 0.5}, 0.5),
    ],
)
def test_the_limit_is_the_lowest_that_reports_few_enough_people(
    bpcer: float, limit: float, reported: float, passed: dict[str, float], worst: float
) -> None:
    rates = rates_at_bpcer(REAL, ATTACKS, bpcer)
    assert (rates.limit, rates.bpcer, rates.apcer, rates.worst) == (limit, reported, passed, worst)
    assert attack_rates(REAL, ATTACKS, limit) == rates


def photo(blue: bool) -> bytes:
    pixels = np.array(Image.open(io.BytesIO(photo_of(0))).convert("RGB"))
    pixels[:, :, 2] = 250 if blue else 0
    made = io.BytesIO()
    Image.fromarray(pixels).save(made, "PNG")
    return made.getvalue()


@pytest.mark.reach
def test_a_folder_is_measured_by_the_installed_detector(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "photos"
    for kind, blue in (("bona_fide", False), ("screen", True), ("mask", False)):
        (folder / kind).mkdir(parents=True)
        (folder / kind / "a.png").write_bytes(photo(blue))
    Image.new("RGB", (200, 200)).save(folder / "screen" / "nobody.png")
    code, _, errors = run("bench", "attacks", folder)
    assert (code, "model_missing" in errors, "docs/face.md" in errors) == (1, True, True), errors
    monkeypatch.setenv("PEHCHAN_OPERATOR_MANIFEST", str(blueness(tmp_path)))
    code, _, errors = run("bench", "attacks", folder, "--json", tmp_path / "out.json")
    assert code == 0, errors
    figures = json.loads((tmp_path / "out.json").read_text())
    at_limit, at_bpcer = figures["rates"]
    assert (at_limit["bpcer"], at_limit["apcer"], at_limit["worst"]) == (0.0, {"mask": 1.0, "screen": 0.0}, 1.0)
    assert (at_bpcer["bpcer"], at_bpcer["worst"]) == (0.0, 1.0)
    assert (figures["n"], figures["no_response"]["screen"]) == ({"bona_fide": 1, "mask": 1, "screen": 1}, 1)
