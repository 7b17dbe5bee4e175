"""What the standard calls the fields of each record type, and what it wants in them; the table is fields.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).with_name("fields.toml")
_COMMON_FROM = 10  # the first type that has the fields that all image records share
_REQUIRED = "required"
_UNLIMITED = 1_000_000


@dataclass(frozen=True)
class FieldRule:
    """One field: `condition` and `kind` are explained in fields.toml."""

    mnemonic: str
    condition: str
    kind: str
    name: str

    @property
    def required(self) -> bool:
        """Whether a record without it is refused."""
        return self.condition in "MI"

    @property
    def of_image(self) -> bool:
        """Whether a record that says why it has no image needs none."""
        return self.condition == "I"

    @property
    def expected(self) -> bool:
        """Whether its absence is reported."""
        return self.condition in "MIS"


@dataclass(frozen=True)
class RecordRule:
    """One record type."""

    name: str
    fields: Mapping[int, FieldRule]


UNKNOWN_RECORD = RecordRule("of unknown type", {})
UNKNOWN_FIELD = FieldRule("", "-", "-", "")


@cache
def _table() -> Mapping[str, Any]:
    with _TABLE.open("rb") as file:
        return tomllib.load(file)


@cache
def _domain_rules() -> Mapping[tuple[int, str], RecordRule]:
    """Return the rules by record type and domain; those of no domain hold in all."""
    common = _fields(_table()["common"])
    rules: dict[tuple[int, str], RecordRule] = {}
    for key, entries in _table().items():
        record_type, _, domain = key.partition(" ")
        if not record_type.isdigit() or domain == "items":
            continue
        fields = _with(
            _fields({number: entry for number, entry in entries.items() if number != "name"}), common, int(record_type)
        )
        if domain and int(record_type) == 1:
            fields = {**rules[1, ""].fields, **fields}
        rules[int(record_type), domain] = RecordRule(entries["name"], fields)
    return rules


@cache
def record_rules() -> Mapping[int, RecordRule]:
    """Return the rules by record type."""
    return {record_type: rule for (record_type, domain), rule in _domain_rules().items() if not domain}


def record_rule(record_type: int, domain: str = "") -> RecordRule:
    """Return the rules of a type in a domain (1.013); none for an unknown type."""
    return _domain_rules().get((record_type, domain)) or record_rules().get(record_type, UNKNOWN_RECORD)


def field_rule(record_type: int, number: int, domain: str = "") -> FieldRule:
    """Return the rule of a field; none for an unknown field."""
    return record_rule(record_type, domain).fields.get(number, UNKNOWN_FIELD)


def required_fields(domain: str, type_of_transaction: str) -> list[list[tuple[int, int]]]:
    """Return the fields, as type and number, that a type of transaction (1.004) needs: one of each list."""
    entries: list[str] = _table().get(f"{_REQUIRED} {domain}", {}).get(type_of_transaction, [])
    addresses = [[address.split(".") for address in entry.split(" or ")] for entry in entries]
    return [[(int(record_type), int(number)) for record_type, number in pair] for pair in addresses]


@cache
def item_rules(record_type: int, domain: str = "") -> Mapping[int, tuple[int, int, tuple[str, ...]]]:
    """Return by field how many subfields it may have, at least and at most, and the kind of each item."""
    tables = [f"{record_type} items"] if record_type < _COMMON_FROM else ["common items", f"{record_type} items"]
    entries: dict[str, str] = {}
    for table in tables:
        entries |= _table().get(table, {})
    own = _table().get(f"{record_type} {domain}", {})  # a domain's own fields have the domain's own rules
    return {int(number): _item_rule(entry) for number, entry in entries.items() if number not in own}


def _item_rule(entry: str) -> tuple[int, int, tuple[str, ...]]:
    """Read a rule; the kinds of a code may have spaces in them."""
    occurrence, *kinds = re.split(r" (?=[a-z]+:|[a-z]+(?: |$)|-(?: |$)|\.\.\.)", entry)
    low, high = occurrence.split("-")
    return int(low), _UNLIMITED if high == "*" else int(high), tuple(kinds)


def agreements(record_type: int) -> list[str]:
    """Return the rules of fields of a record type that depend on each other; fields.toml has their form."""
    rules: list[str] = _table()["agreement"].get(str(record_type), [])
    return rules


def _fields(entries: Mapping[str, str]) -> dict[int, FieldRule]:
    return {int(number): FieldRule(*entry.split(" ", 3)) for number, entry in entries.items()}


def _with(fields: dict[int, FieldRule], common: dict[int, FieldRule], record_type: int) -> dict[int, FieldRule]:
    return common | fields if record_type >= _COMMON_FROM else fields
