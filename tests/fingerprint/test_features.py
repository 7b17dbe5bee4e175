"""What an index searches a print by does not depend on how it lies, and tells mates from others."""

from __future__ import annotations

from math import pi
from pathlib import Path

import numpy as np
import pytest
from made_up_prints import made_up_finger, moved
from numpy.typing import NDArray

from benchmarks.training import codes
from biometrics.matching.local_features import CODE_BITS, LOCAL_FEATURE
from fingerprint import features as made
from fingerprint.features import NeighbourhoodParameters, features, neighbourhoods, read_projection
from fingerprint.synthetic import synthetic_template
from fingerprint.synthetic.mates import mate_with_origins
from fingerprint.template import FingerprintTemplate
from models.trained import FOLDER


def differing(codes_a: NDArray[np.void], codes_b: NDArray[np.void]) -> NDArray[np.int64]:
    """Count the bits that differ, of every minutia of one with every one of the other."""
    bits = np.unpackbits((codes_a["code"][:, None] ^ codes_b["code"][None]).view(np.uint8), axis=-1)
    return np.asarray(bits.sum(axis=-1, dtype=np.int64))


@pytest.mark.parametrize("turn", [0.0, 0.7, pi, -2.5])
def test_turning_and_shifting_changes_hardly_a_bit(turn: float) -> None:
    finger = made_up_finger(1)
    before, after = features(finger), features(moved(finger, turn, 60, -35))
    assert np.diagonal(differing(before, after)).max() <= 2
    turned = np.int16(np.rint(turn * 256 / (2 * pi)))
    steps = (after["direction"].astype(np.int16) - before["direction"] - turned + 128) % 256 - 128
    assert np.abs(steps).max() <= 1


def test_minutiae_of_mates_agree_and_those_of_others_do_not() -> None:
    rng = np.random.default_rng(3)
    same, others = [], []
    for seed in range(20):
        source = synthetic_template(seed)
        mate, origins = mate_with_origins(source, rng)
        table = differing(features(mate), features(source))
        known = np.flatnonzero(origins >= 0)
        same.append(table[known, origins[known]])
        others.append(differing(features(mate), features(synthetic_template(1000 + seed))).ravel())
    assert np.median(np.concatenate(same)) < 38
    assert abs(np.concatenate(others).mean() - CODE_BITS / 2) < 1
    assert np.mean(np.concatenate(same) < 43) > 0.7
    assert np.mean(np.concatenate(others) < 43) < 3e-3


def test_features_hold_places_with_y_up_and_directions_in_steps() -> None:
    template = FingerprintTemplate(100, 80, [10.4, 99.6], [20.6, 70.2], [pi / 2, 2 * pi - 0.001], [1, 1], [1, 1])
    result = features(template)
    assert result.dtype == LOCAL_FEATURE
    assert result[["x", "y", "direction"]].tolist() == [(10, -21, 64), (100, -70, 0)]


def test_sums_over_neighbours_are_what_they_are_said_to_be() -> None:
    """One neighbour at distance 40 on the left, turned by a quarter: written out from the parameters."""
    template = FingerprintTemplate(200, 200, [100, 100], [100, 60], [0, pi / 2], [0.5, 0.5], [1, 1])
    parameters = NeighbourhoodParameters(rings=(40.0, 60.0), widths=(10.0, 10.0), bearings=1, turns=1)
    first = neighbourhoods(template, parameters)[0].reshape(2, 3, 3)
    clear = np.exp(-0.5 * (6 / 40) ** 2)
    bearing, turn = [1, 0, clear], [1, 0, 1]  # the neighbour lies at 90 degrees, and is turned by 90 degrees
    expected = 0.5 * np.outer(bearing, turn)
    np.testing.assert_allclose(first[0], expected, atol=1e-6)
    np.testing.assert_allclose(first[1], expected * np.exp(-2), atol=1e-6)


@pytest.mark.parametrize("minutiae", [0, 1, 2])
def test_few_minutiae_have_codes_too(minutiae: int) -> None:
    assert features(made_up_finger(1, minutiae)).shape == (minutiae,)


def test_the_shipped_file_is_small_and_whole() -> None:
    path = FOLDER / f"{made.WEIGHTS}.npz"
    assert path.stat().st_size < 40_000
    with np.load(path) as stored:
        projection = read_projection(stored)
    assert projection.axes.shape == (neighbourhoods(made_up_finger(1)).shape[1], CODE_BITS)


def test_learned_axes_separate_mates_from_others_and_survive_their_file(tmp_path: Path) -> None:
    learned = codes.learn([synthetic_template(10_000 + i) for i in range(100)])
    codes.save(learned, tmp_path / "codes.npz")
    with np.load(tmp_path / "codes.npz") as stored:
        read = read_projection(stored)
    np.testing.assert_allclose(read.axes, learned.axes, atol=np.abs(learned.axes).max() / 120)
    rng = np.random.default_rng(1)
    source = synthetic_template(5)
    mate, origins = mate_with_origins(source, rng)
    first, other = (neighbourhoods(each) @ read.axes > read.offsets for each in (mate, source))
    known = np.flatnonzero(origins >= 0)
    assert (first[known] != other[origins[known]]).mean() < 0.35
    assert abs((first[known] != np.roll(other[origins[known]], 5, axis=0)).mean() - 0.5) < 0.05
