"""The bytes of a file to records, in either encoding: strictly, or as far as a damaged file can be understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from biometrics.itl.record import (
    BINARY,
    CNT,
    DATA,
    FS,
    GS,
    IDC_SIZE,
    LEN,
    LENGTH_SIZE,
    NO_POSITION,
    POSITIONS_SIZE,
    RS,
    US,
    Encoding,
    Field,
    ItlRecord,
    character_encoding,
    is_number,
)
from biometrics.itl.xml.reading import read_package
from biometrics.kernel.errors import FieldFault, MalformedTransaction

_BEGINNING = re.compile(rb"0*1\.0*1:")
_XML = re.compile(rb"(\xef\xbb\xbf)?\s*<|\xff\xfe<\x00|\xfe\xff\x00<")
_TAG = re.compile(rb"(\d{1,3})\.(\d{1,9}):")
_NUMBER = re.compile(rb"\d{1,9}")
_FILE = 0  # as a fault's record: the file as a whole
# Far beyond any real transaction: what a hostile one may cost is bounded.
MAX_RECORDS = 100_000
MAX_FIELDS = 200_000
MAX_ALL_ITEMS = 1_000_000  # of all fields together, but for images
MAX_MENDED = 100  # records of a wrong length whose end is looked for
MAX_FAULTS = 1000


@dataclass(frozen=True)
class Reading:
    """What was understood of a file.

    Attributes:
        records: in the file's order; where a record's length is wrong, up to where it seems to end.
        faults: all that breaks the encoding; none of a proper file.
        rest: the bytes after the last record that could be read.
        notes: elements of an XML file that no field takes; they are not in the records.
    """

    records: tuple[ItlRecord, ...]
    faults: tuple[FieldFault, ...]
    rest: bytes = b""
    notes: tuple[FieldFault, ...] = ()


def encoding_of(content: bytes) -> Encoding | None:
    """Return the encoding of a file by its first bytes; None if it is no ANSI/NIST-ITL file."""
    if _XML.match(content):
        return Encoding.XML
    return Encoding.TRADITIONAL if _BEGINNING.match(content) else None


def parse(content: bytes) -> list[ItlRecord]:
    """Read a proper file's records, in their order.

    Raises:
        MalformedTransaction: it is no such file, or cut short, or breaks the encoding; the error has every fault.
    """
    reading = read(content)
    if reading.faults:
        raise MalformedTransaction.of(reading.faults)
    return list(reading.records)


def read(content: bytes) -> Reading:
    """Read as many records as possible, and report the faults of the file.

    Raises:
        MalformedTransaction: it is no such file, or its first record cannot be read.
    """
    encoding = encoding_of(content)
    if encoding is Encoding.XML:
        records, faults, notes = read_package(content)
        return Reading(tuple(records), tuple(faults[:MAX_FAULTS]), notes=tuple(notes))
    if encoding is None:
        raise MalformedTransaction("This is not an ANSI/NIST-ITL file, neither traditional (.an2, .eft, .nst) nor XML.")
    return _Reader(content).reading()


class _Stop(Exception):
    """Raised where no further record can be located."""


@dataclass
class _Span:
    """Where a field's value is."""

    number: int
    width: int
    start: int
    stop: int


class _Reader:
    """Walks through one file; every fault is noted, and the walk goes on where it can."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0
        self.fields = 0
        self.items = 0
        self.mended = 0
        self.faults: list[FieldFault] = []

    def reading(self) -> Reading:
        try:
            first = self._tagged(1, 1, None)
        except _Stop:
            raise MalformedTransaction.of(self.faults) from None
        encoding, fault = character_encoding(first)
        records = [replace(first, encoding=encoding)]
        self._note(*([fault] if fault else []))
        types = list(self._contents(first))
        for index, listed_type in enumerate(types):
            following = types[index + 1] if index + 1 < len(types) else None
            try:
                record = self._record(listed_type, len(records) + 1, following)
            except _Stop:
                break
            records.append(replace(record, encoding=encoding))
        else:
            self._end()
        return Reading(tuple(records), tuple(self.faults), self.content[self.at :])

    def _note(self, *faults: FieldFault) -> None:
        self.faults += faults[: MAX_FAULTS - len(self.faults)]

    def _end(self) -> None:
        if self.at != len(self.content):
            left = len(self.content) - self.at
            message = f"{left} bytes follow the last record that field 1.003 lists."
            excerpt = self.content[self.at : self.at + 40].decode("latin-1")
            self._note(FieldFault(_FILE, "1.003", excerpt, "the end of the file", message))

    def _contents(self, first: ItlRecord) -> Iterator[int]:
        """Yield the types of the records that follow the first."""
        entries = first.items(CNT)
        if not entries or len(entries[0]) != 2 or not is_number(entries[0][1], len(entries) - 1):
            expected = f"1 and the number of records listed, {max(0, len(entries) - 1)}"
            self._note(first.fault(CNT, "does not list the records that it counts", expected))
        if len(entries) - 1 > MAX_RECORDS:
            self._note(first.fault(CNT, f"lists more than {MAX_RECORDS:,} records", "fewer records"))
        for entry in entries[1 : MAX_RECORDS + 1]:
            try:
                record_type = first.parse_integer(CNT, entry[0])
            except MalformedTransaction as error:
                self._note(*error.faults)
                return
            yield record_type

    def _record(self, listed_type: int, number: int, following: int | None) -> ItlRecord:
        tag = _TAG.match(self.content, self.at)
        actual = int(tag[1]) if tag and int(tag[2]) == LEN else None
        if listed_type in BINARY and not self._fits_binary(listed_type) and actual is not None and actual not in BINARY:
            self._listed_otherwise(listed_type, number, actual)
        elif listed_type in BINARY:
            return self._binary(listed_type, number)
        elif actual is not None and actual != listed_type and actual not in BINARY:
            self._listed_otherwise(listed_type, number, actual)
        else:
            actual = listed_type
        return self._tagged(actual, number, following)

    def _listed_otherwise(self, listed_type: int, number: int, actual: int) -> None:
        record = ItlRecord(listed_type, (), number)
        problem = f"is missing: field 1.003 lists a Type-{listed_type} record here, and a Type-{actual} record is there"
        self._note(record.fault(LEN, problem, f"a Type-{listed_type} record", f"a Type-{actual} record"))

    def _tagged(self, record_type: int, record_number: int, following: int | None) -> ItlRecord:
        """Read the tagged record that begins here."""
        content, record = self.content, ItlRecord(record_type, (), record_number)
        end = self._end_of_tagged(record, following)
        spans: list[_Span] = []
        numbers: set[int] = set()
        at = self.at
        while at < end:
            self._count(record)
            tag = _TAG.match(content, at, end)
            if not tag or int(tag[1]) != record_type:
                if len(self.faults) < MAX_FAULTS:
                    problem = f"is not followed by another field of Type-{record_type}"
                    excerpt = content[at : min(end, at + 40)].decode("latin-1")
                    self._note(record.fault(spans[-1].number, problem, f"{record_type}.NNN:", excerpt))
                # What stands there stays in the file as the end of the field before it.
                spans[-1].stop = _until(content, GS, at, end)
            else:
                number = int(tag[2])
                if number in numbers:
                    self._note(record.fault(number, "is there twice", "each field once", "a second one"))
                numbers.add(number)
                stop = end if number == DATA else _until(content, GS, tag.end(), end)
                spans.append(_Span(number, len(tag[2]), tag.end(), stop))
            at = spans[-1].stop + 1
            if at == end:
                self._note(record.fault(spans[-1].number, "is followed by a separator and no field", "FS", "GS"))
                spans[-1].stop = end
        self.at = end + 1
        fields = tuple(Field(span.number, content[span.start : span.stop], span.width) for span in spans)
        self._count_items(record, fields)
        return ItlRecord(record_type, fields, record_number)

    def _count_items(self, record: ItlRecord, fields: tuple[Field, ...]) -> None:
        texts = [field.value for field in fields if field.number != DATA]
        self.items += sum(value.count(RS) + value.count(US) for value in texts)
        if self.items > MAX_ALL_ITEMS:
            problem = f"begins a record with the file's {MAX_ALL_ITEMS:,}th item"
            self._note(record.fault(LEN, problem, "fewer subfields and items"))
            raise _Stop

    def _count(self, record: ItlRecord) -> None:
        self.fields += 1
        if self.fields > MAX_FIELDS:
            self._note(record.fault(LEN, f"begins a record with the file's {MAX_FIELDS:,}th field", "fewer fields"))
            raise _Stop

    def _end_of_tagged(self, record: ItlRecord, following: int | None) -> int:
        """Return the position of the FS that ends the record: by its length field, or else by search."""
        content, at = self.content, self.at
        tag = _TAG.match(content, at)
        if not tag or (int(tag[1]), int(tag[2])) != (record.type, LEN):
            problem = f"is missing: field 1.003 lists a Type-{record.type} record here"
            excerpt = content[at : at + 40].decode("latin-1")
            self._note(record.fault(LEN, problem, f"{record.type}.001: and a length", excerpt))
            raise _Stop
        digits = _NUMBER.match(content, tag.end())
        if not digits:
            excerpt = content[tag.end() : tag.end() + 20].decode("latin-1")
            self._note(record.fault(LEN, "is not a number of bytes", "a number of bytes", excerpt))
            return self._apparent_end(following)
        length, left = int(digits[0]), len(content) - at
        end = at + length - 1
        if end >= len(content):
            problem = f"states {length} bytes where the file has {left} left"
            self._note(record.fault(LEN, problem, f"at most {left}", str(length)))
            return self._apparent_end(following)
        if end < digits.end() or content[end : end + 1] != FS:
            problem = f"states {length} bytes, but the record does not end there"
            self._note(record.fault(LEN, problem, "the record's length in bytes", str(length)))
            return self._apparent_end(following)
        return end

    def _apparent_end(self, following: int | None) -> int:
        """Return the place of the last FS before the next record, or before the file's end."""
        content, at = self.content, self.at
        self.mended += 1
        if self.mended > MAX_MENDED:
            raise _Stop
        if following is None:
            return len(content) - 1 if content.endswith(FS) else len(content)
        if following in BINARY:
            return _until(content, FS, at, len(content))
        beginning = re.compile(FS + rb"0*%d\.0*1:\d" % following).search(content, at)
        return beginning.start() if beginning else _until(content, FS, at, len(content))

    def _fits_binary(self, record_type: int) -> bool:
        length = int.from_bytes(self.content[self.at : self.at + LENGTH_SIZE])
        min_length = LENGTH_SIZE + IDC_SIZE + sum(BINARY[record_type])
        return min_length <= length <= len(self.content) - self.at

    def _binary(self, record_type: int, record_number: int) -> ItlRecord:
        """Read the binary record that begins here."""
        content, at, record = self.content, self.at, ItlRecord(record_type, (), record_number)
        sizes = (LENGTH_SIZE, IDC_SIZE, *BINARY[record_type])
        length, left = int.from_bytes(content[at : at + LENGTH_SIZE]), len(content) - at
        if not self._fits_binary(record_type):
            problem = f"states {length} bytes where the file has {left} left"
            if length < sum(sizes):
                problem = f"states {length} bytes where such a record has at least {sum(sizes)}"
            self._note(record.fault(LEN, problem, f"{sum(sizes)} to {left}", str(length)))
            if left < sum(sizes) or length < sum(sizes):
                raise _Stop
            length = left  # the image was cut short
        fields, end = [], at + length
        for number, size in enumerate(sizes, start=LEN):
            value = content[at : at + size]
            text = _positions(value) if size == POSITIONS_SIZE else b"%d" % int.from_bytes(value)
            fields.append(Field(number, text))
            at += size
        self.at = end
        return ItlRecord(record_type, (*fields, Field(len(sizes) + 1, content[at:end])), record_number)


def _until(content: bytes, separator: bytes, start: int, end: int) -> int:
    position = content.find(separator, start, end)
    return end if position < 0 else position


def _positions(codes: bytes) -> bytes:
    """Return the finger positions of a binary record as subfields, without the fill."""
    return RS.join(b"%d" % code for code in codes.rstrip(bytes([NO_POSITION])))
