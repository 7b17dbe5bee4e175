"""An aligned face has its landmarks on the template, whatever its size and turn in the photo."""

from __future__ import annotations

import numpy as np
import pytest

from face.aligner import align, similarity
from models.embedder_settings import ARCFACE_TEMPLATE

TEMPLATE = np.array(ARCFACE_TEMPLATE)
SIDE = 112


@pytest.mark.parametrize(("scale", "degrees", "shift"), [(1, 0, (0, 0)), (0.2, 30, (40, -7)), (9, -120, (500, 1200))])
def test_a_similarity_is_recovered(scale: float, degrees: float, shift: tuple[int, int]) -> None:
    angle = np.deg2rad(degrees)
    linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    result = similarity(TEMPLATE, TEMPLATE @ linear.T + shift)
    np.testing.assert_allclose(result, np.column_stack([linear, shift]), atol=1e-9)


def test_a_mirror_image_is_never_the_answer() -> None:
    """Landmarks in mirrored order are fitted by a turn, not by a reflection that would swap the face's sides."""
    result = similarity(TEMPLATE * (-1, 1), TEMPLATE)
    assert np.linalg.det(result[:, :2]) > 0


def test_no_other_similarity_fits_better() -> None:
    rng = np.random.default_rng(3)
    source = TEMPLATE * 2 + rng.normal(0, 5, TEMPLATE.shape)
    best = similarity(source, TEMPLATE)

    def error(transform: np.ndarray) -> float:
        return float(((source @ transform[:, :2].T + transform[:, 2] - TEMPLATE) ** 2).sum())

    for _ in range(200):
        a, b, x, y = rng.normal(0, 0.02, 4)
        other = best + np.array([[a, -b, x], [b, a, y]])
        assert error(other) > error(best)


@pytest.mark.parametrize("scale", [0.5, 1.5, 4.3, 21.0])
def test_landmarks_land_on_the_template(scale: float) -> None:
    side = int(130 * scale)
    landmarks = (TEMPLATE * scale + 5).astype(np.float32)
    rows, columns = np.mgrid[:side, :side]
    for landmark, expected in zip(landmarks, TEMPLATE, strict=True):
        squared = (columns - landmark[0]) ** 2 + (rows - landmark[1]) ** 2
        dot = np.asarray(255 * np.exp(-squared / (2 * (3 * scale) ** 2)), dtype=np.uint8)
        aligned = align(np.repeat(dot[:, :, None], 3, axis=2), landmarks, TEMPLATE, SIDE)[:, :, 0].astype(float)
        y, x = (np.indices(aligned.shape) * aligned).sum(axis=(1, 2)) / aligned.sum()
        assert np.hypot(x - expected[0], y - expected[1]) < 0.5


def test_a_large_face_is_averaged_not_sampled() -> None:
    rows, columns = np.indices((1200, 1200))
    checks = np.where((rows + columns) % 2, 255, 0).astype(np.uint8)
    aligned = align(np.repeat(checks[:, :, None], 3, axis=2), (TEMPLATE * 10).astype(np.float32), TEMPLATE, SIDE)
    assert aligned[5:-5, 5:-5].std() < 3


def test_a_larger_template_gives_a_larger_face() -> None:
    rng = np.random.default_rng(4)
    rgb = rng.integers(0, 256, (150, 150, 3), dtype=np.uint8)
    template = TEMPLATE * 150 / 112
    np.testing.assert_array_equal(align(rgb, template.astype(np.float32), template.astype(np.float32), 150), rgb)


def test_outside_the_photo_is_black() -> None:
    aligned = align(np.full((60, 60, 3), 200, dtype=np.uint8), (TEMPLATE - 50).astype(np.float32), TEMPLATE, SIDE)
    assert aligned.shape == (112, 112, 3)
    assert np.all(aligned[:40] == 0)
    assert np.all(aligned[60:100, 60:100] == 200)
