"""An opened model: the only place where ONNX Runtime is used."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
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

    `sha256` is that of the source file named by the manifest: the identity stamped on templates.
    """

    name: str
    sha256: str
    _open: Callable[[], Any] = field(repr=False)
    _opening: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @classmethod
    def open(cls, name: str, sha256: str, model: bytes, threads: int) -> ModelSession:
        """Open the ONNX model in `model` on the CPU, with `threads` threads for one run.

        Raises:
            ModelMismatch: not an ONNX model that ONNX Runtime can run.
        """
        runtime = _opened(name, model, threads)
        return cls(name, sha256, lambda: runtime)

    @classmethod
    def deferred(cls, name: str, sha256: str, model: Callable[[], bytes], threads: int) -> ModelSession:
        """Return a session that makes and opens its ONNX model at its first run, which many stations never need."""
        return cls(name, sha256, lambda: _opened(name, model(), threads))

    @cached_property
    def _opened_once(self) -> Any:
        return self._open()

    @property
    def _runtime(self) -> Any:
        with self._opening:
            return self._opened_once

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the tensors that `run` takes."""
        return tuple(value.name for value in self._runtime.get_inputs())

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


def _opened(name: str, model: bytes, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _FATAL_ONLY
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except _REFUSALS as error:
        raise ModelMismatch(f"The model {name} cannot be opened: {error}. Check its file and manifest.") from error
