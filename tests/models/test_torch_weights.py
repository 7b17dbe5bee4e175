"""Tensors in files of PyTorch: nothing but tensors is read of such a file, and a damaged one is refused."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from models.torch_weights import read_torch

TENSOR = b"ctorch._utils\n_rebuild_tensor_v2\n"
STORAGE = b"((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x0ctQ"
VALUES = np.arange(12, dtype="<f4")


def saved(offset: int = 2, shape: bytes = b"K\x02K\x03", strides: bytes = b"K\x03K\x01", of: bytes = TENSOR) -> bytes:
    """Return a file with a tensor `w` of a storage of twelve values, pickled as PyTorch does."""
    arguments = STORAGE + b"K" + bytes([offset]) + b"(" + shape + b"t(" + strides + b"t\x89}t"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02}X\x01\x00\x00\x00w" + of + arguments + b"Rs.")
        archive.writestr("archive/data/0", VALUES.tobytes())
    return file.getvalue()


def test_a_tensor_is_what_its_storage_holds() -> None:
    assert read_torch(saved())["w"].tolist() == [[2, 3, 4], [5, 6, 7]]


@pytest.mark.parametrize(
    "content",
    [
        saved(of=b"cos\nsystem\n"),
        saved(of=b"cbuiltins\neval\n"),
        saved(offset=7),
        saved(strides=b"K\x01K\x02"),
        saved()[:-40],
        b"nothing",
        b"",
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_torch(content)
