"""`pehchan synth` writes what the benchmarks read, the same whatever the number of processes."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from inputs import Run

from benchmarks.runs.datasets import read_fingerprints
from biometrics.imaging.image import decode
from fingerprint import codec
from fingerprint.synthetic import synthetic_template


@pytest.mark.slow
def test_fingers_are_the_same_whatever_the_number_of_processes(run: Run, tmp_path: Path) -> None:
    for workers in (1, 2):
        options = ("--count", 2, "--impressions", 2, "--seed", 5, "--latent", "--workers", workers)
        code, _, errors = run("synth", "fingers", *options, "--out", tmp_path / str(workers))
        assert code == 0, errors
    images = read_fingerprints(tmp_path / "1")
    assert [image.path.name for image in images] == ["1_1.png", "1_2.png", "2_1.png", "2_2.png"]
    assert all(image.path.read_bytes() == (tmp_path / "2" / image.path.name).read_bytes() for image in images)
    ppi = decode(images[0].path.read_bytes()).ppi
    assert ppi is not None
    assert abs(ppi - 500) < 1
    manifest = json.loads((tmp_path / "1" / "manifest.json").read_text())
    assert [finger["seed"] for finger in manifest["fingers"]] == [5, 6]
    assert [impression["latent"] for impression in manifest["fingers"][0]["impressions"]] == [False, True]


def test_a_folder_with_something_in_it_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "here.txt").write_text("")
    code, _, errors = run("synth", "fingers", "--count", 1, "--impressions", 1, "--out", tmp_path)
    assert code == 2
    assert "not empty" in errors


def test_unknown_sensors_and_classes_are_refused_with_the_known_ones(run: Run, tmp_path: Path) -> None:
    for option, known in (("--sensor", "thermal-sweep"), ("--classes", "twin loop")):
        code, _, errors = run(
            "synth", "fingers", "--count", 1, "--impressions", 1, "--out", tmp_path / "new", option, "x"
        )
        assert code == 2
        assert known in errors
    assert not (tmp_path / "new").exists()


def test_an_archive_of_templates_holds_those_of_its_seeds(run: Run, tmp_path: Path) -> None:
    code, _, errors = run("synth", "templates", "--count", 3, "--seed", 7, "--workers", 1, "--out", tmp_path / "t.npz")
    assert code == 0, errors
    with np.load(tmp_path / "t.npz") as archive:
        seeds, offsets, data = archive["seeds"], archive["offsets"], archive["data"]
    stored = [data[start:stop].tobytes() for start, stop in pairwise(offsets)]
    assert stored == [codec.encode(synthetic_template(int(seed))) for seed in seeds]
    assert seeds.tolist() == [7, 8, 9]
