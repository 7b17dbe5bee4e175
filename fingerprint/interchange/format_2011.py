r"""ISO/IEC 19794-2:2011.

    record header
    format identifier, version                          4 + 4, "FMR\0" and "030\0"
    length of the record, bytes                         4
    number of views                                     2
    whether the views have certifications               1

    each view
    length of the view, bytes                           4
    capture time: year, month, day, hour, minute,       2 + 1 + 1 + 1 + 1
        second, millisecond                             1 + 2
    device technology, vendor, id                       1 + 2 + 2
    number of quality blocks                            1
    each: score, vendor, algorithm                      1 + 2 + 2
    where the header says so, number of certifications  1
        each: authority, scheme                         2 + 1
    finger position, view number                        1 + 1
    resolution of x, of y, pixels a centimetre          2 + 2
    impression type                                     1
    image width, height, pixels                         2 + 2
    bytes of a minutia (4 bits), place of endings (4)   1
    number of minutiae                                  1
    minutiae                                            5 or 6 each
    length of the extended data area, the area          2 + its bytes

Everything is big-endian. A minutia of five bytes has no quality.
"""

from __future__ import annotations

from struct import Struct

from biometrics.imaging.byte_reader import LENGTH_SLACK, Cursor
from biometrics.kernel.errors import InvalidRecord
from fingerprint.interchange.parts import (
    WITH_QUALITY,
    WITHOUT_QUALITY,
    check,
    finger_position,
    read_extended,
    read_minutiae,
    write_extended,
    write_minutiae,
)
from fingerprint.interchange.record import (
    QUALITY_UNREPORTED,
    CaptureDevice,
    CaptureTime,
    DeviceCertification,
    EndingPlace,
    FingerView,
    MinutiaeRecord,
    QualityBlock,
    RecordFormat,
)

MAGIC, VERSION = b"FMR\0", b"030\0"
_HEADER = Struct(">4s4sIHB")
_VIEW_LENGTH = Struct(">I")
_TIME = Struct(">HBBBBBH")
_DEVICE = Struct(">BHH")
_COUNT = Struct(">B")
_QUALITY = Struct(">BHH")
_CERTIFICATE = Struct(">HB")
_IMAGE = Struct(">BBHHBHHBB")
_SIZE_SHIFT, _ENDING_PLACE = 4, 0x0F
_LAYOUTS = {layout.size: layout for layout in (WITHOUT_QUALITY, WITH_QUALITY)}


def accepts(data: bytes) -> bool:
    """Say whether the lengths in `data`, which begins as such a record, are those of one: ANSI's begins alike."""
    if len(data) < _HEADER.size:
        return False
    _, _, length, count, _ = _HEADER.unpack_from(data)
    at = _HEADER.size
    for _ in range(count):
        if at + _VIEW_LENGTH.size > len(data):
            return False
        at += max(_VIEW_LENGTH.unpack_from(data, at)[0], _VIEW_LENGTH.size)
    return bool(length == at <= len(data))


def read(data: bytes) -> MinutiaeRecord:
    """Read a record.

    Raises:
        InvalidRecord: cut short, damaged, or at odds with itself.
    """
    cursor = Cursor(data)
    *_, length, count, certified = cursor.unpack(_HEADER)
    cursor.limit(length)
    views = []
    for _ in range(count):
        (size,) = cursor.unpack(_VIEW_LENGTH)
        view = Cursor(cursor.take(max(0, size - _VIEW_LENGTH.size)))
        views.append(_read_view(view, bool(certified)))
        view.finish()
    cursor.finish(LENGTH_SLACK)
    return MinutiaeRecord(RecordFormat.ISO_19794_2_2011, tuple(views))


def write(record: MinutiaeRecord) -> bytes:
    """Write a record.

    Raises:
        InvalidRecord: a value does not fit.
    """
    certified = any(view.certificates for view in record.views)
    views = [_write_view(view, certified) for view in record.views]
    body = b"".join(_VIEW_LENGTH.pack(_VIEW_LENGTH.size + len(view)) + view for view in views)
    return _HEADER.pack(MAGIC, VERSION, _HEADER.size + len(body), len(views), certified) + body


def _read_view(cursor: Cursor, certified: bool) -> FingerView:
    captured = CaptureTime(*cursor.unpack(_TIME))
    technology, vendor, device_id = cursor.unpack(_DEVICE)
    qualities = tuple(QualityBlock(*cursor.unpack(_QUALITY)) for _ in range(_count(cursor)))
    certificates = tuple(
        DeviceCertification(*cursor.unpack(_CERTIFICATE)) for _ in range(_count(cursor) if certified else 0)
    )
    position, number, resolution_x, resolution_y, impression, width, height, kind, count = cursor.unpack(_IMAGE)
    layout, ending_place = _LAYOUTS.get(kind >> _SIZE_SHIFT), kind & _ENDING_PLACE
    if layout is None or ending_place not in list(EndingPlace):
        raise InvalidRecord("The record writes its minutiae in no known way; ask its sender for it again.")
    return check(
        FingerView(
            finger_position(position),
            width,
            height,
            resolution_x,
            resolution_y,
            read_minutiae(cursor, count, layout),
            number,
            impression,
            qualities,
            CaptureDevice(device_id, vendor=vendor, technology=technology),
            captured,
            certificates,
            EndingPlace(ending_place),
            read_extended(cursor),
        )
    )


def _count(cursor: Cursor) -> int:
    return int(cursor.unpack(_COUNT)[0])


def _write_view(view: FingerView, certified: bool) -> bytes:
    reported = any(minutia.quality != QUALITY_UNREPORTED for minutia in view.minutiae)
    layout = WITH_QUALITY if reported else WITHOUT_QUALITY
    parts = [_TIME.pack(*view.captured), _DEVICE.pack(view.device.technology, view.device.vendor, view.device.id)]
    parts += [_COUNT.pack(len(view.qualities)), *(_QUALITY.pack(*quality) for quality in view.qualities)]
    if certified:
        parts += [
            _COUNT.pack(len(view.certificates)),
            *(_CERTIFICATE.pack(*certificate) for certificate in view.certificates),
        ]
    image = _IMAGE.pack(
        view.position,
        view.number,
        view.resolution_x,
        view.resolution_y,
        view.impression,
        view.width,
        view.height,
        layout.size << _SIZE_SHIFT | view.ending_place,
        len(view.minutiae),
    )
    return b"".join([*parts, image, write_minutiae(view.minutiae, layout), write_extended(view.extended)])
