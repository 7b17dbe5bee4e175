"""ANSI/NIST-ITL files: every real one is read and written back; what is malformed is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from biometrics import itl
from biometrics.itl import FS, GS, RS, US, Field, ItlRecord
from biometrics.kernel.errors import MalformedTransaction

REFERENCES = "standards/an2/jnbis-itl-references"


def files(shared_data: Path, folder: str) -> list[Path]:
    result = sorted(path for path in (shared_data / folder).iterdir() if path.suffix in (".an2", ".eft"))
    assert result
    return result


def tagged(record_type: int, fields: dict[int, bytes]) -> ItlRecord:
    return ItlRecord(record_type, tuple(Field(number, value) for number, value in fields.items()))


def small_file(*records: ItlRecord) -> list[ItlRecord]:
    listed = [b"1" + US + b"%d" % len(records), *(b"%d" % each.type + US + b"01" for each in records)]
    return [tagged(1, {2: b"0400", 3: RS.join(listed), 4: b"TST"}), *records]


def test_another_reader_finds_the_same_fields(shared_data: Path) -> None:
    nistitl = pytest.importorskip("nistitl")
    for path in files(shared_data, REFERENCES):
        content = path.read_bytes()
        ours = itl.parse(content)
        if {record.type for record in ours} & {3, 5, 6, 8} or ours[0].text(itl.DCS):
            continue  # it warns of these types, or keeps them whole, and knows no encoding but Latin-1
        theirs = nistitl.Message()
        theirs.parse(content)
        for record, other in zip(ours, theirs, strict=True):
            assert record.type == other.type
            if record.type in (4, 7):
                assert record.integer(itl.IDC) == other.IDC
                continue
            for field in record.fields:
                if field.number == itl.DATA:
                    assert field.value == other[field.number].value
                elif field.number > itl.IDC:
                    value = other[field.number].value
                    assert flat(record.items(field.number)) == flat(value), path.name


def flat(value: object) -> list[str]:
    if isinstance(value, list):
        return [item for each in value for item in flat(each)]
    return [str(value)] if value != "" else []


def test_texts_are_read_in_the_encoding_that_the_file_declares(shared_data: Path) -> None:
    records = itl.parse((shared_data / REFERENCES / "type-14-amp-nqm-utf8.an2").read_bytes())
    assert records[1].text(3) == "two chinese characters: 華裔"


def test_image_data_may_hold_any_byte_also_those_that_part_fields() -> None:
    data = FS + GS + RS + US + b"14.001:7" + FS
    records = small_file(tagged(14, {2: b"01", 13: b"1", 999: data}))
    assert itl.parse(itl.serialise(records))[1].get(999) == data


def test_binary_records_are_numbered_like_tagged_ones() -> None:
    ridges = tagged(4, {2: b"1", 3: b"2", 4: b"13" + RS + b"14", 5: b"0", 6: b"300", 7: b"2", 8: b"0", 9: b"\x1c\x1d"})
    written = itl.serialise(small_file(ridges))
    read = itl.parse(written)[1]
    assert [row[0] for row in read.items(4)] == ["13", "14"]
    assert (read.integer(6), read.integer(7), read.get(9)) == (300, 2, b"\x1c\x1d")
    assert itl.serialise(itl.parse(written)) == written


def test_a_number_that_does_not_fit_its_bytes_is_refused_on_writing() -> None:
    ridges = tagged(4, {2: b"1", 3: b"2", 4: b"13", 5: b"0", 6: b"70000", 7: b"2", 8: b"0", 9: b""})
    with pytest.raises(MalformedTransaction, match=r"field 4\.006"):
        itl.serialise([ridges])


GOOD = itl.serialise(small_file(tagged(2, {2: b"00", 3: b"text"}), tagged(14, {2: b"01", 13: b"1", 999: b"data"})))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an ANSI/NIST-ITL file"),
        (b"\x89PNG\r\n", "not an ANSI/NIST-ITL file"),
        (GOOD[:-1], r"Record 3, field 14\.001 states"),
        (GOOD[:30], r"Record 1, field 1\.001 states"),
        (GOOD + b"x", "1 bytes follow"),
        (GOOD.replace(b"2.002:00", b"3.002:00"), r"Record 2, field 2\.001 is not followed by another field of Type-2"),
        (GOOD.replace(b"2.003:text", b"2.002:text"), r"Record 2, field 2\.002 is there twice"),
        (GOOD.replace(b"\x1f2", b"\x1f3", 1), r"field 1\.003 does not list"),
        (GOOD.replace(RS + b"2" + US, RS + b"9" + US), r"Record 2, field 9\.001 is missing"),
        (GOOD.replace(RS + b"2" + US, RS + b"4" + US), r"field 4\.001 is missing: field 1\.003 lists a Type-4"),
        (GOOD.replace(b"\x1d2.002", b"\x1d2,002"), r"Record 2, field 2\.001"),
        (GOOD.replace(b"2.001:", b"2.001:x"), r"field 2\.001"),
    ],
)
def test_a_malformed_file_is_refused_with_record_and_field(content: bytes, message: str) -> None:
    with pytest.raises(MalformedTransaction, match=message):
        itl.parse(content)


def test_an_encoding_that_is_not_read_here_is_refused_and_not_garbled() -> None:
    first, *rest = small_file(tagged(2, {2: b"00"}))
    first = ItlRecord(1, (*first.fields, Field(15, b"002" + US + b"UTF-16")))
    with pytest.raises(MalformedTransaction, match=r"field 1\.015"):
        itl.parse(itl.serialise([first, *rest]))


def test_bytes_that_are_not_text_are_refused_when_they_are_read_as_text() -> None:
    first, record = small_file(tagged(2, {2: b"00", 3: b"\xff\xfe"}))
    first = ItlRecord(1, (*first.fields, Field(15, b"003" + US + b"UTF-8")))
    read = itl.parse(itl.serialise([first, record]))[1]
    with pytest.raises(MalformedTransaction, match=r"Record 2, field 2\.003 is not text"):
        read.text(3)
