"""ANSI/NIST-ITL files made for a test."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from biometrics import itl
from biometrics.itl import DATA, IDC, RS, US, Field, ItlRecord
from fingerprint.itl import TENPRINT

Values = Mapping[int, str | bytes]

_numbers = itertools.count(1000)


def taking_poor_prints(folder: Path) -> Path:
    """Write a table of transactions by which generated prints are enrolled whatever their quality."""
    shipped = files("api.itl").joinpath("mapping.toml").read_text()
    path = folder / "transactions.toml"
    path.write_text(shipped.replace('accept_poor_quality = ""', 'accept_poor_quality = "generated"'))
    return path


def record(record_type: int, values: Values) -> ItlRecord:
    """Return a record; its texts in Latin-1."""
    fields = ((number, value if isinstance(value, bytes) else value.encode()) for number, value in values.items())
    return ItlRecord(record_type, tuple(Field(number, value) for number, value in fields))


def first(type_of_transaction: str, rest: list[ItlRecord], **changed: str) -> ItlRecord:
    """Return the Type-1 record of a file with these records; `changed` as in `f9="TCN"`, empty to leave out."""
    values: dict[int, str | bytes] = {
        2: "0502",
        3: itl.contents(rest),
        4: type_of_transaction,
        5: "20260115",
        7: "NCRB00001",
        8: "27519004",
        9: f"TCN-{next(_numbers)}",
        11: "19.69",
        12: "19.69",
    }
    values |= {int(name[1:]): value for name, value in changed.items()}
    return record(1, {number: value for number, value in sorted(values.items()) if value})


def file(type_of_transaction: str, *rest: ItlRecord, **changed: str) -> bytes:
    """Return a file of these records."""
    return itl.serialise([first(type_of_transaction, list(rest), **changed), *rest])


def text(**values: str) -> ItlRecord:
    """Return a Type-2 record, as in `text(f18="Asha Verma")`; `|` parts subfields, `/` in them is left as it is."""
    return record(2, {IDC: "00"} | {int(name[1:]): value.replace("|", RS.decode()) for name, value in values.items()})


def fingerprint(idc: int, position: int, content: bytes, size: tuple[int, int], **changed: str) -> ItlRecord:
    """Return a Type-14 record of a PNG image of 500 ppi."""
    values: dict[int, str | bytes] = {
        IDC: f"{idc:02d}",
        3: "1",
        4: "27519004",
        5: "20260115",
        6: str(size[0]),
        7: str(size[1]),
        8: "1",
        9: "500",
        10: "500",
        11: "PNG",
        12: "8",
        13: str(position),
    }
    values |= {int(name[1:]): value for name, value in changed.items()}
    return record(TENPRINT, {number: value for number, value in values.items() if value} | {DATA: content})


def items(*parts: str) -> str:
    """Return one subfield of several items."""
    return US.decode().join(parts)
