r"""ANSI INCITS 378-2009, its Amendment 1, and the draft of 2007 that NIST's tools write.

    record header                                       2009, AM 1          draft
    format identifier                                   "FMR\0"             "FMR\0"
    version                                             "030\0", "035\0"    "030\0"
    length of the record, bytes                         4                   4
    CBEFF product owner, product type                   2 + 2               2 + 2
    compliance and id of the device                     1 + 2               4 and 12 bits
    number of views, reserved                           1 + 1               1 + 1

    each view
    finger position, view number, impression type       1 + 1 + 1
    finger quality, its vendor, its algorithm           1 + 2 + 2
    image width, height, pixels                         2 + 2
    resolution of x, of y, pixels a centimetre          2 + 2
    number of minutiae                                  1
    minutiae                                            6 each
    length of the extended data area, the area          2 + its bytes

Everything is big-endian. The draft has the version number of the standard and differs in one byte of the header; a
record is read as whichever fills it.
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
from fingerprint.interchange.record import CaptureDevice, FingerView, MinutiaeRecord, QualityBlock, RecordFormat

MAGIC = b"FMR\0"
VERSIONS = {
    RecordFormat.ANSI_378_2007: b"030\0",
    RecordFormat.ANSI_378_2009: b"030\0",
    RecordFormat.ANSI_378_2009_AM1: b"035\0",
}
_LENGTH = Struct(">I")
_PRODUCT = Struct(">HH")
_DRAFT_DEVICE, _DEVICE = Struct(">H"), Struct(">BH")
_COMPLIANCE_SHIFT, _DRAFT_DEVICE_ID = 12, 0x0FFF
_COUNT = Struct(">BB")
_VIEW = Struct(">BBBBHHHHHHB")


def read(data: bytes, kind: RecordFormat) -> MinutiaeRecord:
    """Read a record of one of the three formats.

    Raises:
        InvalidRecord: cut short, damaged, at odds with itself, or of another of the formats.
    """
    cursor = Cursor(data)
    cursor.take(len(MAGIC) + len(VERSIONS[kind]))
    (length,) = cursor.unpack(_LENGTH)
    cursor.limit(length)
    owner, product = cursor.unpack(_PRODUCT)
    if kind is RecordFormat.ANSI_378_2007:
        (packed,) = cursor.unpack(_DRAFT_DEVICE)
        device = CaptureDevice(packed & _DRAFT_DEVICE_ID, packed >> _COMPLIANCE_SHIFT)
    else:
        compliance, device_id = cursor.unpack(_DEVICE)
        device = CaptureDevice(device_id, compliance)
    count, _ = cursor.unpack(_COUNT)
    views = tuple(_read_view(cursor, device) for _ in range(count))
    cursor.finish(LENGTH_SLACK)
    return MinutiaeRecord(kind, views, owner, product)


def write(record: MinutiaeRecord) -> bytes:
    """Write a record in its format, one of the three.

    Raises:
        InvalidRecord: its views differ in their device, or a value does not fit.
    """
    device = record.views[0].device
    if any(view.device != device for view in record.views):
        raise InvalidRecord(f"The views of one {record.format.label} record need one capture device.")
    if record.format is RecordFormat.ANSI_378_2007:
        packed = _DRAFT_DEVICE.pack(device.compliance << _COMPLIANCE_SHIFT | device.id)
    else:
        packed = _DEVICE.pack(device.compliance, device.id)
    body = b"".join(
        (
            _PRODUCT.pack(record.owner, record.product),
            packed,
            _COUNT.pack(len(record.views), 0),
            *(_write_view(view) for view in record.views),
        )
    )
    version = VERSIONS[record.format]
    return MAGIC + version + _LENGTH.pack(len(MAGIC) + len(version) + _LENGTH.size + len(body)) + body


def _read_view(cursor: Cursor, device: CaptureDevice) -> FingerView:
    position, number, impression, *quality, width, height, resolution_x, resolution_y, count = cursor.unpack(_VIEW)
    return check(
        FingerView(
            finger_position(position),
            width,
            height,
            resolution_x,
            resolution_y,
            read_minutiae(cursor, count),
            number,
            impression,
            (QualityBlock(*quality),),
            device,
            extended=read_extended(cursor),
        )
    )


def _write_view(view: FingerView) -> bytes:
    if len(view.qualities) != 1:
        raise InvalidRecord("A view has exactly one quality in this format.")
    head = _VIEW.pack(
        view.position,
        view.number,
        view.impression,
        *view.qualities[0],
        view.width,
        view.height,
        view.resolution_x,
        view.resolution_y,
        len(view.minutiae),
    )
    return head + write_minutiae(view.minutiae) + write_extended(view.extended)
