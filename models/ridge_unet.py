"""The network that sees the ridges of latents, as an ONNX graph made from our own weights.

A U-Net (Ronneberger and others, MICCAI 2015): levels of two convolutions of 3 x 3 and ReLU on the way down and as many
on the way up, the maps of the way down shown again, then a mixing of the channels.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from onnx import TensorProto, helper

from models.arrays import arrays_in
from models.graph import Graph, Value, Weights

CHANNELS = 2  # of the input: the image with its contrast evened out, and as it is
OUTPUTS = 2  # logits: of a ridge (against a valley), and of a print
WIDTHS = (24, 48, 96, 128, 128)  # channels of each level
LEVELS = len(WIDTHS)
MULTIPLE = 2 ** (LEVELS - 1)  # pixels: of the sides of an image


def ridge_unet(content: bytes) -> bytes:
    """Return the ONNX graph of the weights in `content`, bytes of an .npz of `<block>_<kernel or bias>`.

    A block is `down<level>_<number>`, `up<level>_<number>` or `head`; kernels have Keras's shape, normalisations are
    part of them. Its input `input` is (1, CHANNELS, height, width) float32, with sides that are multiples of MULTIPLE;
    its output `output` is (height * width, OUTPUTS) float32, row by row.

    Raises:
        ValueError, KeyError: not such weights.
    """
    with arrays_in(content) as arrays:
        weights = {name: arrays[name].astype(np.float64) for name in arrays.files}
    graph = Graph()
    maps: Value = "input"
    skipped = []
    for level in range(LEVELS):
        maps = _block(graph, maps, weights, f"down{level}")
        if level < LEVELS - 1:
            skipped.append(maps)
            maps = graph.halved(maps, "MaxPool")
    for level in reversed(range(LEVELS - 1)):
        maps = _block(graph, graph.concatenate(graph.doubled(maps), skipped.pop()), weights, f"up{level}")
    maps = graph.convolve(maps, weights["head_kernel"], weights["head_bias"])
    rows = graph.op("Reshape", graph.rows(maps), graph.integers([-1, OUTPUTS]))
    image = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, CHANNELS, "height", "width"])
    return graph.model("ridge_unet", [image], rows, "output", OUTPUTS)


def _block(graph: Graph, maps: Value, weights: Mapping[str, Weights], name: str) -> Value:
    for number in range(2):
        kernel, bias = weights[f"{name}_{number}_kernel"], weights[f"{name}_{number}_bias"]
        maps = graph.op("Relu", graph.convolve(maps, kernel, bias))
    return maps
