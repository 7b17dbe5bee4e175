"""LEADER's rewritten layers do what the layers they replace do."""

from __future__ import annotations

import numpy as np
import pytest
from models_examples import leader_weights
from onnx import TensorProto, helper

from models.graph import Graph
from models.leader.algebra import EPSILON, before_doubling, separated, unit_norm_form
from models.leader.mlp import Mlp, add_mlp, straightened
from models.leader.weights import HEADS, read_weights
from models.session import ModelSession

RNG = np.random.default_rng(7)


def gelu(x: np.ndarray) -> np.ndarray:
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def normalised(x: np.ndarray) -> np.ndarray:
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + EPSILON)


def convolved(maps: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Convolve maps, shape (height, width, channels), by the definition, with zeros around them."""
    reach = kernel.shape[0] // 2
    padded = np.pad(maps, [(reach, reach), (reach, reach), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape[:2], axis=(0, 1))
    return np.einsum("yxcij,ijco->yxo", windows, kernel)


def test_a_kernel_after_doubling_has_a_form_before_it() -> None:
    maps, kernel = RNG.normal(size=(6, 4, 3)), RNG.normal(size=(5, 5, 3, 2))
    expected = convolved(maps.repeat(2, axis=0).repeat(2, axis=1), kernel)
    phases = before_doubling(kernel)
    for phase, (y, x) in enumerate(np.ndindex(2, 2)):
        np.testing.assert_allclose(convolved(maps, phases[:, :, :, phase]), expected[y::2, x::2], atol=1e-12)


def test_a_normalisation_is_a_division_by_the_norm() -> None:
    """Whatever the size of the numbers, so that epsilon is right too."""
    x = RNG.normal(size=(50, 4)) * np.geomspace(1e-3, 1e3, 50)[:, None]
    centring, further = unit_norm_form(4)
    vectors = np.column_stack([x @ centring, np.full(50, further)])
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    np.testing.assert_allclose(2.0 * unit[:, :4], normalised(x), atol=1e-12)


def test_the_blur_is_a_column_and_a_row() -> None:
    line = np.array([1.0, 4.0, 6.0, 4.0, 1.0]) / 16
    column, row = separated(np.outer(line, line)[:, :, None, None])
    np.testing.assert_allclose(column[:, 0, 0, 0], line)
    np.testing.assert_allclose(row[0, :, 0, 0], line)


@pytest.mark.parametrize("head", HEADS[:2])  # the third has none
def test_units_that_are_straight_are_replaced_without_a_trace(head: str) -> None:
    """Fewer hidden units give the same outputs, to float32's rounding."""
    weights = read_weights(leader_weights())
    (gain, shift), (expand, bias), (reduce, _) = (weights[f"{head}_{part}"] for part in ("ln", "exp", "red"))
    (adjust, _), (slim, _) = weights[f"{head}_adj"], weights[f"{head}_conv1"]
    mlp = Mlp(gain, shift, expand[0, 0], bias, (reduce[0, 0] @ adjust[0, 0] @ slim[0, 0]))
    fewer, constant = straightened(mlp)
    assert len(fewer.bias) < 0.8 * len(mlp.bias)
    z = normalised(RNG.normal(size=(1000, 52))) * gain + shift
    expected = gelu(z @ mlp.expand + mlp.bias) @ mlp.reduce
    np.testing.assert_allclose(gelu(z @ fewer.expand + fewer.bias) @ fewer.reduce + constant, expected, atol=1e-4)


def mlp_by_onnx(rows: np.ndarray, mlp: Mlp, *, quantised: bool) -> np.ndarray:
    """Run `add_mlp` by ONNX Runtime, on rows of shape (1, height, width, channels)."""
    graph = Graph()
    value = add_mlp(graph, "rows", rows.shape[3], mlp, 2, quantised=quantised)
    flat = graph.op("Reshape", value, graph.integers([-1, mlp.reduce.shape[1]]))
    inputs = [helper.make_tensor_value_info("rows", TensorProto.FLOAT, list(rows.shape))]
    model = graph.model("test", inputs, flat, "out", mlp.reduce.shape[1])
    return ModelSession.open("test", "", model, 1).run(rows=rows.astype(np.float32))[0]


@pytest.mark.parametrize(("quantised", "tolerance"), [(False, 1e-5), (True, 0.02)])
def test_the_middle_of_a_bottleneck_takes_the_first_channels(quantised: bool, tolerance: float) -> None:
    mlp = Mlp(RNG.uniform(0.1, 1, 5), RNG.normal(size=5), *(RNG.normal(size=size) / 3 for size in ((5, 9), 9, (9, 4))))
    rows = RNG.normal(size=(1, 4, 3, 8))
    z = normalised(rows[..., :5].reshape(-1, 5)) * mlp.gain + mlp.shift
    expected = gelu(z @ mlp.expand + mlp.bias) @ mlp.reduce
    np.testing.assert_allclose(mlp_by_onnx(rows, mlp, quantised=quantised), expected, atol=tolerance)
