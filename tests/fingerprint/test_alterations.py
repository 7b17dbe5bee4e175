"""Made alterations are where they say they are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from inputs import Run
from numpy.typing import NDArray
from PIL import Image as Pillow

from biometrics.imaging.image import decode
from fingerprint.synthetic.alterations import Alteration, AlteredPrint, alter
from fingerprint.synthetic.generator import Finger
from fingerprint.synthetic.sensors import SENSORS

SENSOR = SENSORS["optical"]


def impression(seed: int) -> NDArray[np.uint8]:
    return Finger.generate(seed).impression(1, SENSOR.capture, SENSOR.look)


def altered(seed: int, kind: Alteration) -> AlteredPrint:
    made = alter(impression(seed), impression(seed + 1000), kind, np.random.default_rng(seed))
    assert made is not None
    return made


@pytest.mark.parametrize("kind", Alteration)
def test_an_alteration_changes_the_print_around_the_places_that_it_names_and_nothing_far_away(kind: Alteration) -> None:
    made, before = altered(5, kind), impression(5)
    changed = np.abs(made.pixels.astype(int) - before) > 40
    rows, columns = np.nonzero(made.where)
    middle, reach = np.array((rows.mean(), columns.mean())), max(np.ptp(rows), np.ptp(columns))
    away = np.hypot(*(np.indices(before.shape) - middle[:, None, None]))
    assert changed[made.where].mean() > 0.1
    assert not changed[away > reach + 45].any()


def test_synth_altered_writes_each_print_in_five_ways(run: Run, tmp_path: Path) -> None:
    source, out = tmp_path / "prints", tmp_path / "altered"
    source.mkdir()
    Pillow.fromarray(impression(3)).save(source / "a.png")
    code, output, errors = run("synth", "altered", source, "--out", out)
    assert code == 0, errors
    assert "5 altered prints of 1" in output
    listed = json.loads((out / "manifest.json").read_text())["prints"]
    assert {each["kind"] for each in listed} == {kind.value for kind in Alteration}
    assert all(decode((out / each["file"]).read_bytes()).source.height == 400 for each in listed)
