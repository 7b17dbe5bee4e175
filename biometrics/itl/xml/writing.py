"""Records to an XML package; each field in the element of the table if that states it exactly, else in our own."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from biometrics.itl.record import DATA, LEN, VER, ItlRecord
from biometrics.itl.xml.collecting import Collector
from biometrics.itl.xml.names import (
    BASE64,
    BYTES,
    CATEGORY,
    FEATURES,
    FIELD,
    FIELDS,
    ITEM,
    NAMESPACES,
    PACKAGE,
    REFERENCE,
    SUBFIELD,
)
from biometrics.itl.xml.table import Condition, Node, common_element, record_elements
from biometrics.itl.xml.values import Value, encoded, is_plain, write_item
from biometrics.kernel.errors import MalformedTransaction

_FIRST, _MINUTIAE = 1, 9
_VERSION_DIGITS = 4
_MAY_BE_EMPTY = ("ID", "Name", "Text")  # elements of texts; numbers and codes may not be empty


def write_package(records: Sequence[ItlRecord]) -> bytes:
    """Return the XML package of these records, which begin with their Type-1 record.

    Raises:
        MalformedTransaction: a field of the Type-1 record has no place in XML.
    """
    root = Element(PACKAGE, {f"xmlns:{prefix}": uri for prefix, uri in NAMESPACES.items()})
    first = _Written(records[0])
    for record in records:
        root.append(_Written(record, first).element())
    indent(root)
    xml: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return xml


class _Written:
    """One record on its way to its element; `first` is its file's Type-1 record."""

    def __init__(self, record: ItlRecord, first: _Written | None = None) -> None:
        self.record = record
        self.node = record_elements().get(record.type, common_element())
        self.first = first or self
        binary = {item.number for leaf in self.node.leaves() if leaf.name.endswith(BYTES) for item in leaf.items}
        numbers = {item.number for leaf in self.node.leaves() for item in leaf.items}
        self.values = {
            field.number: value
            for field in record.fields
            if field.number in numbers and (value := _value(record, field.number, field.number in binary)) is not None
        }

    def element(self) -> Element:
        """Return its element.

        Raises:
            MalformedTransaction: it is a Type-1 record with a field that has no place in XML.
        """
        while True:
            element = self._rendered()
            collector = Collector(self.record)
            collector.collect(self.node, element)
            if not (wrong := {number for number in self.values if not self._states(collector.values, number)}):
                break
            for number in wrong:
                del self.values[number]
        rest = [field.number for field in self.record.fields if field.number not in {LEN, *self.values}]
        if rest and self.record.type == _FIRST:
            raise self.record.error(rest[0], "has no place in the XML encoding", "a value that XML can state")
        if rest:
            self._extend(element, rest)
        return element

    def _rendered(self) -> Element:
        element = Element(self.node.name)
        element.extend(self._elements(self.node.children, {}, 0))
        return element

    def _states(self, values: Mapping[int, Value], number: int) -> bool:
        value = values.get(number)
        if value is None:
            return False
        if number == VER and self.record.type == _FIRST and isinstance(value, list):
            value = [["".join(value[0])]]
        return encoded(value, self.record.encoding) == self.record.get(number)

    def _elements(self, nodes: Sequence[Node], parts: Mapping[int, list[str]], shift: int) -> Iterator[Element]:
        written = False
        for node in nodes:
            if not node.otherwise:
                written = False
            if written or (node.condition and not self._holds(node.condition)):
                continue
            written = True
            yield from self._repeated(node, parts, shift)

    def _repeated(self, node: Node, parts: Mapping[int, list[str]], shift: int) -> Iterator[Element]:
        if node.name == CATEGORY and node.is_structure:
            category = Element(CATEGORY)
            category.text = f"{self.record.type:02d}"
            yield category
        elif node.starts:
            subfields = {number: self._subfields(number)[number in node.follows :] for number in node.starts}
            for at in range(max(map(len, subfields.values()))):
                own_parts = {number: values[at] if at < len(values) else [] for number, values in subfields.items()}
                yield from self._once(node, {**parts, **own_parts}, shift)
        elif node.continues:
            items = [item for leaf in node.leaves() for item in leaf.items]
            ends = [len(self._items(item.number, parts)) - item.index for item in items]
            for at in range(shift, max(0, *ends), node.width):
                yield from self._once(node, parts, at)
        else:
            yield from self._once(node, parts, shift)

    def _once(self, node: Node, parts: Mapping[int, list[str]], shift: int) -> Iterator[Element]:
        if not node.items:
            element = Element(node.name)
            element.extend(self._elements(node.children, parts, shift))
            if len(element):
                yield element
            return
        for item in node.items:
            value = self.values.get(item.number)
            items = self._items(item.number, parts)
            at = item.index + shift
            text = items[at][slice(*item.span) if item.span else slice(None)] if at < len(items) else ""
            # An empty item is stated only where items would be missing without it.
            is_last_empty = not text and at == len(items) - 1 and node.name.endswith(_MAY_BE_EMPTY)
            if isinstance(value, bytes) or text or is_last_empty:
                written = write_item(node, value if isinstance(value, bytes) else text)
                yield from () if written is None else (written,)

    def _subfields(self, number: int) -> list[list[str]]:
        value = self.values.get(number, [])
        return value if isinstance(value, list) else []

    def _items(self, number: int, parts: Mapping[int, list[str]]) -> list[str]:
        return parts[number] if number in parts else (self._subfields(number) or [[]])[0]

    def _holds(self, condition: Condition) -> bool:
        written = self.first if condition.of_first else self
        items = written._items(condition.item.number, {})
        value = items[condition.item.index] if condition.item.index < len(items) else ""
        return value in condition.values or (bool(value) and "*" in condition.values)

    def _extend(self, element: Element, numbers: Sequence[int]) -> None:
        """Add the fields that no element of the standard states."""
        minutiae = self.record.type == _MINUTIAE and not any(child.tag.endswith("Minutiae") for child in element)
        fields = Element(FEATURES if minutiae else FIELDS)
        for number in numbers:
            field = SubElement(fields, FIELD, {"number": str(number)})
            value = _value(self.record, number, number == DATA)
            if not self.record.get(number):
                continue  # an empty field
            if isinstance(value, list) and all(is_plain(item) for items in value for item in items):
                for items in value:
                    subfield = SubElement(field, SUBFIELD)
                    for item in items:
                        SubElement(subfield, ITEM).text = item
            else:
                SubElement(field, BASE64).text = b64encode(self.record.get(number) or b"").decode("ascii")
        if minutiae:
            element.append(fields)
        else:
            references = [at for at, child in enumerate(element) if child.tag in (CATEGORY, REFERENCE)]
            element.insert(references[-1] + 1 if references else 0, fields)


def _value(record: ItlRecord, number: int, is_binary: bool) -> Value | None:
    """Return the value of a field; None for text that is not in the file's encoding."""
    if is_binary:
        return record.get(number)
    try:
        value = record.items(number)
    except MalformedTransaction:
        return None
    if record.type == _FIRST and number == VER and value and len(value[0][0]) == _VERSION_DIGITS:
        return [[value[0][0][:2], value[0][0][2:]]]
    return value or [[""]]
