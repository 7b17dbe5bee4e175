"""The tensors of a file that PyTorch saved, read without PyTorch and without running anything that the file names.

A file is a pickle that names storages, and the storages' bytes: in a zip archive since PyTorch 1.6, one after the other
before. Source: PyTorch, torch/serialization.py.
"""

from __future__ import annotations

import io
import pickle  # only `_Tensors` reads one, which makes nothing but tensors
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_ZIP = b"PK"
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_TYPES: dict[str, np.dtype[Any]] = {
    "FloatStorage": np.dtype("<f4"),
    "LongStorage": np.dtype("<i8"),
    "HalfStorage": np.dtype("<f2"),
}


class _Storage(NamedTuple):
    type: np.dtype[Any]
    key: str


class _Pending(NamedTuple):
    """A tensor whose storage is read later: where it starts in it, and its shape and strides, in numbers."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_torch(content: bytes) -> dict[str, NDArray[Any]]:
    """Return the tensors of a saved state, by name.

    Raises:
        ValueError: not such a file, damaged, or it holds something else than tensors.
    """
    try:
        pending, storages = _zipped(content) if content.startswith(_ZIP) else _legacy(content)
        return {name: _tensor(tensor, storages) for name, tensor in pending.items()}
    except ValueError:
        raise
    except Exception as error:  # what a damaged pickle raises has no end
        raise ValueError(f"not a file of PyTorch's tensors: {error}") from error


class _Tensors(pickle.Unpickler):
    """Reads a pickle that may hold tensors in dictionaries, and nothing else."""

    def find_class(self, module: str, name: str) -> Callable[..., Any] | str:
        """Return what a name in the pickle stands for."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, strides, *_: _Pending(storage, offset, shape, strides)
        if module == "torch" and name in _TYPES:
            return name
        raise ValueError(f"the file names {module}.{name}, which is no tensor")

    def persistent_load(self, reference: Any) -> _Storage:
        """Return the storage that a reference names."""
        _, type_name, key, *_ = reference
        return _Storage(_TYPES[type_name], str(key))


def _zipped(content: bytes) -> tuple[dict[str, _Pending], dict[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        [index] = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        folder = index.removesuffix("data.pkl") + "data/"
        pending = _Tensors(io.BytesIO(archive.read(index))).load()
        return pending, {key: archive.read(folder + key) for key in {tensor.storage.key for tensor in pending.values()}}


def _legacy(content: bytes) -> tuple[dict[str, _Pending], dict[str, bytes]]:
    file = io.BytesIO(content)
    if _Tensors(file).load() != _LEGACY_MAGIC:
        raise ValueError("not a file of PyTorch's tensors")
    _Tensors(file).load()  # the protocol's version
    _Tensors(file).load()  # sizes of C's types where it was saved
    pending = _Tensors(file).load()
    types = {tensor.storage.key: tensor.storage.type for tensor in pending.values()}
    storages = {}
    for key in _Tensors(file).load():
        (count,) = struct.unpack("<q", file.read(8))
        storages[str(key)] = file.read(count * types[str(key)].itemsize)
    return pending, storages


def _tensor(pending: _Pending, storages: dict[str, bytes]) -> NDArray[Any]:
    """Return a tensor, which must lie in its storage without gaps."""
    size = int(np.prod(pending.shape, dtype=np.int64))
    whole = np.frombuffer(storages[pending.storage.key], pending.storage.type)
    expected = np.cumprod([1, *pending.shape[:0:-1]])[::-1]
    strided = [stride for stride, side in zip(pending.strides, pending.shape, strict=True) if side > 1]
    if strided != [int(stride) for stride, side in zip(expected, pending.shape, strict=False) if side > 1]:
        raise ValueError("a tensor does not lie in one piece")
    if not 0 <= pending.offset <= len(whole) - size:
        raise ValueError("the file is cut short")
    return whole[pending.offset : pending.offset + size].reshape(pending.shape)
