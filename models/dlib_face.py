"""dlib's face recognition network: its own weights file as an ONNX model.

Twenty-nine convolutions in residual blocks (D. King, dlib, dnn_face_recognition_ex.cpp: `anet_type`), each followed by
an affine layer, which is folded into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper

from models.graph import Graph, Value, Weights

SIDE = 150  # pixels of an aligned face
DIMENSION = 128
_MEAN = (122.782, 117.001, 104.298)  # of red, green and blue, taken off; then divided by _SCALE
_SCALE = 256.0
_BLOCKS = (
    (32, 3, False),
    (64, 4, True),
    (128, 3, True),
    (256, 3, True),
    (256, 1, True),
)  # filters, blocks, halved first

_LAYER = re.compile(rb"con_4|affine_|fc_2")  # what stands before a layer's weights
_FULLY_CONNECTED = b"fc_2"  # between this one and its weights stand its numbers of outputs and inputs
_TENSOR_VERSION = 2


def dlib_face(source: bytes) -> bytes:
    """Return the network of dlib's `dlib_face_recognition_resnet_model_v1.dat` as an ONNX model.

    It turns "data", (1, 3, 150, 150) float32 RGB 0 to 255, into "embedding", (1, 128), not of unit length.

    Raises:
        ValueError: not that file.
    """
    layers = _layers(source)
    try:
        return _network(layers)
    except StopIteration:
        raise ValueError("the file ends before the network does") from None


def _network(layers: Iterator[NDArray[np.float32]]) -> bytes:
    graph = Graph()
    centred = graph.op("Sub", "data", graph.floats(np.reshape(_MEAN, (1, 3, 1, 1))))
    maps = graph.op("Relu", _convolution(graph, graph.op("Div", centred, graph.floats(_SCALE)), layers, 3, 32, 7, 2))
    maps = graph.op("MaxPool", maps, kernel_shape=[3, 3], strides=[2, 2])
    channels = 32
    for filters, blocks, halved in _BLOCKS:
        for i in range(blocks):
            maps = _block(graph, maps, layers, channels, filters, halved and i == 0)
            channels = filters
    pooled = graph.op("Flatten", graph.op("GlobalAveragePool", maps))
    matrix = _sized(next(layers), channels * DIMENSION).reshape(channels, DIMENSION)
    embedding = graph.op("MatMul", pooled, graph.floats(matrix))
    data = helper.make_tensor_value_info("data", TensorProto.FLOAT, [1, 3, SIDE, SIDE])
    return graph.model("dlib_face", [data], embedding, "embedding", DIMENSION)


def _block(
    graph: Graph, maps: Value, layers: Iterator[NDArray[np.float32]], channels: int, filters: int, halved: bool
) -> Value:
    """Add two convolutions to what comes in, which is halved by averaging where the first convolution halves.

    dlib adds maps of unlike size by counting what lacks as zero: channels of the one, a row and column of the other.
    """
    inner = graph.op("Relu", _convolution(graph, maps, layers, channels, filters, 3, 2 if halved else 1))
    inner = _convolution(graph, inner, layers, filters, filters, 3, 1)
    if halved:
        maps = graph.op("AveragePool", maps, kernel_shape=[2, 2], strides=[2, 2])
        inner = _padded_to(graph, inner, maps)
        maps = graph.op("Pad", maps, graph.integers([0, 0, 0, 0, 0, filters - channels, 0, 0]))
    return graph.op("Relu", graph.op("Add", maps, inner))


def _padded_to(graph: Graph, maps: Value, larger: Value) -> Value:
    """Add zeros below and to the right, up to the height and width of `larger`."""
    missing = [
        graph.op("Slice", graph.op("Shape", value), graph.integers([2]), graph.integers([4]))
        for value in (larger, maps)
    ]
    end_padding = graph.op("Sub", *missing)
    return graph.op("Pad", maps, graph.op("Concat", graph.integers([0] * 6), end_padding, axis=0))


def _convolution(
    graph: Graph,
    maps: Value,
    layers: Iterator[NDArray[np.float32]],
    channels: int,
    filters: int,
    side: int,
    stride: int,
) -> Value:
    """Add a convolution with the affine layer after it; one that strides has no padding, in dlib."""
    values = _sized(next(layers), filters * (channels * side * side + 1))
    kernel, bias = values[:-filters].reshape(filters, channels, side, side), values[-filters:]
    gain, shift = _sized(next(layers), 2 * filters).reshape(2, filters)
    pads = [side // 2 if stride == 1 else 0] * 4
    constants = graph.floats(kernel * gain[:, None, None, None]), graph.floats(bias * gain + shift)
    return graph.op("Conv", maps, *constants, pads=pads, strides=[stride, stride])


def _sized(values: NDArray[np.float32], size: int) -> Weights:
    if values.size != size:
        raise ValueError(f"a layer has {values.size} weights instead of {size}")
    return values.astype(np.float64)


def _layers(source: bytes) -> Iterator[NDArray[np.float32]]:
    """Yield the weights of each layer, from input to output; between them lies what only training needs.

    Source: dlib, serialize.h (integers) and cuda/tensor.h (a tensor: version, four dimensions, float32 values).
    """
    at = 0
    while match := _LAYER.search(source, at):
        at = match.end()
        for _ in range(2 * (match.group() == _FULLY_CONNECTED)):
            _, at = _integer(source, at)
        version, at = _integer(source, at)
        if version != _TENSOR_VERSION:
            raise ValueError(f"a tensor of version {version}")
        size = 1
        for _ in range(4):
            dimension, at = _integer(source, at)
            size *= dimension
        if not 0 < size <= (len(source) - at) // 4:
            raise ValueError("the file is cut short")
        yield np.frombuffer(source, "<f4", size, at)
        at += 4 * size


def _integer(source: bytes, at: int) -> tuple[int, int]:
    """Read a non-negative integer: a byte says of how many bytes, which follow, the least first; and where it ends."""
    if not at < len(source):
        raise ValueError("the file is cut short")
    end = at + 1 + (source[at] & 0x0F)
    return int.from_bytes(source[at + 1 : end], "little"), end
