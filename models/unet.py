"""The simple networks of R. Cappelli's package pyfing, as ONNX graphs made from his weights.

SNFOE estimates the orientation of ridges, SNFFE their period, and SNFEN redraws the ridges. All are U-Nets: five
levels of a convolution, ReLU and batch normalisation on the way down and as many on the way up, then two convolutions.
Source: R. Cappelli, pyfing, orientations.py, frequencies.py and enhancement.py (MIT).
"""

from __future__ import annotations

import io

import h5py
import numpy as np
from onnx import TensorProto, helper

from models.graph import Graph, Value, Weights

LEVELS = 5
_CONVOLUTIONS = 2 * LEVELS + 2
_EPSILON = 1e-3  # of Keras's batch normalisation
_MASK = 1  # the channel that SNFOE's head looks at again
_CHANNELS_OF_ENHANCEMENT = 5  # image, mask, sine, cosine, period: the only one whose output is a probability


def unet(content: bytes) -> bytes:
    """Return the ONNX graph of the weights in `content`, the bytes of SNFOE, SNFFE or SNFEN.weights.h5.

    Its input `input` is (1, channels, height, width) float32, with sides that are multiples of 32; its output `output`
    is (height * width, numbers) float32, row by row: the double angle's cosine and sine of SNFOE, ten times the period
    of SNFFE, and SNFEN's ridges from 0 to 1.

    Raises:
        ValueError: not such weights.
    """
    convolutions, normalisations = _read_weights(content)
    graph = Graph()
    maps: Value = "input"
    skipped = []
    for level in range(LEVELS):
        maps = _block(graph, maps, convolutions[level], normalisations[level])
        skipped.append(maps)
        maps = graph.halved(maps, "MaxPool")
    for level in range(LEVELS, 2 * LEVELS):
        maps = _block(graph, maps, convolutions[level], normalisations[level])
        maps = graph.concatenate(graph.doubled(maps), skipped.pop())
    channels = convolutions[0][0].shape[2]
    head = convolutions[2 * LEVELS]
    if head[0].shape[2] % 2:  # of SNFOE, to which the mask is shown again
        maps = graph.concatenate(maps, graph.sliced("input", graph.integers([_MASK]), graph.integers([_MASK + 1]), 1))
    maps = _block(graph, maps, head, normalisations[2 * LEVELS])
    maps = graph.convolve(maps, *convolutions[-1])
    if channels == _CHANNELS_OF_ENHANCEMENT:
        maps = graph.op("Sigmoid", maps)
    numbers = convolutions[-1][0].shape[3]
    rows = graph.op("Reshape", graph.rows(maps), graph.integers([-1, numbers]))
    image = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, channels, "height", "width"])
    return graph.model("unet", [image], rows, "output", numbers)


def _block(graph: Graph, maps: Value, convolution: list[Weights], normalisation: list[Weights]) -> Value:
    """Add a convolution, ReLU, and a batch normalisation, which is one multiplication and one addition."""
    gain, shift, mean, variance = normalisation
    scale = gain / np.sqrt(variance + _EPSILON)
    active = graph.op("Relu", graph.convolve(maps, *convolution))
    scaled = graph.op("Mul", active, graph.floats(scale[:, None, None]))
    return graph.op("Add", scaled, graph.floats((shift - mean * scale)[:, None, None]))


def _read_weights(content: bytes) -> tuple[list[list[Weights]], list[list[Weights]]]:
    """Return kernel and bias of each convolution, and gain, shift, mean and variance of each normalisation."""
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            return (
                [_layer(file, "conv2d", i, 2) for i in range(_CONVOLUTIONS)],
                [_layer(file, "batch_normalization", i, 4) for i in range(_CONVOLUTIONS - 1)],
            )
    except (OSError, KeyError) as error:
        raise ValueError(f"not the weights of SNFOE, SNFFE or SNFEN: {error}") from error


def _layer(file: h5py.File, kind: str, number: int, arrays: int) -> list[Weights]:
    values = file["layers"][kind if number == 0 else f"{kind}_{number}"]["vars"]
    return [np.asarray(values[str(i)], dtype=np.float64) for i in range(arrays)]
