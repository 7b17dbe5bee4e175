"""The widened middle of LEADER's bottlenecks: normalisation, four times the channels, GELU, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from models.graph import Graph, Value, Weights
from models.leader.algebra import EPSILON, widened

_STRAIGHT_ERROR = 1e-5  # of an output, root of the summed squares: what float32 loses anyway
_RANGE = 5.0  # standard deviations of a normalised channel that a byte covers, on either side
_BYTE, _WEIGHT = 127, 63  # steps on either side of zero: of a byte, and of a weight of seven bits

Widening = Callable[[Value], Value]  # adds the part from a band's channels to the widened ones after GELU


@dataclass(frozen=True, eq=False)
class Mlp:
    """What is done with each pixel's channels: gelu((normalised * gain + shift) @ expand + bias) @ reduce."""

    gain: Weights
    shift: Weights
    expand: Weights
    bias: Weights
    reduce: Weights

    def widened(self, width: int) -> Mlp:
        """Give it `width` outputs, those added being zero."""
        return replace(self, reduce=widened(self.reduce, width, 1))


def straightened(mlp: Mlp) -> tuple[Mlp, Weights]:
    """Replace hidden units that only use a straight piece of GELU; return the rest, and a bias to add to its output.

    Such a unit is its tangent. The tangent is wrong by half the curvature times the squared distance from the middle,
    and since normalised channels have zero mean and a variance of one, that squared distance is about the squared
    length of the unit's weights. Units with the smallest error are replaced until all of them together would change the
    outputs by _STRAIGHT_ERROR. All tangents together are one matrix of the rank of the outputs, which takes two units a
    rank, because gelu(x) - gelu(-x) = x.
    """
    middle = mlp.shift @ mlp.expand + mlp.bias
    slope, curvature = _gelu_derivatives(middle)
    spread = ((mlp.gain[:, None] * mlp.expand) ** 2).sum(axis=0)
    error = 0.5 * np.abs(curvature) * spread * np.linalg.norm(mlp.reduce, axis=1)
    order = np.argsort(error, kind="stable")
    straight = np.sqrt(np.cumsum(error[order] ** 2)) < _STRAIGHT_ERROR
    removed, remaining = order[straight], np.sort(order[~straight])
    constant = (_gelu(middle[removed]) + slope[removed] * (mlp.bias - middle)[removed]) @ mlp.reduce[removed]
    left, sizes, right = np.linalg.svd(
        (mlp.expand[:, removed] * slope[removed]) @ mlp.reduce[removed], full_matrices=False
    )
    rank = np.count_nonzero(sizes > 1e-9 * sizes[0])
    tangent = left[:, :rank] * sizes[:rank]
    expand = np.hstack([mlp.expand[:, remaining], tangent, -tangent])
    reduce = np.vstack([mlp.reduce[remaining], right[:rank], -right[:rank]])
    return replace(mlp, expand=expand, bias=np.append(mlp.bias[remaining], np.zeros(2 * rank)), reduce=reduce), constant


def _gelu(x: Weights) -> Weights:
    return np.asarray(0.5 * x * (1.0 + np.tanh(np.sqrt(2.0 / np.pi) * (x + 0.044715 * x**3))))


def _gelu_derivatives(x: Weights, step: float = 1e-4) -> tuple[Weights, Weights]:
    """Return the first and the second derivative, by central differences."""
    below, centre, above = _gelu(x - step), _gelu(x), _gelu(x + step)
    return (above - below) / (2.0 * step), (above - 2.0 * centre + below) / step**2


def add_mlp(graph: Graph, rows: Value, width: int, mlp: Mlp, bands: int, *, quantised: bool = False) -> Value:
    """Add `mlp` on the first channels of `rows`, `width` in all, in bands of their height.

    A band is what the processor's cache holds when it is widened.
    """
    widen = _in_bytes(graph, mlp) if quantised else _in_floats(graph, mlp)
    reduce = graph.floats(mlp.reduce)
    start, end = graph.integers([0]), graph.integers([len(mlp.gain)])
    outputs = []
    for band in graph.ops("Split", bands, rows, axis=1, num_outputs=bands):
        real = band if len(mlp.gain) == width else graph.sliced(band, start, end, 3)
        outputs.append(graph.op("MatMul", widen(real), reduce))
    return graph.concatenate(*outputs, axis=1)


def _in_floats(graph: Graph, mlp: Mlp) -> Widening:
    expand, bias = graph.floats(mlp.expand), graph.floats(mlp.bias)

    def widen(real: Value) -> Value:
        normal = graph.normalise(real, EPSILON, mlp.gain, mlp.shift)
        return graph.op("FastGelu", graph.op("MatMul", normal, expand), bias)

    return widen


def _in_bytes(graph: Graph, mlp: Mlp) -> Widening:
    """Widen in integers: a byte a normalised channel, and weights of seven bits with a step for each hidden unit.

    With eight, the sum of two products would not fit 16 bits, which processors without VNNI add in.
    """
    matrix, bias = mlp.gain[:, None] * mlp.expand, graph.floats(mlp.shift @ mlp.expand + mlp.bias)
    steps = np.abs(matrix).max(axis=0) / _WEIGHT
    weights, weight_steps = graph.constant(np.round(matrix / steps).astype(np.int8)), graph.floats(steps)
    step, zero = graph.floats(_RANGE / _BYTE), graph.constant(np.array(_BYTE + 1, dtype=np.uint8))
    unit_gain, zeros = np.ones(len(mlp.gain)), np.zeros(len(mlp.gain))

    def widen(real: Value) -> Value:
        quantised = graph.op("QuantizeLinear", graph.normalise(real, EPSILON, unit_gain, zeros), step, zero)
        return graph.gelu(graph.op("MatMulIntegerToFloat", quantised, weights, step, weight_steps, zero, "", bias))

    return widen
