"""A fixed-length vector of a print, for shortlisting by inner product.

The cylinders of a print change neither with rotation nor with shift, so their sum does not either. A sum of plain bits
is dominated by what all prints share (ridges run parallel, so neighbours mostly point the same or the opposite way);
the bits are therefore centred and whitened first, so that what varies in every print counts less. Mean and whitening
come from real prints, see `vector_training`.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint.matching.cylinders import PreparedPrint
from fingerprint.matching.parameters import CELLS, SECTIONS

DIMENSION = 256
WHITENING_FILE = "whitening.npz"


class Whitening(NamedTuple):
    """What is taken off the bits of a cylinder, float32 (384,), and how the rest is projected, float32 (384, 256)."""

    mean: NDArray[np.float32]
    projection: NDArray[np.float32]


def of(print_: PreparedPrint) -> NDArray[np.float32]:
    """Return the vector of a print: shape (256,), unit length; that of a print without cylinders is arbitrary."""
    whitening = _whitening()
    total = centred(print_, whitening.mean).sum(axis=0) @ whitening.projection
    length = float(np.linalg.norm(total))
    vector: NDArray[np.float32] = total / length if length > 0.0 else np.eye(1, DIMENSION, dtype=np.float32)[0]
    return vector


def bits(print_: PreparedPrint) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the cylinders' bits and which of them are valid, as 0 and 1: both of shape (cylinders, 384)."""
    words = print_.words[:, : print_.cylinders]
    cells = np.arange(CELLS * CELLS, dtype=np.uint64)
    unpacked = ((words[:, :, None] >> cells) & np.uint64(1)).astype(np.float32)
    set_: NDArray[np.float32] = (
        unpacked[:SECTIONS].transpose(1, 0, 2).reshape(print_.cylinders, SECTIONS * CELLS * CELLS)
    )
    return set_, np.tile(unpacked[SECTIONS], SECTIONS)


def centred(print_: PreparedPrint, mean: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each cylinder's bits less their mean, at unit length and zero where not valid: (cylinders, 384)."""
    set_, valid = bits(print_)
    rest = (set_ - mean) * valid
    return np.asarray(rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-6), dtype=np.float32)


@cache
def _whitening() -> Whitening:
    """Read the whitening, whose projection is stored in bytes with one scale a column."""
    with resources.files("fingerprint").joinpath(WHITENING_FILE).open("rb") as file, np.load(file) as arrays:
        return Whitening(arrays["mean"], arrays["projection"].astype(np.float32) * arrays["scale"])
