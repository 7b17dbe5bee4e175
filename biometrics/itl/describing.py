"""What a person wants to see of a transaction: its records and fields by name, and its images by size and format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from biometrics.itl.dictionary import field_rule, record_rule
from biometrics.itl.record import BINARY, DATA, DOM, IDC, LEN, NTR, RS, US, ItlRecord
from biometrics.kernel.errors import MalformedTransaction

_MM_AN_INCH = 25.4
_CM_AN_INCH = 2.54
_BINARY_WIDTH, _BINARY_HEIGHT = 6, 7
_WIDTH, _HEIGHT, _UNIT, _SCALE, _ALGORITHM = 6, 7, 8, 9, 11
_QUALITY = {10: (24,), 13: (24,), 14: (24, 22, 23), 15: (24,), 16: (24,), 17: (24,), 19: (24,)}
_STANDARD_PPI = 500.0
_LOW_PPI = 250.0

_MAGIC = (
    (b"\xff\xa0", "WSQ"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x00\x00\x00\x0cjP", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\x89PNG", "PNG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"BM", "BMP"),
)

_POSITIONS = {
    0: "unknown",
    **dict(enumerate(("thumb", "index", "middle", "ring", "little"), start=1)),
    11: "plain right thumb",
    12: "plain left thumb",
    13: "plain right four fingers",
    14: "plain left four fingers",
    15: "both thumbs",
    18: "unknown friction ridge",
    19: "entire joint image or tip",
    20: "unknown palm",
    21: "right full palm",
    22: "right writer's palm",
    23: "left full palm",
    24: "left writer's palm",
    25: "right lower palm",
    26: "right upper palm",
    27: "left lower palm",
    28: "left upper palm",
}
for _code in range(1, 6):
    _POSITIONS[_code + 5] = f"left {_POSITIONS[_code]}"
    _POSITIONS[_code] = f"right {_POSITIONS[_code]}"
_IMPRESSIONS = {
    0: "plain, live scan",
    1: "rolled, live scan",
    2: "plain, not live",
    3: "rolled, not live",
    4: "latent impression",
    5: "latent tracing",
    6: "latent photo",
    7: "latent lift",
    8: "swiped, live scan",
    10: "palm, live scan",
    11: "palm, not live",
    24: "plain, contactless",
    25: "rolled, contactless",
    28: "other",
    29: "unknown",
}
_MEANINGS: Mapping[str, Mapping[int, str]] = {
    "FGP": _POSITIONS,
    "FGN": _POSITIONS,
    "FPP": _POSITIONS,
    "IMP": _IMPRESSIONS,
    "GCA": {0: "none", 1: "WSQ", 2: "JPEG", 3: "lossless JPEG", 4: "JPEG 2000", 5: "lossless JPEG 2000", 6: "PNG"},
    "SLC": {0: "no unit", 1: "pixels an inch", 2: "pixels a centimetre"},
    "ELR": {0: "unknown eye", 1: "right eye", 2: "left eye"},
}


@dataclass(frozen=True)
class Picture:
    """The image of an image record: the values of its fields, and the format that its bytes begin with.

    `ppi` is None without a resolution; `quality` is the sender's measure, field and items.
    """

    format: str
    width: int
    height: int
    ppi: float | None
    bytes: int
    quality: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """Return it in a line."""
        ppi = f", {self.ppi:.0f} ppi" if self.ppi else ""
        quality = "".join(f"; {name} {value}" for name, value in self.quality)
        return f"{self.format}, {self.width} x {self.height} pixels{ppi}, {self.bytes:,} bytes{quality}"


@dataclass(frozen=True)
class DescribedField:
    """A field; `value` is None where it holds bytes and no text. `meaning` is that of a code."""

    number: str
    mnemonic: str
    name: str
    value: list[list[str]] | None
    bytes: int
    sha256: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class DescribedRecord:
    """A record; `idc` is empty for one that has none."""

    place: int
    type: int
    name: str
    idc: str
    fields: tuple[DescribedField, ...]
    picture: Picture | None


def describe(records: Sequence[ItlRecord]) -> list[DescribedRecord]:
    """Describe a file's records; `records` begin with its Type-1 record. Nothing in a file makes it fail."""
    domain = _lenient(records[0], DOM)
    return [
        DescribedRecord(
            place=record.place,
            type=record.type,
            name=record_rule(record.type).name,
            idc=_lenient(record, IDC) if record.type != 1 else "",
            fields=tuple(_field(record, field.number, field.value, domain) for field in record.fields),
            picture=picture(record, records[0]),
        )
        for record in records
    ]


def content(described: Sequence[DescribedRecord]) -> list[dict[str, Any]]:
    """Return it as plain JSON."""
    return [
        {
            "record": record.place,
            "type": record.type,
            "name": record.name,
            "idc": record.idc,
            "image": _picture_content(record.picture),
            "fields": [
                {
                    "field": field.number,
                    "mnemonic": field.mnemonic,
                    "name": field.name,
                    **({"value": field.value} if field.value is not None else {"sha256": field.sha256}),
                    "bytes": field.bytes,
                    "meaning": field.meaning,
                }
                for field in record.fields
            ],
        }
        for record in described
    ]


def picture(record: ItlRecord, first: ItlRecord) -> Picture | None:
    """Return the properties of a record's image without decoding it; None if the record has no image."""
    binary = record.type in BINARY and record.type != 7
    number = {8: 8}.get(record.type, 9) if binary else DATA
    data = record.get(number)
    width, height = (
        _number(record, field_number)
        for field_number in ((_BINARY_WIDTH, _BINARY_HEIGHT) if binary else (_WIDTH, _HEIGHT))
    )
    if not data or not width or not height:
        return None
    return Picture(
        format=_format(record, data, binary),
        width=width,
        height=height,
        ppi=_binary_ppi(record, first) if binary else _tagged_ppi(record),
        bytes=len(data),
        quality=tuple(
            (
                field_rule(record.type, field_number).mnemonic,
                ", ".join(" ".join(items) for items in _items(record, field_number)),
            )
            for field_number in _QUALITY.get(record.type, ())
            if record.get(field_number)
        ),
    )


def _format(record: ItlRecord, data: bytes, binary: bool) -> str:
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    algorithm = _lenient(record, 8 if binary else _ALGORITHM)
    return "uncompressed" if algorithm in ("", "0", "NONE") else f"not recognised (declared as {algorithm})"


def _binary_ppi(record: ItlRecord, first: ItlRecord) -> float | None:
    try:
        ppi = float(_lenient(first, NTR) or 0) * _MM_AN_INCH
    except ValueError:
        ppi = 0.0
    return ppi or (_LOW_PPI if record.type in (3, 5) else _STANDARD_PPI)


def _tagged_ppi(record: ItlRecord) -> float | None:
    scale = _number(record, _SCALE)
    factor = {"1": 1.0, "2": _CM_AN_INCH}.get(_lenient(record, _UNIT))
    return scale * factor if factor and scale else None


def _field(record: ItlRecord, number: int, value: bytes, domain: str) -> DescribedField:
    rule = field_rule(record.type, number, domain)
    name = f"{record.type}.{number:03d}"
    if rule.kind == "bytes" or number == DATA:
        return DescribedField(name, rule.mnemonic, rule.name, None, len(value), sha256(value).hexdigest())
    items = _decoded(value, record.encoding)
    if items is None:
        return DescribedField(name, rule.mnemonic, rule.name, None, len(value), sha256(value).hexdigest())
    codes = _MEANINGS.get(rule.mnemonic, {}) if number != LEN else {}
    meanings = [codes.get(int(item[0]), "") if item[0].isdecimal() and len(item[0]) < 4 else "" for item in items]
    return DescribedField(
        name, rule.mnemonic, rule.name, items, len(value), meaning=", ".join(filter(None, meanings[:6]))
    )


def _decoded(value: bytes, encoding: str) -> list[list[str]] | None:
    """Return text by its parts; None if it is too long to be text."""
    if value.count(RS) + value.count(US) > 20_000:
        return None
    try:
        text = value.decode(encoding)
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    return [subfield.split(US.decode()) for subfield in text.split(RS.decode())]


def _items(record: ItlRecord, number: int) -> list[list[str]]:
    return _decoded(record.get(number) or b"", record.encoding) or []


def _lenient(record: ItlRecord, number: int) -> str:
    try:
        return record.text(number)
    except MalformedTransaction:
        return ""


def _number(record: ItlRecord, number: int) -> int:
    try:
        return record.integer(number)
    except MalformedTransaction:
        return 0


def _picture_content(image: Picture | None) -> dict[str, Any] | None:
    if image is None:
        return None
    return {
        "format": image.format,
        "width": image.width,
        "height": image.height,
        "ppi": image.ppi,
        "bytes": image.bytes,
        "quality": [{"mnemonic": name, "value": value} for name, value in image.quality],
    }
