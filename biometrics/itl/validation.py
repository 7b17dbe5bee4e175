"""Validation of all fields of a transaction against the standard; all faults are reported at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from biometrics.itl.agreement import check_file, check_record
from biometrics.itl.dictionary import FieldRule, field_rule, record_rule, required_fields
from biometrics.itl.kinds import is_tolerated, meets, words
from biometrics.itl.reading import Reading
from biometrics.itl.record import AMP, BINARY, CNT, DATA, DOM, IDC, TOT, ItlRecord
from biometrics.kernel.errors import FieldFault, MalformedTransaction

MAX_FAULTS = 1000  # reported for one file
_FIRST, _TEXT = 1, 2
_EXCERPT = 40


def all_faults(reading: Reading) -> list[FieldFault]:
    """Return all faults of a file: of its encoding and of its fields, each once."""
    return list(dict.fromkeys([*reading.faults, *reading.notes, *check(reading.records)]))


def check(records: Sequence[ItlRecord]) -> list[FieldFault]:
    """Return the faults of the fields of a file's records, in its order; `records` begin with its Type-1 record.

    A fault that is not fatal leaves the transaction understandable.
    """
    faults: list[FieldFault] = []
    for fault in _all(records):
        faults.append(fault)
        if len(faults) == MAX_FAULTS:
            break
    return faults


def _all(records: Sequence[ItlRecord]) -> Iterator[FieldFault]:
    domain = domain_of(records[0])
    for record in records:
        seen = set()
        for fault in _fields(record, domain):
            seen.add(fault.field)
            yield fault
        yield from (fault for fault in check_record(record, domain) if fault.field not in seen)
    yield from check_file(records)
    yield from _required(records)
    yield from _listing(records)
    if len(records) > 1 and _TEXT not in {record.type for record in records}:
        fault = records[0].fault(CNT, "lists no Type-2 record", "a Type-2 record", fatal=False, warning=True)
        yield fault


def _fields(record: ItlRecord, domain: str) -> Iterator[FieldFault]:
    present = {field.number for field in record.fields}
    without = AMP in present and not record.get(DATA)
    for number, rule in record_rule(record.type, domain).fields.items():
        if rule.of_image and without and not record.get(number):
            continue
        if number in present:
            yield from _values(record, number, rule)
        elif rule.expected:
            expected = words(rule.kind) if rule.kind != "-" else rule.name
            problem = f"({rule.mnemonic}) is missing; it gives the {_lower(rule.name)}"
            yield record.fault(number, problem, expected, "", fatal=rule.required)


def _values(record: ItlRecord, number: int, rule: FieldRule) -> Iterator[FieldFault]:
    if number == DATA or rule.kind in ("-", "bytes"):
        if not record.get(number) and rule.required:
            yield record.fault(number, f"({rule.mnemonic}) is empty", rule.name, "")
        return
    try:
        subfields = record.items(number)
    except MalformedTransaction as error:
        yield from error.faults
        return
    if not subfields and record.type not in BINARY:
        yield record.fault(number, f"({rule.mnemonic}) is empty", words(rule.kind), "", fatal=rule.required)
    wrong = dict.fromkeys(items[0] for items in subfields if not meets(rule.kind, items[0]))
    for item in list(wrong)[:MAX_FAULTS]:
        expected = words(rule.kind)
        problem = f"({rule.mnemonic}) is {item[:_EXCERPT]!r} where {expected} belongs"
        yield record.fault(number, problem, expected, item, fatal=rule.expected and not is_tolerated(rule.kind, item))


def _required(records: Sequence[ItlRecord]) -> Iterator[FieldFault]:
    """Report fields that the file's type of transaction requires in its domain and that are missing."""
    first, domain, tot = records[0], domain_of(records[0]), _text(records[0], TOT)
    for alternatives in required_fields(domain, tot):
        having = {number for record in records if record.type == alternatives[0][0] for number in _present(record)}
        if having.isdisjoint(number for _, number in alternatives):
            record_type, number = alternatives[0]
            record = next((candidate for candidate in records if candidate.type == record_type), first)
            rules = [field_rule(*address, domain) for address in alternatives]
            names = " or ".join(f"{rule.mnemonic}, {_lower(rule.name)}" for rule in rules)
            field = f"{record_type}.{number:03d}"
            message = f"Record {record.place}, field {field} is missing; {tot} needs {names}."
            yield FieldFault(record.place, field, "", names, message)


def _present(record: ItlRecord) -> Iterator[int]:
    return (field.number for field in record.fields if field.value)


def _listing(records: Sequence[ItlRecord]) -> Iterator[FieldFault]:
    """Compare the IDCs of field 1.003 with those of the records, and look for duplicates."""
    first, rest = records[0], records[1:]
    for entry, record in zip(first.items(CNT)[1:], rest, strict=False):
        listed_idc, record_idc = (entry[1] if len(entry) > 1 else ""), _idc(record)
        if record_idc is not None and not (
            listed_idc.isascii() and listed_idc.isdigit() and int(listed_idc[:10]) == record_idc
        ):
            label = f"record {record.place} (Type-{record.type})"
            problem = f"lists IDC {listed_idc[:10]!r} for {label}, whose own is {record_idc}"
            yield first.fault(CNT, problem, f"IDC {record_idc}", listed_idc, fatal=False)
    counted = Counter((record.type, _idc(record)) for record in rest if record.type not in (_FIRST, _TEXT))
    for record in rest:
        record_idc = _idc(record)
        if counted.pop((record.type, record_idc), 0) > 1 and record_idc is not None:
            problem = f"is {record_idc} in several records of Type-{record.type}"
            yield record.fault(IDC, problem, "an IDC for each image", fatal=False)


def domain_of(first: ItlRecord) -> str:
    """Return the domain (1.013) of a file by its Type-1 record; empty if missing."""
    return _text(first, DOM)


def _text(first: ItlRecord, number: int) -> str:
    try:
        return first.text(number)
    except MalformedTransaction:
        return ""  # reported with the field


def _idc(record: ItlRecord) -> int | None:
    try:
        return record.integer(IDC)
    except MalformedTransaction:
        return None  # reported already


def _lower(name: str) -> str:
    return name if name[:2].isupper() else name[0].lower() + name[1:]
