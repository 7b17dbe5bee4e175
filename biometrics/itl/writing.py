"""Records to the bytes of a file."""

from __future__ import annotations

from collections.abc import Sequence

from biometrics.itl.record import IDC, RS, US, Encoding, ItlRecord
from biometrics.itl.traditional import write_traditional
from biometrics.itl.xml.writing import write_package


def serialise(records: Sequence[ItlRecord], encoding: Encoding = Encoding.TRADITIONAL) -> bytes:
    """Return the file of these records; lengths are recalculated, all other fields are written as they are.

    Raises:
        MalformedTransaction: a binary record lacks a field, or has a number that does not fit; or a field of the Type-1
            record has no place in XML.
    """
    return write_package(records) if encoding is Encoding.XML else write_traditional(records)


def contents(records: Sequence[ItlRecord]) -> bytes:
    """Return the value of field 1.003 that lists the records after the first."""
    entries = [US.join([b"%d" % record.type, (record.text(IDC) or "0").encode()]) for record in records]
    return RS.join([US.join([b"1", b"%d" % len(entries)]), *entries])
