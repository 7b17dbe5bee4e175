"""LEADER in PyTorch, from its author's weights, so that it can be trained further.

The blocks and their names are the author's (models/leader/weights.py); activations are GELU in its tanh form, as in the
ONNX graph that the service runs (models/leader/network.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from models.leader.algebra import EPSILON
from models.leader.weights import Layer, named_arrays, read_weights
from models.registry import ModelRegistry

MULTIPLE = 32  # pixels: of the sides of an image

_LEVELS = range(4)  # of each encoder and decoder
_DILATIONS = (1, 3, 6)  # of the attention
_FIXED = "blur"  # the layer that is not trained


class Outputs(NamedTuple):
    """What the heads give for each pixel, shapes (n, 1, height, width) and (n, 2, height, width).

    `place` and `ending` are logits of being a minutia, and of its being an ending; `direction` is the cosine and sine
    of its direction, times any length.
    """

    place: Any
    direction: Any
    ending: Any


def published_weights() -> Mapping[str, Layer]:
    """Return the weights that the author published."""
    registry = ModelRegistry(Path("unused"))
    registry.verify("leader")
    return read_weights(registry.locate("leader").read_bytes())


class Linear(NamedTuple):
    """A linear step of the network, between two that are not: the arrays of its kernel and bias, and how it is used."""

    kernel: str
    bias: str = ""
    depthwise: bool = False
    dilation: int = 1


class Leader(nn.Module):
    """The network; its parameters are the arrays of the author's layers, by `<layer>:<number>`, in his shapes."""

    def __init__(self, layers: Mapping[str, Layer]) -> None:
        """Take up the weights of all layers."""
        super().__init__()
        self.arrays = nn.ParameterDict(
            {
                name: nn.Parameter(
                    torch.from_numpy(array.astype(np.float32)), requires_grad=not name.startswith(_FIXED)
                )
                for name, array in named_arrays(layers).items()
            }
        )

    def forward(self, images: Any) -> Outputs:
        """Return the heads' outputs of grey images, shape (n, 1, height, width), sides being multiples of 32."""
        images = images.contiguous(memory_format=torch.channels_last)  # mixing and normalising read pixel by pixel
        fine = self._stem("stem1", functional.avg_pool2d, images)
        deep = self._refined(torch.cat([self._attended(self._context(images)), fine], 1))
        return Outputs(*(self._head(f"head_{number}", deep) for number in range(3)))

    def linear(self, step: Linear, maps: Any) -> Any:
        """Take a linear step; the author's kernels have the shape (height, width, channels in, channels out)."""
        kernel, bias = self.arrays[step.kernel], self.arrays[step.bias] if step.bias else None
        if kernel.shape[:2] == (1, 1):
            return functional.linear(maps.permute(0, 2, 3, 1), kernel[0, 0].T, bias).permute(0, 3, 1, 2)
        axes, groups = ((2, 3, 0, 1), kernel.shape[2]) if step.depthwise else ((3, 2, 0, 1), 1)
        reach = step.dilation * (kernel.shape[0] // 2)
        return functional.conv2d(maps, kernel.permute(axes), bias, 1, reach, step.dilation, groups)

    def _stem(self, name: str, pool: Any, images: Any) -> Any:
        halves = [
            self._convolved(f"{name}_{part}", images, dilation) for part, dilation in (("conv", 1), ("dilated_conv", 2))
        ]
        maps = _gelu(self._normalised(f"{name}_ln", torch.cat(halves, 1)))
        return pool(maps, 2)

    def _context(self, images: Any) -> Any:
        maps, skipped = self._stem("stem0", functional.max_pool2d, images), []
        for level in _LEVELS:
            maps = self._separable(f"enc0_{level}", maps)
            skipped.append(maps)
            maps = _halved(maps)
        for level in reversed(_LEVELS):
            maps = torch.cat([_doubled(self._separable(f"dec0_{level}", maps)), skipped[level]], 1)
        return maps

    def _separable(self, name: str, maps: Any) -> Any:
        around = self.linear(Linear(f"{name}:0", depthwise=True), maps)
        mixed = self.linear(Linear(f"{name}:1", f"{name}:2"), around)
        return _gelu(self._normalised(f"{name}_ln", mixed))

    def _attended(self, maps: Any) -> Any:
        around = [_gelu(self._convolved(f"attention_conv_d{dilation}", maps, dilation)) for dilation in _DILATIONS]
        return maps * torch.sigmoid(self._mixed("attention_s", torch.cat(around, 1)))

    def _refined(self, maps: Any) -> Any:
        skipped = []
        for level in _LEVELS:
            maps = self._bottleneck(f"enc1_{level}", maps)
            skipped.append(maps)
            maps = _halved(maps)
        for level in reversed(_LEVELS):
            maps = torch.cat([_doubled(self._bottleneck(f"dec1_{level}", maps)), skipped[level]], 1)
        return maps

    def _bottleneck(self, name: str, maps: Any) -> Any:
        around = self.linear(Linear(f"{name}_depthwise:0", depthwise=True), maps)
        wide = _gelu(self._mixed(f"{name}_exp", self._normalised(f"{name}_ln", around)))
        return self._mixed(f"{name}_adj", maps + self._mixed(f"{name}_red", wide))

    def _head(self, name: str, maps: Any) -> Any:
        # Mixing and normalising treat each pixel separately, so doubling may come after them.
        narrow = self._bottleneck(name, maps).float()
        with torch.autocast("cpu", enabled=False):  # so few channels cost little, and half precision misleads them
            slim = self._normalised(f"{name}_conv1_ln", self._mixed(f"{name}_conv1", narrow))
            return self._convolved(f"{name}_out", _doubled(_gelu(self._mixed(f"{name}_conv2", slim))), 1)

    def _convolved(self, name: str, maps: Any, dilation: int) -> Any:
        return self.linear(Linear(f"{name}:0", f"{name}:1", dilation=dilation), maps)

    def _mixed(self, name: str, maps: Any) -> Any:
        return self.linear(Linear(f"{name}:0", f"{name}:1"), maps)

    def _normalised(self, name: str, maps: Any) -> Any:
        gain, bias = self.arrays[f"{name}:0"], self.arrays[f"{name}:1"]
        return functional.layer_norm(maps.permute(0, 2, 3, 1), gain.shape, gain, bias, EPSILON).permute(0, 3, 1, 2)


def _halved(maps: Any) -> Any:
    half = maps.shape[1] // 2
    return torch.cat([functional.max_pool2d(maps[:, :half], 2), functional.avg_pool2d(maps[:, half:], 2)], 1)


def _doubled(maps: Any) -> Any:
    return functional.interpolate(maps, scale_factor=2, mode="nearest")


def _gelu(values: Any) -> Any:
    return functional.gelu(values, approximate="tanh")
