"""Field-level errors: record, field, what was found and what was expected, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_up_transactions import file, fingerprint, record, text

from biometrics import itl
from biometrics.itl.dictionary import field_rule, record_rules
from biometrics.itl.kinds import meets
from biometrics.itl.validation import all_faults, check
from biometrics.kernel.errors import MalformedTransaction

IMAGE = (b"\x89PNG", (4, 2))
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (20).to_bytes(4) + (20).to_bytes(4)


def read_valid(content: bytes) -> list[itl.ItlRecord]:
    """Read a file whose encoding and fields are as they must be.

    Raises:
        MalformedTransaction: with every fault of the encoding and, in what could be read, of the fields.
    """
    reading = itl.read(content)
    faults = [*reading.faults, *(fault for fault in check(reading.records) if fault.fatal)]
    if faults:
        raise MalformedTransaction.of(list(dict.fromkeys(faults)))
    return list(reading.records)


def test_every_real_file_but_two_is_as_the_standard_wants_it(shared_data: Path) -> None:
    wrong = {}
    for path in sorted((shared_data / "standards/an2").rglob("*")):
        if path.suffix in (".an2", ".eft", ".nst"):
            faults = [fault.field for fault in check(itl.parse(path.read_bytes())) if fault.fatal]
            wrong |= {path.name: faults} if faults else {}
    assert wrong == {"empty_image.eft": ["10.999"], "testEbts.eft": ["14.008", "14.009", "14.010", "14.011"]}


def test_files_of_nist_conform_as_their_names_state(shared_data: Path) -> None:
    """NIST's own conformance files; the one whose name has "warning" has what its conforming twin has, too."""
    wrong: dict[str, list[str]] = {}
    for path in sorted((shared_data / "standards/biocts").glob("*/*.an2")):
        try:
            faults = all_faults(itl.read(path.read_bytes()))
        except MalformedTransaction as error:
            faults = list(error.faults)
        conforms = all(fault.warning for fault in faults)
        if conforms != (path.parent.name == "pass"):
            wrong[path.name] = [fault.field for fault in faults]
    assert wrong == {"AN2013_warning-ctrl-characters-.an2": ["10.047"]}


# Of a file that conforms, what breaks a rule of each kind: record type, fields, and the field that is reported.
@pytest.mark.parametrize(
    ("record_type", "values", "reported"),
    [
        (1, {6: "0"}, "1.006"),
        (1, {18: "NSA"}, "1.018"),
        (1, {15: "0\x1fUTF-8"}, "1.015"),
        (1, {12: "19.69", 11: "00.00"}, "1.012"),
        (9, {300: "100\x1f100", 302: "1", 331: "101\x1f5\x1f0\x1fE"}, "9.331"),
        (9, {300: "100\x1f100", 302: "1", 331: "1\x1f5\x1f0\x1fE", 334: "Y"}, "9.331"),
        (9, {300: "100\x1f100", 302: "1", 308: "A"}, "9.309"),
        (9, {331: "1\x1f5\x1f0\x1fE"}, "9.300"),
        (9, {8: "1"}, "9.008"),
        (10, {13: ""}, "10.013"),
        (10, {40: "TAT ARM"}, "10.040"),
        (10, {33: "chin\x1f3\x1f1\x1f1\x1f2\x1f2", 31: "5"}, "10.033"),
        (10, {33: "chin\x1f3\x1f1\x1f1\x1f2\x1f2\x1f1\x1f1", 31: "5"}, "10.033"),
        (10, {996: "0" * 64}, "10.996"),
        (10, {998: "\x1f" * 9 + "61S"}, "10.998"),
        (14, {9: "72", 10: "72"}, "14.009"),
        (14, {10: "501"}, "14.010"),
        (14, {15: "FV1\x1fNA\x1f5\x1f5\x1f1\x1f2", 13: "19"}, "14.015"),
        (14, {22: "1\x1f9"}, "14.022"),
        (14, {20: "A", 30: "CONTROLLED\x1eOBSERVED"}, "14.030"),
        (14, {6: "21"}, "14.006"),
        (17, {14: "0000"}, "17.015"),
        (17, {27: "700\x1f710", 25: "NIR"}, "17.027"),
    ],
)
def test_rules_of_the_record_layouts_are_checked(record_type: int, values: dict[int, str], reported: str) -> None:
    image = {4: "A", 5: "20260115", 6: "20", 7: "20", 8: "1", 9: "500", 10: "500", 11: "PNG", 12: "8", 999: PNG}
    layouts: dict[int, dict[int, str | bytes]] = {
        9: {3: "4", 4: "U"},
        10: {3: "FACE", **image, 12: "SRGB", 13: "20"},
        14: {3: "0", **image, 13: "1"},
        17: {3: "1", **image, 13: "GRAY"},
    }

    def faults(changed: dict[int, str]) -> set[str]:
        first = {f"f{number}": value for number, value in changed.items()} if record_type == 1 else {}
        records = [text(f18="A")]
        if record_type > 1:
            fields = {number: value for number, value in sorted((layouts[record_type] | changed).items()) if value}
            records.append(record(record_type, {2: "01"} | fields))
        return {fault.field for fault in check(itl.parse(file("CAR", *records, **first)))}

    assert faults({}) == set()
    assert reported in faults(values)


def test_every_fault_is_reported_with_the_value_and_what_was_expected() -> None:
    wrong = fingerprint(1, 99, *IMAGE, f6="wide", f11="GIF", f8="")
    with pytest.raises(MalformedTransaction) as raised:
        read_valid(file("CAR", text(f18="A"), wrong, f5="15/01/2026", f9=""))
    reported = {fault.field: (fault.record, fault.found, fault.expected) for fault in raised.value.faults}
    assert reported == {
        "1.005": (1, "15/01/2026", "a date YYYYMMDD"),
        "1.009": (1, "", "Transaction control number"),
        "14.006": (3, "wide", "a whole number from 1 to 99999"),
        "14.008": (3, "", "a whole number from 0 to 2"),
        "14.011": (3, "GIF", "one of NONE, WSQ20, WSQ, JPEGB, JPEGL, JP2, JP2L, PNG"),
        "14.013": (3, "99", "a whole number from 0 to 60"),
    }


def test_faults_of_the_encoding_and_of_the_fields_come_together() -> None:
    content = file("CAR", text(f18="A"), f5="tomorrow").replace(b"2.001:", b"2.001:9")
    with pytest.raises(MalformedTransaction) as raised:
        read_valid(content)
    assert {fault.field for fault in raised.value.faults} == {"2.001", "1.005"}


def test_a_fault_that_leaves_the_meaning_clear_is_reported_and_not_refused() -> None:
    twice = [fingerprint(1, 1, *IMAGE), fingerprint(1, 2, *IMAGE)]
    content = file("CAR", text(f18="A"), *twice, f11="", f3="1\x1f3\x1e2\x1f00\x1e14\x1f01\x1e14\x1f02")
    faults = check(read_valid(content))
    small = ["14.006", "14.007"]  # of four pixels by two
    assert [fault.field for fault in faults] == ["1.011", *small, *small, "1.003", "14.002"]
    assert not any(fault.fatal for fault in faults)
    faults = check(read_valid(file("CAR", fingerprint(1, 1, *IMAGE))))
    assert [(fault.field, fault.warning) for fault in faults] == [*((name, False) for name in small), ("1.003", True)]


def test_a_finger_that_could_not_be_taken_needs_no_image() -> None:
    """The record says so by AMP; what of an image it gives all the same must be right."""
    values = {2: "01", 4: "27519004", 5: "20260115", 13: "9", 18: "9\x1fXX"}
    assert not [item for item in check(read_valid(file("CAR", text(f18="A"), record(14, values)))) if item.fatal]
    faults = check(itl.parse(file("CAR", text(f18="A"), record(14, values | {18: "ring\x1fXX", 6: "wide"}))))
    assert {item.field: (item.found, item.fatal) for item in faults if item.field != "14.003"} == {
        "14.006": ("wide", True),
        "14.018": ("ring", False),
    }
    without = check(itl.parse(file("CAR", text(f18="A"), record(14, {2: "01", 4: "X", 5: "20260115", 13: "9"}))))
    numbers = ("006", "007", "008", "009", "010", "011", "012", "999")
    assert [item.field for item in without if item.fatal] == [f"14.{number}" for number in numbers]


def test_records_and_fields_that_nobody_knows_are_no_fault() -> None:
    assert not check(read_valid(file("CAR", text(f18="A", f4711="own"), record(77, {2: "01", 3: "own"}))))


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("int", ("0", "007", "12"), ("", "-1", "1_0", "१", "99999999999")),
        ("int:1-9", ("1", "9"), ("0", "10")),
        ("idc", ("00", "99"), ("100", "x")),
        ("date", ("20260115", "20260100", "20260000"), ("20261301", "2026011", "2026-1-1", "")),
        ("utc", ("20200704113713Z",), ("20200704113713", "20201304113713Z")),
        ("resolution", ("19.69", "00.00", "39"), ("fast", "1.", "1e3")),
        ("compression", ("NONE", "WSQ20", "jp2"), ("GIF", "")),
        ("code:S|U", ("S", "U"), ("s", "SU")),
        ("chars:1-3", ("a", "abc"), ("", "abcd")),
        ("-", ("", "anything"), ()),
    ],
)
def test_kinds_distinguish_valid_from_invalid_values(kind: str, good: tuple[str, ...], bad: tuple[str, ...]) -> None:
    assert all(meets(kind, text) for text in good)
    assert not any(meets(kind, text) for text in bad)


def test_the_dictionary_names_fields_as_the_standard_does() -> None:
    assert field_rule(1, 4).mnemonic == "TOT"
    assert field_rule(14, 998).mnemonic == "GEO"
    assert field_rule(4, 998).mnemonic == ""
    assert all(1 in rule.fields and 2 in rule.fields for rule in record_rules().values())
