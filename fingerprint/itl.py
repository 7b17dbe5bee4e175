"""The friction ridge images of an ANSI/NIST-ITL file: records of Types 4, 13, 14 and 15.

Source: ANSI/NIST-ITL 1-2011 (NIST SP 500-290), clauses 8.4 and 8.13 to 8.15. Everything comes in pixels of the image, y
down from its upper left corner; resolutions in pixels an inch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from biometrics.imaging.decoder import MAX_PPI, MIN_PPI
from biometrics.itl import DATA, IDC, NSR, NTR, ItlRecord
from biometrics.itl.record import AMP
from biometrics.kernel.recognition.capture import FingerPosition, Impression

LATENT, TENPRINT, TENPRINT_BINARY, PALM = 13, 14, 4, 15
_TYPES = (TENPRINT_BINARY, LATENT, TENPRINT, PALM)

# Fields: of Type-4, then of Types 13 to 15.
_IMP = 3
_FGP4, _ISR, _HLL4, _VLL4, _GCA4, _DATA4 = 4, 5, 6, 7, 8, 9
_HLL, _VLL, _SLC, _THPS, _TVPS, _CGA, _BPX, _FGP = 6, 7, 8, 9, 10, 11, 12, 13
_SHPS, _SVPS = 16, 17  # as scanned
_SEG, _ASEG = 21, 25

_UNITS = {"1": 1.0, "2": 2.54}  # scale units by code, and how many make pixels an inch: an inch, a centimetre
_MM_AN_INCH = 25.4
_GREY_BITS, _DEEP_BITS, _COLOUR_BITS = 8, 16, 24
_NATIVE = "1"  # code of the image scanning resolution: as scanned, not the standard's
_STANDARD_PPI = 500.0
_NOMINAL = (500.0, 1000.0)  # the standard lets a scanner be 1 % off these
_TOLERANCE = 0.01


@dataclass(frozen=True)
class FingerSegment:
    """The place of one finger of a slap: the corners of a rectangle, upright or not, or of a polygon, as (x, y)."""

    position: FingerPosition
    corners: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class RidgeImage:
    """One friction ridge image of a file.

    Attributes:
        record: the record itself, for its other fields and for errors that name it.
        positions: ANSI/NIST friction ridge position codes; 13 is the right four fingers, 14 the left, 15 both thumbs.
        impression: its code; None for one that the standard does not know for fingers.
        content: an image file; uncompressed pixels have been given the header of a PGM file.
        ppi: pixels an inch; None if not in the record.
        segments: the fingers of a slap as the sender has marked them, polygons in place of rectangles where both are.
        missing: fingers that are not there, by position: "XX" amputated, "UP" unable to print, or another code.
        warnings: sentences about what the record does not say, or says otherwise than the standard, and what is used.
    """

    record: ItlRecord
    positions: tuple[int, ...]
    impression: Impression | None
    content: bytes
    width: int
    height: int
    ppi: float | None
    segments: tuple[FingerSegment, ...] = ()
    missing: Mapping[FingerPosition, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def idc(self) -> int:
        """The number that links the records of one image, such as its minutiae."""
        return self.record.integer(IDC)

    @property
    def position(self) -> int:
        """The first position code; 0, unknown, where there is none."""
        return self.positions[0] if self.positions else 0


def ridge_images(records: Sequence[ItlRecord]) -> list[RidgeImage]:
    """Return the fingerprint images of a file, in its order; `records` begin with its Type-1 record.

    A Type-14 record that only reports a missing finger has none.

    Raises:
        MalformedTransaction: a record lacks what it must have, or has what the standard does not allow.
    """
    return [
        _type_4(record, records[0]) if record.type == TENPRINT_BINARY else _type_14(record)
        for record in records
        if record.type in _TYPES and not (record.type == TENPRINT and record.get(AMP) and not record.get(DATA))
    ]


def missing_fingers(record: ItlRecord) -> dict[FingerPosition, str]:
    """Return the fingers that a Type-14 record says could not be taken: "XX", "UP" or another code.

    Raises:
        MalformedTransaction: it names something else than a finger.
    """
    return {_finger(record, AMP, items): items[1] if len(items) > 1 else "" for items in record.items(AMP)}


def _type_4(record: ItlRecord, first: ItlRecord) -> RidgeImage:
    width, height = _size(record, _HLL4), _size(record, _VLL4)
    # Without native scanning the transmitted image has the nominal resolution, 500 if not stated.
    resolution = first.text(NSR if record.text(_ISR) == _NATIVE else NTR)
    try:
        ppi = float(resolution or 0) * _MM_AN_INCH or _STANDARD_PPI
    except ValueError as error:
        raise first.error(NTR, "is not a number of pixels a millimetre", "a number such as 19.69") from error
    return RidgeImage(
        record=record,
        positions=tuple(record.parse_integer(_FGP4, code) for code, *_ in record.items(_FGP4)),
        impression=_impression(record),
        content=_content(record, _DATA4, record.integer(_GCA4) != 0, width, height),
        width=width,
        height=height,
        ppi=_nominal(ppi),
    )


def _type_14(record: ItlRecord) -> RidgeImage:
    width, height = _size(record, _HLL), _size(record, _VLL)
    tenprint = record.type == TENPRINT
    compressed = record.text(_CGA) != "NONE"
    warnings: list[str] = []
    depth = _depth(record, compressed, warnings)
    ppi = _transmitted_ppi(record, warnings)
    return RidgeImage(
        record=record,
        positions=tuple(record.parse_integer(_FGP, code) for code, *_ in record.items(_FGP)),
        impression=_impression(record),
        content=_content(record, DATA, compressed, width, height, depth),
        width=width,
        height=height,
        ppi=ppi,
        segments=_segments(record) if tenprint else (),
        missing=missing_fingers(record) if tenprint else {},
        warnings=tuple(warnings),
    )


def _depth(record: ItlRecord, compressed: bool, warnings: list[str]) -> int:
    """Return the bits a pixel of uncompressed pixels; a compressed image knows its own.

    Raises:
        MalformedTransaction: uncompressed pixels are of a depth that is not read.
    """
    bits = record.text(_BPX).strip().lstrip("0")
    if bits in ("", "8"):
        return 8
    if bits not in ("16", "24") and not compressed:
        raise record.error(_BPX, f"is {bits[:20]!r}; uncompressed images of 8, 16 or 24 bits a pixel are read", "8")
    warnings.append(f"Record {record.place}: its image has {bits[:20]} bits a pixel; it is compared in 8 bits of grey.")
    return _GREY_BITS if compressed else int(bits)


def _transmitted_ppi(record: ItlRecord, warnings: list[str]) -> float | None:
    """Return the resolution of the image as it was sent; None, with a warning, if no field states it."""
    record_label, transmitted = f"Record {record.place}:", f"{record.type}.{_THPS:03d} (THPS)"
    if record.text(_SLC) in _UNITS:
        for number, name in {_THPS: "THPS", _TVPS: "TVPS", _SHPS: "SHPS", _SVPS: "SVPS"}.items():
            if not _is_scale(record, number):
                continue
            if ppi := pixels_an_inch(record, _SLC, number):
                if number != _THPS:
                    used = f"{record.type}.{number:03d} ({name})"
                    warnings.append(f"{record_label} field {transmitted} gives no scale of a scanner; {used} is used.")
                return ppi
            break  # a display's, as some software writes
    warnings.append(
        f"{record_label} no field gives a scale of a scanner; what the image file says is used, else 500 ppi."
    )
    return None


def _is_scale(record: ItlRecord, number: int) -> bool:
    """Say whether a field gives a scale; the first must be a number, and zeros are none."""
    if number != _THPS and not record.get(number):
        return False
    return record.integer(number) != 0


def _size(record: ItlRecord, number: int) -> int:
    size = record.integer(number)
    if size < 1:
        raise record.error(number, f"is {size}; an image has at least one pixel", "1 or more")
    return size


def _impression(record: ItlRecord) -> Impression | None:
    code = record.integer(_IMP)
    return Impression(code) if code in set(Impression) else None


def _content(
    record: ItlRecord, number: int, compressed: bool, width: int, height: int, depth: int = _GREY_BITS
) -> bytes:
    data = record.get(number)
    if not data:
        raise record.error(number, "is empty: there is no image", "an image", "")
    if compressed:
        return data
    if len(data) != (expected := width * height * depth // 8):
        fault = f"has {len(data)} bytes; {width} x {height} pixels need {expected}"
        raise record.error(number, fault, f"{expected} bytes", f"{len(data)} bytes")
    if depth == _COLOUR_BITS:
        return b"P6 %d %d 255\n" % (width, height) + data
    if depth == _DEEP_BITS:
        data = data[::2]  # the more significant byte comes first
    return b"P5 %d %d 255\n" % (width, height) + data


def pixels_an_inch(record: ItlRecord, unit: int, scale: int) -> float | None:
    """Return the resolution in two fields, a unit of length and the pixels in it; None if they state none.

    Raises:
        MalformedTransaction: the second is no number.
    """
    if record.text(unit) not in _UNITS:
        return None
    return _nominal(record.integer(scale) * _UNITS[record.text(unit)])


def _nominal(ppi: float) -> float | None:
    """Return the resolution that a scanner was made for; None for what no scanner has."""
    for nominal in _NOMINAL:
        if abs(ppi - nominal) <= _TOLERANCE * nominal:
            return nominal
    return ppi if MIN_PPI <= ppi <= MAX_PPI else None


def _segments(record: ItlRecord) -> tuple[FingerSegment, ...]:
    by_position = {}
    for items in record.items(_SEG):
        position, (left, right, top, bottom) = _finger(record, _SEG, items), _numbers(record, _SEG, items[1:], 4)
        by_position[position] = FingerSegment(position, ((left, top), (right, top), (right, bottom), (left, bottom)))
    for items in record.items(_ASEG):
        position, count = _finger(record, _ASEG, items), _numbers(record, _ASEG, items[1:2], 1)[0]
        numbers = _numbers(record, _ASEG, items[2:], 2 * count)
        by_position[position] = FingerSegment(position, tuple(zip(numbers[::2], numbers[1::2], strict=True)))
    return tuple(by_position.values())


def _numbers(record: ItlRecord, number: int, items: Sequence[str], count: int) -> list[int]:
    if len(items) != count:
        raise record.error(number, f"has {len(items)} numbers where {count} belong", f"{count} numbers")
    return [record.parse_integer(number, item) for item in items]


def _finger(record: ItlRecord, number: int, items: Sequence[str]) -> FingerPosition:
    code = record.parse_integer(number, items[0])
    # 11 and 12 are the plain thumbs.
    code = {11: FingerPosition.RIGHT_THUMB, 12: FingerPosition.LEFT_THUMB}.get(code, code)
    if code not in set(FingerPosition):
        raise record.error(number, f"names the finger {code}, which is not one of 1 to 12", "1 to 12", str(code))
    return FingerPosition(code)
