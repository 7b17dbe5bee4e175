"""`pehchan fingerprint show` and `compare`, run as an officer would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inputs import Run, print_of

from biometrics.imaging.image import decode
from fingerprint.trace import Stage


@pytest.fixture
def prints(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{impression}.png" for impression in (0, 1)]
    for impression, path in enumerate(paths):
        path.write_bytes(print_of(0, "right_thumb", impression))
    return paths


def test_show_draws_the_print_and_the_images_on_the_way(run: Run, prints: list[Path], tmp_path: Path) -> None:
    traced = ("--ridges", "--trace", "stages", "--json")
    code, shown, _ = run("fingerprint", "show", prints[0], "--out", "a.png", *traced)
    assert code == 0
    assert json.loads(shown)["minutiae"] > 10
    assert decode((tmp_path / "a.png").read_bytes()).pixels.ndim == 3
    names = [path.name for path in sorted((tmp_path / "stages").iterdir())]
    assert names == [f"{number}_{stage}.png" for number, stage in enumerate(Stage, start=1)]


def test_compare_prints_score_decibans_and_pairs(run: Run, prints: list[Path], tmp_path: Path) -> None:
    code, shown, error = run("fingerprint", "compare", *prints, "--out", "new/b.png")
    assert (code, error) == (0, "")
    assert all(word in shown for word in ("score", " dB", "pairs", "overlap"))
    assert decode((tmp_path / "new" / "b.png").read_bytes()).width > 1000
