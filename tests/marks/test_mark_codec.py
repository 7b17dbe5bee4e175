"""Templates of marks as bytes: what is read is what was written, rounded; other bytes are refused."""

from __future__ import annotations

import numpy as np
import pytest

from biometrics.kernel.errors import InvalidTemplate
from marks.codec import decode, encode
from marks.features import DESCRIPTOR, LocalFeatures, MarkFeatures


def features(count: int = 5) -> MarkFeatures:
    rng = np.random.default_rng(count)
    embedding, descriptors = rng.normal(size=1280), rng.normal(size=(count, DESCRIPTOR))
    descriptors /= np.linalg.norm(descriptors, axis=1, keepdims=True)
    unit = (embedding / np.linalg.norm(embedding)).astype(np.float32)
    return MarkFeatures(unit, LocalFeatures(rng.random((count, 2), np.float32), descriptors.astype(np.float32)))


@pytest.mark.parametrize("count", [0, 5, 256])
def test_a_template_is_read_as_it_was_written(count: int) -> None:
    written = features(count)
    read = decode(encode(written))
    assert read.embedding @ written.embedding > 0.9995
    assert np.allclose(read.local.places, written.local.places, atol=1e-5)
    assert (np.sum(read.local.descriptors * written.local.descriptors, axis=1) > 0.999).all()
    assert encode(read) == encode(written)


WRITTEN = encode(features())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PhFa" + WRITTEN[4:],
        WRITTEN[:4] + b"\x02\x00" + WRITTEN[6:],
        WRITTEN[:-1],
        WRITTEN + b"\x00",
        WRITTEN[:10] + bytes(1280) + WRITTEN[1290:],
        WRITTEN[:-64] + bytes(64),
        WRITTEN[:9],
        b"PhMk\x01\x00\x00\x00\x00\x00",
    ],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidTemplate):
        decode(data)
