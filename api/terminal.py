"""Tables that fit a terminal of 80 columns: long texts and ids fold, and nothing is cut."""

from __future__ import annotations

from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.table import Table

# Columns of short values that stay on one line.
_SHORT: Final = frozenset(
    {"95 %", "case", "decibans", "gap", "number", "national number", "ppi", "quality", "rank", "sample"}
)


def table_with(*columns: str, **options: Any) -> Table:
    """Return an empty table with columns; `options` are those of rich's Table."""
    made = Table(box=SIMPLE_HEAD, pad_edge=False, **options)
    for name in columns:
        made.add_column(name, overflow="fold", no_wrap=name in _SHORT)
    return made
