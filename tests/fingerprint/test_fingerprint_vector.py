"""A print's vector does not depend on how the print lies, and mates' vectors are nearer than others'."""

from __future__ import annotations

from math import pi
from pathlib import Path

import numpy as np
import pytest
from made_up_prints import made_up_finger, moved

from benchmarks.training import vector as training
from biometrics.kernel.recognition.types import Template
from biometrics.matching.local_features import LOCAL_FEATURE
from fingerprint import vector as made
from fingerprint.codec import decode
from fingerprint.features import WEIGHTS as CODES
from fingerprint.features import features
from fingerprint.synthetic import synthetic_template
from fingerprint.synthetic.mates import mate
from fingerprint.vector import DIMENSION, read_embedding, vector, vector_space


@pytest.mark.parametrize("turn", [0.0, 0.7, pi, -2.5])
def test_turning_and_shifting_hardly_changes_the_vector(turn: float) -> None:
    finger = made_up_finger(1)
    assert vector(features(finger)) @ vector(features(moved(finger, turn, 80, -50))) > 0.97


def test_neither_place_nor_order_of_the_minutiae_counts() -> None:
    result = features(made_up_finger(1))
    elsewhere = result[::-1].copy()
    elsewhere["x"], elsewhere["direction"] = 0, 0
    np.testing.assert_allclose(vector(elsewhere), vector(result), atol=1e-5)


def test_another_impression_is_nearer_than_other_fingers() -> None:
    fingers = [synthetic_template(seed) for seed in range(200)]
    gallery = np.array([vector(features(finger)) for finger in fingers])
    probes = np.array([vector(features(mate(finger, seed))) for seed, finger in enumerate(fingers)])
    nearest = (probes @ gallery.T).argmax(axis=1)
    assert np.mean(nearest == np.arange(len(fingers))) > 0.9


def test_real_impressions_are_nearer_than_other_real_fingers(real_prints: dict[tuple[int, int], Template]) -> None:
    fingers = np.array([finger for finger, _ in real_prints])
    vectors = np.array([vector(features(decode(print_.data))) for print_ in real_prints.values()])
    scores = vectors @ vectors.T - 2 * np.eye(len(fingers))
    np.testing.assert_array_equal(fingers[scores.argmax(axis=1)], fingers)


def test_a_byte_a_number_is_enough() -> None:
    vectors = np.array([vector(features(synthetic_template(seed))) for seed in range(50)])
    step = np.abs(vectors).max() / 127
    assert np.abs((np.rint(vectors / step) * step) @ vectors.T - vectors @ vectors.T).max() < 5e-3


@pytest.mark.parametrize("minutiae", [0, 1, 3, 255])
def test_every_print_has_a_unit_vector_and_always_the_same(minutiae: int) -> None:
    result = features(made_up_finger(1, minutiae))
    once = vector(result)
    assert once.shape == (DIMENSION,)
    assert once.dtype == np.float32
    assert np.linalg.norm(once) == pytest.approx(1)
    assert vector(result).tobytes() == once.tobytes()


def test_rows_of_an_array_of_many_prints_are_taken_as_they_are() -> None:
    many = np.concatenate([features(made_up_finger(seed)) for seed in (1, 2)])
    count = len(features(made_up_finger(1)))
    assert many.dtype == LOCAL_FEATURE
    np.testing.assert_array_equal(vector(many[:count]), vector(features(made_up_finger(1))))


@pytest.mark.parametrize(("name", "other"), [("WEIGHTS", CODES), ("HALF", 51.0), ("SLOPE", 2.0)])
def test_whatever_changes_vectors_changes_their_space(
    name: str, other: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a vector engine never compares old vectors with new ones."""
    before = vector_space("codes")
    assert before == vector_space("codes") != vector_space("other codes")
    monkeypatch.setattr(made, name, other)
    assert vector_space("codes") != before


def test_a_learned_projection_is_read_back_as_saved(tmp_path: Path) -> None:
    sources = [synthetic_template(seed) for seed in range(DIMENSION)]
    learned = training.learn(sources, landmarks=DIMENSION)
    training.save(learned, tmp_path / "vector.npz")
    with np.load(tmp_path / "vector.npz") as stored:
        for item, other in zip(read_embedding(stored), learned, strict=True):
            np.testing.assert_array_equal(item, other)
