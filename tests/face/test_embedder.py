"""An embedding is a unit vector that does not depend on which way the face looks, under the settings of its model."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from photos import Pixels, photo

from biometrics.errors import InvalidTemplate, ModelMismatch
from biometrics.types import Modality, Template
from face.embedder import FaceEmbedder
from face.recogniser import FaceRecogniser
from models.embedder_settings import EmbedderSettings
from models.registry import ModelRegistry

ALIGNED = np.random.default_rng(1).integers(0, 256, (112, 112, 3), dtype=np.uint8)


def channel_means(outputs: int) -> bytes:
    """Return an ONNX embedder whose vector is the means of its input's channels, `outputs` times."""
    nodes = [
        helper.make_node("GlobalAveragePool", ["x"], ["pooled"]),
        helper.make_node("Reshape", ["pooled", "shape"], ["y0"]),
        *(helper.make_node("Identity", ["y0"], [f"y{i}"]) for i in range(1, outputs)),
    ]
    graph = helper.make_graph(
        nodes,
        "means",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 112, 112])],
        [helper.make_tensor_value_info(f"y{i}", TensorProto.FLOAT, [1, 3]) for i in range(outputs)],
        [numpy_helper.from_array(np.array([1, 3], dtype=np.int64), "shape")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def operators_registry(folder: Path, model: bytes, settings: str = "") -> ModelRegistry:
    """Return a registry in which an operator has put a model of their own in the place of SFace."""
    (folder / "own.onnx").write_bytes(model)
    manifest = folder / "own.toml"
    manifest.write_text(
        f'[sface]\npurpose = "test"\npath = "own.onnx"\nsha256 = "{hashlib.sha256(model).hexdigest()}"\n'
        f'licence = "own"\nsource = "own"\ninput = "x"\n[sface.embedder]\n{settings}',
        encoding="utf-8",
    )
    return ModelRegistry(folder, manifest)


def test_a_face_and_its_mirror_image_are_one(registry: ModelRegistry) -> None:
    """The vector has unit length and is the same for the mirrored face."""
    embedder = FaceEmbedder(registry.open_session("sface"), registry.entry("sface").embedder)
    vector = embedder.embed(ALIGNED).vector
    assert (embedder.dimension, vector.shape, vector.dtype) == (128, (128,), np.dtype(np.float32))
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(embedder.embed(ALIGNED[:, ::-1]).vector, vector, atol=1e-5)


@pytest.mark.parametrize("colour", ["RGB", "BGR"])
def test_pixels_are_prepared_as_the_settings_say(tmp_path: Path, colour: str) -> None:
    """Order of channels, mean and scale reach the model."""
    session = operators_registry(tmp_path, channel_means(1)).open_session("sface")
    settings = EmbedderSettings(colour=colour, mean=127.5, scale=0.25, lengths=(0.0, 1000.0))
    embedding = FaceEmbedder(session, settings).embed(ALIGNED)
    expected = (ALIGNED.mean(axis=(0, 1)) - 127.5) * 0.25
    expected = expected if colour == "RGB" else expected[::-1]
    np.testing.assert_allclose(embedding.vector, expected / np.linalg.norm(expected), rtol=1e-3)


def test_an_operators_embedder_serves_whole(tmp_path: Path, collins: Pixels, recogniser: FaceRecogniser) -> None:
    """Put in SFace's place, another model makes templates under its own hash and dimension, apart from SFace's."""
    model = channel_means(1)
    own = FaceRecogniser(operators_registry(tmp_path, model))
    template = own.extract(photo(collins))
    assert own.dimension == 3
    assert template.model == own.model == hashlib.sha256(model).hexdigest()
    assert own.compare(template, [template])[0] == pytest.approx(1)
    with pytest.raises(ModelMismatch):
        recogniser.compare(template, [template])
    with pytest.raises(InvalidTemplate, match="3 numbers"):
        recogniser.features(Template(Modality.FACE, recogniser.model, template.data, 50))


def test_what_is_no_embedder_is_refused(tmp_path: Path) -> None:
    """A model with another kind of output is refused when it is opened, not at the first photo."""
    with pytest.raises(ModelMismatch, match="no face embedder"):
        FaceRecogniser(operators_registry(tmp_path, channel_means(2)))
