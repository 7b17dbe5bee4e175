"""A detector of presentation attacks for tests: it takes what is bluer than 128 for an attack."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def blueness(folder: Path, attacks: str = "[0]", outputs: int = 3) -> Path:
    """Write the model, and return the operator's manifest that names it.

    Its first logit is the mean of the first channel of its input, the others are 0.
    """
    weights = np.zeros((3, outputs), dtype=np.float32)
    weights[0, 0] = 1.0
    nodes = [
        helper.make_node("GlobalAveragePool", ["x"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["means"]),
        helper.make_node("MatMul", ["means", "weights"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "blueness",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 80, 80])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, outputs])],
        [numpy_helper.from_array(weights, "weights")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    model: bytes = made.SerializeToString()
    onnx.checker.check_model(model)
    (folder / "own.onnx").write_bytes(model)
    manifest = folder / "own.toml"
    manifest.write_text(
        f'[pad]\npurpose = "test"\npath = "own.onnx"\nsha256 = "{hashlib.sha256(model).hexdigest()}"\nlicence = "own"\n'
        f'source = "own"\ninput = "x"\n[pad.attack]\nattacks = {attacks}\nmean = 128\nscale = 0.1\n',
        encoding="utf-8",
    )
    return manifest
