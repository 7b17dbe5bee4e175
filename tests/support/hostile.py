"""Texts and image metadata that are made to go wrong, from a seed: what every fuzz test takes its values from."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator

from PIL import Image as Pillow

# What a database, UTF-8 or a terminal cannot hold, and what parsers stumble over.
NUL = "Asha\0Verma"
HALF = "Asha\ud800Verma"  # half a surrogate pair
UNFIT = (NUL, HALF, "\0", "\udfff", "Asha\x01", "\x1b[2J", "\x7f", "a\x85b", "\ufdd0\x9f")
STRANGE = (
    "",
    " ",
    "\u200b",
    "\u202eamreV",
    "\u2028",
    "\ufeff",
    "e\u0301" * 40,
    "\U0010ffff",
    "आशा वर्मा",
    "a\nb",
    "a\tb",
    "a\r\nX-Header: b",
    "%00",
    "%",
    "\\u0000",
    "'; DROP TABLE records; --",
    "../../etc/passwd",
    "{}",
    "[[[[",
    "null",
    "NaN",
    "-1",
    "0",
    "1e400",
    str(2**63),
    str(-(2**63) - 1),
    "9" * 400,
    "0000-00-00",
    "9999-12-31",
    "10000-01-01T00:00:00Z",
    "A" * 5_000,
)
TEXTS = (*UNFIT, *STRANGE)


def texts(seed: int) -> Iterator[str]:
    """Yield hostile texts without end: each of TEXTS in a random order, then pieces of them put together."""
    chosen = random.Random(seed)
    yield from chosen.sample(TEXTS, len(TEXTS))
    while True:
        yield "".join(chosen.choices(TEXTS, k=chosen.randint(1, 3)))[:6_000]


# --- image metadata ---

_SIDE = 32
_TYPES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}  # TIFF: bytes of a value
_NEEDED = {  # of a grey image
    256: (3, struct.pack("<H", _SIDE)),
    257: (3, struct.pack("<H", _SIDE)),
    258: (3, struct.pack("<H", 8)),
    259: (3, struct.pack("<H", 1)),
    262: (3, struct.pack("<H", 1)),
    277: (3, struct.pack("<H", 1)),
    278: (3, struct.pack("<H", _SIDE)),
    279: (4, struct.pack("<I", _SIDE * _SIDE)),
    282: (5, struct.pack("<II", 500, 1)),
    283: (5, struct.pack("<II", 500, 1)),
    296: (3, struct.pack("<H", 2)),
}
_OTHER_TAGS = (254, 255, 266, 269, 270, 271, 272, 273, 274, 284, 285, 297, 305, 306, 315, 317, 320, 322, 323, 324, 325)
_OTHER_TAGS += (330, 338, 339, 347, 529, 530, 532, 700, 33723, 34377, 34665, 34675, 34853, 36864, 40961, 41729, 65000)
TIFF_TAGS = (*_NEEDED, *_OTHER_TAGS)


def tiff(tags: dict[int, tuple[int, bytes]]) -> bytes:
    """Return a grey TIFF with `tags`, each a type and the bytes of its values, in place of the proper ones."""
    entries = dict(sorted((_NEEDED | {273: (4, b"")} | tags).items()))
    table = 8 + 2 + 12 * len(entries) + 4
    values, listed = b"", b""
    for tag, (kind, content) in entries.items():
        count = max(1, len(content) // _TYPES.get(kind, 1))
        if tag == 273 and not content:
            place = struct.pack("<I", 0xFFFFFFFF)  # filled in below
        elif len(content) <= 4:
            place = content.ljust(4, b"\0")
        else:
            place = struct.pack("<I", table + len(values))
            values += content + bytes(len(content) % 2)
        listed += struct.pack("<HHI", tag, kind, count) + place
    listed = listed.replace(struct.pack("<I", 0xFFFFFFFF), struct.pack("<I", table + len(values)), 1)
    pixels = bytes(range(256)) * (_SIDE * _SIDE // 256)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + listed + bytes(4) + values + pixels


def _octets(chosen: random.Random) -> bytes:
    """Return the bytes of a tag."""
    text = chosen.choice(TEXTS).encode("utf-8", "surrogatepass")
    return chosen.choice(
        (
            text[: chosen.choice((1, 4, 8, 400))],
            b"five hundred\0",
            bytes(8),
            b"\xff" * chosen.choice((1, 2, 4, 8, 16)),
            struct.pack("<II", chosen.getrandbits(32), 0),
            struct.pack("<d", float("nan")),
            struct.pack("<f", float("inf")),
            chosen.randbytes(chosen.randint(0, 40)),
        )
    )


def hostile_tiff(chosen: random.Random) -> bytes:
    """Return a TIFF in which one to three tags are of any type and value."""
    tags = chosen.choices(TIFF_TAGS, k=chosen.randint(1, 3))
    return tiff({tag: (chosen.choice((*_TYPES, 0, 99)), _octets(chosen)) for tag in tags})


def _picture(kind: str) -> bytes:
    file = io.BytesIO()
    Pillow.frombytes("L", (_SIDE, _SIDE), bytes(range(256)) * 4).save(file, kind)
    return file.getvalue()


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


_CHUNKS = (b"tEXt", b"zTXt", b"iTXt", b"pHYs", b"eXIf", b"gAMA", b"cHRM", b"iCCP", b"tRNS", b"sRGB", b"acTL", b"fcTL")


def hostile_png(chosen: random.Random) -> bytes:
    """Return a PNG with a chunk of any content after its header."""
    name = chosen.choice(_CHUNKS)
    content = chosen.choice(
        (
            _octets(chosen),
            b"Comment\0" + _octets(chosen),
            b"Comment\0\0" + zlib.compress(_octets(chosen) * 99),
            hostile_tiff(chosen),
        )
    )
    whole = _picture("PNG")
    return whole[:33] + _chunk(name, content) + whole[33:]


def hostile_jpeg(chosen: random.Random) -> bytes:
    """Return a JPEG with a segment of any content before its tables."""
    begins = chosen.choice((b"", b"JFIF\0", b"Exif\0\0", b"ICC_PROFILE\0\1\1", b"MPF\0", b"Photoshop 3.0\0", b"Adobe"))
    content = begins + chosen.choice((_octets(chosen), hostile_tiff(chosen)))
    if chosen.random() < 0.3:
        content = b"Photoshop 3.0\x008BIM" + chosen.randbytes(2) + _octets(chosen)
    segment = struct.pack(">BBH", 0xFF, chosen.choice((0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE)), len(content) + 2) + content
    whole = _picture("JPEG")
    return whole[:2] + segment + whole[2 if chosen.random() < 0.5 else 20 :]


def hostile_jp2(chosen: random.Random) -> bytes:
    """Return a JPEG 2000 file with a box of any content in its header."""
    whole = _picture("JPEG2000")
    at = whole.index(b"jp2h") - 4
    (length,) = struct.unpack_from(">I", whole, at)
    name = chosen.choice((b"res ", b"resc", b"resd", b"colr", b"pclr", b"cdef", b"bpcc", b"uuid", b"ihdr"))
    content = _octets(chosen)
    if name == b"res ":
        inner = chosen.choice((struct.pack(">HHHHBB", 5, 0, 5, 0, 9, 255), _octets(chosen)))
        content = struct.pack(">I", len(inner) + 8) + chosen.choice((b"resc", b"resd")) + inner
    box = struct.pack(">I", len(content) + 8) + name + content
    end = at + length
    place = chosen.choice((at + 8, end))
    header = bytearray(whole[:place] + box + whole[place:])
    struct.pack_into(">I", header, at, length + len(box))
    return bytes(header)


def hostile_bmp(chosen: random.Random) -> bytes:
    """Return a BMP with one field of its header changed to anything."""
    whole = bytearray(_picture("BMP"))
    at = chosen.choice((2, 6, 10, 14, 18, 22, 26, 28, 30, 34, 38, 42, 46, 50))
    struct.pack_into("<I", whole, at, chosen.choice((0, 1, 2, 3, 4, 2**31, 2**32 - 1, chosen.getrandbits(32))))
    return bytes(whole)


def hostile_wsq(chosen: random.Random, whole: bytes) -> bytes:
    """Return a WSQ file with a comment of any content at its beginning."""
    content = chosen.choice((b"", b"NIST_COM 9\n", b"PPI 500\n")) + _octets(chosen)
    return whole[:2] + struct.pack(">HH", 0xFFA8, len(content) + 2) + content + whole[2:]


MAKERS: dict[str, Callable[[random.Random], bytes]] = {
    "tiff": hostile_tiff,
    "png": hostile_png,
    "jpeg": hostile_jpeg,
    "jp2": hostile_jp2,
    "bmp": hostile_bmp,
}
