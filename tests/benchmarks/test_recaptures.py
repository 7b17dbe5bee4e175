"""The experiment with recaptures: its rasters show as peaks, and its smooth pictures do not."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from benchmarks.experiments.recaptures import KINDS, peak


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """Return a photo of Grace Hopper (public domain), 250 pixels wide."""
    path = metadata.distribution("matplotlib").locate_file("matplotlib/mpl-data/sample_data/grace_hopper.jpg")
    return np.asarray(Pillow.open(Path(str(path))).resize((250, 293)))


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_recapture_is_a_photo_of_the_same(photo: np.ndarray, kind: str) -> None:
    made = KINDS[kind](photo, np.random.default_rng(3))
    assert made.dtype == np.uint8
    assert 0.75 < made.shape[0] / photo.shape[0] < 1.35
    small = [np.asarray(Pillow.fromarray(item).convert("L").resize((16, 16)), float).ravel() for item in (photo, made)]
    assert np.corrcoef(small)[0, 1] > 0.6


@pytest.mark.reach
def test_only_rasters_show_as_peaks(photo: np.ndarray) -> None:
    peaks = {
        kind: np.mean([peak(KINDS[kind](photo, np.random.default_rng(seed))) for seed in range(8)]) for kind in KINDS
    }
    assert peaks["of a halftone print"] > peaks["untouched"] + 1
    assert abs(peaks["of a smooth picture"] - peaks["untouched"]) < 1
