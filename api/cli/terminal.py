"""Tables that fit a terminal of 80 columns: long texts and ids fold, columns go by priority, and nothing is cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import typer
from pydantic_core import to_json
from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table

# Columns of short values that stay on one line.
_SHORT: Final = frozenset(
    {"interval", "case", "decibans", "gap", "number", "national number", "ppi", "quality", "rank", "sample"}
)


_PADDING: Final = 3  # between columns


def table_with(*columns: str, **options: Any) -> Table:
    """Return an empty table with columns; `options` are those of rich's Table."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, **options)
    for name in columns:
        table.add_column(name, overflow="fold", no_wrap=name in _SHORT)
    return table


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
    table = table_with(*left, **options)
    for column, name in zip(table.columns, left, strict=True):
        column.min_width = least[name]
    for row in rows:
        cells = dict(zip(columns, row, strict=False))
        table.add_row(*(cells.get(column, "") for column in left))
    return table, dropped


def print_result(result: object, as_json: bool, *shown: RenderableType) -> None:
    """Print tables and sentences; with `as_json` only the result, as JSON of the HTTP API's structure where it has one.

    The result is a schema of the API, or a dataclass or container of plain values.
    """
    if as_json:
        typer.echo(to_json(result, indent=2, inf_nan_mode="null", fallback=_number).decode())
        return
    for part in shown:
        if isinstance(part, str):
            typer.echo(part)
        else:
            Console().print(part)


def _number(value: Any) -> Any:
    """Return a number of NumPy as one of Python."""
    return value.item()


def more(after: str | int | None, option: str = "--after") -> list[str]:
    """Return the sentence that leads to the next page; none after the last one."""
    return [f"There are more: {option} {after}"] if after else []


def _least(index: int, column: str, rows: Sequence[Sequence[str]]) -> int:
    """Return the width that a column needs without breaking a word, or a short value."""
    texts = [column, *(row[index] for row in rows if index < len(row))]
    return max(len(part) for text in texts for part in ([text] if column in _SHORT else text.split() or [""]))
