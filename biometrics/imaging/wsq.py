"""WSQ (FBI Wavelet Scalar Quantisation, IAFIS-IC-0110) decoding, in a process of its own.

The one decoder on the registry is NBIS's C code, which a hostile file can crash; a police server must outlive that.
Starting the process takes about 30 ms.
"""

from __future__ import annotations

import struct
import subprocess
import sys

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import UndecodableImage

MAGIC = b"\xff\xa0"
_FRAME_HEADER = 0xFFA2
_OTHER_SEGMENTS = range(0xFFA3, 0xFFA9)  # tables, block header, comment
_SECONDS = 30
_SIZES = struct.Struct("<iii")  # width, height, ppi

_DECODER = """
import resource, struct, sys
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
import _wsq
pixels, width, height, ppi = _wsq.decompress(sys.stdin.buffer.read())
sys.stdout.buffer.write(struct.pack("<iii", width, height, ppi) + bytes(pixels))
"""


def size(content: bytes) -> tuple[int, int]:
    """Read width and height in pixels from the frame header, without decoding.

    Raises:
        UndecodableImage: there is no frame header.
    """
    at = len(MAGIC)
    while at + 10 <= len(content):
        marker, length = struct.unpack_from(">HH", content, at)
        if marker == _FRAME_HEADER:
            height, width = struct.unpack_from(">HH", content, at + 6)
            return width, height
        if marker not in _OTHER_SEGMENTS or length < 2:
            break
        at += 2 + length
    raise UndecodableImage("The WSQ file has no frame header; it is cut short or damaged.")


def decode(content: bytes) -> tuple[NDArray[np.uint8], int]:
    """Decode a WSQ file to grey pixels, shape (height, width), and its ppi (-1 if the file states none).

    Raises:
        UndecodableImage: truncated, corrupt, or hostile.
    """
    try:
        decoder = subprocess.run(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-I", "-c", _DECODER],
            input=content,
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            process_group=0,  # Ctrl-C in the terminal reaches the service only, which finishes its work first
        )
        width, height, ppi = _SIZES.unpack_from(decoder.stdout)
        pixels = np.frombuffer(decoder.stdout, np.uint8, offset=_SIZES.size).reshape(height, width)
    except (subprocess.SubprocessError, struct.error, ValueError, OverflowError) as error:
        raise UndecodableImage("The WSQ file is cut short or damaged; send it again, or capture it again.") from error
    return pixels, ppi
