"""An XML package to records. XML is hostile input: no document type, no entities, bounded depth and number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from biometrics.itl.record import CNT, DATA, DCS, LEN, VER, Field, ItlRecord, character_encoding, is_number
from biometrics.itl.traditional import write_traditional
from biometrics.itl.xml.collecting import Collector
from biometrics.itl.xml.names import CATEGORY, FIRST_RECORD, PACKAGE, local_children, name_of
from biometrics.itl.xml.table import common_element, record_elements, record_types
from biometrics.itl.xml.values import Value, encoded
from biometrics.kernel.errors import FieldFault, MalformedTransaction

# Far beyond any real package: its images are bytes of one element, and a minutia has ten elements.
MAX_DEPTH = 24
MAX_ELEMENTS = 300_000
MAX_FAULTS = 1000
UTF_8 = [["003", "UTF-8"]]


def read_package(content: bytes) -> tuple[list[ItlRecord], list[FieldFault], list[FieldFault]]:
    """Return a package's records, its faults, and notes of what was left out because no field takes it.

    The records have the fields of the traditional encoding, their lengths (001) included, in order of their numbers.

    Raises:
        MalformedTransaction: it is no such package, or a hostile one, or has no Type-1 record.
    """
    root = _parsed(content)
    if name_of(root.tag) != PACKAGE:
        raise MalformedTransaction(f"This is XML, but not an ANSI/NIST-ITL package: its root is {root.tag[:80]}.")
    if not len(root) or name_of(root[0].tag) != FIRST_RECORD:
        raise MalformedTransaction("The package does not begin with a Type-1 record (PackageInformationRecord).")
    faults: list[FieldFault] = []
    notes: list[FieldFault] = []
    drafts = []
    for number, element in enumerate(root, start=1):
        if len(faults) > MAX_FAULTS:
            break
        record = ItlRecord(_type(element, number, faults), (), number)
        collector = Collector(record)
        collector.collect(record_elements().get(record.type, common_element()), element)
        faults += collector.faults
        notes += collector.notes[: MAX_FAULTS - len(notes)]
        drafts.append((record, collector.values))
        root[number - 1] = Element(element.tag)  # frees the text of its images
    records = _encoded(drafts, faults)
    _compare_contents(records, len(root) - 1, faults)
    return records, faults, notes


class _Bounded(TreeBuilder):
    """Builds the tree of a document that is neither too deep nor too large."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = self.elements = 0

    def start(self, tag: Any, attrs: Any) -> Element:
        self.depth += 1
        self.elements += 1 + len(attrs)
        if self.depth > MAX_DEPTH:
            raise MalformedTransaction(f"The XML is nested deeper than {MAX_DEPTH} elements.")
        if self.elements > MAX_ELEMENTS:
            raise MalformedTransaction(f"The XML has more than {MAX_ELEMENTS:,} elements and attributes.")
        return super().start(tag, attrs)

    def end(self, tag: Any) -> Element:
        self.depth -= 1
        return super().end(tag)


def _parsed(content: bytes) -> Element:
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True)
    try:
        parser.feed(content)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise MalformedTransaction("The XML declares a document type or entities, which are refused.") from error
    except (ParseError, ValueError, LookupError) as error:
        raise MalformedTransaction(f"This is not well-formed XML: {error}.") from error
    return root


def _type(element: Element, number: int, faults: list[FieldFault]) -> int:
    """Return the type of a record: that of its element, or that which it states."""
    element_type = record_types().get(name_of(element.tag))
    code = local_children(element).get(CATEGORY)
    category = ((code.text if code is not None else "") or "").strip()
    if category.isascii() and category.isdigit() and len(category) < 3 and element_type in (None, int(category)):
        return int(category)
    record = ItlRecord(element_type or 0, (), number)
    expected = str(element_type) if element_type else "a record type"
    faults.append(
        record.fault(LEN, f"is of a record whose RecordCategoryCode is {category[:10]!r}", expected, category)
    )
    return element_type or 0


def _encoded(drafts: list[tuple[ItlRecord, dict[int, Value]]], faults: list[FieldFault]) -> list[ItlRecord]:
    """Return the records in the character encoding that 1.015 names; in UTF-8, and naming it, if it is too narrow."""
    first, values = drafts[0]
    version = values.get(VER)
    if isinstance(version, list):
        values[VER] = [["".join(part.zfill(2) for part in version[0]) if len(version[0]) > 1 else version[0][0]]]
    encoding, fault = character_encoding(_record(first, values, "utf-8", []))
    if fault:
        faults.append(fault)
    try:
        for _, draft_values in drafts:
            for value in draft_values.values():
                encoded(value, encoding)
    except UnicodeEncodeError:
        encoding = "utf-8"
        values[DCS] = UTF_8
    return [_record(record, draft_values, encoding, faults) for record, draft_values in drafts]


def _record(record: ItlRecord, values: dict[int, Value], encoding: str, faults: list[FieldFault]) -> ItlRecord:
    numbers = sorted(values.keys() - {LEN}, key=lambda number: (number == DATA, number))
    fields = tuple(Field(number, encoded(values[number], encoding)) for number in numbers)
    draft = replace(record, fields=fields, encoding=encoding)
    try:
        length = len(write_traditional([draft]))
    except MalformedTransaction as error:
        faults += error.faults
        return draft
    return replace(draft, fields=(Field(LEN, b"%d" % length), *fields))


def _compare_contents(records: list[ItlRecord], following: int, faults: list[FieldFault]) -> None:
    """Note where 1.003 does not list the records that follow, as the traditional encoding must."""
    first, *rest = records
    entries = first.items(CNT)
    counts = [entry[0] for entry in entries[1:]]
    if not entries or len(entries[0]) != 2 or not is_number(entries[0][1], len(counts)):
        expected = f"1 and the number of records listed, {len(counts)}"
        faults.append(first.fault(CNT, "does not list the records that it counts", expected))
    if len(counts) != following:
        problem = f"lists {len(counts)} records where {following} follow"
        faults.append(first.fault(CNT, problem, f"{following} records"))
    for listed_type, record in zip(counts, rest, strict=False):
        if not is_number(listed_type, record.type):
            problem = f"lists a Type-{listed_type[:10]} record where record {record.place} is of Type-{record.type}"
            faults.append(first.fault(CNT, problem, f"Type-{record.type}", listed_type))
