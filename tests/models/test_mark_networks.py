"""MobileNetV2 and XFeat as ONNX graphs do what the layers in their packages do, written out here in NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from marks.identity import MANIFEST
from models.mobilenet import mobilenet
from models.registry import ModelRegistry
from models.torch_weights import read_torch
from models.xfeat import xfeat

pytestmark = pytest.mark.real_models

Maps = np.ndarray  # (channels, height, width)
EPSILON = 1e-5


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> ModelRegistry:
    return ModelRegistry(tmp_path_factory.mktemp("models"), MANIFEST)


class Layers:
    """The layers of a file's tensors, by PyTorch's names."""

    def __init__(self, content: bytes) -> None:
        self.tensors: dict[str, Any] = read_torch(content)

    def convolved(self, maps: Maps, name: str, stride: int = 1) -> Maps:
        kernel = self.tensors[f"{name}.weight"]
        side, (channels, height, width) = kernel.shape[2], maps.shape
        around = side // 2
        padded = np.pad(maps, ((0, 0), (around, around), (around, around)))
        result = np.zeros((len(kernel), -(-height // stride), -(-width // stride)))
        for y in range(side):
            for x in range(side):
                seen = padded[:, y : y + height : stride, x : x + width : stride]
                if kernel.shape[1] == channels:
                    result += np.tensordot(kernel[:, :, y, x], seen, 1)
                else:  # each channel by itself
                    result += kernel[:, 0, y, x, None, None] * seen
        return result + self.tensors.get(f"{name}.bias", np.zeros(1))[:, None, None]

    def normalised(self, maps: Maps, name: str) -> Maps:
        mean, variance = (self.tensors[f"{name}.running_{what}"][:, None, None] for what in ("mean", "var"))
        gain = self.tensors.get(f"{name}.weight", np.ones(1))[:, None, None]
        shift = self.tensors.get(f"{name}.bias", np.zeros(1))[:, None, None]
        return (maps - mean) / np.sqrt(variance + EPSILON) * gain + shift

    def chain(self, maps: Maps, block: str, *strides: int) -> Maps:
        """XFeat's BasicLayer, several times."""
        for at, stride in enumerate(strides):
            name = f"{block}.{at}.layer"
            maps = np.maximum(self.normalised(self.convolved(maps, f"{name}.0", stride), f"{name}.1"), 0)
        return maps


def enlarged(maps: Maps, times: int) -> Maps:
    """Bilinear, where pixels are squares (align_corners=False)."""
    for axis in (1, 2):
        size = maps.shape[axis]
        at = np.clip((np.arange(size * times) + 0.5) / times - 0.5, 0, size - 1)
        low = np.minimum(at.astype(int), max(size - 2, 0))
        share = (at - low).reshape((-1, 1) if axis == 1 else (1, -1))
        high = np.minimum(low + 1, size - 1)
        maps = np.take(maps, low, axis) * (1 - share) + np.take(maps, high, axis) * share
    return maps


@pytest.mark.essential
def test_mobilenet_gives_what_its_layers_give(registry: ModelRegistry) -> None:
    layers = Layers(registry.locate("mobilenet").read_bytes())
    image = np.random.default_rng(1).integers(0, 256, (3, 14, 14)).repeat(16, 1).repeat(16, 2)
    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    maps = (image / 255 - mean[:, None, None]) / deviation[:, None, None]

    def active(maps: Maps, convolution: str, normalisation: str, stride: int = 1) -> Maps:
        return np.clip(layers.normalised(layers.convolved(maps, convolution, stride), normalisation), 0, 6)

    maps = active(maps, "features.0.0", "features.0.1", 2)
    strides = {2: 2, 4: 2, 7: 2, 14: 2}
    for number in range(1, 18):
        name, inner, at = f"features.{number}.conv", maps, 0
        if number > 1:
            inner, at = active(maps, f"{name}.0", f"{name}.1"), 3
        inner = active(inner, f"{name}.{at}", f"{name}.{at + 1}", strides.get(number, 1))
        inner = layers.normalised(layers.convolved(inner, f"{name}.{at + 3}"), f"{name}.{at + 4}")
        maps = maps + inner if inner.shape == maps.shape else inner
    expected = active(maps, "features.18.0", "features.18.1").mean(axis=(1, 2))
    [embedding] = registry.open_session("mobilenet").run(data=image[None].astype(np.float32))[0]
    assert np.abs(embedding - expected).max() < 1e-4


@pytest.mark.essential
def test_xfeat_gives_what_its_layers_give(registry: ModelRegistry) -> None:
    layers = Layers(registry.locate("xfeat").read_bytes())
    image = np.random.default_rng(2).integers(0, 256, (1, 16, 24)).repeat(4, 1).repeat(4, 2).astype(np.float64)
    grey = (image - image.mean()) / np.sqrt(image.var() + EPSILON)
    small = grey.reshape(1, 16, 4, 24, 4).mean(axis=(2, 4))
    maps = layers.chain(grey, "block1", 1, 2, 1, 2) + layers.convolved(small, "skip1.1")
    eighths = layers.chain(layers.chain(maps, "block2", 1, 1), "block3", 2, 1, 1)
    sixteenths = layers.chain(eighths, "block4", 2, 1, 1)
    joined = eighths + enlarged(sixteenths, 2) + enlarged(layers.chain(sixteenths, "block5", 2, 1, 1, 1), 4)
    features = layers.convolved(layers.chain(joined, "block_fusion", 1, 1), "block_fusion.2")
    reliable = layers.convolved(layers.chain(features, "heatmap_head", 1, 1), "heatmap_head.2")
    pixels = grey.reshape(8, 8, 12, 8).transpose(1, 3, 0, 2).reshape(64, 8, 12)
    logits = layers.convolved(layers.chain(pixels, "keypoint_head", 1, 1, 1), "keypoint_head.3")
    likely = (np.exp(logits) / np.exp(logits).sum(axis=0))[:64]
    expected = np.concatenate([features, 1 / (1 + np.exp(-reliable)), likely]).transpose(1, 2, 0).reshape(96, 129)
    cells = registry.open_session("xfeat").run(data=image[None].astype(np.float32))[0]
    assert np.abs(cells - expected).max() < 1e-3


def test_other_weights_are_refused(registry: ModelRegistry) -> None:
    for make, other in ((mobilenet, "xfeat"), (xfeat, "mobilenet")):
        with pytest.raises(ValueError, match="the file has no"):
            make(registry.locate(other).read_bytes())
        with pytest.raises(ValueError, match="PyTorch"):
            make(Path(__file__).read_bytes())
