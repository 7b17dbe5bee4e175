"""What models, NFIQ 2 and the generator of prints gave, kept on disk for all tests, their servers and later runs.

They give the same output for the same input, and running them takes a quarter of the time of all tests. An output is
kept under the digest of the model, or the code, and of the input, so that it can never be that of another one.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any, TypeVar

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from fingerprint.nfiq2 import NO_PRINT, Nfiq2, Nfiq2Quality
from models.registry import ModelRegistry
from models.session import ModelSession

FOLDER = Path(tempfile.gettempdir()) / f"pehchan-test-outputs-{os.getuid()}"
_LARGEST = 4 << 20  # bytes that are kept of one output

Feeds = Mapping[str, NDArray[np.generic]]
Output = TypeVar("Output")


@contextmanager
def kept(wanted: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Use kept outputs as long as `wanted` says so."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(onnxruntime, "InferenceSession", _sessions(onnxruntime.InferenceSession, wanted))
        patched.setattr(Nfiq2, "measure", _measured(Nfiq2.measure, wanted))
        patched.setattr(ModelRegistry, "open_session", _opened_once(ModelRegistry.open_session, wanted))
        yield


class _KeptSession:
    """An ONNX Runtime session that is opened when an output is not known yet."""

    def __init__(self, opening: Callable[[], Any], digest: str, wanted: Callable[[], bool]) -> None:
        self._opening = opening
        self._digest = digest
        self._wanted = wanted
        self._opened: Any = None
        self._lock = Lock()
        self._inputs = once(f"{digest}-inputs", lambda: [value.name for value in self._session().get_inputs()])

    def get_inputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name=name) for name in self._inputs]

    def run(self, outputs: None, feeds: Feeds) -> Any:
        if not self._wanted():
            return self._session().run(outputs, feeds)
        return once(f"{self._digest}-{_digest_of(feeds)}", lambda: self._session().run(outputs, feeds))

    def _session(self) -> Any:
        with self._lock:
            if self._opened is None:
                self._opened = self._opening()
            return self._opened


def _opened_once(original: Callable[..., ModelSession], wanted: Callable[[], bool]) -> Callable[..., ModelSession]:
    """Read and verify each model file once in a process, as long as the file stays the same: it takes half a second."""
    opened: dict[tuple[object, ...], ModelSession] = {}

    def open_session(self: ModelRegistry, name: str, *, deferred: bool = False) -> ModelSession:
        if not wanted():
            return original(self, name, deferred=deferred)
        path = self.locate(name)
        state = path.stat()
        key = (path, state.st_mtime_ns, state.st_size, repr(self.entry(name)), self.folder, self._threads)
        if key not in opened:
            opened[key] = original(self, name, deferred=deferred)
        return opened[key]

    return open_session


def _sessions(original: Callable[..., Any], wanted: Callable[[], bool]) -> Callable[..., Any]:
    """Open each model once in a process, and only if one of its outputs is not known."""
    opened: dict[tuple[str, int], _KeptSession] = {}

    def open_session(model: bytes, options: onnxruntime.SessionOptions, providers: list[str]) -> Any:
        if not wanted():
            return original(model, options, providers=providers)
        content = hashlib.blake2b(model, digest_size=32)
        content.update(onnxruntime.__version__.encode())
        digest = content.hexdigest()
        key = (digest, options.intra_op_num_threads)
        if key not in opened:
            opened[key] = _KeptSession(lambda: original(model, options, providers=providers), digest, wanted)
        return opened[key]

    return open_session


def _measured(
    original: Callable[[Nfiq2, NDArray[np.uint8]], Nfiq2Quality], wanted: Callable[[], bool]
) -> Callable[[Nfiq2, NDArray[np.uint8]], Nfiq2Quality]:
    common = Nfiq2()  # one process measures for all stations of this process
    release = version("nbis-python")

    def measure(self: Nfiq2, pixels: NDArray[np.uint8]) -> Nfiq2Quality:
        if not wanted():
            return original(self, pixels)
        name = f"nfiq2-{release}-{_digest_of({'pixels': pixels})}"
        return once(name, lambda: original(common, pixels), is_final=lambda quality: quality is not NO_PRINT)

    return measure


def _digest_of(feeds: Feeds) -> str:
    digest = hashlib.blake2b(digest_size=32)
    for name, value in sorted(feeds.items()):
        digest.update(f"{name} {value.dtype} {value.shape} ".encode() + value.tobytes())
    return digest.hexdigest()


_known: dict[str, bytes] = {}


def once(name: str, compute: Callable[[], Output], is_final: Callable[[Output], bool] = lambda _: True) -> Output:
    """Return what is kept under a name, as a new object; otherwise compute it, and keep it if it `is_final`."""
    path = FOLDER / name
    if name not in _known:
        try:
            _known[name] = path.read_bytes()
        except FileNotFoundError:
            computed = compute()
            content = pickle.dumps(computed)
            if len(content) <= _LARGEST and is_final(computed):
                _keep(path, content)
                _known[name] = content
            return computed
    kept_output: Output = pickle.loads(_known[name])
    return kept_output


def _keep(path: Path, content: bytes) -> None:
    """Write a file that other processes see whole or not at all."""
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(name).replace(path)
