"""LEADER's three heads: where minutiae are, and, only there, their direction and type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from onnx import TensorProto

from models.graph import Graph, Value, Weights
from models.leader.algebra import EPSILON, Maps, before_doubling, separated, unit_norm_form, widened
from models.leader.mlp import Mlp, add_mlp, straightened
from models.leader.weights import Layer

Layers = Mapping[str, Layer]

_SLIM = 4  # channels in which a head ends
_POSITION, _DIRECTION, _TYPE = "head_0", "head_1", "head_2"
_PATCH = 9  # pixels of the features: what a head sees around a minutia, 7 x 7 around each of the 3 x 3 next to it
_NEAR = 3


def _matrices(weights: Layers, features: Maps, head: str) -> tuple[Mlp, Weights, Weights]:
    """Return what a head does with its normalised surroundings, and matrix and bias for the features themselves.

    The author's layers are widening and back, mixing, doubling and mixing again. There is no nonlinearity between the
    last three, and doubling treats each pixel separately.
    """
    gain, shift = weights[f"{head}_ln"]
    (expand, bias), (reduce, reduce_bias), (adjust, adjust_bias), (slim, slim_bias) = (
        (matrix[0, 0], bias) for matrix, bias in (weights[f"{head}_{part}"] for part in ("exp", "red", "adj", "conv1"))
    )
    order = features.order
    mlp = Mlp(gain[order], shift[order], expand[order], bias, reduce @ adjust @ slim)
    return mlp, features.reordered(adjust @ slim, 0), (reduce_bias @ adjust + adjust_bias) @ slim + slim_bias


def _last(weights: Layers, head: str) -> tuple[Weights, Weights]:
    """Return matrix and bias of a head's last mixing, with gain and shift of the normalisation before it in them."""
    (gain, shift), (matrix, bias) = weights[f"{head}_conv1_ln"], weights[f"{head}_conv2"]
    return gain[:, None] * matrix[0, 0], shift @ matrix[0, 0] + bias


def quality_map(graph: Graph, weights: Layers, features: Maps, bands: int, peak: int) -> Value:
    """Add the head that finds positions: quality where a minutia is, else zero, shape (height, width) of the image.

    A minutia is the maximum of a square of `peak` pixels.
    """
    (kernel,) = weights[f"{_POSITION}_depthwise"]
    mlp, residual, bias = _matrices(weights, features, _POSITION)
    centring, further = unit_norm_form(_SLIM)
    mlp, constant = straightened(replace(mlp, reduce=mlp.reduce @ centring))
    around = graph.rows(graph.depthwise(features.value, features.reordered(kernel, 2)))
    itself = graph.mix(
        features.value, widened(residual @ centring, _SLIM + 1, 1), np.append(bias @ centring + constant, further)
    )
    slim = graph.op("Add", graph.rows(itself), add_mlp(graph, around, features.width, mlp.widened(_SLIM + 1), bands))
    matrix, bias = _last(weights, _POSITION)
    normal = graph.maps(graph.op("LpNormalization", slim, axis=-1, p=2))
    last = graph.gelu(graph.mix(normal, widened(matrix * np.sqrt(_SLIM), _SLIM + 1, 0), bias))
    kernel, bias = weights[f"{_POSITION}_out"]
    likeness = graph.op("Sigmoid", graph.convolve(last, before_doubling(kernel)[..., 0], np.repeat(bias, 4)))
    return _peaks(graph, graph.op("DepthToSpace", likeness, blocksize=2), weights["blur"][0], peak)


def _peaks(graph: Graph, likeness: Value, blur: Weights, peak: int) -> Value:
    """Smooth the likeness of being a minutia, and keep its local maxima."""
    column, row = separated(blur)
    smooth = graph.convolve(graph.convolve(likeness, column), row)
    reach = peak // 2
    highest = graph.op("MaxPool", smooth, kernel_shape=[peak, 1], pads=[reach, 0, reach, 0])
    highest = graph.op("MaxPool", highest, kernel_shape=[1, peak], pads=[0, reach, 0, reach])
    is_highest = graph.op("Cast", graph.op("Equal", smooth, highest), to=TensorProto.FLOAT)
    return graph.op("Squeeze", graph.op("Mul", smooth, is_highest), graph.integers([0, 1]))


def reliable_minutiae(graph: Graph, weights: Layers, features: Maps, quality: Value, min_quality: Value) -> Value:
    """Add the minutiae of at least `min_quality`: y, x, direction's cosine and sine, type's logit, quality; (n, 6)."""
    at = graph.op("Transpose", graph.op("NonZero", graph.op("GreaterOrEqual", quality, min_quality)), perm=[1, 0])
    two = graph.integers(2)
    half = graph.op("Div", at, two)
    patches, in_image = _patches(graph, features, half)
    around = _around(graph, weights, features, patches)
    slim = graph.op("Mul", _slim(graph, weights, features, around), in_image)
    odd = graph.op("MatMul", graph.op("Cast", graph.op("Mod", at, two), to=TensorProto.FLOAT), graph.floats([[2], [1]]))
    ends = _ends(graph, weights, slim, odd)
    position = graph.op("Cast", at, to=TensorProto.FLOAT)
    value = graph.op("Unsqueeze", graph.op("GatherND", quality, at), graph.integers([1]))
    return graph.concatenate(position, ends, value, axis=1)


def _patches(graph: Graph, features: Maps, half: Value) -> tuple[Value, Value]:
    """Return the 9 x 9 features around each minutia, and which of the 3 x 3 next to it lie in the image.

    Shapes (n, 81, channels), zero outside, and (9 n, 1), 1 or 0.
    """
    size = graph.sliced(graph.op("Shape", features.value), graph.integers([2]), graph.integers([4]), 0)
    reach = _PATCH // 2
    steps = np.array(list(np.ndindex(_PATCH, _PATCH))).reshape(1, -1, 2) - reach
    at = graph.op("Add", graph.op("Unsqueeze", half, graph.integers([1])), graph.integers(steps))
    nearest = graph.op("Max", graph.op("Min", at, graph.op("Sub", size, graph.integers([1]))), graph.integers([0]))
    same = graph.op("Cast", graph.op("Equal", at, nearest), to=TensorProto.FLOAT)
    in_image = graph.op("ReduceMin", same, graph.integers([2]), keepdims=1)
    y, x = graph.split(nearest, [1, 1], 2)
    width = graph.sliced(size, graph.integers([1]), graph.integers([2]), 0)
    pixel = graph.op("Squeeze", graph.op("Add", graph.op("Mul", y, width), x), graph.integers([2]))
    pixels = graph.op("Reshape", graph.rows(features.value), graph.integers([-1, features.width]))
    near = np.arange(_PATCH**2).reshape(_PATCH, _PATCH)[reach - 1 : reach + 2, reach - 1 : reach + 2].ravel()
    return (
        graph.op("Mul", graph.op("Gather", pixels, pixel), in_image),
        graph.op("Reshape", graph.op("Gather", in_image, graph.integers(near), axis=1), graph.integers([-1, 1])),
    )


def _around(graph: Graph, weights: Layers, features: Maps, patches: Value) -> Sequence[Value]:
    """Return, at the 3 x 3 next to each minutia, the two heads' depthwise convolutions and the features themselves.

    Shapes (2, 9 n, channels) and (1, 9 n, channels). For each channel all of it is one matrix from the 81 pixels of
    a patch.
    """
    width, size = features.width, _PATCH - _NEAR + 1
    kernels = [features.reordered(weights[f"{head}_depthwise"][0], 2)[..., 0] for head in (_DIRECTION, _TYPE)]
    itself = np.zeros((size, size, width))
    itself[size // 2, size // 2] = 1.0
    taps = np.zeros((width, 3, _NEAR, _NEAR, _PATCH, _PATCH))
    for (k, kernel), (y, x) in (
        (pair, at) for pair in enumerate([*kernels, itself]) for at in np.ndindex(_NEAR, _NEAR)
    ):
        taps[:, k, y, x, y : y + size, x : x + size] = kernel.transpose(2, 0, 1)
    matrices = graph.floats(taps.reshape(width, 3 * _NEAR**2, _PATCH**2).transpose(0, 2, 1))
    values = graph.op("MatMul", graph.op("Transpose", patches, perm=[2, 0, 1]), matrices)
    values = graph.op("Reshape", values, graph.integers([width, -1, 3, _NEAR**2]))
    values = graph.op("Transpose", values, perm=[2, 1, 3, 0])
    return graph.split(graph.op("Reshape", values, graph.integers([3, -1, width])), [2, 1], 0)


def _slim(graph: Graph, weights: Layers, features: Maps, around: Sequence[Value]) -> Value:
    """Return the last channels of the two heads at the 3 x 3 next to each minutia, shape (2, 9 n, 4)."""
    convolved, itself = around
    parts = [_matrices(weights, features, head) for head in (_DIRECTION, _TYPE)]
    lasts = [_last(weights, head) for head in (_DIRECTION, _TYPE)]

    def of_heads(values: Sequence[Weights]) -> Value:
        """Stack a matrix or a vector a head."""
        return graph.floats(np.stack([np.atleast_2d(value) for value in values]))

    real = graph.sliced(convolved, graph.integers([0]), graph.integers([len(features.order)]), 2)
    normal = _normalised(graph, real, len(features.order))
    wide = graph.op("MatMul", normal, of_heads([mlp.gain[:, None] * mlp.expand for mlp, _, _ in parts]))
    wide = graph.gelu(graph.op("Add", wide, of_heads([mlp.shift @ mlp.expand + mlp.bias for mlp, _, _ in parts])))
    residual = graph.op("MatMul", itself, of_heads([matrix for _, matrix, _ in parts]))
    slim = graph.op("Add", graph.op("MatMul", wide, of_heads([mlp.reduce for mlp, _, _ in parts])), residual)
    slim = _normalised(graph, graph.op("Add", slim, of_heads([bias for _, _, bias in parts])), _SLIM)
    slim = graph.op("MatMul", slim, of_heads([matrix for matrix, _ in lasts]))
    return graph.gelu(graph.op("Add", slim, of_heads([bias for _, bias in lasts])))


def _normalised(graph: Graph, rows: Value, width: int) -> Value:
    return graph.normalise(rows, EPSILON, np.ones(width), np.zeros(width))


def _ends(graph: Graph, weights: Layers, slim: Value, phase: Value) -> Value:
    """Return the direction's cosine and sine and the type's logit, shape (n, 3).

    Each head's last kernel has a form for each of the four pixels that a pixel of half the size becomes; `phase` (n, 1)
    says which of them the minutia is.
    """
    (direction, direction_bias), (kind, kind_bias) = weights[f"{_DIRECTION}_out"], weights[f"{_TYPE}_out"]
    kernels = np.zeros((2, _NEAR**2 * _SLIM, 4, 3))
    kernels[0, ..., :2] = before_doubling(direction).reshape(-1, 4, 2)
    kernels[1, ..., 2:] = before_doubling(kind).reshape(-1, 4, 1)
    flat = graph.op("Reshape", slim, graph.integers([2, -1, _NEAR**2 * _SLIM]))
    every = graph.op("MatMul", flat, graph.floats(kernels.reshape(2, -1, 12)))
    every = graph.op("ReduceSum", every, graph.integers([0]), keepdims=0)
    every = graph.op("Reshape", every, graph.integers([-1, 4, 3]))
    chosen = graph.op("Cast", graph.op("Equal", phase, graph.floats([[0, 1, 2, 3]])), to=TensorProto.FLOAT)
    chosen = graph.op("MatMul", graph.op("Unsqueeze", chosen, graph.integers([1])), every)
    ends = graph.op("Squeeze", chosen, graph.integers([1]))
    return graph.op("Add", ends, graph.floats(np.append(direction_bias, kind_bias)))
