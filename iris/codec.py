"""The code of an iris as bytes.

Layout, little-endian: magic "PhIr" (4 bytes), version (uint16), lines (uint16), words of a line (uint16); then the
bits, uint64 by line; then the mask, likewise.
"""

from __future__ import annotations

import struct

import numpy as np

from biometrics.kernel.errors import InvalidTemplate
from iris.code import LINES, WORDS, IrisCode

MAGIC = b"PhIr"
VERSION = 1
_HEADER = struct.Struct("<4sHHH")
BYTES = _HEADER.size + 2 * 8 * LINES * WORDS


def encode(code: IrisCode) -> bytes:
    """Write a code; `decode` reads exactly what was written."""
    head = _HEADER.pack(MAGIC, VERSION, LINES, WORDS)
    return head + code.bits.astype("<u8").tobytes() + code.mask.astype("<u8").tobytes()


def decode(data: bytes) -> IrisCode:
    """Read a code from untrusted bytes.

    Raises:
        InvalidTemplate: not such bytes, cut short or longer, of another version, or bits where the mask has none.
    """
    if len(data) < _HEADER.size or not data.startswith(MAGIC):
        raise InvalidTemplate("These bytes are not a template of an iris.")
    _, version, lines, words = _HEADER.unpack_from(data)
    if version != VERSION:
        raise InvalidTemplate(f"The template of an iris has version {version}; this program reads version {VERSION}.")
    if (lines, words) != (LINES, WORDS) or len(data) != BYTES:
        raise InvalidTemplate("The template of an iris is cut short or has bytes left over.")
    bits, mask = np.frombuffer(data, "<u8", offset=_HEADER.size).reshape(2, LINES, WORDS).astype(np.uint64)
    if (bits & ~mask).any():
        raise InvalidTemplate("The template of an iris is damaged: it has bits that its mask leaves out.")
    return IrisCode(bits, mask)
