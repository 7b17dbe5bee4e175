"""ANSI/NIST-ITL files in the traditional encoding: bytes to records, and back to the same bytes.

Source: ANSI/NIST-ITL 1-2011 (NIST SP 500-290), clause 7 and annex B. A file is a Type-1 record and those that its field
1.003 lists. Most records are tagged: fields `type.number:value` parted by GS, the last one ended by FS; a value parts
into subfields by RS and those into items by US; field 999 holds bytes to the record's end. Types 3 to 8 are binary: a
length, an IDC and numbers of one or two bytes; they are read into the numbered fields that the standard gives them, so
that every record looks alike. Records and fields of unknown meaning are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from biometrics.errors import MalformedTransaction

FS, GS, RS, US = b"\x1c", b"\x1d", b"\x1e", b"\x1f"
LEN, IDC, DATA = 1, 2, 999
VER, CNT, NSR, NTR, DCS = 2, 3, 11, 12, 15  # of Type-1

_TAG = re.compile(rb"(\d{1,3})\.(\d{1,5}):")
_NUMBER = re.compile(rb"\d{1,9}")
_ENCODINGS = {"": "latin-1", "000": "latin-1", "001": "latin-1", "003": "utf-8"}

# The bytes of each field from 3 on of a binary record; the rest is data, the last field.
_RIDGES, _SIGNATURE, _OPAQUE = (1, 6, 1, 2, 2, 1), (1, 1, 1, 2, 2), ()
_BINARY: dict[int, tuple[int, ...]] = {3: _RIDGES, 4: _RIDGES, 5: _RIDGES, 6: _RIDGES, 7: _OPAQUE, 8: _SIGNATURE}
_LENGTH_SIZE, _IDC_SIZE = 4, 1
_POSITIONS_SIZE = 6  # up to six finger positions of a byte each
_NO_POSITION = 255


@dataclass(frozen=True)
class Field:
    """A field's number and its value as it stands in the file; numbers of a binary record are written as digits."""

    number: int
    value: bytes


@dataclass(frozen=True)
class Record:
    """One record; `place` counts the file's records from 1, and `encoding` is that of its texts."""

    type: int
    fields: tuple[Field, ...]
    place: int = 0
    encoding: str = "latin-1"

    def get(self, number: int) -> bytes | None:
        """Return a field's value as bytes; None where the record lacks it."""
        return next((field.value for field in self.fields if field.number == number), None)

    def items(self, number: int) -> list[list[str]]:
        """Return a field's subfields, each as its items; nothing where the field is absent or empty.

        Raises:
            MalformedTransaction: it is not text in the file's encoding.
        """
        value = self.get(number)
        if not value:
            return []
        try:
            return [[item.decode(self.encoding) for item in subfield.split(US)] for subfield in value.split(RS)]
        except UnicodeDecodeError as error:
            raise self.error(number, f"is not text in {self.encoding}") from error

    def text(self, number: int) -> str:
        """Return the first item of a field; empty where there is none.

        Raises:
            MalformedTransaction: it is not text in the file's encoding.
        """
        subfields = self.items(number)
        return subfields[0][0] if subfields else ""

    def integer(self, number: int) -> int:
        """Return a field that must be a whole number.

        Raises:
            MalformedTransaction: it is absent, or something else.
        """
        return self.parse_integer(number, self.text(number))

    def parse_integer(self, number: int, item: str) -> int:
        """Read an item of field `number` as a whole number.

        Raises:
            MalformedTransaction: it is something else.
        """
        try:
            return int(item)
        except ValueError as error:
            raise self.error(number, f"is {item[:40]!r} where a whole number belongs") from error

    def error(self, number: int, what: str) -> MalformedTransaction:
        """Return the error that names this record and a field: "Record 3, field 14.013 ..."."""
        return MalformedTransaction(f"Record {self.place}, field {self.type}.{number:03d} {what}.")


def parse(content: bytes) -> list[Record]:
    """Read a file's records, in their order.

    Raises:
        MalformedTransaction: it is no such file, or cut short, or a record breaks the encoding.
    """
    if not content.startswith((b"1.001:", b"1.01:")):
        raise MalformedTransaction("This is not an ANSI/NIST-ITL file in the traditional encoding (.an2, .eft, .nst).")
    first, at = _tagged(content, 0, 1, 1)
    records, encoding = [first], _encoding(first)
    for record_type in _contents(first):
        read = _binary if record_type in _BINARY else _tagged
        record, at = read(content, at, record_type, len(records) + 1)
        records.append(Record(record.type, record.fields, record.place, encoding))
    if at != len(content):
        raise MalformedTransaction(f"{len(content) - at} bytes follow the last record that field 1.003 lists.")
    return records


def serialise(records: Sequence[Record]) -> bytes:
    """Return the file of these records; each one's length is counted anew, every other field is written as it is.

    Raises:
        MalformedTransaction: a binary record lacks a field, or has a number that does not fit.
    """
    return b"".join(_write_binary(each) if each.type in _BINARY else _write_tagged(each) for each in records)


def _encoding(first: Record) -> str:
    code = first.text(DCS)
    if code not in _ENCODINGS:
        raise first.error(DCS, f"names the character encoding {code!r}, which is not read here; send ASCII or UTF-8")
    return _ENCODINGS[code]


def _contents(first: Record) -> Iterator[int]:
    """Yield the types of the records that follow the first."""
    listed = first.items(CNT)
    if not listed or len(listed[0]) != 2 or first.parse_integer(CNT, listed[0][1]) != len(listed) - 1:
        raise first.error(CNT, "does not list the records that it counts")
    for entry in listed[1:]:
        yield first.parse_integer(CNT, entry[0])


def _tagged(content: bytes, at: int, record_type: int, place: int) -> tuple[Record, int]:
    """Read the tagged record that begins at `at`; return it and where the next one begins."""
    here = Record(record_type, (), place)
    end = _end_of_tagged(content, at, here)
    fields: dict[int, Field] = {}
    while at < end:
        tag = _TAG.match(content, at, end)
        if not tag or int(tag[1]) != record_type:
            raise here.error(max(fields, default=LEN), f"is not followed by another field of Type-{record_type}")
        number, start = int(tag[2]), tag.end()
        stop = end if number == DATA else content.find(GS, start, end)
        stop = end if stop < 0 else stop
        if number in fields:
            raise here.error(number, "is there twice")
        fields[number] = Field(number, content[start:stop])
        at = stop + 1
    return Record(record_type, tuple(fields.values()), place), end + 1


def _end_of_tagged(content: bytes, at: int, here: Record) -> int:
    """Return where the FS is that ends the record, as its length tells."""
    tag = _TAG.match(content, at)
    if not tag or (int(tag[1]), int(tag[2])) != (here.type, LEN):
        raise here.error(LEN, f"is missing: field 1.003 lists a Type-{here.type} record here")
    digits = _NUMBER.match(content, tag.end())
    if not digits:
        raise here.error(LEN, "is not a number of bytes")
    end = at + int(digits[0]) - 1
    if end >= len(content):
        raise here.error(LEN, f"tells {int(digits[0])} bytes where the file has {len(content) - at} left")
    if end < digits.end() or content[end : end + 1] != FS:
        raise here.error(LEN, f"tells {int(digits[0])} bytes, but the record does not end there")
    return end


def _binary(content: bytes, at: int, record_type: int, place: int) -> tuple[Record, int]:
    """Read the binary record that begins at `at`; return it and where the next one begins."""
    here = Record(record_type, (), place)
    sizes = (_LENGTH_SIZE, _IDC_SIZE, *_BINARY[record_type])
    length = int.from_bytes(content[at : at + _LENGTH_SIZE])
    if not sum(sizes) <= length <= len(content) - at:
        raise here.error(LEN, f"tells {length} bytes where the file has {len(content) - at} left")
    fields, end = [], at + length
    for number, size in enumerate(sizes, start=LEN):
        value = content[at : at + size]
        text = _positions(value) if size == _POSITIONS_SIZE else b"%d" % int.from_bytes(value)
        fields.append(Field(number, text))
        at += size
    return Record(record_type, (*fields, Field(len(sizes) + 1, content[at:end])), place), end


def _positions(codes: bytes) -> bytes:
    """Return the finger positions of a binary record as subfields, without the fill."""
    return RS.join(b"%d" % code for code in codes if code != _NO_POSITION)


def _write_tagged(record: Record) -> bytes:
    rest = b"".join(
        GS + b"%d.%03d:" % (record.type, field.number) + field.value for field in record.fields if field.number != LEN
    )
    tag = b"%d.%03d:" % (record.type, LEN)
    length = shorter = len(tag) + len(rest) + len(FS)
    while length != shorter + len(str(length)):
        length = shorter + len(str(length))
    return tag + b"%d" % length + rest + FS


def _write_binary(record: Record) -> bytes:
    sizes = (_IDC_SIZE, *_BINARY[record.type])
    parts = []
    for number, size in enumerate(sizes, start=IDC):
        if size == _POSITIONS_SIZE:
            codes = [_fitting(record, number, subfield[0], 1) for subfield in record.items(number)]
            parts.append(b"".join(codes).ljust(size, bytes([_NO_POSITION]))[:size])
        else:
            parts.append(_fitting(record, number, record.text(number), size))
    rest = b"".join(parts) + (record.get(len(sizes) + 2) or b"")
    return (_LENGTH_SIZE + len(rest)).to_bytes(_LENGTH_SIZE) + rest


def _fitting(record: Record, number: int, item: str, size: int) -> bytes:
    value = record.parse_integer(number, item)
    if not 0 <= value < 256**size:
        raise record.error(number, f"is {value}, which does not fit in {size} bytes")
    return value.to_bytes(size)
