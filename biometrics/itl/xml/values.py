"""The values of elements: text, dates, bytes and polygons, as the fields of a record have them."""

from __future__ import annotations

import binascii
import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement

from biometrics.itl.record import RS, US
from biometrics.itl.xml.names import BYTES, DATE, DURATION, MOMENT, POLYGON, local_children, name_of
from biometrics.itl.xml.table import Node

Subfields = list[list[str]]
Value = Subfields | bytes

_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(Z?)")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:$|T|Z|[+-])")
_DURATION = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?")
_VERTEX = "biom:ImageSegmentVertex"
_PLACE = ("biom:ImageLocationHorizontalCoordinateMeasure", "biom:ImageLocationVerticalCoordinateMeasure")
# Of what XML can state and a parser returns as it was.
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_plain(text: str) -> bool:
    """Return whether XML can hold a text."""
    return not _NOT_XML.search(text)


def encoded(value: Value, encoding: str) -> bytes:
    """Return the value of a field.

    Raises:
        UnicodeEncodeError: a text is not of the encoding.
    """
    if isinstance(value, bytes):
        return value
    return RS.join(US.join(item.encode(encoding) for item in items) for items in value)


def read_item(node: Node, element: Element) -> str | bytes:
    """Return the value of an element, as an item or as bytes; empty for none.

    Raises:
        ValueError: it is not of the element's form.
    """
    text = (element.text or "").strip()
    if node.name == POLYGON:
        return _read_polygon(element)
    if node.name.endswith(BYTES):
        return binascii.a2b_base64("".join(text.split()), strict_mode=True) if text else b""
    text = text.replace("\r", "\n")
    if not is_plain(text):
        raise ValueError(text)  # nothing is read that could not be answered
    if not text or (name_of(element.tag) not in (DATE, MOMENT) and not node.name.endswith("Indicator")):
        return text
    if node.name.endswith("Indicator"):
        words = node.words or {}
        return words[{"true": True, "1": True, "false": False, "0": False}[text]]
    if node.name == DATE or name_of(element.tag) == DATE:
        if not (match := _ISO_DAY.match(text)):
            raise ValueError(text)
        datetime(int(match[1]), int(match[2]), int(match[3]))
        return "".join(match.groups())
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        return moment.strftime("%Y%m%d%H%M%S").zfill(14)
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").zfill(15)


def write_item(node: Node, item: str | bytes) -> Element | None:
    """Return the element that states an item; None if it cannot."""
    element = Element(node.name)
    if isinstance(item, bytes):
        element.text = b64encode(item).decode("ascii")
        return element
    if not item:
        return element
    if node.name == POLYGON:
        _write_polygon(element, item)
    elif node.name.endswith("Indicator"):
        words_by_value: Mapping[str, str] = {word: str(value).lower() for value, word in (node.words or {}).items()}
        element.text = words_by_value.get(item)
    elif match := node.name == MOMENT and _MOMENT.fullmatch(item):
        year, month, day, hour, minute, second, zone = match.groups()
        element.text = f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}"
    elif node.name in (DATE, MOMENT):
        element.tag = DATE
        match = _DAY.fullmatch(item)
        element.text = "-".join(match.groups()) if match else None
    elif node.name != DURATION or _DURATION.fullmatch(item):
        element.text = item if is_plain(item) else None
    return element if element.text or len(element) else None


def _read_polygon(element: Element) -> str:
    vertices = []
    for vertex in element:
        places = local_children(vertex)
        if name_of(vertex.tag) != _VERTEX or set(places) != set(_PLACE):
            raise ValueError(name_of(vertex.tag))
        vertices.append(",".join((places[name].text or "").strip() for name in _PLACE))
    return "-".join(vertices)


def _write_polygon(element: Element, item: str) -> None:
    for pair in item.split("-"):
        vertex = SubElement(element, _VERTEX)
        for name, coordinate in zip(_PLACE, pair.split(","), strict=False):
            SubElement(vertex, name).text = coordinate
