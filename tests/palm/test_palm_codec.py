"""Templates of palms as bytes: what is read is what was written; other bytes are refused."""

from __future__ import annotations

import numpy as np
import pytest

from biometrics.kernel.errors import InvalidTemplate
from fingerprint.template import MAX_MINUTIAE
from palm.codec import decode, encode
from palm.template import MOST_MINUTIAE, PalmRidges, PalmTemplate


def template(minutiae: int = 3 * MAX_MINUTIAE) -> PalmTemplate:
    rng = np.random.default_rng(1)
    rows, columns = np.divmod(np.flatnonzero(rng.random(50 * 40) < 0.8), 40)
    return PalmTemplate(
        width=1000,
        height=1210,
        x=rng.uniform(0, 1000, minutiae),
        y=rng.uniform(0, 1210, minutiae),
        direction=rng.uniform(0, 6.28, minutiae),
        quality=rng.random(minutiae),
        type=rng.integers(0, 3, minutiae),
        ridges=PalmRidges(rows, columns, rng.integers(0, 1 << 63, len(rows), np.uint64)),
    )


WRITTEN = encode(template())


def test_a_template_of_many_minutiae_is_read_as_it_was_written() -> None:
    made, read = template(), decode(WRITTEN)
    assert len(read) == 3 * MAX_MINUTIAE
    for name in ("x", "y", "direction", "quality"):
        np.testing.assert_allclose(getattr(read, name), getattr(made, name), atol=0.07)
    assert (read.type == made.type).all()
    assert (read.ridges.words == made.ridges.words).all()
    assert encode(read) == WRITTEN


def test_no_template_has_more_minutiae_than_are_compared_in_bounded_time() -> None:
    with pytest.raises(ValueError, match=str(MOST_MINUTIAE)):
        template(MOST_MINUTIAE + 1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        WRITTEN[:9],
        b"PFPT" + WRITTEN[4:],
        WRITTEN[:4] + b"\x02\x00" + WRITTEN[6:],
        WRITTEN[:6] + b"\x01\x00" + WRITTEN[8:],
        WRITTEN[:10] + b"\xff\xff" + WRITTEN[12:],
        WRITTEN[:-1],
        WRITTEN + b"\x00",
    ],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidTemplate):
        decode(data)
