"""Templates of irises as bytes: what is read is what was written; other bytes are refused."""

from __future__ import annotations

import numpy as np
import pytest

from biometrics.kernel.errors import InvalidTemplate
from iris.code import LINES, WORDS, IrisCode
from iris.codec import BYTES, decode, encode


def code() -> IrisCode:
    mask, bits = np.random.default_rng(1).integers(0, 2**64, (2, LINES, WORDS), np.uint64)
    return IrisCode(bits & mask, mask)


WRITTEN = encode(code())


def test_a_template_is_read_as_it_was_written() -> None:
    read = decode(WRITTEN)
    assert (read.bits == code().bits).all()
    assert (read.mask == code().mask).all()
    assert encode(read) == WRITTEN
    assert len(WRITTEN) == BYTES < 4200


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PhMk" + WRITTEN[4:],
        WRITTEN[:4] + b"\x02\x00" + WRITTEN[6:],
        WRITTEN[:6] + b"\x20\x00" + WRITTEN[8:],
        WRITTEN[:9],
        WRITTEN[:-1],
        WRITTEN + b"\x00",
        WRITTEN[: BYTES // 2 + 5] + bytes(BYTES - BYTES // 2 - 5),
    ],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidTemplate):
        decode(data)
