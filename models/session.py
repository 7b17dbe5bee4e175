"""An opened model: the only place where ONNX Runtime is used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as refusals

from biometrics.kernel.errors import ModelMismatch

_FATAL_ONLY = 4  # ONNX Runtime's log severity: errors are raised, so it need not log them as well
_REFUSALS = (  # they share no base class; a wrong input name is a ValueError
    refusals.Fail,
    refusals.InvalidArgument,
    refusals.InvalidGraph,
    refusals.InvalidProtobuf,
    refusals.NotImplemented,
    refusals.RuntimeException,
    ValueError,
)


@dataclass(frozen=True)
class ModelSession:
    """A model ready to run, safe to share between threads.

    `sha256` is that of the source file named by the manifest: the identity stamped on templates. `inputs` are the names
    of the tensors that `run` takes.
    """

    name: str
    sha256: str
    inputs: tuple[str, ...]
    _runtime: Any = field(repr=False)

    @classmethod
    def open(cls, name: str, sha256: str, model: bytes, threads: int) -> ModelSession:
        """Open the ONNX model in `model` on the CPU, with `threads` threads for one run.

        Raises:
            ModelMismatch: not an ONNX model that ONNX Runtime can run.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _FATAL_ONLY
        try:
            runtime = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except _REFUSALS as error:
            raise ModelMismatch(f"The model {name} cannot be opened: {error}. Check its file and manifest.") from error
        return cls(name, sha256, tuple(value.name for value in runtime.get_inputs()), runtime)

    def run(self, **feeds: NDArray[np.generic]) -> list[NDArray[np.float32]]:
        """Run the model on its named inputs; return its outputs in the model's order.

        Raises:
            ModelMismatch: the model takes other names, types or shapes.
        """
        try:
            outputs: list[NDArray[np.float32]] = self._runtime.run(None, feeds)
        except _REFUSALS as error:
            raise ModelMismatch(f"The model {self.name} does not accept its input: {error}.") from error
        return outputs
