"""The network that describes the ridges around minutiae, as an ONNX graph made from our own weights."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper

from models.arrays import arrays_in
from models.graph import Graph, Value

LAYERS = ((32, 8, 4, 2), (48, 3, 2, 1), (64, 3, 1, 1), (64, 3, 1, 0))  # channels, side of the kernel, step, rim
FLAT = LAYERS[-1][0] * 3 * 3  # numbers after the last convolution, of a square of 40 cells


def surroundings_network(content: bytes) -> bytes:
    """Return the ONNX graph of the weights in `content`, bytes of an .npz.

    The arrays are `<layer>_kernel` (PyTorch's shape) and `<layer>_bias` of `conv0` to `conv3` and `head`. The input
    `input` is (n, 1, 40, 40) float32, the output `output` (n, numbers of a description) float32.

    Raises:
        ValueError, KeyError: not such weights.
    """
    with arrays_in(content) as arrays:
        weights = {name: arrays[name].astype(np.float32) for name in arrays.files}
    graph = Graph()
    maps: Value = "input"
    for number, (_, _, step, rim) in enumerate(LAYERS):
        constants = [graph.floats(weights[f"conv{number}_{name}"]) for name in ("kernel", "bias")]
        maps = graph.op("Relu", graph.op("Conv", maps, *constants, strides=[step] * 2, pads=[rim] * 4))
    head = [graph.floats(weights[f"head_{name}"]) for name in ("kernel", "bias")]
    numbers = graph.op("Gemm", graph.op("Flatten", maps), *head, transB=1)
    image = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["n", 1, "side", "side"])
    return graph.model("surroundings", [image], numbers, "output", len(weights["head_bias"]))
