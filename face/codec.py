"""An embedding as bytes.

Layout, little-endian: magic "PhFa" (4 bytes), version (uint16), dimension (uint16), then `dimension` float32 values.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import InvalidTemplate

MAGIC = b"PhFa"
VERSION = 1
_HEADER = struct.Struct("<4sHH")
_LENGTH_TOLERANCE = 1e-3  # of the squared length; float32 rounding is some 1e-6


def encode(embedding: NDArray[np.float32]) -> bytes:
    """Write a unit vector, shape (dimension,) float32."""
    return _HEADER.pack(MAGIC, VERSION, embedding.size) + embedding.astype("<f4").tobytes()


def decode(data: bytes) -> NDArray[np.float32]:
    """Read a unit vector, shape (dimension,) float32, from untrusted bytes.

    Raises:
        InvalidTemplate: not such bytes, cut short or longer, of another version, or not of unit length.
    """
    if len(data) < _HEADER.size or not data.startswith(MAGIC):
        raise InvalidTemplate("These bytes are not a face template.")
    _, version, dimension = _HEADER.unpack_from(data)
    if version != VERSION:
        raise InvalidTemplate(f"The face template has version {version}; this program reads version {VERSION}.")
    if len(data) != _HEADER.size + 4 * dimension:
        raise InvalidTemplate("The face template is cut short or has bytes left over.")
    embedding = np.frombuffer(data, dtype="<f4", offset=_HEADER.size).astype(np.float32)
    with np.errstate(over="ignore", invalid="ignore"):  # any bytes are a float32, and some of those overflow
        squared_length = float(embedding @ embedding)
    if not abs(squared_length - 1.0) <= _LENGTH_TOLERANCE:  # so written, NaN fails too
        raise InvalidTemplate("The face template is damaged: its vector is not of unit length.")
    return embedding
