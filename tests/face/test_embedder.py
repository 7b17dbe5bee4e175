"""An embedding is a unit vector that does not depend on which way the face looks, under the settings of its model."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from photos import Pixels, photo

from biometrics.kernel.errors import InvalidTemplate, ModelMismatch
from biometrics.kernel.recognition.types import Template
from face.detector import FaceDetector
from face.embedder import FaceEmbedder, FaceNetwork
from face.modality import FACE
from face.recogniser import FaceRecogniser
from models.embedder_settings import ARCFACE_TEMPLATE, EmbedderSettings
from models.registry import ModelRegistry

SIDE = 150
PHOTO = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
SHIFTED = np.array(ARCFACE_TEMPLATE, dtype=np.float32) + np.float32(19)


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


def test_a_face_and_its_mirror_image_are_one(registry: ModelRegistry, detector: FaceDetector, collins: Pixels) -> None:
    embedder = FaceEmbedder(registry, "sface")
    (face,) = detector.detect(collins)
    mirrored = (face.landmarks * (-1, 1) + (collins.shape[1] - 1, 0))[[1, 0, 2, 4, 3]].astype(np.float32)
    vector = embedder.embed(collins, face.landmarks).vector
    assert (embedder.dimension, vector.shape, vector.dtype) == (128, (128,), np.dtype(np.float32))
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)
    assert embedder.embed(collins[:, ::-1].copy(), mirrored).vector @ vector > 0.99


@pytest.mark.parametrize("colour", ["RGB", "BGR"])
def test_pixels_are_prepared_as_the_settings_say(tmp_path: Path, colour: str) -> None:
    session = operators_registry(tmp_path, channel_means(1)).open_session("sface")
    settings = EmbedderSettings(colour=colour, mean=127.5, scale=0.25)
    vector = FaceNetwork(session, settings).look(PHOTO[:112, :112], np.array(ARCFACE_TEMPLATE, np.float32))
    expected = (PHOTO[:112, :112].mean(axis=(0, 1)) - 127.5) * 0.25
    np.testing.assert_allclose(vector, expected if colour == "RGB" else expected[::-1], rtol=1e-2)


def test_an_operators_embedder_serves_whole(tmp_path: Path, collins: Pixels, recogniser: FaceRecogniser) -> None:
    model = channel_means(1)
    own = FaceRecogniser(operators_registry(tmp_path, model))
    template = own.extract(photo(collins))
    assert own.dimension == 3
    assert template.model == own.model != recogniser.model
    assert own.compare(template, [template])[0] == pytest.approx(1)
    with pytest.raises(ModelMismatch):
        recogniser.compare(template, [template])
    with pytest.raises(InvalidTemplate, match="3 numbers"):
        recogniser.features(Template(FACE, recogniser.model, template.data, 50))


def test_how_faces_are_prepared_is_part_of_the_model(tmp_path: Path) -> None:
    """The same file under another template makes vectors that are never compared with the old ones."""
    plain = FaceRecogniser(operators_registry(tmp_path, channel_means(1)))
    other = FaceRecogniser(operators_registry(tmp_path, channel_means(1), "mean = 1.0"))
    assert plain.model != other.model


def test_two_embedders_are_joined_as_the_file_says(tmp_path: Path) -> None:
    np.savez(tmp_path / "both.npz", centre=np.zeros(128), radius=2.0, axes=np.eye(132)[:, 3:])
    registry = operators_registry(tmp_path, channel_means(1), 'beside = "dlib"\njoined = "both.npz"')
    embedder = FaceEmbedder(registry, "sface")
    alone = FaceNetwork(registry.open_session("dlib"), registry.entry("dlib").embedder).look(PHOTO, SHIFTED)
    vector = embedder.embed(PHOTO, SHIFTED).vector
    assert embedder.dimension == 129
    np.testing.assert_allclose(vector[:128], alone / 2.0, atol=1e-5)


def test_a_joining_file_of_other_embedders_is_refused(tmp_path: Path) -> None:
    registry = operators_registry(tmp_path, channel_means(1), 'beside = "dlib"\njoined = "both.npz"')
    with pytest.raises(ModelMismatch, match=r"both\.npz"):
        FaceEmbedder(registry, "sface")
    np.savez(tmp_path / "both.npz", centre=np.zeros(128), radius=2.0, axes=np.eye(200))
    with pytest.raises(ModelMismatch, match="199 numbers"):
        FaceEmbedder(registry, "sface")


def test_a_file_that_is_no_embedder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelMismatch, match="no face embedder"):
        FaceRecogniser(operators_registry(tmp_path, channel_means(2)))
