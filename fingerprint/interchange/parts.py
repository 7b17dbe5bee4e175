"""What every format writes alike: a list of minutiae, and the extended data area after it.

A minutia is six bytes: type (2 bits) and x (14), two reserved bits and y (14), angle (8), quality (8). ISO/IEC
19794-2:2011 may leave the quality out.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct

from biometrics.imaging.byte_reader import LENGTH_SLACK, Cursor
from biometrics.kernel.errors import InvalidRecord
from biometrics.kernel.recognition.capture import FingerPosition
from fingerprint.interchange import extended
from fingerprint.interchange.record import MAX_COORDINATE, QUALITY_UNREPORTED, FingerView, RecordMinutia
from fingerprint.template import MAX_MINUTIAE, MinutiaType

WITH_QUALITY, WITHOUT_QUALITY = Struct(">HHBB"), Struct(">HHB")
_TYPE_SHIFT = 14


def read_minutiae(cursor: Cursor, count: int, layout: Struct = WITH_QUALITY) -> tuple[RecordMinutia, ...]:
    """Read `count` minutiae; where they have no quality it becomes QUALITY_UNREPORTED.

    Raises:
        InvalidRecord: cut short, or a type that is not known.
    """
    minutiae = []
    for typed_x, y, angle, *quality in layout.iter_unpack(cursor.take(count * layout.size)):
        kind = typed_x >> _TYPE_SHIFT
        if kind not in list(MinutiaType):
            raise InvalidRecord(f"The record has a minutia of the unknown type {kind}; ask its sender for it again.")
        point = (typed_x & MAX_COORDINATE, y & MAX_COORDINATE)
        minutiae.append(RecordMinutia(MinutiaType(kind), *point, angle, quality[0] if quality else QUALITY_UNREPORTED))
    return tuple(minutiae)


def write_minutiae(minutiae: Sequence[RecordMinutia], layout: Struct = WITH_QUALITY) -> bytes:
    """Write minutiae, without their quality where the layout has none."""
    rows = (
        (minutia.type << _TYPE_SHIFT | minutia.x, minutia.y, minutia.angle, minutia.quality) for minutia in minutiae
    )
    return b"".join(layout.pack(*(row if layout is WITH_QUALITY else row[:3])) for row in rows)


def read_extended(cursor: Cursor) -> bytes:
    """Read an extended data area, checked but not interpreted; at the record's end, all remaining bytes.

    Raises:
        InvalidRecord: cut short, or its lengths do not add up.
    """
    (length,) = cursor.unpack(extended.LENGTH)
    is_last = abs(length - cursor.left) <= LENGTH_SLACK and not cursor.is_padding(length)
    area = cursor.take(cursor.left if is_last else length)
    extended.blocks(area)
    return area


def write_extended(area: bytes) -> bytes:
    """Write an extended data area with its length."""
    return extended.LENGTH.pack(len(area)) + area


def finger_position(code: int) -> FingerPosition:
    """Return the finger of a position code.

    Raises:
        InvalidRecord: it is not the code of one finger.
    """
    if code not in list(FingerPosition):
        raise InvalidRecord(f"The record is of finger position {code}, which is not one finger; send one finger each.")
    return FingerPosition(code)


def check(view: FingerView) -> FingerView:
    """Return a view that was read or is to be written, where it is not at odds with itself.

    Raises:
        InvalidRecord: a size or resolution of zero, too many minutiae or bytes, or a minutia outside the image.
    """
    if not (view.width and view.height and view.resolution_x and view.resolution_y):
        raise InvalidRecord("The record gives an image size or resolution of zero; ask its sender for it again.")
    if len(view.minutiae) > MAX_MINUTIAE or len(view.extended) > extended.MAX_AREA:
        raise InvalidRecord(f"A view holds at most {MAX_MINUTIAE} minutiae and {extended.MAX_AREA:,} bytes more.")
    if any(minutia.x > view.width or minutia.y > view.height for minutia in view.minutiae):
        raise InvalidRecord("A minutia lies outside the record's image; ask its sender for it again.")
    return view
