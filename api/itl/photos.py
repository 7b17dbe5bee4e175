"""The file of a photo in a record: pixels without compression get a header that makes them a file."""

from __future__ import annotations

from typing import Final

from biometrics.itl import DATA, ItlRecord

_ALGORITHM, _WIDTH, _HEIGHT = 11, 6, 7
_RAW_CHANNELS: Final = {1: "L", 3: "RGB"}


def photo_content(record: ItlRecord) -> bytes:
    """Return the file of a record's image.

    Raises:
        MalformedTransaction: uncompressed pixels are not as many as the record says.
    """
    data = record.get(DATA) or b""
    if record.text(_ALGORITHM) != "NONE":
        return data
    width, height = record.integer(_WIDTH), record.integer(_HEIGHT)
    channels = len(data) // max(1, width * height)
    if channels not in _RAW_CHANNELS or len(data) != channels * width * height:
        problem = f"has {len(data)} bytes; {width} x {height} pixels need {width * height} or {3 * width * height}"
        raise record.error(DATA, problem, f"{3 * width * height} bytes", f"{len(data)} bytes")
    return (b"P5" if channels == 1 else b"P6") + b" %d %d 255\n" % (width, height) + data
