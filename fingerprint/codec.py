"""Our own compact bytes of a fingerprint template: what the records store keeps.

    offset  size  field (little-endian)
    0       4     magic "PFPT"
    4       1     version, 2
    5       2     width of the image at 500 ppi, pixels
    7       2     height
    9       1     n, number of minutiae
    10      8 n   minutiae, each: x and y (uint16, 1/8 pixel), direction (uint16, 1/65536 turn), quality (uint8, 1/255),
                  type (uint8)
    10 + 8 n      the ridge map, absent where there is none: row and column of the upper left tile (uint16), rows and
                  columns of the box around the tiles (uint8), a bit for each place in the box, row by row, the lowest
                  bit first, 1 where there is a tile, and the tiles' words (uint64) in that order

A latent is the magic "PFPV", the version, 5, the number of views of it (uint8), the number of aspects in which it has
them (uint8), and for each view, those of the latent as it is first, its length (uint32) and its bytes. All views in one
aspect have the ridge map of the first one, and only that one holds it. Then follow its `Described`: which network it is
of (8 bytes), the number of its minutiae (uint16), and for each x, y and direction, as above, and its description (int8,
in steps of 1/127 of the largest of its numbers). Earlier searches are replayed as they were made,
by the version of their probe: 1, of two views or more, was written before latents had a score of their own, and is
compared as whole prints are; of 2 the index is asked for the first view alone; 3 and those before have their views in
one aspect, no byte that says so, and a ridge map in each; 4 and those before have no descriptions.

A print of 40 minutiae takes some 1,500 bytes, less than 2,000 with all the tiles there can be. The same template
always gives the same bytes, and bytes survive decoding and encoding unchanged.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace
from math import pi
from typing import NamedTuple, TypeVar

import numpy as np

from biometrics.kernel.errors import InvalidTemplate
from fingerprint.described import DIMENSION, NETWORK_BYTES, NOT_DESCRIBED, Described
from fingerprint.parameters import ASPECTS
from fingerprint.ridge_map import NO_RIDGES, RidgeMap
from fingerprint.template import FingerprintTemplate

_MAGIC = b"PFPT"
_VERSION = 2
_VIEWS = struct.Struct("<4sBB")
_VIEWS_MAGIC = b"PFPV"
_OWN_SCORE, _ALL_SEARCHED, _ASPECTS, _DESCRIBED = 2, 3, 4, 5  # the first versions that have each of these
_LEAST_VIEWS = {1: 2, 2: 1, 3: 1, 4: 1, 5: 1}  # of each version
_LENGTH = struct.Struct("<I")
_HEADER = struct.Struct("<4sBHHB")
_BOX = struct.Struct("<HHBB")
_MINUTIA = np.dtype([("x", "<u2"), ("y", "<u2"), ("direction", "<u2"), ("quality", "u1"), ("type", "u1")])
_DESCRIPTIONS = struct.Struct(f"<{NETWORK_BYTES}sH")
_DESCRIPTION = np.dtype([("x", "<u2"), ("y", "<u2"), ("direction", "<u2"), ("numbers", "i1", (DIMENSION,))])
_NUMBERS = 127  # the largest number of a description
_POSITIONS = 8  # steps a pixel
_DIRECTIONS = 65536  # steps a turn
_QUALITIES = 255  # steps from 0 to 1
_Template = TypeVar("_Template", bound=FingerprintTemplate)


def encode(template: FingerprintTemplate) -> bytes:
    """Return the template's bytes."""
    return _HEADER.pack(_MAGIC, _VERSION, template.width, template.height, len(template)) + encode_content(template)


def encode_content(template: FingerprintTemplate) -> bytes:
    """Return the bytes of the minutiae and the ridge map, which follow the header."""
    rows = np.zeros(len(template), _MINUTIA)
    rows["x"] = np.rint(template.x * _POSITIONS)
    rows["y"] = np.rint(template.y * _POSITIONS)
    steps = np.rint(template.direction.astype(np.float64) * (_DIRECTIONS / (2 * pi)))
    rows["direction"] = steps.astype(np.int64) % _DIRECTIONS
    rows["quality"] = np.rint(template.quality * _QUALITIES)
    rows["type"] = template.type
    return rows.tobytes() + _encoded_ridges(template.ridges)


def _encoded_ridges(ridges: RidgeMap) -> bytes:
    if len(ridges) == 0:
        return b""
    top, left = int(ridges.rows.min()), int(ridges.columns.min())
    places = np.zeros((int(ridges.rows.max()) - top + 1, int(ridges.columns.max()) - left + 1), np.bool_)
    places[ridges.rows - top, ridges.columns - left] = True
    box = _BOX.pack(top, left, *places.shape)
    return box + np.packbits(places, bitorder="little").tobytes() + ridges.words.astype("<u8").tobytes()


def encode_latent(latent: Sequence[Sequence[FingerprintTemplate]], described: Described = NOT_DESCRIBED) -> bytes:
    """Return the bytes of a latent: in one aspect or more, as many views in each, with the ridges of the first one."""
    bare = [(first, *(replace(view, ridges=NO_RIDGES) for view in further)) for first, *further in latent]
    encoded = [encode(view) for views in bare for view in views]
    parts = [part for encoded_view in encoded for part in (_LENGTH.pack(len(encoded_view)), encoded_view)]
    head = _VIEWS.pack(_VIEWS_MAGIC, _DESCRIBED, len(latent[0])) + bytes([len(latent)])
    return head + b"".join(parts) + _encoded_descriptions(described)


def _encoded_descriptions(described: Described) -> bytes:
    rows = np.zeros(described.points.shape[1], _DESCRIPTION)
    x, y, direction = described.points
    rows["x"], rows["y"] = np.rint(x * _POSITIONS), np.rint(-y * _POSITIONS)
    rows["direction"] = np.rint(direction * (_DIRECTIONS / (2 * pi))).astype(np.int64) % _DIRECTIONS
    largest = np.abs(described.descriptions).max(axis=1, keepdims=True, initial=1e-9)
    rows["numbers"] = np.rint(described.descriptions * (_NUMBERS / largest))
    return _DESCRIPTIONS.pack(described.network, len(rows)) + rows.tobytes()


def is_latent(data: bytes) -> bool:
    """Say whether bytes are those of a latent, which has a score of its own."""
    return _views_version(data) >= _OWN_SCORE


def decode_described(data: bytes) -> Described:
    """Read the descriptions of a latent's minutiae back; there are none in bytes of another print.

    Raises:
        InvalidTemplate: as for `decode`.
    """
    rest = _split(data).rest
    if not rest:
        return NOT_DESCRIBED
    network, count = _DESCRIPTIONS.unpack_from(rest)
    rows = np.frombuffer(rest, _DESCRIPTION, count, _DESCRIPTIONS.size)
    turn = rows["direction"] * (2 * pi / _DIRECTIONS)
    points = np.stack([rows["x"] / _POSITIONS, -(rows["y"] / _POSITIONS), np.where(turn < pi, turn, turn - 2 * pi)])
    numbers = rows["numbers"].astype(np.float32)
    length = np.maximum(np.linalg.norm(numbers, axis=1, keepdims=True), 1)
    return Described(points, np.asarray(numbers / length, np.float32), network)


def undescribed(data: bytes) -> bytes:
    """Return the bytes of a print without descriptions.

    Raises:
        InvalidTemplate: as for `decode`.
    """
    rest = _split(data).rest
    return data[: len(data) - len(rest)] + _encoded_descriptions(NOT_DESCRIBED) if rest else data


def searched_views(data: bytes) -> list[FingerprintTemplate]:
    """Read the views that an index is asked for: all of them, of a latent as it is written now; the first one else.

    Raises:
        InvalidTemplate: as for `decode`.
    """
    views = decode_views(data)
    return views if _views_version(data) >= _ALL_SEARCHED else views[:1]


def _views_version(data: bytes) -> int:
    """Return the version of bytes of several views, 0 of others."""
    return data[len(_VIEWS_MAGIC)] if data.startswith(_VIEWS_MAGIC) and len(data) > len(_VIEWS_MAGIC) else 0


def decode_views(data: bytes) -> list[FingerprintTemplate]:
    """Read one or more views back, of a latent those of it as it is.

    Raises:
        InvalidTemplate: as for `decode`.
    """
    return _decoded_views(_split(data).aspects[0], shares_ridges=_views_version(data) >= _ASPECTS)


def decode_aspects(data: bytes) -> list[list[FingerprintTemplate]]:
    """Read the views back in each aspect, those of the print as it is first; only latents have others.

    Raises:
        InvalidTemplate: as for `decode`.
    """
    shares_ridges = _views_version(data) >= _ASPECTS
    return [_decoded_views(views, shares_ridges=shares_ridges) for views in _split(data).aspects]


def _decoded_views(views: Sequence[bytes], *, shares_ridges: bool) -> list[FingerprintTemplate]:
    first, *further = (_decoded(view) for view in views)
    return [first, *(replace(view, ridges=first.ridges) if shares_ridges else view for view in further)]


class _Parts(NamedTuple):
    """The bytes of each view, in each aspect, and of the descriptions."""

    aspects: list[list[bytes]]
    rest: bytes = b""


def _split(data: bytes) -> _Parts:
    if not data.startswith(_VIEWS_MAGIC):
        return _Parts([[data]])
    if len(data) <= _VIEWS.size:
        raise _invalid(f"{len(data)} bytes are too few")
    _, version, count = _VIEWS.unpack_from(data)
    if version not in _LEAST_VIEWS or count < _LEAST_VIEWS[version]:
        raise _invalid(f"{count} views of version {version} are not known here")
    at, views, aspects = _VIEWS.size, [], 1
    if version >= _ASPECTS:
        at, aspects = at + 1, data[at]
    if aspects not in (1, len(ASPECTS)):
        raise _invalid(f"{aspects} aspects are not known here")
    for _ in range(count * aspects):
        if len(data) < at + _LENGTH.size:
            raise _invalid("a view is missing")
        (length,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        views.append(data[at : at + length])
        at += length
    rest = data[at:]
    if len(rest) != (_descriptions_length(rest) if version >= _DESCRIBED else 0):
        raise _invalid("its parts do not end where it does")
    return _Parts([views[first : first + count] for first in range(0, len(views), count)], rest)


def _descriptions_length(data: bytes) -> int:
    """Return how many bytes the descriptions take that begin so."""
    if len(data) < _DESCRIPTIONS.size:
        raise _invalid("its descriptions are missing")
    _, count = _DESCRIPTIONS.unpack_from(data)
    return int(_DESCRIPTIONS.size + count * _DESCRIPTION.itemsize)


def decode(data: bytes) -> FingerprintTemplate:
    """Read a template back; directions come back in [0, 2 pi). Of several views it is the first.

    Raises:
        InvalidTemplate: not such bytes, of another version, cut short or too long, or with values out of range.
    """
    return decode_views(data)[0]


def _decoded(data: bytes) -> FingerprintTemplate:
    if len(data) < _HEADER.size:
        raise _invalid(f"{len(data)} bytes are too few")
    magic, version, width, height, count = _HEADER.unpack_from(data)
    if magic != _MAGIC:
        raise _invalid("it does not begin as one")
    if version != _VERSION:
        raise _invalid(f"version {version} is not known here")
    try:
        return decode_content(data[_HEADER.size :], (width, height), count, FingerprintTemplate)
    except ValueError as error:
        raise _invalid(str(error)) from error


def decode_content(data: bytes, size: tuple[int, int], count: int, kind: type[_Template]) -> _Template:
    """Read so many minutiae, and a ridge map, of an image of a size (width, height).

    Raises:
        ValueError: cut short or too long, or with values out of range.
    """
    end = count * _MINUTIA.itemsize
    if len(data) < end:
        raise ValueError(f"{len(data)} bytes cannot hold {count} minutiae")
    rows = np.frombuffer(data, _MINUTIA, count)
    return kind(
        width=size[0],
        height=size[1],
        x=(rows["x"] / _POSITIONS).astype(np.float32),
        y=(rows["y"] / _POSITIONS).astype(np.float32),
        direction=(rows["direction"] * (2 * pi / _DIRECTIONS)).astype(np.float32),
        quality=(rows["quality"] / _QUALITIES).astype(np.float32),
        type=rows["type"],
        ridges=_decoded_ridges(data[end:], kind.RIDGES),
    )


def _decoded_ridges(data: bytes, kind: type[RidgeMap]) -> RidgeMap:
    if not data:
        return NO_RIDGES
    ridges = NO_RIDGES
    if len(data) >= _BOX.size:
        top, left, height, width = _BOX.unpack_from(data)
        bitmap = -(-height * width // 8)
        bits = np.unpackbits(np.frombuffer(data, np.uint8, offset=_BOX.size)[:bitmap], bitorder="little")
        tiles = np.flatnonzero(bits)
        words = data[_BOX.size + bitmap :]
        if len(words) == 8 * len(tiles) > 0:
            ridges = kind(tiles // width + top, tiles % width + left, np.frombuffer(words, "<u8"))
    if _encoded_ridges(ridges) != data:
        raise ValueError("its ridge map is damaged")
    return ridges


def _invalid(reason: str) -> InvalidTemplate:
    return InvalidTemplate(f"This is not a usable fingerprint template: {reason}. Extract it again from its image.")
