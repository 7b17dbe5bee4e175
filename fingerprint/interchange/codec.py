"""Bytes to a record and back, whatever the format."""

from __future__ import annotations

import struct

from biometrics.kernel.errors import InvalidRecord, UnsupportedRecord
from fingerprint.interchange import format_2011, formats_2004, formats_2009
from fingerprint.interchange.parts import check
from fingerprint.interchange.record import MinutiaeRecord, RecordFormat

MAGIC = b"FMR\0"
MAX_BYTES = 2_000_000  # ten fingers of 255 minutiae take 16,000; the rest is what vendors add
_OTHER_RECORDS = {b"FIR\0": "a finger image", b"FAC\0": "a face", b"IIR\0": "an iris", b"FSP\0": "a finger pattern"}
_AFTER_MAGIC = slice(4, 8)  # the version


def is_record(data: bytes) -> bool:
    """Say whether `data` begins as a record of this family of standards: of minutiae, or of something else."""
    return data.startswith((MAGIC, *_OTHER_RECORDS))


def read_record(data: bytes) -> MinutiaeRecord:
    """Read a finger minutiae record of any of the formats.

    Raises:
        UnsupportedRecord: it is a record of something else, or of a version that is not read here.
        InvalidRecord: it is cut short, damaged, or at odds with itself.
    """
    if not data.startswith(MAGIC):
        kind = _OTHER_RECORDS.get(data[:4], "not one")
        raise UnsupportedRecord(
            f"A finger minutiae record is needed, and this is {kind}; send the minutiae, or an image."
        )
    if len(data) > MAX_BYTES:
        raise InvalidRecord(f"The minutiae record has {len(data):,} bytes; at most {MAX_BYTES:,} are accepted.")
    record = _read(data)
    if not record.views:
        raise InvalidRecord("The minutiae record has no finger in it; ask its sender for it again.")
    return record


def write_record(record: MinutiaeRecord) -> bytes:
    """Write a record in its format.

    Raises:
        InvalidRecord: it has no view, or holds what the format has no place for.
    """
    if not record.views:
        raise InvalidRecord("A minutiae record needs at least one finger.")
    for view in record.views:
        check(view)
    try:
        if record.format in formats_2009.VERSIONS:
            return formats_2009.write(record)
        if record.format is RecordFormat.ISO_19794_2_2011:
            return format_2011.write(record)
        return formats_2004.write(record)
    except struct.error as error:
        raise InvalidRecord(f"A value does not fit into a {record.format.label} record: {error}.") from error


def _read(data: bytes) -> MinutiaeRecord:
    version = data[_AFTER_MAGIC]
    if version in (formats_2004.VERSION, formats_2004.VERSION_WITH_ZERO):
        return formats_2004.read(data)
    if version == format_2011.VERSION and format_2011.accepts(data):
        return format_2011.read(data)
    if version == formats_2009.VERSIONS[RecordFormat.ANSI_378_2009_AM1]:
        return formats_2009.read(data, RecordFormat.ANSI_378_2009_AM1)
    if version == formats_2009.VERSIONS[RecordFormat.ANSI_378_2009]:
        try:
            return formats_2009.read(data, RecordFormat.ANSI_378_2009)
        except InvalidRecord:
            return formats_2009.read(data, RecordFormat.ANSI_378_2007)
    raise UnsupportedRecord(
        "The minutiae record is of a version that is not read here, or damaged; ask for ISO 19794-2."
    )
