"""Stored bytes are trusted only after they have been checked."""

from __future__ import annotations

import numpy as np
import pytest

from biometrics.kernel.errors import InvalidTemplate
from face.codec import decode, encode

VECTOR = np.random.default_rng(8).normal(size=128).astype(np.float32)
VECTOR /= np.linalg.norm(VECTOR)
GOLDEN = bytes.fromhex("50 68 46 61 01 00 02 00 9a 99 19 3f cd cc 4c 3f")  # version 1 of (0.6, 0.8)


def test_a_vector_comes_back_bit_for_bit() -> None:
    """What is written is what is read."""
    np.testing.assert_array_equal(decode(encode(VECTOR)), VECTOR)


def test_version_1_is_fixed() -> None:
    assert encode(np.array([0.6, 0.8], dtype=np.float32)) == GOLDEN
    np.testing.assert_array_equal(decode(GOLDEN), np.array([0.6, 0.8], dtype=np.float32))


def with_value(value: float) -> bytes:
    vector = VECTOR.copy()
    vector[5] = value
    return encode(vector)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GOLDEN[:7],
        b"PK\x03\x04" + GOLDEN[4:],
        GOLDEN[:4] + b"\x02" + GOLDEN[5:],
        GOLDEN[:-1],
        GOLDEN + b"\0",
        GOLDEN[:6] + b"\0\0",
        with_value(float("nan")),
        with_value(float("inf")),
        with_value(3e38),
        encode(VECTOR)[:8] + b"\x01\x00\x80\x7f" + encode(VECTOR)[12:],
        encode(VECTOR * 2),
        encode(np.zeros(128, dtype=np.float32)),
    ],
    ids=[
        "empty",
        "short",
        "magic",
        "version",
        "cut",
        "longer",
        "no vector",
        "nan",
        "inf",
        "huge",
        "signalling nan",
        "long",
        "zero",
    ],
)
def test_damaged_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidTemplate):
        decode(data)
