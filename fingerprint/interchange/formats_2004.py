r"""ANSI INCITS 378-2004 and ISO/IEC 19794-2:2005, which have all but the header in common.

    record header                                       ANSI                ISO
    format identifier                                   "FMR\0"             "FMR\0"
    version                                             " 20\0"             " 20\0"
    length of the record, bytes                         2, or 2 zeros and 4  4
    CBEFF product owner, product type                   2 + 2               -
    compliance (4 bits) and id (12) of the device       2                   2
    image width, height, pixels                         2 + 2               2 + 2
    resolution of x, of y, pixels a centimetre          2 + 2               2 + 2
    number of views, reserved                           1 + 1               1 + 1

    each view
    finger position                                     1
    view number (4 bits), impression type (4)           1
    finger quality                                      1
    number of minutiae                                  1
    minutiae                                            6 each
    length of the extended data area, the area          2 + its bytes

Everything is big-endian. Some writers of ANSI records write the version as "020\0".
"""

from __future__ import annotations

from struct import Struct

from biometrics.imaging.byte_reader import LENGTH_SLACK, Cursor
from biometrics.kernel.errors import InvalidRecord
from fingerprint.interchange.parts import (
    check,
    finger_position,
    read_extended,
    read_minutiae,
    write_extended,
    write_minutiae,
)
from fingerprint.interchange.record import (
    CaptureDevice,
    FingerView,
    MinutiaeRecord,
    QualityBlock,
    RecordFormat,
)

MAGIC, VERSION, VERSION_WITH_ZERO = b"FMR\0", b" 20\0", b"020\0"
_SHORT_LENGTH, _LONG_LENGTH = Struct(">H"), Struct(">HI")
_ISO_LENGTH = Struct(">I")
_BEFORE_LENGTH = len(MAGIC) + len(VERSION)
_LONGEST_SHORT = 0xFFFF
_HIGHEST_HALF = (
    30  # upper 16 bits of the length of the longest record that is read; every record has more bytes than this
)
_PRODUCT = Struct(">HH")
_HEADER = Struct(">HHHHHBB")
_VIEW = Struct(">BBBB")
_COMPLIANCE_SHIFT, _DEVICE_ID = 12, 0x0FFF
_NUMBER_SHIFT, _HALF_BYTE = 4, 0x0F


def read(data: bytes) -> MinutiaeRecord:
    """Read a record of either format, recognised by its length field.

    Raises:
        InvalidRecord: cut short, damaged, or at odds with itself.
    """
    cursor = Cursor(data)
    cursor.take(_BEFORE_LENGTH)
    kind, length = _read_length(cursor, len(data))
    cursor.limit(length)
    owner, product = cursor.unpack(_PRODUCT) if kind is RecordFormat.ANSI_378_2004 else (0, 0)
    *header, count, _ = cursor.unpack(_HEADER)
    views = tuple(_read_view(cursor, *header) for _ in range(count))
    cursor.finish(LENGTH_SLACK)
    return MinutiaeRecord(kind, views, owner, product)


def write(record: MinutiaeRecord) -> bytes:
    """Write a record in its format, one of the two.

    Raises:
        InvalidRecord: its views differ in what the header says of all, or a value does not fit.
    """
    shared = _shared(record.views[0])
    if any(_shared(view) != shared for view in record.views):
        raise InvalidRecord(f"The views of one {record.format.label} record need one device, size and resolution.")
    body = _HEADER.pack(*shared, len(record.views), 0) + b"".join(_write_view(view) for view in record.views)
    if record.format is RecordFormat.ISO_19794_2_2005:
        return MAGIC + VERSION + _ISO_LENGTH.pack(_BEFORE_LENGTH + _ISO_LENGTH.size + len(body)) + body
    body = _PRODUCT.pack(record.owner, record.product) + body
    length = _BEFORE_LENGTH + _SHORT_LENGTH.size + len(body)
    if length <= _LONGEST_SHORT:
        return MAGIC + VERSION + _SHORT_LENGTH.pack(length) + body
    return MAGIC + VERSION + _LONG_LENGTH.pack(0, _BEFORE_LENGTH + _LONG_LENGTH.size + len(body)) + body


def _read_length(cursor: Cursor, actual: int) -> tuple[RecordFormat, int]:
    """Read the length, and the format by its place: ANSI has its high bytes in front only if it must."""
    fits_short = actual <= _LONGEST_SHORT  # if not, there may be a short record in a larger buffer
    (first,) = cursor.unpack(_SHORT_LENGTH)
    if first and (fits_short or first > _HIGHEST_HALF):
        return RecordFormat.ANSI_378_2004, first
    (second,) = cursor.unpack(_SHORT_LENGTH)
    if first or (second and (fits_short or second > _HIGHEST_HALF)):
        return RecordFormat.ISO_19794_2_2005, first << 16 | second
    (third,) = cursor.unpack(_SHORT_LENGTH)
    return RecordFormat.ANSI_378_2004, second << 16 | third


def _read_view(
    cursor: Cursor, device: int, width: int, height: int, resolution_x: int, resolution_y: int
) -> FingerView:
    position, number_and_impression, quality, count = cursor.unpack(_VIEW)
    return check(
        FingerView(
            finger_position(position),
            width,
            height,
            resolution_x,
            resolution_y,
            read_minutiae(cursor, count),
            number_and_impression >> _NUMBER_SHIFT,
            number_and_impression & _HALF_BYTE,
            (QualityBlock(quality),),
            CaptureDevice(device & _DEVICE_ID, device >> _COMPLIANCE_SHIFT),
            extended=read_extended(cursor),
        )
    )


def _write_view(view: FingerView) -> bytes:
    if view.number > _HALF_BYTE or view.impression > _HALF_BYTE or len(view.qualities) != 1:
        raise InvalidRecord(
            "A view has one quality, and a number and an impression type of at most 15, in this format."
        )
    head = _VIEW.pack(
        view.position, view.number << _NUMBER_SHIFT | view.impression, view.qualities[0].score, len(view.minutiae)
    )
    return head + write_minutiae(view.minutiae) + write_extended(view.extended)


def _shared(view: FingerView) -> tuple[int, int, int, int, int]:
    """Return what the header says of every view."""
    device = view.device.compliance << _COMPLIANCE_SHIFT | view.device.id
    return device, view.width, view.height, view.resolution_x, view.resolution_y
