"""The bytes of a saved index: one format for every kind.

8 bytes     magic, "PEHCHIDX"
4           format version, unsigned little-endian, as are all numbers
4           length of the header
header      JSON: kind, model, sequence, and for each array its name, dtype (as in NumPy's .npy) and shape
arrays      one after the other, each in C order
32          SHA-256 of everything before it

All of this is encrypted (`sealed_file`) where a secret is given.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import SnapshotDamaged, StoreUnavailable
from biometrics.kernel.technique.atomic_file import replacing_file, sync_folder
from index.column import FrozenColumn
from index.sealed_file import PlainReader, SealedFileDamaged, SealedReader, SealedWriter, is_sealed_file

FORMAT = 2
MAX_HEADER = 1_000_000  # bytes; a real one has some thousand
LEFTOVER_SECONDS = 3600  # a part file this old is of a process that died while saving

Reader = PlainReader | SealedReader

_MAGIC = b"PEHCHIDX"
_START = struct.Struct("<8sII")
_DIGEST_BYTES = 32
_CHUNK = 1 << 24  # bytes hashed and moved at a time


@dataclass(frozen=True)
class Snapshot:
    """What a saved index holds: its kind, the model that made its features, the last change in it, and its arrays.

    What is to be written may have columns of an index that changes meanwhile; what was read has arrays.
    """

    kind: str
    model: str
    sequence: int
    arrays: Mapping[str, Any]


def write(path: Path, snapshot: Snapshot, secret: bytes | None = None) -> None:
    """Write a snapshot so that a reader of `path` sees the old file or the whole new one, even after a power cut.

    Its folder is made where there is none. It is encrypted with `secret`, where there is one.

    Raises:
        StoreUnavailable: the file cannot be written.
    """
    with _replacing(path) as file:
        if secret is None:
            _write_to(file, snapshot)
        else:
            sealed = SealedWriter(file, secret)
            _write_to(sealed, snapshot)
            sealed.finish()


def receive(path: Path, piece: Callable[[int], bytes]) -> None:
    """Write a snapshot that another process sends, as `write` does; `piece` returns bytes from an offset, or none.

    Raises:
        StoreUnavailable: the file cannot be written.
    """
    with _replacing(path) as file:
        while sent := piece(file.tell()):
            file.write(sent)


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        with replacing_file(path, path.with_name(f"{_part_prefix(path)}{uuid.uuid4().hex}"), 0o600) as file:
            yield file
        sync_folder(path.parent)
    except OSError as error:
        raise StoreUnavailable(f"The index cannot be saved to {path}: {error}. Make room or correct it.") from error


def read(path: Path, secret: bytes | None = None) -> Snapshot:
    """Read a snapshot, and check it byte by byte. With a secret only one that was encrypted with it is read.

    Raises:
        SnapshotDamaged: it is not there, not of this format, not whole, or altered.
    """
    try:
        with path.open("rb") as file:
            if is_sealed_file(file) and secret is None:
                raise _damaged(path, "it is encrypted, and its key is not known")
            return _read_from(PlainReader(file) if secret is None else SealedReader(file, secret), path)
    except SealedFileDamaged as error:
        raise _damaged(path, str(error)) from error
    except OSError as error:
        raise SnapshotDamaged(f"The saved index {path} cannot be read: {error}. It will have to be rebuilt.") from error


def _part_prefix(path: Path) -> str:
    return f".{path.name}.part-"


def _sweep(path: Path) -> None:
    """Remove part files that a killed process left behind."""
    for part in path.parent.glob(f"{_part_prefix(path)}*"):
        try:
            if time.time() - part.stat().st_mtime > LEFTOVER_SECONDS:
                part.unlink()
        except FileNotFoundError:
            continue  # another process has just finished with it


def _write_to(file: IO[bytes] | SealedWriter, snapshot: Snapshot) -> None:
    header = json.dumps(
        {
            "kind": snapshot.kind,
            "model": snapshot.model,
            "sequence": snapshot.sequence,
            "arrays": [
                {"name": name, "dtype": np.lib.format.dtype_to_descr(array.dtype), "shape": array.shape}
                for name, array in snapshot.arrays.items()
            ],
        }
    ).encode()
    start = _START.pack(_MAGIC, FORMAT, len(header)) + header
    digest = hashlib.sha256(start)
    file.write(start)
    for array in snapshot.arrays.values():
        for chunk in _pieces(array):
            digest.update(chunk)
            file.write(chunk)
    file.write(digest.digest())


def _pieces(array: NDArray[Any] | FrozenColumn) -> Iterator[memoryview]:
    if isinstance(array, FrozenColumn):
        return (piece for chunk in array.chunks() for piece in _chunks(chunk))
    return _chunks(array)


def _chunks(array: NDArray[Any]) -> Iterator[memoryview]:
    """View an array's bytes in pieces, without copying it."""
    data = np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
    return (data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK))


def _read_from(file: Reader, path: Path) -> Snapshot:
    digest = hashlib.sha256()
    header = _read_header(file, path, digest)
    try:
        kind, model, sequence = str(header["kind"]), str(header["model"]), int(header["sequence"])
        forms = {str(form["name"]): (_dtype(form["dtype"]), _shape(form["shape"])) for form in header["arrays"]}
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _damaged(path, "its header is incomplete") from error
    if file.left != sum(dtype.itemsize * math.prod(shape) for dtype, shape in forms.values()) + _DIGEST_BYTES:
        raise _damaged(path, "it is not as long as its header says")
    arrays = {name: np.empty(shape, dtype) for name, (dtype, shape) in forms.items()}
    for array in arrays.values():
        for chunk in _chunks(array):
            file.readinto(chunk)
            digest.update(chunk)
    if file.read() != digest.digest():
        raise _damaged(path, "its checksum does not agree with its contents")
    return Snapshot(kind, model, sequence, arrays)


def _dtype(described: str | list[list[str]]) -> np.dtype[Any]:
    dtype = np.dtype(described if isinstance(described, str) else [(name, form) for name, form in described])
    if dtype.hasobject or dtype.itemsize == 0:
        raise ValueError(f"no saved index has values of type {dtype}")
    return dtype


def _shape(numbers: list[int]) -> tuple[int, ...]:
    shape = tuple(int(number) for number in numbers)
    if any(number < 0 for number in shape):
        raise ValueError(f"no array has the shape {shape}")
    return shape


def _read_header(file: Reader, path: Path, digest: Any) -> dict[str, Any]:
    start = file.read(_START.size)
    magic, version, length = _START.unpack(start.ljust(_START.size, b"\0"))
    if magic != _MAGIC or version < 1:
        raise _damaged(path, "it is not a saved index")
    if version < FORMAT:
        raise _damaged(path, f"it has the old format {version}")
    if version > FORMAT:
        raise SnapshotDamaged(
            f"The saved index {path} has format {version}, of a newer Pehchan; this one reads {FORMAT}. "
            "Update Pehchan, or let the index be rebuilt."
        )
    content = file.read(min(length, MAX_HEADER))
    digest.update(start + content)
    try:
        header = json.loads(content)
    except ValueError as error:
        raise _damaged(path, "its header cannot be read") from error
    if not isinstance(header, dict):
        raise _damaged(path, "its header is not a table")
    return header


def _damaged(path: Path, why: str) -> SnapshotDamaged:
    return SnapshotDamaged(f"The saved index {path} cannot be trusted: {why}. It will have to be rebuilt.")
