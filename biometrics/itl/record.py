"""Records of an ANSI/NIST-ITL file, and the constants of the traditional encoding."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from biometrics.kernel.errors import FieldFault, MalformedTransaction

FS, GS, RS, US = b"\x1c", b"\x1d", b"\x1e", b"\x1f"
LEN, IDC, DATA = 1, 2, 999
AMP = 18  # of Type-14: fingers that could not be taken
VER, CNT, TOT, DAT, PRY, DAI, ORI, TCN, TCR, NSR, NTR, DOM, GMT, DCS = (
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
)  # of Type-1

# The bytes of each field from 3 on of a binary record; the rest is data, the last field.
_RIDGES, _SIGNATURE, _OPAQUE = (1, 6, 1, 2, 2, 1), (1, 1, 1, 2, 2), ()
BINARY: dict[int, tuple[int, ...]] = {3: _RIDGES, 4: _RIDGES, 5: _RIDGES, 6: _RIDGES, 7: _OPAQUE, 8: _SIGNATURE}
LENGTH_SIZE, IDC_SIZE = 4, 1
POSITIONS_SIZE = 6  # up to six finger positions of a byte each
NO_POSITION = 255

_INTEGER = re.compile(r"[+-]?[0-9]{1,10}")
_TAG_WIDTH = 3  # digits of a field's number, filled with zeros
_EXCERPT = 40  # characters of a value that an error quotes
MAX_ITEMS = 200_000  # of one field; a real one has some hundreds
# By code, without zeros before it. The standard gives a code three digits; real files have also one.
_CHARACTERS = {"": "latin-1", "0": "latin-1", "1": "latin-1", "3": "utf-8"}


class Encoding(StrEnum):
    """The encodings of a file: both have the same records."""

    TRADITIONAL = "traditional"
    XML = "xml"


@dataclass(frozen=True)
class Field:
    """A field's number and its value as it stands in the file; numbers of a binary record are written as digits.

    `width` is how many digits the number is filled to; old files have two.
    """

    number: int
    value: bytes
    width: int = field(default=_TAG_WIDTH, compare=False)


@dataclass(frozen=True)
class ItlRecord:
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
            MalformedTransaction: it is not text in the file's encoding, or has far more items than any real one.
        """
        value = self.get(number)
        if not value:
            return []
        if (items := value.count(RS) + value.count(US)) > MAX_ITEMS:
            raise self.error(number, f"has {items:,} items", f"at most {MAX_ITEMS:,} items")
        try:
            return [[item.decode(self.encoding) for item in subfield.split(US)] for subfield in value.split(RS)]
        except UnicodeDecodeError as error:
            raise self.error(number, f"is not text in {self.encoding}", f"text in {self.encoding}") from error

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
        if not _INTEGER.fullmatch(item.strip(" ")):
            raise self.error(number, f"is {item[:_EXCERPT]!r} where a whole number belongs", "a whole number", item)
        return int(item)

    def fault(
        self,
        number: int,
        problem: str,
        expected: str,
        excerpt: str | None = None,
        fatal: bool = True,
        warning: bool = False,
    ) -> FieldFault:
        """Return the fault of a field: `problem` follows its name; `excerpt` defaults to its value."""
        name = f"{self.type}.{number:03d}"
        if excerpt is None:
            excerpt = (self.get(number) or b"")[:_EXCERPT].decode("latin-1")
        message = f"Record {self.place}, field {name} {problem}."
        return FieldFault(self.place, name, excerpt[:_EXCERPT], expected, message, fatal, warning)

    def error(self, number: int, problem: str, expected: str = "", excerpt: str | None = None) -> MalformedTransaction:
        """Return the error that names this record and a field: "Record 3, field 14.013 ..."."""
        return MalformedTransaction.of([self.fault(number, problem, expected, excerpt)])


def character_encoding(first: ItlRecord) -> tuple[str, FieldFault | None]:
    """Return the character encoding that a Type-1 record names, and the fault if it is not one that is read."""
    code = first.text(DCS)
    number = str(int(code)) if re.fullmatch("[0-9]{1,3}", code) else code
    if number in _CHARACTERS:
        return _CHARACTERS[number], None
    problem = f"names the character encoding {code[:20]!r}, which is not read here; send ASCII or UTF-8"
    return "latin-1", first.fault(DCS, problem, "000 (ASCII), 001 (Latin-1) or 003 (UTF-8)")


def is_number(text: str, number: int) -> bool:
    """Return whether a text is this number, zeros before it or not."""
    return text.isascii() and text.isdigit() and len(text) < 10 and int(text) == number
