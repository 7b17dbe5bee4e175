"""The XML encoding: the records of the traditional one, valid by the standard's schemas; hostile XML is refused."""

from __future__ import annotations

import itertools
import re
import tracemalloc
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from itl_schemas import interpols_sample, itl_schema
from lxml import etree
from made_up_transactions import file, fingerprint, items, record, text

from biometrics import itl
from biometrics.itl import Encoding, ItlRecord
from biometrics.itl.describing import content, describe
from biometrics.itl.validation import check
from biometrics.itl.xml.names import NAMESPACES, name_of
from biometrics.itl.xml.reading import MAX_DEPTH, MAX_ELEMENTS
from biometrics.itl.xml.table import record_elements
from biometrics.kernel.errors import MalformedTransaction, PehchanError

STANDARDS = "standards"
NOT_IN_XML = {3, 5, 6}  # record types that the standard's schemas do not have
# These lack fields of Type-1 that the schemas require, or have no version of two digits.
# Without what the schema requires; in the last, as 20.015 ends in a space, which an element cannot state exactly.
INCOMPLETE = {
    *("S001-01-t10_01.eft", "empty_image.eft", "rec01_rec02_rec16.nst.an2"),
    "AN2013_pass-type-10-face-smt-combined.an2",
}


@pytest.fixture(scope="module")
def schema(shared_data: Path) -> etree.XMLSchema:
    return itl_schema(shared_data)


def transactions(shared_data: Path) -> list[Path]:
    """Return all ANSI/NIST files in the traditional encoding."""
    files = (
        path
        for path in sorted((shared_data / STANDARDS).rglob("*"))
        if path.is_file() and path.parent.parts[-2:] != ("biocts", "fail")
    )
    found = [path for path in files if itl.encoding_of(path.read_bytes()[:1000]) is Encoding.TRADITIONAL]
    assert len(found) >= 69
    return found


def fields_of(records: Sequence[ItlRecord]) -> list[tuple[int, str, dict[int, bytes]]]:
    """Return all of records but their lengths, which change where numbers were padded, and the order of fields."""
    return [(each.type, each.encoding, {f.number: f.value for f in each.fields if f.number != 1}) for each in records]


def in_xml(content: bytes) -> bytes:
    return itl.serialise(itl.parse(content), Encoding.XML)


def sample(shared_data: Path, name: str) -> list[ItlRecord]:
    reading = itl.read(interpols_sample(shared_data, name))
    assert (reading.faults, reading.notes) == ((), ())
    assert not [fault for fault in check(reading.records) if fault.fatal]
    return list(reading.records)


def test_interpols_samples_are_read_to_the_fields_of_its_tables(shared_data: Path) -> None:
    error, search, hit = (sample(shared_data, name) for name in ("ERR", "MPS", "SRE-HIT_CPS"))
    first = {f.number: f.value.decode().replace("\x1f", "/").replace("\x1e", ";") for f in error[0].fields}
    assert first == {
        1: "237",
        2: "0502",
        3: "1/1;2/0",
        4: "ERR",
        5: "20160411",
        6: "2",
        7: "INT",
        8: "BKA",
        9: "19125458357684J",
        10: "19125458357683H",
        11: "00.00",
        12: "00.00",
        13: "INT-I/06.00",
        14: "20160410154632Z",
        17: "INTERPOL/Bundeskriminalamt/XPO/DEU",
    }
    assert error[1].items(74) == [["112", "DOB", "ERROR: INVALID DATE"]]
    assert [each.type for each in search] == [1, 2, 9, 13, 20]
    _, words, minutiae, latent, source = search
    assert words.items(7) == [["DEU", "47110815"]]
    address = ["", "11", "Thaerstrasse", "Wiesbaden", "", "", "DEU", "65173"]
    assert words.items(23) == [["BKA_TestSystem", "BKA", *address]]
    assert (words.text(19), words.text(55), words.text(94)) == ("20100704150512Z", "20161217150000", "CO")
    assert minutiae.items(137) == [[str(n), *[str(max(n, 1))] * 3, "1", "50"] for n in (0, 2, 3)]
    assert (minutiae.text(4), minutiae.items(138)) == ("U", [["0", "0", "0"], ["0", "0", "17"]])
    assert (minutiae.items(140), minutiae.items(141)) == ([["2", "2", "2"]], [["102", "202"]])
    assert minutiae.items(300) == [["2", "2", "0", "0", "0,0-1,1-0,1"]]
    assert minutiae.items(331) == [["0", "0", "0", "E"], ["1", "1", "1", "E"]]
    assert [latent.text(n) for n in (3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 16, 20)] == [
        *("4", "BKA_Testsystem", "20130709", "680", "416", "1", "500", "WSQ20", "8", "0", "500"),
        "A very insightful comment",
    ]
    assert (latent.get(999) or b"")[:2] == b"\xff\xa0"
    assert (source.text(21), (source.get(999) or b"")[:4]) == ("1", b"\x89PNG")
    named = {each.number: each.mnemonic for each in describe(hit)[1].fields}
    assert (named["2.010"], named["2.064"]) == ("CRN", "RLS"), "the names of INTERPOL's domain"
    assert hit[1].items(30) == [["", "Renate", "", "Mustermann"]]
    assert (hit[1].text(35), hit[1].text(38), hit[1].items(64)) == ("19501201", "DEU", [["1", "Y", "3", "CPS", "I"]])


def test_every_traditional_file_survives_xml_and_is_valid_there(shared_data: Path, schema: etree.XMLSchema) -> None:
    unequal = set()
    for path in transactions(shared_data):
        whole = path.read_bytes()
        try:
            records = itl.parse(whole)
        except MalformedTransaction:
            continue
        xml = itl.serialise(records, Encoding.XML)
        again = itl.parse(xml)
        assert fields_of(again) == fields_of(records), path.name
        if itl.serialise(again) != whole:
            unequal.add(path.name)
        if path.name not in INCOMPLETE and not NOT_IN_XML & {each.type for each in records}:
            schema.assertValid(etree.fromstring(xml))
    # Fields out of order (M1), padded lengths, or tags of two digits.
    assert unequal == {
        *("S001-01-t10_01.eft", "empty_image.eft", "sample.eft", "testEbts.eft"),
        *("type-9-13-9-14-m1.an2", "type-9-13-m1.an2", "type-9-14-m1.an2"),
        *("AN2011_pass-type-9-13-m1.an2", "AN2013_pass-type-9-13-9-14-m1.an2", "AN2013_pass-type-9-14-m1.an2"),
        "AN2013_pass-type-10-face-smt-combined.an2",
    }


def test_interpols_samples_survive_and_stay_valid(shared_data: Path, schema: etree.XMLSchema) -> None:
    for name in ("ERR", "MPS", "SRE-HIT_CPS"):
        records = sample(shared_data, name)
        xml = itl.serialise(records, Encoding.XML)
        schema.assertValid(etree.fromstring(xml))
        assert b"pehchan:Field" not in xml
        assert itl.parse(xml) == records
        assert itl.parse(itl.serialise(records)) == records, "in the traditional encoding"


ODD = file(
    "CAR",
    text(f3=" two  spaces ", f4="a\tb\nc", f5="\x01\x7f", f6="", f18="VERMA, ASHA", f2085="unknown <&> ]]>"),
    fingerprint(1, 3, b"\x89PNG" + bytes(range(256)), (4, 2), f18=items("3", "XX"), f22=items("3", "255", "1")),
    record(10, {2: "02", 3: "TATTOO", 5: "20260000", 42: "TATTOO\x1fFLOWER\x1e\x1f", 43: "RED\x1fBLUE", 999: b""}),
    record(17, {2: "03", 3: "1", 33: items("P", "2", "1", "2", "3", "4"), 37: items("T", "L", "3", *"123456")}),
    record(77, {2: "04", 3: "what no table has", 999: b"\x00\xff"}),
)


def test_a_field_that_no_element_states_exactly_is_kept(schema: etree.XMLSchema) -> None:
    xml = in_xml(ODD)
    assert itl.serialise(itl.parse(xml)) == ODD
    hindi = itl.parse(file("CAR", text(f18="आशा वर्मा"), f15=items("003", "UTF-8")))
    xml = itl.serialise(hindi, Encoding.XML)
    schema.assertValid(etree.fromstring(xml))
    assert "आशा वर्मा" in xml.decode()
    assert itl.parse(xml) == hindi


def test_text_beyond_the_declared_characters_is_read_as_utf_8() -> None:
    xml = in_xml(file("CAR", text(f18="ASHA"))).replace(b">ASHA<", ">आशा<".encode())
    first, words = itl.parse(xml)
    assert (words.text(18), first.items(15)) == ("आशा", [["003", "UTF-8"]])
    assert itl.parse(itl.serialise([first, words]))[1].text(18) == "आशा"


def test_what_no_field_takes_is_noted_and_left_out() -> None:
    xml = in_xml(ODD).replace(
        b"<itl:PackageFingerprintImageRecord>", b"<itl:PackageFingerprintImageRecord><a x='1'>b</a>"
    )
    reading = itl.read(xml)
    assert reading.faults == ()
    assert [(note.record, note.fatal) for note in reading.notes] == [(3, False), (3, False)]
    assert fields_of(reading.records) == fields_of(itl.parse(ODD))


def test_values_and_records_that_contradict_each_other_are_faults() -> None:
    good = in_xml(file("CAR", text(f18="ASHA"), fingerprint(1, 3, b"\x89PNG", (4, 2))))
    for wrong, fields in {
        good.replace(b"2026-01-15", b"2026-13-15"): {"1.005", "14.005"},
        good.replace(b"<biom:RecordCategoryCode>14", b"<biom:RecordCategoryCode>13"): {"1.003", "14.001"},
        good.replace(b"<biom:ContentRecordQuantity>2", b"<biom:ContentRecordQuantity>3"): {"1.003"},
        good.replace(b"iVBORw==", b"iVB*Rw=="): {"14.999"},
        good.replace(b'number="18"', b'number="2"'): {"2.002"},
        good.replace(b'number="18"', b'number="0"'): {"2.000"},
    }.items():
        assert wrong != good
        assert {fault.field for fault in itl.read(wrong).faults} == fields
    twice = good.replace(
        b"<biom:ImageBitsPerPixelQuantity>",
        b"<biom:ImageBitsPerPixelQuantity>9</biom:ImageBitsPerPixelQuantity><biom:ImageBitsPerPixelQuantity>",
    )
    assert [fault.field for fault in itl.read(twice).faults] == ["14.012"]


PACKAGE = f'<p:NISTBiometricInformationExchangePackage xmlns:p="{NAMESPACES["itl"]}">'.encode()
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12))


@pytest.mark.parametrize(
    "hostile",
    [
        b'<!DOCTYPE p [<!ENTITY l0 "ha">' + LAUGHS + b"]>" + PACKAGE + b"&l11;",
        b'<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + PACKAGE + b"&x;",
        b'<!DOCTYPE p SYSTEM "http://127.0.0.1:1/x.dtd">' + PACKAGE,
        b'<!DOCTYPE p [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>' + PACKAGE,
        PACKAGE + b"&undefined;",
        PACKAGE + b"<a>" * (MAX_DEPTH + 1),
        PACKAGE + b"<a>" * 3_000_000,
        PACKAGE + b"<a/>" * (MAX_ELEMENTS + 1),
        PACKAGE + b"<a " + b" ".join(b'a%d=""' % n for n in range(MAX_ELEMENTS)) + b"/>",
        PACKAGE + b"</p:NISTBiometricInformationExchangePackage>",
        PACKAGE.replace(b"standard", b"elsewhere") + b"</p:NISTBiometricInformationExchangePackage>",
        b"<a/>",
        b"<?xml version='1.0' encoding='utf-7'?><a/>",
        b"\xff\xfe<\x00a",
        b"<" + b"a" * 5_000_000,
    ],
)
def test_hostile_xml_is_refused_at_little_cost(hostile: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(MalformedTransaction) as raised:
        itl.read(hostile)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 250_000_000
    assert len(raised.value.message) < 500
    assert "root:" not in raised.value.message


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"iVBORw==", b64encode(bytes(30_000_000))),
        (b">ASHA<", b">" + b"A" * 30_000_000 + b"<"),
        (
            b"<biom:FingerPositionCode>3</biom:FingerPositionCode>",
            b"<biom:FingerPositionCode>3</biom:FingerPositionCode>" * 280_000,
        ),
        (b"<pehchan:Subfield>", b"<pehchan:Subfield>" + b"<pehchan:Item/>" * 280_000),
        (b"<biom:FingerImpressionImage>", b"<biom:FingerImpressionImage>" + b"<a>b</a>" * 280_000),
        (b"</itl:NIST", b"<itl:PackageIrisImageRecord/>" * 100_000 + b"</itl:NIST"),
    ],
    ids=["image", "text", "positions", "items", "unknown", "records"],
)
def test_a_large_package_costs_no_more_than_its_bounds(old: bytes, new: bytes) -> None:
    good = in_xml(file("CAR", text(f18="ASHA"), fingerprint(1, 3, b"\x89PNG", (4, 2))))
    assert good.count(old) == 1
    tracemalloc.start()
    with suppress(PehchanError):
        reading = itl.read(good.replace(old, new))
        check(reading.records)
        content(describe(reading.records))
        assert len(reading.faults) <= 1000
        assert len(reading.notes) <= 1000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 400_000_000


def test_the_table_agrees_with_nists_example_of_all_fields(shared_data: Path) -> None:
    path = shared_data / STANDARDS / "iso19794/mosip-bio-utils/NistXmlData/AllFields.xml"
    tree = etree.fromstring(path.read_bytes(), etree.XMLParser(recover=True))
    checked, wrong = 0, []
    for element in tree.iter(etree.Element):
        before = itertools.takewhile(lambda each: each.tag is etree.Comment, element.itersiblings(preceding=True))
        if not (field := re.search(r"\b(\d+)\.(\d{3})\s+[A-Z]", " ".join(each.text for each in before))):
            continue
        node = record_elements().get(int(field[1]))
        names = [name_of(each.tag) for each in (*reversed(list(element.iterancestors())), element)][2:]
        for name in names:
            node = node.by_name.get(name) if node else None
        numbers = {item.number for leaf in node.leaves() for item in leaf.items} if node else set()
        if len(numbers) == 1:
            checked += 1
            wrong += [] if int(field[2]) in numbers else [(names, field[0], numbers)]
    assert wrong == []
    assert checked > 300


def test_the_table_names_each_element_once() -> None:
    for node in record_elements().values():
        within = [node]
        while within:
            node = within.pop()
            names = [each.name for each in node.children]
            assert len(names) == len(set(names)), node.name
            within += node.children
