"""Minutiae of an ANSI/NIST-ITL file's Type-9 records, in any of the four forms that are about.

Sources: ANSI/NIST-ITL 1-2011 update 2013 (NIST SP 500-290), clauses 8.9.5 (M1, which is ANSI INCITS 378) and 8.9.7
(the extended feature set, EFS); ANSI/NIST-ITL 1-2007 for fields 9.005 to 9.012; the FBI's EBTS for 9.013 to 9.023.

    form      minutiae  where x and y are                            angle
    EFS       9.331     10 um from the region's upper left, y down   degrees, as ours
    M1        9.137     pixels from the upper left, y down           2 degrees, as ours
    standard  9.012     10 um from the lower left, y up              degrees, half a turn from ours
    IAFIS     9.023     10 um from the upper left, y down            degrees, as ours

Ours points from an ending along its ridge, and from a bifurcation into the valley between its branches.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, pi, radians
from typing import NamedTuple

from biometrics.itl import IDC, ItlRecord
from biometrics.kernel.errors import InvalidField, InvalidResolution, MalformedTransaction
from fingerprint.itl import RidgeImage, pixels_an_inch, ridge_images
from fingerprint.latents.marked import MarkedMinutia, MarkedPrint
from fingerprint.latents.positions import RidgePosition, position_of_codes
from fingerprint.parameters import PPI
from fingerprint.template import MinutiaType

MINUTIAE = 9
_UNITS_AN_INCH = 2540.0  # of 10 um

_EFS_REGION, _EFS_POSITION, _EFS_MINUTIAE = 300, 302, 331
_M1_SIZE, _M1_SCALE, _M1_POSITION, _M1_MINUTIAE = (128, 129), (130, 131), 134, 137
_STANDARD_POSITION, _STANDARD_MINUTIAE = 6, 12
_IAFIS_POSITION, _IAFIS_MINUTIAE = 14, 23


class _Row(NamedTuple):
    """A minutia as the record has it, x and y in units of 10 um."""

    x: int
    y: int
    angle: int  # degrees
    quality: float  # 0 to 1
    type: str


_E, _B, _O = MinutiaType.ENDING, MinutiaType.BIFURCATION, MinutiaType.OTHER
_LETTERS = {"A": _E, "B": _B, "C": _O, "D": _O}
_EFS_LETTERS = {"E": _E, "B": _B, "U": _O}
_M1_CODES = {"0": _O, "1": _E, "2": _B}
_WORST_LEGACY = 63  # the standard form's quality runs from 2, good, to this; 0 and 1 mean none


def marked_prints(records: Sequence[ItlRecord]) -> list[MarkedPrint]:
    """Return the minutiae of a file's Type-9 records, in its order.

    Forms without an image size take it from the image with the same IDC; without one, from the minutiae.

    Raises:
        MalformedTransaction: a record holds minutiae in no known form, or one that breaks the standard.
    """
    images = {image.idc: image for image in ridge_images(records)}
    return [_read(record, images.get(record.integer(IDC))) for record in records if record.type == MINUTIAE]


def _read(record: ItlRecord, image: RidgeImage | None) -> MarkedPrint:
    try:
        if record.get(_EFS_MINUTIAE) is not None:
            return _efs(record, image)
        if record.get(_M1_MINUTIAE) is not None:
            return _m1(record)
        if record.get(_STANDARD_MINUTIAE) is not None:
            return _joined(record, image, _STANDARD_MINUTIAE, _STANDARD_POSITION)
        if record.get(_IAFIS_MINUTIAE) is not None:
            return _joined(record, image, _IAFIS_MINUTIAE, _IAFIS_POSITION)
    except (InvalidField, InvalidResolution) as error:
        raise MalformedTransaction(f"Record {record.place} (Type-9): {error.message}") from error
    raise record.error(
        _M1_MINUTIAE,
        "is missing, as are 9.331, 9.012 and 9.023: there are no minutiae that can be read",
        "minutiae in one of 9.137, 9.331, 9.012 and 9.023",
    )


def _m1(record: ItlRecord) -> MarkedPrint:
    ppi = pixels_an_inch(record, *_M1_SCALE)
    if ppi is None:
        raise record.error(_M1_SCALE[1], "states no resolution that a scanner has", "180 to 2100 pixels an inch")
    marks = []
    for _, x, y, angle, kind, quality, *_ in _rows(record, _M1_MINUTIAE, 6):
        marks.append(
            MarkedMinutia(
                x=record.parse_integer(_M1_MINUTIAE, x),
                y=record.parse_integer(_M1_MINUTIAE, y),
                direction=radians(2 * record.parse_integer(_M1_MINUTIAE, angle)),
                type=_kind(record, _M1_MINUTIAE, _M1_CODES, kind),
                quality=_percent(record, quality),
            )
        )
    width, height = (record.integer(number) for number in _M1_SIZE)
    region = tuple((x * ppi / _UNITS_AN_INCH, y * ppi / _UNITS_AN_INCH) for x, y in _efs_region(record)[2]) or None
    return MarkedPrint(width, height, ppi, tuple(marks), _position(record, _M1_POSITION), region)


def _percent(record: ItlRecord, item: str) -> float:
    """Return an M1 quality, 1 to 100; 0 means none, and is treated as 100."""
    value = record.parse_integer(_M1_MINUTIAE, item)
    if not 0 <= value <= 100:
        raise record.error(_M1_MINUTIAE, f"has the quality {value}, which is not 0 to 100", "0 to 100", str(value))
    return value / 100 or 1.0


def _joined(record: ItlRecord, image: RidgeImage | None, number: int, position: int) -> MarkedPrint:
    """Read the standard's or IAFIS's minutiae, whose second item is xxxxyyyyttt."""
    standard = number == _STANDARD_MINUTIAE
    rows: list[_Row] = []
    for _, point, quality, kind, *_ in _rows(record, number, 4):
        if len(point) != 11:
            raise record.error(
                number,
                f"has {point[:20]!r} where four digits of x, four of y and three of theta belong",
                "xxxxyyyyttt",
                point,
            )
        x, y, angle = (record.parse_integer(number, digits) for digits in (point[:4], point[4:8], point[8:]))
        rows.append(_Row(x, y, angle, _legacy_quality(record, quality) if standard else 1.0, kind))
    scale, width, height = _frame(image, rows)
    marks = tuple(
        MarkedMinutia(
            x=min(x * scale, width),
            y=max(0.0, height - y * scale) if standard else min(y * scale, height),
            direction=(radians(angle) + (pi if standard else 0.0)) % (2 * pi),
            type=_kind(record, number, _LETTERS, kind),
            quality=quality,
        )
        for x, y, angle, quality, kind in rows
    )
    return MarkedPrint(width, height, scale * _UNITS_AN_INCH, marks, _position(record, position))


def _legacy_quality(record: ItlRecord, item: str) -> float:
    value = record.parse_integer(_STANDARD_MINUTIAE, item)
    return 1.0 if value < 2 else max(0.0, 1 - (value - 2) / (_WORST_LEGACY - 2))


def _efs(record: ItlRecord, image: RidgeImage | None) -> MarkedPrint:
    left, top, region = _efs_region(record)
    rows: list[_Row] = []
    for items in _rows(record, _EFS_MINUTIAE, 4):
        x, y, angle = (record.parse_integer(_EFS_MINUTIAE, item) for item in items[:3])
        rows.append(_Row(x + left, y + top, angle, 1.0, items[3]))
    scale, width, height = _frame(image, rows)
    marks = tuple(
        MarkedMinutia(
            min(x * scale, width),
            min(y * scale, height),
            radians(angle),
            _kind(record, _EFS_MINUTIAE, _EFS_LETTERS, kind),
            quality,
        )
        for x, y, angle, quality, kind in rows
    )
    corners = tuple((x * scale, y * scale) for x, y in region) or None
    return MarkedPrint(width, height, scale * _UNITS_AN_INCH, marks, _position(record, _EFS_POSITION), corners)


def _efs_region(record: ItlRecord) -> tuple[int, int, list[tuple[int, int]]]:
    """Return the upper left corner of the region of interest, and the corners of its polygon, in the image."""
    items = (record.items(_EFS_REGION) or [[]])[0] + [""] * 5
    left, top = (record.parse_integer(_EFS_REGION, item or "0") for item in items[2:4])
    corners = []
    for vertex in filter(None, items[4].split("-")):
        pair = vertex.split(",")
        if len(pair) != 2:
            raise record.error(_EFS_REGION, f"has {vertex[:20]!r} where a corner x,y belongs", "x,y", vertex)
        corners.append((record.parse_integer(_EFS_REGION, pair[0]), record.parse_integer(_EFS_REGION, pair[1])))
    return left, top, corners


def _frame(image: RidgeImage | None, rows: Sequence[_Row]) -> tuple[float, int, int]:
    """Return pixels a unit of 10 um, width and height: of the image, else of what the minutiae span, at 500 ppi."""
    if image is not None and image.ppi is not None:
        return image.ppi / _UNITS_AN_INCH, image.width, image.height
    scale = PPI / _UNITS_AN_INCH
    width = max((row.x for row in rows), default=0) * scale
    height = max((row.y for row in rows), default=0) * scale
    return scale, ceil(width) + 1, ceil(height) + 1


def _rows(record: ItlRecord, number: int, items: int) -> list[list[str]]:
    rows = record.items(number)
    for row in rows:
        if len(row) < items:
            fault = f"has a minutia of {len(row)} items; at least {items} belong to each"
            raise record.error(number, fault, f"at least {items} items", f"{len(row)} items")
    return rows


def _kind(record: ItlRecord, number: int, codes: dict[str, MinutiaType], code: str) -> MinutiaType:
    if code not in codes:
        type_codes = ", ".join(codes)
        raise record.error(
            number, f"has the minutia type {code[:20]!r}, which is none of {type_codes}", type_codes, code
        )
    return codes[code]


def _position(record: ItlRecord, number: int) -> RidgePosition | None:
    """Return the finger or palm; None where none is stated."""
    text = record.text(number)
    return position_of_codes([int(text)] if text.isdigit() else [])
