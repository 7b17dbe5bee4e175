"""Tables that fit a terminal of 80 columns: long texts and ids fold, columns go by priority, and nothing is cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import typer
from pydantic import BaseModel
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

# Columns of short values that stay on one line.
_SHORT: Final = frozenset(
    {"95 %", "case", "decibans", "gap", "number", "national number", "ppi", "quality", "rank", "sample"}
)


_PADDING: Final = 3  # between columns


def table_with(*columns: str, **options: Any) -> Table:
    """Return an empty table with columns; `options` are those of rich's Table."""
    made = Table(box=SIMPLE_HEAD, pad_edge=False, **options)
    for name in columns:
        made.add_column(name, overflow="fold", no_wrap=name in _SHORT)
    return made


def table_of(
    columns: Sequence[str], rows: Sequence[Sequence[str]], drop: Sequence[str] = (), **options: Any
) -> tuple[Table, list[str]]:
    """Return a table of rows, without the columns of `drop`, in that order, that would break words; and these columns.

    A row may be shorter than the columns.
    """
    width, left = Console().width, list(columns)
    least = {column: _least(columns.index(column), column, rows) for column in columns}
    dropped: list[str] = []
    for name in drop:
        if sum(least[column] + _PADDING for column in left) <= width:
            break
        left.remove(name)
        dropped.append(name)
    made = table_with(*left, **options)
    for column, name in zip(made.columns, left, strict=True):
        column.min_width = least[name]
    for row in rows:
        cells = dict(zip(columns, row, strict=False))
        made.add_row(*(cells.get(column, "") for column in left))
    return made, dropped


def show(answer: BaseModel, table: Table, as_json: bool) -> None:
    """Print an answer as a table, or as the JSON of the API."""
    if as_json:
        typer.echo(answer.model_dump_json(indent=2))
    else:
        Console().print(table)


def _least(place: int, column: str, rows: Sequence[Sequence[str]]) -> int:
    """Return the width that a column needs without breaking a word, or a short value."""
    texts = [column, *(row[place] for row in rows if place < len(row))]
    return max(len(part) for text in texts for part in ([text] if column in _SHORT else text.split() or [""]))
