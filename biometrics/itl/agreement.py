"""What the standard wants of a record's items, and of fields that depend on each other; the tables are in fields.toml.

Source: ANSI/NIST-ITL 1-2011 update 2015, the record layouts of clause 8 and their value constraints. No fault found
here is fatal: the transaction can be understood all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256

from biometrics.itl.dictionary import agreements, field_rule, item_rules
from biometrics.itl.kinds import bounds_of, meets, words
from biometrics.itl.record import BINARY, CNT, DATA, DCS, NSR, NTR, VER, ItlRecord
from biometrics.kernel.errors import FieldFault, MalformedTransaction

_EXCERPT = 40
_HASH = 996
_DEPRECATED, _DEPRECATED_FROM = (3, 5, 6), "0500"
_GREYSCALE = 4
_CHARACTER_SETS = {"0": "ASCII", "2": "UTF-16", "3": "UTF-8", "4": "UTF-32"}
_LEAST_SCALE = 19.30  # pixels a millimetre: 490 an inch, 500 less 2 percent
_RIDGES = (13, 14, 15, 19)
_PHOTO, _IMAGES = 10, (4, 10, 13, 14, 15, 17)
_HLL, _VLL, _SLC, _THPS, _TVPS, _BINARY_DATA = 6, 7, 8, 9, 10, 9
_MM_BY_UNIT = {"1": 25.4, "2": 10.0}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1b\x7f]")


def check_record(record: ItlRecord, domain: str) -> Iterator[FieldFault]:
    """Yield the faults of one record's items and of fields that do not agree."""
    yield from _items(record, domain)
    yield from _agreements(record)
    yield from _values(record)


def check_file(records: Sequence[ItlRecord]) -> Iterator[FieldFault]:
    """Yield the faults of a file's Type-1 record against the records that follow it."""
    first, types = records[0], {record.type for record in records}
    if _texts(first, VER)[:1] >= [_DEPRECATED_FROM]:
        for record_type in sorted(types & set(_DEPRECATED)):
            problem = f"lists a record of Type-{record_type}, which versions from {_DEPRECATED_FROM} on do not have"
            yield first.fault(CNT, problem, "other types", str(record_type), fatal=False)
    yield from _scales(first, types)
    index, name = [*_texts(first, DCS), "", ""][:2]
    if name and (expected := _CHARACTER_SETS.get(index.lstrip("0") or "0")) and name.upper() != expected:
        problem = f"names the character encoding {name[:_EXCERPT]!r} for the index {index}"
        yield first.fault(DCS, problem, expected, name, fatal=False)


def _scales(first: ItlRecord, types: set[int]) -> Iterator[FieldFault]:
    """Yield the faults of the scanning resolutions (1.011, 1.012), which are those of Type-4 records."""
    scales = [next(iter(_texts(first, number)), "") for number in (NSR, NTR)]
    if not all(meets("resolution", scale) for scale in scales):
        return  # reported with the field
    native, nominal = map(float, scales)
    if _GREYSCALE in types:
        for number, scale in zip((NSR, NTR), scales, strict=True):
            if float(scale) < _LEAST_SCALE:
                problem = f"is {scale!r}, too low for a record of Type-4"
                yield first.fault(number, problem, f"at least {_LEAST_SCALE:.2f}", scale, fatal=False)
    if native < nominal:
        problem = f"is {scales[1]}, above the scanning resolution {scales[0]}"
        yield first.fault(NTR, problem, f"at most {scales[0]}", scales[1], fatal=False)


def _items(record: ItlRecord, domain: str) -> Iterator[FieldFault]:
    for number, (low, high, kinds) in item_rules(record.type, domain).items():
        try:
            subfields = record.items(number)
        except MalformedTransaction:
            continue  # reported with the field
        mnemonic = field_rule(record.type, number, domain).mnemonic
        if len(subfields) > high:
            problem = f"({mnemonic}) has {len(subfields):,} subfields"
            yield record.fault(number, problem, f"{low} to {high} subfields", fatal=False)
        reported: set[tuple[int, str]] = set()
        for subfield in subfields[:high]:
            yield from _distinct(record, number, kinds, subfield)
            for place, item in enumerate(subfield):
                kind = _kind(kinds, place)
                bounded = _bounded(record, kind, subfield, place)
                wrong = item != "" if kind == "" else (item != "" or place == 0) and not meets(bounded, item)
                if wrong and (place, item) not in reported:
                    reported.add((place, item))
                    expected = words(bounded) if kind else f"at most {len(kinds)} items"
                    problem = f"({mnemonic}), item {place + 1}, is {item[:_EXCERPT]!r} where {expected} belongs"
                    yield record.fault(number, problem, expected, item, fatal=False)


def _kind(kinds: Sequence[str], place: int) -> str:
    """Return the kind of the item at a place, from 0; empty behind the last."""
    if kinds[-1] != "...":
        return kinds[place] if place < len(kinds) else ""
    fixed = len(kinds) - 3
    return kinds[place] if place < fixed else kinds[fixed + (place - fixed) % 2]


def _bounded(record: ItlRecord, kind: str, subfield: Sequence[str], place: int) -> str:
    """Replace a bound that another field or item gives, or the number of points that follow, by its value."""
    name, _, detail = kind.partition(":")
    if name == "points":
        following = len(subfield) - place - 1
        return f"int:{following // 2}" if following % 2 == 0 else "int:2-99"
    if name not in ("to", "from", "over"):
        return kind
    number, _, item = detail.partition(".")
    values = next(iter(_subfields(record, int(number))), [])
    limit = values[int(item or 1) - 1] if len(values) >= int(item or 1) else ""
    least = 0
    if name != "to" and meets("int", subfield[place - 1]):
        least = int(subfield[place - 1]) + (name == "over")
    return f"int:{least}-{int(limit)}" if meets("int", limit) else "int"


def _distinct(record: ItlRecord, number: int, kinds: Sequence[str], subfield: Sequence[str]) -> Iterator[FieldFault]:
    """Yield a fault if two points of a path are the same."""
    if "points" in kinds:
        coordinates = subfield[list(kinds).index("points") + 1 :]
        points = list(zip(coordinates[::2], coordinates[1::2], strict=False))
        for point in dict.fromkeys(point for point in points if points.count(point) > 1):
            problem = f"has the point {point[0][:5]}, {point[1][:5]} more than once"
            yield record.fault(number, problem, "different points", ",".join(point), fatal=False)


def _agreements(record: ItlRecord) -> Iterator[FieldFault]:
    for rule in agreements(record.type):
        mandatory: list[int] = []
        forbidden: list[int] = []
        parts = rule.split()
        if parts[1] == "counts":
            counted = len(_subfields(record, int(parts[2])))
            stated = _texts(record, int(parts[0]))
            if stated and stated[0].isdecimal() and int(stated[0]) != counted:
                problem = f"is {stated[0]}, but {record.type}.{int(parts[2]):03d} has {counted} subfields"
                yield record.fault(int(parts[0]), problem, str(counted), stated[0], fatal=False)
            continue
        if parts[0] == "one":
            numbers = [int(word) for word in parts[2:]]
            if not any(record.get(number) for number in numbers):
                names = " or ".join(f"{record.type}.{number:03d}" for number in numbers)
                yield record.fault(numbers[0], f"is missing; a record needs {names}", names, "", fatal=False)
            continue
        joint = next(word for word in ("if", "unless") if word in parts)
        place = parts.index(joint)
        numbers = [number for word in parts[1:place] for number in _range(word)]
        if _holds(record, " ".join(parts[place + 1 :])) == (joint == "if"):
            mandatory, forbidden = (numbers, []) if parts[0] == "needs" else ([], numbers)
        condition = " ".join(parts[place:])
        for number in mandatory:
            if not record.get(number):
                name = field_rule(record.type, number).name
                problem = f"is missing ({name}): the standard requires it {_spoken(record.type, condition)}"
                yield record.fault(number, problem, name or "a value", "", fatal=False)
        for number in forbidden:
            if record.get(number):
                problem = f"is not allowed {_spoken(record.type, condition)}"
                yield record.fault(number, problem, "no such field", fatal=False)


def _holds(record: ItlRecord, condition: str) -> bool:
    numbers, _, values = condition.partition("=")
    if not values:
        return any(record.get(number) for number in _range(numbers))
    return any(subfield[0] in values.split("|") for subfield in _subfields(record, int(numbers)))


def _spoken(record_type: int, condition: str) -> str:
    joint, numbers = condition.split(" ", 1)
    number, _, values = numbers.partition("=")
    ends = [f"{record_type}.{int(end):03d}" for end in number.split("-")]
    name = " to ".join(ends)
    return f"{joint} {name} is {' or '.join(values.split('|'))}" if values else f"{joint} {name} is there"


def _range(numbers: str) -> range:
    first, last = bounds_of(numbers)
    return range(first, last + 1)


def _values(record: ItlRecord) -> Iterator[FieldFault]:
    image, stated = record.get(DATA), _texts(record, _HASH)
    if image and stated and record.type not in BINARY and sha256(image).hexdigest() != stated[0].lower():
        problem = "is not the SHA-256 of field 999"
        yield record.fault(_HASH, problem, sha256(image).hexdigest().upper(), stated[0], fatal=False)
    yield from _size(record)
    if record.type in _RIDGES:
        unit, across, down = (next(iter(_texts(record, number)), "") for number in (_SLC, _THPS, _TVPS))
        if unit in _MM_BY_UNIT and meets("int", across) and meets("int", down):
            if int(across) < _LEAST_SCALE * _MM_BY_UNIT[unit] - 1 and int(across) > 0:
                least = round(_LEAST_SCALE * _MM_BY_UNIT[unit])
                problem = f"is {across}, too low a resolution for friction ridges"
                yield record.fault(_THPS, problem, f"at least {least}", across, fatal=False)
            if int(across) != int(down):
                problem = f"is {down}, but the horizontal scale is {across}"
                yield record.fault(_TVPS, problem, across, down, fatal=False)
    if record.type not in BINARY:
        for field in record.fields:
            if field.number == DATA or not (found := _CONTROL.search("".join(_texts(record, field.number)))):
                continue
            problem = f"has the control character {ord(found[0]):#04x}"
            yield record.fault(field.number, problem, "text", fatal=False, warning=True)


def _size(record: ItlRecord) -> Iterator[FieldFault]:
    """Yield a fault if the image's width and height are not those of the record; of a photo it is a warning."""
    if record.type not in _IMAGES:
        return
    stated = tuple(next(iter(_texts(record, number)), "") for number in (_HLL, _VLL))
    actual = _pixels(record.get(_BINARY_DATA if record.type in BINARY else DATA) or b"")
    if actual and all(meets("int", text) for text in stated) and tuple(map(int, stated)) != actual:
        problem = f"and 007 state {stated[0]} x {stated[1]} pixels, but the image has {actual[0]} x {actual[1]}"
        expected = f"{actual[0]} x {actual[1]}"
        yield record.fault(_HLL, problem, expected, " x ".join(stated), fatal=False, warning=record.type == _PHOTO)


def _pixels(image: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG, WSQ or JPEG image by its header; None for other formats."""
    if image.startswith(b"\x89PNG") and len(image) >= 24:
        return int.from_bytes(image[16:20]), int.from_bytes(image[20:24])
    if not image.startswith((b"\xff\xa0", b"\xff\xd8")):
        return None
    at = 2
    while at + 10 <= len(image) and image[at] == 0xFF:
        marker, length = image[at + 1], int.from_bytes(image[at + 2 : at + 4])
        if marker == 0xA2 or (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)):
            start = at + (6 if marker == 0xA2 else 5)
            return int.from_bytes(image[start + 2 : start + 4]), int.from_bytes(image[start : start + 2])
        at += 2 + max(2, length)
    return None


def _subfields(record: ItlRecord, number: int) -> list[list[str]]:
    try:
        return record.items(number)
    except MalformedTransaction:
        return []


def _texts(record: ItlRecord, number: int) -> list[str]:
    return [item for subfield in _subfields(record, number) for item in subfield]
