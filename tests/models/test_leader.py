"""What is made of LEADER's weights finds what LEADER as published finds."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import cv2
import h5py
import numpy as np
import pytest
from models_examples import leader_weights

from benchmarks.runs.published import PublishedLeader
from biometrics.kernel.errors import ModelMissing
from fingerprint.extraction.leader import MinutiaNetwork, detect
from models.leader.known import KNOWN_ANSWER, TOLERANCE, check
from models.leader.network import leader
from models.leader.weights import named_arrays, read_weights
from models.registry import ModelRegistry
from models.session import ModelSession

MIN_QUALITY = 0.35
IMAGES = (  # of four sensors and a generator
    "FVC2002/DB1_B/102_3",
    "FVC2002/DB3_B/105_3",
    "FVC2004/DB2_B/103_2",
    "FVC2004/DB3_B/107_4",
    "FVC2004/DB4_B/104_5",
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> PublishedLeader:
    """Return LEADER as published, where its package is installed."""
    try:
        return PublishedLeader(tmp_path_factory.mktemp("data"))
    except ModelMissing as error:
        pytest.skip(f"nothing to compare with: {error}")


@pytest.fixture(scope="module")
def exact() -> ModelSession:
    """Return ours without quantisation."""
    return ModelSession.open("leader", "", leader(leader_weights(), quantised=False), threads=1)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> ModelSession:
    return ModelRegistry(tmp_path_factory.mktemp("data")).open_session("leader")


def known_image() -> np.ndarray:
    with np.load(KNOWN_ANSWER) as known:
        return known["image"]


def run(network: MinutiaNetwork, pixels: np.ndarray, min_quality: float) -> np.ndarray:
    """Return y, x, direction, likelihood of an ending, and quality, shape (n, 5)."""
    feeds = {
        "input": pixels[None, :, :, None].astype(np.float32),
        "min_quality": np.array(min_quality, dtype=np.float32),
    }
    result = network.run(**feeds)[0]
    direction, ending = np.arctan2(result[:, 3], result[:, 2]), 1 / (1 + np.exp(-result[:, 4].astype(np.float64)))
    return np.column_stack([result[:, :2], direction, ending, result[:, 5]])


def differences(actual: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return the largest difference of direction, likelihood and quality, of minutiae in the same places."""
    turned = np.angle(np.exp(1j * (actual[:, 2] - expected[:, 2])))
    return np.abs(np.column_stack([turned, actual[:, 3:] - expected[:, 3:]])).max(axis=0, initial=0)


def real_images(shared_data: Path) -> Iterator[np.ndarray]:
    for name in IMAGES:
        (path,) = (shared_data / "fingerprint").glob(f"{name}.*")
        yield cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)


def padded(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape
    return cv2.copyMakeBorder(pixels, 0, -height % 32, 0, -width % 32, cv2.BORDER_CONSTANT, value=255)


def test_every_pixel_is_as_published(published: PublishedLeader, exact: ModelSession) -> None:
    """All maps agree to float32's rounding, up to the edges of the image: asked for quality 0, each pixel is told."""
    pixels = known_image()[:96, :64]
    ours, theirs = run(exact, pixels, 0.0), run(published, pixels, 0.0)
    np.testing.assert_array_equal(ours[:, :2], theirs[:, :2])
    assert len(ours) == pixels.size
    assert (differences(ours, theirs) < 2e-4).all(), differences(ours, theirs)


@pytest.mark.slow
def test_the_minutiae_of_real_prints_are_as_published(
    published: PublishedLeader, exact: ModelSession, ours: ModelSession, shared_data: Path
) -> None:
    """Without quantisation all are in the same places; with it one in 20 at most is a pixel off, come or gone."""
    count = changed = 0
    for image in real_images(shared_data):
        theirs, same, quantised = (run(network, padded(image), MIN_QUALITY) for network in (published, exact, ours))
        np.testing.assert_array_equal(same[:, :2], theirs[:, :2])
        assert (differences(same, theirs) < 1e-4).all(), differences(same, theirs)
        expected, result = ({(y, x): row for y, x, *row in rows} for rows in (theirs, quantised))
        both = sorted(expected.keys() & result.keys())
        count, changed = count + len(expected), changed + len(expected.keys() ^ result.keys()) / 2
        first, other = (np.array([(*at, *rows[at]) for at in both]) for rows in (expected, result))
        assert (differences(first, other) < TOLERANCE).all(), differences(first, other)
    assert count > 140
    assert changed <= count / 20


def test_the_known_answer_is_that_of_the_published_file(published: PublishedLeader) -> None:
    with np.load(KNOWN_ANSWER) as known:
        result = run(published, known["image"], float(known["min_quality"]))
        np.testing.assert_allclose(result, known["minutiae"], atol=1e-4)


@pytest.mark.parametrize("layer", ["conv2d_29", "layer_normalization_18", "depthwise_conv2d_9", "conv2d_50"])
def test_other_weights_do_not_pass_the_check(layer: str) -> None:
    file = io.BytesIO(leader_weights())
    with h5py.File(file, "r+") as weights:
        values = weights["layers"][layer]["vars"]["0"]
        values[...] = np.roll(values[...], 1)
    with pytest.raises(ValueError, match="known"):
        check(leader(file.getvalue()))


def test_a_file_of_another_network_is_refused() -> None:
    file = io.BytesIO()
    with h5py.File(file, "w") as weights:
        weights["layers/conv2d/vars/0"] = np.zeros((5, 5, 1, 8))
    with pytest.raises(ValueError, match="not LEADER's weights"):
        leader(file.getvalue())


def test_exported_weights_are_read_and_a_missing_layer_is_refused() -> None:
    arrays = named_arrays(read_weights(leader_weights()))
    file = io.BytesIO()
    np.savez(file, step=np.array(3), **arrays)
    read = read_weights(file.getvalue())
    assert read.keys() == read_weights(leader_weights()).keys()
    for name, array in named_arrays(read).items():
        np.testing.assert_array_equal(array, arrays[name])
    file = io.BytesIO()
    np.savez(file, **{name: array for name, array in arrays.items() if not name.startswith("head_2_out")})
    with pytest.raises(ValueError, match="head_2_out"):
        leader(file.getvalue())


@pytest.mark.parametrize("shape", [(32, 32), (1, 1), (33, 70)])
def test_small_images_are_run(ours: ModelSession, shape: tuple[int, int]) -> None:
    assert len(detect(ours, np.full(shape, 255, dtype=np.uint8), MIN_QUALITY).x) == 0
