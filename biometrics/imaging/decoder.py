"""The process that decodes image files (`biometrics/kernel/technique/helper_process.py`): `python -I decoder.py`.

Each file is decoded in a fork of its own, in a sandbox, with limits on memory and processor time: a hostile file can
crash the C code of decoders or take it over, fill the memory, or keep a processor busy. WSQ (FBI Wavelet Scalar
Quantisation, IAFIS-IC-0110) is NBIS's code, all else Pillow's. NumPy stays out: its threads would not survive the fork.
"""

from __future__ import annotations

import codecs
import gc
import io
import json
import os
import resource
import signal
import struct
import sys
import warnings
from collections.abc import Sequence
from numbers import Real
from typing import Any

from PIL import Image as Pillow
from PIL import (  # the sandbox allows no import later, so that what a file needs is imported here
    ImageCms,  # noqa: F401
    ImageColor,  # noqa: F401
    ImageOps,
    ImagePalette,  # noqa: F401
    Jpeg2KImagePlugin,  # noqa: F401
    MpoImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    UnidentifiedImageError,
)

from biometrics.kernel.technique.sandbox import enter_sandbox

MEMORY = 2 << 30  # bytes of address space
CPU_SECONDS = 30  # for a file; the largest ones take about ten

MAX_PIXELS = 50_000_000  # a ten-print card at 1000 ppi is 8 x 8 inches: 64 million would be the whole card
MIN_SIDE = 16  # pixels
MAX_SIDE = 25_000  # pixels: a card of 12 inches at 2100 ppi
MAX_ASPECT = 32  # of the longer side by the shorter one; no print, card or photo is as narrow
MAX_SCANS = 100  # of a JPEG file: a progressive one has about ten, and each goes over all pixels again

# Below 180 ppi a tag is a display's default (72, 96, 1), not a scanner's; above 2100 no scanner exists.
MIN_PPI, MAX_PPI = 180.0, 2100.0

_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "JPEG2000", "PPM")
_SCAN = b"\xff\xda"  # starts a scan of a JPEG file; inside the data of one, 0xff is followed by zero
_WSQ = b"\xff\xa0"
_WSQ_FRAME_HEADER = 0xFFA2
_WSQ_OTHER_SEGMENTS = range(0xFFA3, 0xFFA9)  # tables, block header, comment
_CRASHED, _ENDED = 3, 4  # exit statuses of a fork: it decoded nothing, there is nothing more to decode
_LENGTH_BYTES = 8

Decoded = tuple[tuple[int, ...], bytes, float | None, str]
"""Shape (height, width) for grey or (height, width, 3) for RGB, pixels, ppi that the file states, media type."""


class ImageRefused(Exception):
    """The file is refused; `error` names the class of `biometrics/kernel/errors` that says so."""

    def __init__(self, error: str, detail: str) -> None:
        """Keep the name of the error apart from its text."""
        super().__init__(detail)
        self.error = error


def serve() -> None:
    """Decode files until the standard input ends."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a process manager may send it to all; the service finishes its work
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # it would hold the image
    warnings.simplefilter("ignore")  # of bombs, where check_size refuses by our own limit; of damaged metadata
    Pillow.preinit()  # BMP, JPEG, PGM and PNG; TIFF and JPEG 2000 are imported above: no more for a fork to copy
    import _wsq  # noqa: F401 - once, before the forks

    sys.stdout.buffer.write(b"R")
    sys.stdout.buffer.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # where libraries write what a file makes them
    for name in ("ascii", "latin-1", "utf-8", "utf-16"):  # of texts in files; a lookup imports them
        codecs.lookup(name)
    enter_sandbox()
    gc.freeze()  # a collection in a fork would copy all that it looks at
    while True:  # the fork for the next file is made before that comes
        child = os.fork()
        if child == 0:
            _serve_once()
        if status := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
            sys.exit(0 if status == _ENDED else _CRASHED)


def _serve_once() -> None:
    """Decode the next file and end this process."""
    status = _CRASHED
    try:
        source, target = sys.stdin.buffer, sys.stdout.buffer
        length = source.read(_LENGTH_BYTES)
        if not length:
            os._exit(_ENDED)
        content = source.read(int.from_bytes(length, "big"))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        head, pixels = _answer(content)
        answer = json.dumps(head).encode() + b"\n"
        target.write((len(answer) + len(pixels)).to_bytes(_LENGTH_BYTES, "big") + answer)
        target.write(pixels)
        target.flush()
        status = 0
    finally:
        os._exit(status)


def _answer(content: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        shape, pixels, ppi, media_type = decoded(content)
    except ImageRefused as refused:
        return {"error": refused.error, "detail": str(refused)}, b""
    return {"shape": shape, "ppi": ppi, "media_type": media_type}, pixels


def decoded(content: bytes) -> Decoded:
    """Decode an image file.

    Raises:
        ImageRefused: UnsupportedImage, UndecodableImage or ImageTooLarge.
    """
    try:
        return _decode_wsq(content) if content.startswith(_WSQ) else _decode_pillow(content)
    except ImageRefused:
        raise
    except MemoryError as error:
        raise ImageRefused("ImageTooLarge", "Decoding the image takes more memory than allowed.") from error
    except Pillow.DecompressionBombError as error:
        raise ImageRefused(
            "ImageTooLarge", f"The image has too many pixels; at most {MAX_PIXELS:,} are accepted."
        ) from error
    except UnidentifiedImageError as error:
        readable = "PNG, JPEG, TIFF, BMP, JPEG 2000, WSQ or PGM"
        raise ImageRefused("UnsupportedImage", f"This is not an image that can be read; send {readable}.") from error
    except Exception as error:  # what a hostile file makes a decoder raise has no end
        detail = "The image file is cut short or damaged; send it again, or capture it again."
        raise ImageRefused("UndecodableImage", detail) from error


def _check_size(width: int, height: int) -> None:
    size = f"The image has {width} x {height} pixels"
    if width * height > MAX_PIXELS:
        raise ImageRefused("ImageTooLarge", f"{size}; at most {MAX_PIXELS:,} are accepted.")
    if min(width, height) < MIN_SIDE:
        raise ImageRefused("UndecodableImage", f"{size}, too few to show anything.")
    longest = max(width, height)
    if longest > MAX_SIDE or longest > MAX_ASPECT * min(width, height):
        limits = f"a side may have {MAX_SIDE:,}, and the longer one {MAX_ASPECT} times the shorter one."
        raise ImageRefused("ImageTooLarge", f"{size}; {limits}")


def _check_scans(content: bytes) -> None:
    """Refuse a JPEG file that goes over its pixels so often that a few bytes keep a processor busy for an hour."""
    if content.count(_SCAN) > MAX_SCANS:
        raise ImageRefused("UndecodableImage", f"The JPEG file has more than {MAX_SCANS} scans; save it again.")


def _decode_pillow(content: bytes) -> Decoded:
    picture = Pillow.open(io.BytesIO(content), formats=_FORMATS)
    _check_size(*picture.size)
    if picture.format in ("JPEG", "MPO"):
        _check_scans(content)
    picture.load()
    ImageOps.exif_transpose(picture, in_place=True)
    media_type = picture.get_format_mimetype() or "application/octet-stream"
    return *_eight_bit(picture), _plausible(picture.info.get("dpi")), media_type


def _plausible(dpi: Any) -> float | None:
    """Return the resolution that a file states, None if it states none or one that no scanner has.

    `dpi` is what Pillow read: a pair of numbers, or anything else that the file has in their place.
    """
    ppi: Any = dpi[0] if isinstance(dpi, Sequence) and dpi else dpi
    is_number = isinstance(ppi, Real)
    return float(ppi) if is_number and MIN_PPI <= ppi <= MAX_PPI else None


def _eight_bit(picture: Pillow.Image) -> tuple[tuple[int, ...], bytes]:
    """Return shape and pixels, grey or RGB; transparency is laid on white, 16 bits are scaled to 8."""
    shape = (picture.height, picture.width)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        picture = Pillow.alpha_composite(Pillow.new("RGBA", layer.size, "white"), layer).convert("RGB")
    if picture.mode.startswith("I;16"):
        is_big_endian = picture.mode == "I;16B" or (picture.mode == "I;16N" and sys.byteorder == "big")
        return shape, picture.tobytes()[0 if is_big_endian else 1 :: 2]
    mode = "L" if picture.mode in ("1", "L", "I", "F") else "RGB"
    pixels = (picture if picture.mode == mode else picture.convert(mode)).tobytes()  # `convert` always copies
    return shape if mode == "L" else (*shape, 3), pixels


def _decode_wsq(content: bytes) -> Decoded:
    import _wsq

    _check_size(*_wsq_size(content))
    pixels, width, height, ppi = _wsq.decompress(content)
    _check_size(width, height)
    if len(pixels) != width * height:
        raise ValueError("the decoder's pixels are not as many as it says")
    return (height, width), bytes(pixels), _plausible(ppi), "image/x-wsq"


def _wsq_size(content: bytes) -> tuple[int, int]:
    """Read width and height in pixels from the frame header, without decoding."""
    at = len(_WSQ)
    while at + 10 <= len(content):
        marker, length = struct.unpack_from(">HH", content, at)
        if marker == _WSQ_FRAME_HEADER:
            height, width = struct.unpack_from(">HH", content, at + 6)
            return width, height
        if marker not in _WSQ_OTHER_SEGMENTS or length < 2:
            break
        at += 2 + length
    raise ImageRefused("UndecodableImage", "The WSQ file has no frame header; it is cut short or damaged.")


if __name__ == "__main__":
    serve()
