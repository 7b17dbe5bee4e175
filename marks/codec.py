"""A template of a mark as bytes.

Layout, little-endian: magic "PhMk" (4 bytes), version (uint16), dimension of the embedding (uint16), count of local
features (uint16); the embedding as int8, in units that its length gives; then of each feature x and y (uint16, in steps
of the longer side / 65535); then of each feature its descriptor (64 int8, likewise).
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import InvalidTemplate
from marks.features import DESCRIPTOR, MOST, STEPS, LocalFeatures, MarkFeatures

MAGIC = b"PhMk"
VERSION = 1
_HEADER = struct.Struct("<4sHHH")
_LARGEST = 127


def encode(features: MarkFeatures) -> bytes:
    """Write features; what is read again differs by the rounding."""
    local = features.local
    return b"".join(
        (
            _HEADER.pack(MAGIC, VERSION, features.embedding.size, len(local)),
            _rounded(features.embedding[None]).tobytes(),
            np.rint(local.places * STEPS).clip(0, STEPS).astype("<u2").tobytes(),
            _rounded(local.descriptors).tobytes(),
        )
    )


def decode(data: bytes) -> MarkFeatures:
    """Read features from untrusted bytes.

    Raises:
        InvalidTemplate: not such bytes, cut short or longer, of another version, or vectors without a length.
    """
    if len(data) < _HEADER.size or not data.startswith(MAGIC):
        raise InvalidTemplate("These bytes are not a template of a mark.")
    _, version, dimension, count = _HEADER.unpack_from(data)
    if version != VERSION:
        raise InvalidTemplate(f"The template of a mark has version {version}; this program reads version {VERSION}.")
    if count > MOST or len(data) != _HEADER.size + dimension + count * (4 + DESCRIPTOR):
        raise InvalidTemplate("The template of a mark is cut short or has bytes left over.")
    at = _HEADER.size + dimension
    embedding = np.frombuffer(data, np.int8, dimension, _HEADER.size)
    places = np.frombuffer(data, "<u2", 2 * count, at).reshape(count, 2)
    descriptors = np.frombuffer(data, np.int8, DESCRIPTOR * count, at + 4 * count).reshape(count, DESCRIPTOR)
    local = LocalFeatures((places / np.float32(STEPS)).astype(np.float32), _of_unit_length(descriptors))
    return MarkFeatures(_of_unit_length(embedding[None])[0], local)


def _rounded(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """Return vectors, a row each, in whole steps of 1/127 of the largest number of each."""
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0.0)
    return np.rint(vectors / np.maximum(largest, np.finfo(np.float32).tiny) * _LARGEST).astype(np.int8)


def _of_unit_length(rounded: NDArray[np.int8]) -> NDArray[np.float32]:
    vectors = rounded.astype(np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not (lengths > 0).all():
        raise InvalidTemplate("The template of a mark is damaged: a vector has no length.")
    return np.asarray(vectors / lengths, np.float32)
