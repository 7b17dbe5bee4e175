"""The table of elements: which element of a record holds which field; elements.txt explains its lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from biometrics.itl.dictionary import record_rule

_TABLE = Path(__file__).with_name("elements.txt")
_NUMBER = re.compile(r"(\d*)\.(\d+)|(\d+)")
_SPAN = re.compile(r"\[(\d+):(\d+)\]$")
_CONDITION = re.compile(r"\{(?:(\d+)\.)?(\d{3})(?:\.(\d+))?=(.*?)\}")
_NO_FIELD = "-"


@dataclass(frozen=True)
class Item:
    """An item of a field, counted from 0; `constant` is its value if no element states it.

    `span` are the first of its characters that are meant, and the one after the last.
    """

    number: int
    index: int
    constant: str | None = None
    span: tuple[int, int] | None = None


@dataclass(frozen=True)
class Condition:
    """Whether an element is written: an item is one of `values`, of the Type-1 record if `of_first`."""

    of_first: bool
    item: Item
    values: frozenset[str]


@dataclass(frozen=True)
class Node:
    """An element of a record. Those with `items` hold values, the others only elements.

    Attributes:
        items: what the first, second, ... element of this name holds.
        constants: items that the element implies.
        starts: the fields of which every such element is a subfield; `follows`: those with a subfield outside it.
        continues: every such element holds the next items of a subfield.
        otherwise: an alternative to the element before.
        words: the values of an indicator.
    """

    name: str
    children: tuple[Node, ...] = ()
    items: tuple[Item, ...] = ()
    constants: tuple[Item, ...] = ()
    starts: frozenset[int] = frozenset()
    follows: frozenset[int] = frozenset()
    continues: bool = False
    otherwise: bool = False
    condition: Condition | None = None
    words: Mapping[bool, str] | None = None

    @property
    def is_structure(self) -> bool:
        """Whether the element is the record's own, such as its type, and holds no field."""
        return not self.items and not self.children

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        """Its elements by name."""
        return {child.name: child for child in self.children}

    @property
    def width(self) -> int:
        """How many items of a subfield each such element holds."""
        return len({(item.number, item.index) for leaf in self.leaves() for item in leaf.items})

    def leaves(self) -> Iterator[Node]:
        """Yield the elements within it, itself included, that hold values."""
        if self.items:
            yield self
        for child in self.children:
            yield from child.leaves()


@cache
def record_elements() -> Mapping[int, Node]:
    """Return the element of each record type."""
    blocks = _blocks()
    elements = {}
    for header, lines in blocks.items():
        record_type, _, name = header.partition(" ")
        if name:
            nodes = _Builder(int(record_type), blocks).nodes(lines, 0, 0)
            elements[int(record_type)] = Node(name, tuple(nodes))
    return elements


@cache
def record_types() -> Mapping[str, int]:
    """Return the record type of each element."""
    return {node.name: record_type for record_type, node in record_elements().items()}


@cache
def common_element() -> Node:
    """Return the element of a record whose fields have no elements here: its type and IDC."""
    blocks = _blocks()
    return Node("pehchan:Record", tuple(_Builder(0, blocks).nodes(blocks["record"], 0, 0)))


@dataclass(frozen=True)
class _Line:
    depth: int
    text: str


def _blocks() -> dict[str, list[_Line]]:
    blocks: dict[str, list[_Line]] = {}
    for line in _TABLE.read_text("utf-8").splitlines():
        text = line.strip()
        if text.startswith("["):
            lines = blocks[text[1:-1]] = []
        elif text and not text.startswith("#"):
            lines.append(_Line((len(line) - len(line.lstrip())) // 2, text))
    return blocks


class _Builder:
    """Builds the elements of one record type."""

    def __init__(self, record_type: int, blocks: Mapping[str, Sequence[_Line]]) -> None:
        self.blocks = blocks
        rules = record_rule(record_type).fields
        self.mnemonics = {rules[number].mnemonic: number for number in sorted(rules, reverse=True)}

    def nodes(self, lines: Sequence[_Line], number: int, base: int) -> list[Node]:
        """Return the elements of lines of one block; `.1` in them is item `base` + 1 of field `number`."""
        built: list[Node] = []
        at = 0
        while at < len(lines):
            end = at + 1
            while end < len(lines) and lines[end].depth > lines[at].depth:
                end += 1
            words = lines[at].text.split()
            if words[0].startswith("@"):
                start = self._item(words[1], number, base) if len(words) > 1 else None
                block = self.blocks[words[0][1:]]
                built += self.nodes(block, start.number, start.index) if start else self.nodes(block, number, base)
            elif node := self._node(lines[at].text, lines[at + 1 : end], number, base):
                built.append(node)
            at = end
        return built

    def _node(self, text: str, within: Sequence[_Line], number: int, base: int) -> Node | None:
        condition = _CONDITION.search(text)
        words = _CONDITION.sub("", text).split()
        otherwise = words[0] == "|"
        path, *targets = words[1:] if otherwise else words
        children = self.nodes(within, number, base)
        items: list[Item] = []
        constants: list[Item] = []
        indicator: dict[bool, str] = {}
        for target in targets:
            name, _, value = target.partition("=")
            if name in "YN" and value:
                indicator[name == "Y"] = value
            elif name != _NO_FIELD and (item := self._item(name, number, base, value or None)):
                (constants if value else items).append(item)
        if not children and not items and _NO_FIELD not in targets:
            return None  # a field that this type does not have
        *outer, last = path.split("/")
        node = self._marked(last, children, items, constants, indicator)
        for step in reversed(outer):
            node = self._marked(step, [node], (), (), {})
        return replace(node, otherwise=otherwise, condition=_condition(condition) if condition else None)

    def _marked(
        self,
        step: str,
        children: Sequence[Node],
        items: Sequence[Item],
        constants: Sequence[Item],
        words: Mapping[bool, str],
    ) -> Node:
        name = step.rstrip("*+")
        inner = {item.number for child in children for leaf in child.leaves() for item in leaf.items}
        starts = frozenset(inner | {item.number for item in items}) if step.endswith("*") else frozenset()
        starts_outside = {
            item.number for child in children if not child.starts for leaf in child.leaves() for item in leaf.items
        }
        return Node(
            name if ":" in name else f"biom:{name}",
            tuple(
                replace(child, follows=child.starts & starts_outside) if child.starts else child for child in children
            ),
            tuple(items),
            tuple(constants),
            starts,
            continues=step.endswith("+"),
            words={True: "Y", False: "N", **words},
        )

    def _item(self, name: str, number: int, base: int, constant: str | None = None) -> Item | None:
        if span := _SPAN.search(name):
            item = self._item(name[: span.start()], number, base)
            return replace(item, span=(int(span[1]), int(span[2]))) if item else None
        if match := _NUMBER.fullmatch(name):
            if match[3]:
                return Item(int(match[3]), 0, constant)
            if match[1]:
                return Item(int(match[1]), int(match[2]) - 1, constant)
            return Item(number, base + int(match[2]) - 1, constant)
        mnemonic, _, index = name.partition(".")
        if mnemonic not in self.mnemonics:
            return None
        return Item(self.mnemonics[mnemonic], int(index or 1) - 1, constant)


def _condition(match: re.Match[str]) -> Condition:
    item = Item(int(match[2]), int(match[3] or 1) - 1)
    return Condition(match[1] is not None, item, frozenset(match[4].split()))
