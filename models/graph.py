"""Write an ONNX graph down, node by node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike, NDArray
from onnx import TensorProto, helper, numpy_helper

Weights = NDArray[np.float64]
Value = str  # the name of a tensor in the graph

_OPSET = 20  # the first with Gelu
_IR_VERSION = 9  # of ONNX 1.15, which brought that opset
_MICROSOFT = "com.microsoft"  # ONNX Runtime's own operators
_OWN = frozenset({"FastGelu", "MatMulIntegerToFloat"})


class Graph:
    """Nodes and constants in the order in which they were added; every method that adds one returns its output.

    Values are maps of shape (1, channels, height, width), or rows of shape (1, height, width, channels) where a method
    says so. Kernels have Keras's shape: (height, width, channels in, channels out).
    """

    def __init__(self) -> None:
        """Start an empty graph."""
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def floats(self, values: ArrayLike) -> Value:
        """Add a float32 constant."""
        return self.constant(np.asarray(values, dtype=np.float32))

    def integers(self, values: ArrayLike) -> Value:
        """Add an int64 constant."""
        return self.constant(np.asarray(values, dtype=np.int64))

    def constant(self, values: NDArray[np.generic]) -> Value:
        """Add a constant of the array's own type."""
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def op(self, operator: str, *inputs: Value, **attributes: Any) -> Value:
        """Add a node with one output; an absent optional input is ''."""
        return self.ops(operator, 1, *inputs, **attributes)[0]

    def ops(self, operator: str, outputs: int, *inputs: Value, **attributes: Any) -> list[Value]:
        """Add a node with several outputs."""
        names = [f"{operator}_{len(self._nodes)}_{i}" for i in range(outputs)]
        domain = _MICROSOFT if operator in _OWN else ""
        self._nodes.append(helper.make_node(operator, inputs, names, domain=domain, **attributes))
        return names

    def convolve(
        self, maps: Value, kernel: Weights, bias: Weights | None = None, *, dilation: int = 1, rows_padded: bool = True
    ) -> Value:
        """Add a convolution that keeps the size, or loses the rows at the edges that are not `rows_padded`."""
        sides = [side // 2 * dilation for side in kernel.shape[:2]]
        rows, columns = sides if rows_padded else [0, sides[1]]
        constants = [self.floats(kernel.transpose(3, 2, 0, 1))] + ([] if bias is None else [self.floats(bias)])
        return self.op("Conv", maps, *constants, pads=[rows, columns] * 2, dilations=[dilation] * 2)

    def mix(self, maps: Value, matrix: Weights, bias: Weights | None = None) -> Value:
        """Add a convolution of one pixel: `matrix` has the shape (channels in, channels out)."""
        return self.convolve(maps, matrix[None, None], bias)

    def depthwise(self, maps: Value, kernel: Weights) -> Value:
        """Add a depthwise convolution; `kernel` has the shape (height, width, channels, 1)."""
        height, width, channels, _ = kernel.shape
        pads = [height // 2, width // 2] * 2
        return self.op("Conv", maps, self.floats(kernel.transpose(2, 3, 0, 1)), group=channels, pads=pads)

    def gelu(self, values: Value) -> Value:
        """Add GELU in its tanh form."""
        return self.op("Gelu", values, approximate="tanh")

    def normalise(self, rows: Value, epsilon: float, gain: Weights, bias: Weights) -> Value:
        """Add a layer normalisation over the last axis."""
        return self.op("LayerNormalization", rows, self.floats(gain), self.floats(bias), axis=-1, epsilon=epsilon)

    def rows(self, maps: Value) -> Value:
        """Put the channels last."""
        return self.op("Transpose", maps, perm=[0, 2, 3, 1])

    def maps(self, rows: Value) -> Value:
        """Put the channels second."""
        return self.op("Transpose", rows, perm=[0, 3, 1, 2])

    def concatenate(self, *values: Value, axis: int = 1) -> Value:
        """Join values along an axis."""
        return self.op("Concat", *values, axis=axis)

    def sliced(self, values: Value, start: Value, end: Value, axis: int) -> Value:
        """Take values from `start` to before `end` of an axis; both are int64 of shape (1,)."""
        return self.op("Slice", values, start, end, self.integers([axis]))

    def split(self, values: Value, sizes: Sequence[int], axis: int) -> list[Value]:
        """Cut an axis into parts of these sizes."""
        return self.ops("Split", len(sizes), values, self.integers(sizes), axis=axis)

    def halved(self, maps: Value, pool: str) -> Value:
        """Add a pooling of two by two pixels: MaxPool or AveragePool."""
        return self.op(pool, maps, kernel_shape=[2, 2], strides=[2, 2])

    def doubled(self, maps: Value) -> Value:
        """Repeat every pixel two by two times."""
        return self.op(
            "Resize",
            maps,
            "",
            self.floats([1, 1, 2, 2]),
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )

    def model(self, name: str, inputs: Sequence[onnx.ValueInfoProto], output: Value, result: str, width: int) -> bytes:
        """Return the ONNX file; its output `result` is the float value `output`, shape (any, width)."""
        nodes = [*self._nodes, helper.make_node("Identity", [output], [result])]
        results = [helper.make_tensor_value_info(result, TensorProto.FLOAT, ["any", width])]
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
        graph = helper.make_graph(nodes, name, list(inputs), results, self._constants)
        model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)
        content: bytes = model.SerializeToString(deterministic=True)
        return content
