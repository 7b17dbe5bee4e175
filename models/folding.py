"""Turn a block-quantised ONNX file into one with plain float weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from numpy.typing import NDArray
from onnx import numpy_helper


def fold(source: bytes, *, free_size: bool = False) -> bytes:
    """Fold constant DequantizeLinear nodes, and the Reshape after them, into float32 initialisers.

    Graph inputs that merely list weights are dropped: they hide from ONNX Runtime that the weights are constant. With
    `free_size` the height and width of every 4-D input become free.
    Source: ONNX operators, DequantizeLinear-21 (blocked dequantisation: one scale for `block_size` values of an axis).

    Raises:
        ValueError: not an ONNX model.
    """
    try:
        model = onnx.load_model_from_string(source)
    except DecodeError as error:
        raise ValueError("not an ONNX model") from error
    graph = model.graph
    _fold_constants(graph)
    _drop_weight_inputs(graph)
    if free_size:
        _free_size(graph)
    folded: bytes = model.SerializeToString(deterministic=True)
    return folded


def _fold_constants(graph: onnx.GraphProto) -> None:
    constants = {tensor.name: tensor for tensor in graph.initializer}
    folded: dict[str, NDArray[np.float32]] = {}
    remaining = []
    for node in graph.node:
        if node.op_type == "DequantizeLinear" and all(name in constants for name in node.input):
            folded[node.output[0]] = _dequantise(node, [numpy_helper.to_array(constants[name]) for name in node.input])
        elif node.op_type == "Reshape" and node.input[0] in folded and node.input[1] in constants:
            shape = numpy_helper.to_array(constants[node.input[1]])
            folded[node.output[0]] = folded[node.input[0]].reshape(shape)
        else:
            remaining.append(node)
    del graph.node[:]
    graph.node.extend(remaining)
    del graph.value_info[:]  # shapes of values that are gone
    _set_initialisers(graph, constants, folded)


def _set_initialisers(
    graph: onnx.GraphProto, constants: dict[str, onnx.TensorProto], folded: dict[str, NDArray[np.float32]]
) -> None:
    """Keep only the constants that some node still reads."""
    read = {name for node in graph.node for name in node.input} | {output.name for output in graph.output}
    del graph.initializer[:]
    graph.initializer.extend(tensor for name, tensor in constants.items() if name in read)
    graph.initializer.extend(numpy_helper.from_array(values, name) for name, values in folded.items() if name in read)


def _dequantise(node: onnx.NodeProto, inputs: list[NDArray[Any]]) -> NDArray[np.float32]:
    """Return (quantised - zero point) * scale, for one scale a tensor, a slice of the axis, or a block of it."""
    attributes = {attribute.name: attribute.i for attribute in node.attribute}
    axis, block = attributes.get("axis", 1), attributes.get("block_size", 0)
    quantised, *per_block = inputs
    scale, *zero_point = (_spread(values, quantised.shape, axis, block) for values in per_block)
    offset = zero_point[0].astype(np.float32) if zero_point else np.float32(0)
    return np.asarray((quantised.astype(np.float32) - offset) * scale, dtype=np.float32)


def _spread(values: NDArray[Any], shape: tuple[int, ...], axis: int, block: int) -> NDArray[Any]:
    """Give `values` a shape that broadcasts to `shape`."""
    if block:
        return np.repeat(values, block, axis=axis).take(np.arange(shape[axis]), axis=axis)
    if values.size > 1:
        return values.reshape([-1 if i == axis % len(shape) else 1 for i in range(len(shape))])
    return values


def _drop_weight_inputs(graph: onnx.GraphProto) -> None:
    """Drop inputs that are initialisers, or that no node reads."""
    read = {name for node in graph.node for name in node.input}
    weights = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name in read and value.name not in weights]
    del graph.input[:]
    graph.input.extend(inputs)


def _free_size(graph: onnx.GraphProto) -> None:
    for value in graph.input:
        dimensions = value.type.tensor_type.shape.dim
        if len(dimensions) == 4:
            dimensions[2].dim_param, dimensions[3].dim_param = "height", "width"
    for output in graph.output:
        output.type.tensor_type.ClearField("shape")
