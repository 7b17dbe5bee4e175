"""dlib's network as an ONNX model computes what dlib computes, and nothing else is taken for its file."""

from __future__ import annotations

import numpy as np
import pytest

from models.dlib_face import DIMENSION, SIDE, dlib_face
from models.registry import ModelRegistry
from models.session import ModelSession

# The first of 128 numbers that dlib 20.0.1 itself (face_recognition_model_v1) gives for `pattern`, and their length.
KNOWN = [-0.05244, 0.09402, 0.06779, 0.00542, -0.10805, -0.07236, -0.03445, -0.03227]
LENGTH = 1.29975


def pattern() -> np.ndarray:
    """Return an image of slopes, stripes and arcs, shape (150, 150, 3)."""
    y, x = np.mgrid[:SIDE, :SIDE]
    return np.stack([(x + y) * 255 // 298, np.abs(x - 75) * 3 % 256, (y * y // 90) % 256], axis=2).astype(np.uint8)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return dlib's own file."""
    return ModelRegistry(tmp_path_factory.mktemp("models")).locate("dlib").read_bytes()


def test_it_computes_what_dlib_computes(weights: bytes) -> None:
    """The vector of a known image is dlib's to within float32's rounding."""
    session = ModelSession.open("dlib", "", dlib_face(weights), threads=1)
    vector = session.run(data=pattern().transpose(2, 0, 1)[None].astype(np.float32))[0]
    assert vector.shape == (1, DIMENSION)
    np.testing.assert_allclose(vector[0, : len(KNOWN)], KNOWN, atol=2e-5)
    assert np.linalg.norm(vector) == pytest.approx(LENGTH, abs=1e-4)


@pytest.mark.parametrize(
    "damage",
    [
        lambda weights: b"",
        lambda weights: weights[:1_000_000],
        lambda weights: weights[: len(weights) // 2],
        lambda weights: weights.replace(b"affine_", b"affine!", 1),
        lambda weights: weights.replace(b"con_4", b"con_5", 1),
    ],
    ids=["empty", "cut early", "cut half way", "a layer less", "another first layer"],
)
def test_a_damaged_weights_file_is_refused(weights: bytes, damage: object) -> None:
    assert callable(damage)
    with pytest.raises(ValueError, match=r"weights|ends|cut"):
        dlib_face(damage(weights))
