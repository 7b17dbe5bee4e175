"""Collects the fields of one record from its element, by the table of elements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from biometrics.itl.record import ItlRecord
from biometrics.itl.xml.names import (
    BASE64,
    DATE,
    FEATURES,
    FIELD,
    FIELDS,
    ITEM,
    MOMENT,
    SUBFIELD,
    name_of,
)
from biometrics.itl.xml.table import Item, Node
from biometrics.itl.xml.values import Subfields, Value, read_item
from biometrics.kernel.errors import FieldFault

_OTHER_DATE = {DATE: MOMENT, MOMENT: DATE}
_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_STRUCTURES = "structures/"
_MAX_NUMBER = 999_999_999  # of a field
_MAX_SHOWN = 200  # characters of a path
_MAX_NOTES = 1000


class Collector:
    """Walks through a record's element.

    Attributes:
        values: by field number; an empty element is an empty item.
        extended: the fields that have no element of the standard's.
        faults: elements that are not as they must be.
        notes: elements that no field takes; they are left out.
    """

    def __init__(self, record: ItlRecord) -> None:
        self.record = record
        self.values: dict[int, Value] = {}
        self.extended: set[int] = set()
        self.faults: list[FieldFault] = []
        self.notes: list[FieldFault] = []

    def collect(self, node: Node, element: Element) -> None:
        """Take the values of a record's element."""
        self._within(node, element, {}, name_of(element.tag), 0)
        for number, value in list(self.values.items()):
            while value and not isinstance(value, bytes) and not value[-1]:
                value.pop()
            if value == [] and number not in self.extended:
                del self.values[number]

    def _within(self, node: Node, element: Element, parts: Mapping[int, list[str]], path: str, shift: int) -> None:
        counted: Counter[str] = Counter()
        if (element.text or "").strip():
            self._note(path, "text")
        for child in element:
            name = name_of(child.tag)
            child_path = f"{path}/{name}"
            child_node = node.by_name.get(name) or node.by_name.get(_OTHER_DATE.get(name, ""))
            self._attributes(child, child_path)
            if name in (FIELDS, FEATURES):
                self._extension(child)
            elif child_node is None:
                self._unknown(child, child_path)
            elif not child_node.is_structure:
                self._element(child_node, child, parts, child_path, shift, counted[name])
            counted[name] += 1

    def _element(
        self, node: Node, element: Element, parts: Mapping[int, list[str]], path: str, shift: int, occurrence: int
    ) -> None:
        if node.starts:
            parts = {**parts, **{number: self._started(node, number) for number in node.starts}}
        if node.continues:
            shift += occurrence * node.width
        if not node.items:
            self._within(node, element, parts, path, shift)
            return
        try:
            value = read_item(node, element)
        except (ValueError, KeyError):
            self._fault(node.items[0].number, element, path)
            return
        index = 0 if node.starts or node.continues else min(occurrence, len(node.items) - 1)
        self._put(node.items[index], value, parts, path, shift)
        for constant in node.constants:
            self._put(constant, constant.constant or "", parts, path, shift)

    def _started(self, node: Node, number: int) -> list[str]:
        subfields = self._subfields(number)
        if not subfields and number in node.follows:
            subfields.append([])
        subfields.append([])
        return subfields[-1]

    def _subfields(self, number: int) -> Subfields:
        value = self.values.setdefault(number, [])
        return value if isinstance(value, list) else []

    def _put(self, item: Item, value: str | bytes, parts: Mapping[int, list[str]], path: str, shift: int) -> None:
        if isinstance(value, bytes):
            if item.number in self.values:
                self._twice(item.number, path)
            self.values[item.number] = value
            return
        if item.number not in parts and not (subfields := self._subfields(item.number)):
            subfields.append([])
        items = parts[item.number] if item.number in parts else self._subfields(item.number)[0]
        at = item.index + shift
        items += [""] * (at + 1 - len(items))
        start, stop = item.span or (0, 0)
        if len(items[at]) > start:
            self._twice(item.number, path)
        items[at] = items[at].ljust(start, ",") + value.zfill(stop - start)

    def _extension(self, element: Element) -> None:
        """Take the fields that have no element of the standard's."""
        for field in element:
            number = field.get("number") or ""
            if name_of(field.tag) != FIELD or not (number.isascii() and number.isdigit() and len(number) < 10):
                self._fault(0, field, FIELD)
            elif not 0 < int(number) <= _MAX_NUMBER or int(number) in self.values:
                self._twice(int(number), FIELD)
            else:
                self._extended(int(number), field)

    def _extended(self, number: int, field: Element) -> None:
        self.extended.add(number)
        if [name_of(child.tag) for child in field] == [BASE64]:
            try:
                value = read_item(Node("nc:BinaryBase64Object"), field[0])
            except ValueError:
                self._fault(number, field[0], BASE64)
                return
            self.values[number] = value if isinstance(value, bytes) else b""
            return
        if any(name_of(child.tag) != SUBFIELD or any(name_of(item.tag) != ITEM for item in child) for child in field):
            self._fault(number, field, FIELD)
            return
        self.values[number] = [[item.text or "" for item in subfield] for subfield in field]

    def _attributes(self, element: Element, path: str) -> None:
        for name, value in element.attrib.items():
            is_ignored = name.startswith(_SCHEMA_INSTANCE) or _STRUCTURES in name or name_of(element.tag) == FIELD
            if not is_ignored and value:
                self._note(f"{path}/@{name}", "attribute")

    def _unknown(self, element: Element, path: str) -> None:
        """Note an element without an entry in the table: the outermost unknown path."""
        if any((descendant.text or "").strip() for descendant in element.iter()):
            self._note(path, "element")

    def _note(self, path: str, kind: str) -> None:
        if len(self.notes) == _MAX_NOTES:
            return
        message = f"The {kind} {path[-_MAX_SHOWN:]} of record {self.record.place} holds no field known here; left out."
        name = f"{self.record.type}.000"
        found, expected = path[-_MAX_SHOWN:], "an element of a field"
        self.notes.append(FieldFault(self.record.place, name, found, expected, message, fatal=False, warning=True))

    def _fault(self, number: int, element: Element, path: str) -> None:
        text = (element.text or "").strip()
        problem = f"has in {path.rpartition('/')[2]} a value that is not of that element's form"
        self.faults.append(self.record.fault(number, problem, "a value of the element's form", text))

    def _twice(self, number: int, path: str) -> None:
        problem = f"is there twice ({path.rpartition('/')[2]})"
        self.faults.append(self.record.fault(number, problem, "each value once", "a second one"))
