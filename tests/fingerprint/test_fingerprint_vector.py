"""Vectors for shortlisting, and the numbers behind them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_up_prints import impression, made_up_finger, moved

from fingerprint import vector
from fingerprint.matching.cylinders import prepare
from fingerprint.vector_training import save, train


def test_turning_and_shifting_hardly_changes_the_vector() -> None:
    finger = made_up_finger(1)
    assert vector.of(prepare(finger)) @ vector.of(prepare(moved(finger, 2.0, 80, -50))) > 0.97


def test_another_impression_is_nearer_than_other_fingers() -> None:
    fingers = [made_up_finger(seed) for seed in range(15)]
    gallery = np.array([vector.of(prepare(finger)) for finger in fingers])
    for i, finger in enumerate(fingers):
        assert (gallery @ vector.of(prepare(impression(finger, seed=i)))).argmax() == i


@pytest.mark.parametrize("minutiae", [0, 1, 3])
def test_a_print_without_cylinders_has_a_unit_vector_too(minutiae: int) -> None:
    made = vector.of(prepare(made_up_finger(1, minutiae)))
    assert made.shape == (vector.DIMENSION,)
    assert np.linalg.norm(made) == pytest.approx(1)


def test_the_shipped_numbers_are_small() -> None:
    assert (Path(vector.__file__).parent / vector.WHITENING_FILE).stat().st_size < 100_000


def test_training_whitens_what_it_is_trained_on(tmp_path: Path) -> None:
    prints = [prepare(made_up_finger(seed)) for seed in range(60)]
    whitening = train(prints)
    projected = np.concatenate([vector.centred(each, whitening.mean) for each in prints]) @ whitening.projection
    np.testing.assert_allclose(np.cov(projected, rowvar=False), np.eye(vector.DIMENSION), atol=0.05)
    save(whitening, tmp_path / "whitening.npz")
    with np.load(tmp_path / "whitening.npz") as arrays:
        restored = arrays["projection"] * arrays["scale"]
    np.testing.assert_allclose(restored, whitening.projection, atol=np.abs(whitening.projection).max() / 250)
