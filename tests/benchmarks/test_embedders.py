"""Two embedders are measured on the same photos and shown beside each other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from inputs import Run

pytestmark = pytest.mark.reach


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    folder, lfw = tmp_path_factory.mktemp("faces"), shared_data / "face" / "lfw"
    people = [person for person in sorted(lfw.iterdir()) if person.is_dir() and len(list(person.iterdir())) > 1][:3]
    for person in people:
        (folder / person.name).mkdir()
        for photo in sorted(person.iterdir())[:2]:
            shutil.copy(photo, folder / person.name / photo.name)
    return folder


def test_two_embedders_are_shown_side_by_side(run: Run, faces: Path, tmp_path: Path) -> None:
    code, output, _ = run("models", "compare", "sface", "dlib", "--data", faces, "--json", tmp_path / "out.json")
    assert code == 0
    assert "first: sface" in output
    assert "second: dlib" in output
    kept = json.loads((tmp_path / "out.json").read_text())
    assert kept["sface"].keys() == kept["dlib"].keys()
    assert kept["sface"]["model"] != kept["dlib"]["model"]
    assert kept["sface"]["n_images"] == 6
    assert kept["command"].startswith("pehchan models compare sface dlib")
