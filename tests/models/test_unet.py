"""What is made of the weights of SNFOE, SNFFE and SNFEN draws what the networks as published draw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.registry import ModelRegistry
from models.unet import unet

KNOWN_ANSWER = Path(__file__).with_name("unet_known.npz")
"""`image` and `mask`, (96, 128) uint8, of a generated print; `orientation` in radians, `period` in pixels and
`enhanced`, uint8 with ridges white, as pyfing 0.7.3 makes them with Keras 3."""


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> ModelRegistry:
    return ModelRegistry(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def known() -> dict[str, np.ndarray]:
    with np.load(KNOWN_ANSWER) as arrays:
        return {name: arrays[name] for name in arrays.files}


def run(registry: ModelRegistry, name: str, *planes: np.ndarray) -> np.ndarray:
    stacked = np.stack(planes)[None].astype(np.float32)
    return registry.open_session(name).run(input=stacked)[0].reshape(*planes[0].shape, -1)


@pytest.mark.essential
def test_each_network_gives_its_known_answer(registry: ModelRegistry, known: dict[str, np.ndarray]) -> None:
    image, mask = known["image"], known["mask"] // 255
    vectors = run(registry, "snfoe", image, mask)
    orientation = np.arctan2(vectors[..., 1], vectors[..., 0]) / 2
    turned = np.abs(np.angle(np.exp(2j * (orientation - known["orientation"])))) / 2
    assert turned[mask > 0].max() < 1e-2
    twice = np.rint((known["orientation"] % np.pi) * 255 / np.pi) * 2 * np.pi / 255
    period = run(registry, "snffe", image, mask, np.sin(twice), np.cos(twice))[..., 0] / 10
    assert np.abs(period - known["period"])[mask > 0].max() < 1e-2
    rounded = np.clip(np.rint(known["period"] * 10), 0, 255) / 10
    drawn = 255 * run(registry, "snfen", image, mask, np.sin(twice), np.cos(twice), rounded)[..., 0]
    assert np.abs(drawn - known["enhanced"]).max() < 2


def test_other_weights_are_refused(registry: ModelRegistry) -> None:
    with pytest.raises(ValueError, match="SNFOE"):
        unet(registry.locate("leader").read_bytes())
    with pytest.raises(ValueError, match="SNFOE"):
        unet(b"nothing")
