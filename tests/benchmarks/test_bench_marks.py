"""`pehchan bench marks` on drawings: photos find their mates, copies their photos, and what cannot be read is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inputs import Run
from PIL import Image

from marks.synthetic import SIDE, mark

pytestmark = pytest.mark.reach

BOX = (100, 50, 100 + SIDE, 50 + SIDE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three marks with two photos each, one of which has a box, and a photo that shows nothing."""
    images, boxes = tmp_path / "images", tmp_path / "boxes"
    images.mkdir()
    boxes.mkdir()
    for number in range(3):
        for shot in (0, 1):
            mark(number, shot).save(images / f"{number}_{shot + 1}.PNG")
    scene = Image.new("RGB", (500, 420), (40, 90, 60))
    scene.paste(mark(2), BOX[:2])
    scene.save(images / "2_1.PNG")
    (boxes / "2_1.txt").write_text(" ".join(map(str, BOX)) + "\n1 1 9 9\n")
    Image.new("RGB", (100, 100), (90, 90, 90)).save(images / "2_3.jpg")
    return tmp_path


def test_bench_marks_measures_a_folder(run: Run, folder: Path, tmp_path: Path) -> None:
    code, output, errors = run("bench", "marks", folder, "--distractors", 20, "--json", tmp_path / "out.json")
    assert (code, "copies_rank1" in output) == (0, True), errors
    figures = json.loads((tmp_path / "out.json").read_text())
    # Of ten searches, four have the photo that shows nothing as probe or mate; so have five of 35 copies.
    assert [figures[name] for name in ("n", "n_copies", "n_images", "failed", "n_distractors")] == [10, 35, 7, 1, 20]
    assert (figures["rank1"], figures["rank10"]) == (60.0, 60.0)
    assert figures["copies_rank1"] == pytest.approx(100 * 30 / 35, abs=0.01)
