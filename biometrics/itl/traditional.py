"""Records to the bytes of a file in the traditional encoding."""

from __future__ import annotations

from collections.abc import Sequence

from biometrics.itl.record import (
    BINARY,
    FS,
    GS,
    IDC,
    IDC_SIZE,
    LEN,
    LENGTH_SIZE,
    NO_POSITION,
    POSITIONS_SIZE,
    Field,
    ItlRecord,
)


def write_traditional(records: Sequence[ItlRecord]) -> bytes:
    """Return the file of these records; lengths are recalculated, all other fields are written as they are.

    Raises:
        MalformedTransaction: a binary record lacks a field, or has a number that does not fit.
    """
    return b"".join(_write_binary(record) if record.type in BINARY else _write_tagged(record) for record in records)


def _write_tagged(record: ItlRecord) -> bytes:
    rest = b"".join(
        GS + b"%d.%0*d:" % (record.type, field.width, field.number) + field.value
        for field in record.fields
        if field.number != LEN
    )
    written = next((field for field in record.fields if field.number == LEN), Field(LEN, b""))
    tag = b"%d.%0*d:" % (record.type, written.width, LEN)
    padded = len(written.value) if written.value.startswith(b"0") else 1
    length = shorter = len(tag) + len(rest) + len(FS)
    while length != shorter + len(b"%0*d" % (padded, length)):
        length = shorter + len(b"%0*d" % (padded, length))
    return tag + b"%0*d" % (padded, length) + rest + FS


def _write_binary(record: ItlRecord) -> bytes:
    sizes = (IDC_SIZE, *BINARY[record.type])
    parts = []
    for number, size in enumerate(sizes, start=IDC):
        if size == POSITIONS_SIZE:
            codes = [_fitting(record, number, subfield[0], 1) for subfield in record.items(number)]
            parts.append(b"".join(codes).ljust(size, bytes([NO_POSITION]))[:size])
        else:
            parts.append(_fitting(record, number, record.text(number), size))
    rest = b"".join(parts) + (record.get(len(sizes) + 2) or b"")
    return (LENGTH_SIZE + len(rest)).to_bytes(LENGTH_SIZE) + rest


def _fitting(record: ItlRecord, number: int, item: str, size: int) -> bytes:
    value = record.parse_integer(number, item)
    if not 0 <= value < 256**size:
        raise record.error(
            number, f"is {value}, which does not fit in {size} bytes", f"0 to {256**size - 1}", str(value)
        )
    return value.to_bytes(size)
