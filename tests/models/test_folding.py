"""Folding changes how a model is written down, never what it computes."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from models.folding import fold

RNG = np.random.default_rng(20)


def quantised_model(
    shape: tuple[int, ...], scale: np.ndarray, zero: np.ndarray | None, **attributes: int
) -> onnx.ModelProto:
    """Return x + dequantised weights, with the weights listed as a graph input as older exporters do."""
    weights = RNG.integers(-128, 127, shape, dtype=np.int8)
    parts = {"q": weights, "s": scale.astype(np.float32)} | ({} if zero is None else {"z": zero.astype(np.int8)})
    nodes = [
        helper.make_node("DequantizeLinear", list(parts), ["w"], **attributes),
        helper.make_node("Reshape", ["w", "shape"], ["flat"]),
        helper.make_node("Add", ["x", "flat"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [weights.size])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [weights.size])],
        [
            *(numpy_helper.from_array(values, name) for name, values in parts.items()),
            numpy_helper.from_array(np.array([-1], dtype=np.int64), "shape"),
        ],
    )
    graph.input.append(helper.make_tensor_value_info("w", TensorProto.FLOAT, list(shape)))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)])


@pytest.mark.parametrize(
    ("shape", "scale", "zero", "attributes"),
    [
        ((4, 6), RNG.random((4, 2)), RNG.integers(-9, 9, (4, 2)), {"axis": 1, "block_size": 3}),
        ((6, 4), RNG.random((2, 4)), RNG.integers(-9, 9, (2, 4)), {"axis": 0, "block_size": 3}),
        ((4, 6), RNG.random((4, 2)), None, {"axis": -1, "block_size": 3}),
        ((4, 6), RNG.random(6), RNG.integers(-9, 9, 6), {}),
        ((4, 6), RNG.random(4), RNG.integers(-9, 9, 4), {"axis": 0}),
        ((4, 6), np.array(0.5), np.array(3), {}),
    ],
    ids=["blocks of columns", "blocks of rows", "no zero point", "a scale a column", "a scale a row", "one scale"],
)
def test_folded_weights_equal_the_operators(
    shape: tuple[int, ...], scale: np.ndarray, zero: np.ndarray | None, attributes: dict[str, int]
) -> None:
    model = quantised_model(shape, scale, zero, **attributes)
    zeros = np.zeros(shape, dtype=np.float32)
    expected = ReferenceEvaluator(model).run(None, {"x": zeros.ravel()})[0]
    folded = onnx.load_model_from_string(fold(model.SerializeToString()))
    assert [node.op_type for node in folded.graph.node] == ["Add"]
    assert [value.name for value in folded.graph.input] == ["x"]
    np.testing.assert_allclose(ReferenceEvaluator(folded).run(None, {"x": zeros.ravel()})[0], expected, rtol=1e-6)


def test_a_computed_dequantisation_stays() -> None:
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [3])],
        [
            numpy_helper.from_array(np.float32(0.5).reshape(()), "s"),
            numpy_helper.from_array(np.int8(0).reshape(()), "z"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)])
    folded = onnx.load_model_from_string(fold(model.SerializeToString()))
    assert [node.op_type for node in folded.graph.node] == ["QuantizeLinear", "DequantizeLinear"]


def test_a_file_that_is_no_model_is_refused() -> None:
    with pytest.raises(ValueError, match="not an ONNX model"):
        fold(b"\xff\xff not a model")
