"""`pehchan bench iris` on made-up eyes: all are compared and searched, what cannot be read is counted or named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inputs import Run
from made_up_eyes import photo
from PIL import Image

pytestmark = pytest.mark.reach

PEOPLE = (720, 721, 722)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two photos of an eye of each of three people, and one that shows nothing."""
    images = tmp_path / "images"
    images.mkdir()
    for person in PEOPLE:
        for shot in (0, 1):
            Image.fromarray(photo(person, shot).pixels).save(images / f"{person}L_{shot + 1}.png")
    Image.new("L", (320, 240), 90).save(images / f"{PEOPLE[0]}L_3.png")
    return images


def test_bench_iris_measures_a_folder(run: Run, folder: Path, tmp_path: Path) -> None:
    code, output, errors = run("bench", "iris", folder, "--codes", "300", "--json", tmp_path / "out.json")
    assert (code, "tar_at_fmr_1e5" in output) == (0, True), errors
    figures = json.loads((tmp_path / "out.json").read_text())
    # Five mated comparisons, of which two are with the photo that shows nothing; so is one of four searches.
    counts = [figures[name] for name in ("n", "n_images", "n_genuine", "n_impostor", "failed", "index_codes")]
    assert counts == [4, 7, 5, 16, 1, 300]
    assert figures["tar_at_fmr_1e3"] == figures["tar_at_fmr_1e5"] == 60.0
    assert (figures["rank1"], figures["rank10"]) == (75.0, 75.0)
    assert figures["index_found"] == 100.0
