"""Tables that fit a terminal of 80 columns, and times in the zone of the settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import typer
from pydantic_core import to_json
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

# Columns of values that stay on one line.
_WHOLE: Final = frozenset(
    {
        "interval",
        "at",
        "case",
        "changed at",
        "decibans",
        "gap",
        "good until",
        "made",
        "national number",
        "number",
        "opened",
    }
    | {"ppi", "quality", "rank", "revoked", "sample", "until", "used", "when"}
)
_PADDING: Final = 3  # between columns


class ResultTable:
    """A table that breaks no word, id or time: where the terminal is too narrow, it takes another form.

    First the columns of `drop` are left out, in that order; if that is not enough, each row becomes a block of lines,
    one a column. The caption lists the columns that were left out.
    """

    def __init__(self, *columns: str, drop: Sequence[str] = (), title: str = "", show_header: bool = True) -> None:
        """Begin a table without rows."""
        self.title, self.caption = title, ""
        self._columns, self._drop, self._show_header = columns, drop, show_header
        self._rows: list[tuple[str, ...]] = []

    def add_row(self, *cells: str) -> None:
        """Add a row, which may be shorter than the columns."""
        self._rows.append(cells)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Lay the table out for the width of a terminal; without rows it is a sentence."""
        if not self._rows:
            yield Text(f"{self.title}: none." if self.title else "There is nothing to list.")
            if self.caption:
                yield Text(self.caption, style="dim italic")
            return
        widths = {name: self._min_width(at, name) for at, name in enumerate(self._columns)}
        left, dropped = list(range(len(self._columns))), list[str]()
        for name in (*self._drop, None):
            if sum(widths[self._columns[at]] + _PADDING for at in left) <= options.max_width:
                yield self._table(left, widths, dropped)
                return
            if name is not None:
                left.remove(self._columns.index(name))
                dropped.append(name)
        yield from self._blocks()

    def _table(self, left: Sequence[int], widths: Mapping[str, int], dropped: Sequence[str]) -> Table:
        notice = [f"a wider window, or --json, also shows: {', '.join(dropped)}"] * bool(dropped)
        caption = "; ".join([*filter(None, [self.caption]), *notice]) or None
        table = Table(
            box=SIMPLE_HEAD, pad_edge=False, title=self.title or None, caption=caption, show_header=self._show_header
        )
        for at in left:
            name = self._columns[at]
            table.add_column(name, overflow="fold", no_wrap=name in _WHOLE, min_width=widths[name])
        for row in self._rows:
            table.add_row(*(row[at] if at < len(row) else "" for at in left))
        return table

    def _blocks(self) -> Iterator[Text]:
        """Write each row as lines of a column's name and its value."""
        if self.title:
            yield Text(self.title, style="italic")
        width = max(map(len, self._columns))
        for row in self._rows:
            yield Text()
            for name, cell in zip(self._columns, row, strict=False):
                if cell:
                    yield Text(f"{name:{width}}   ", style="bold") + Text.from_markup(cell)
        if self.caption:
            yield Text(f"\n{self.caption}", style="dim italic")

    def _min_width(self, index: int, column: str) -> int:
        """Return the width that a column needs without breaking a word, or a value that stays whole."""
        texts = [column, *(row[index] for row in self._rows if index < len(row))]
        return max(cell_len(part) for text in texts for part in ([text] if column in _WHOLE else text.split() or [""]))


def moment(value: datetime) -> str:
    """Write a moment in the time zone of the settings, as the pages do, such as 25 Nov 2026, 20:34 IST."""
    from api.localisation import languages  # here and below: only commands that show a time need them
    from api.settings import Settings

    return languages.language(languages.SOURCE).moment(value, Settings().time_zone)


def print_result(result: object, as_json: bool, *parts: RenderableType) -> None:
    """Print tables and sentences; with `as_json` only the result, as JSON of the HTTP API's structure where it has one.

    The result is a schema of the API, or a dataclass or container of plain values.
    """
    if as_json:
        typer.echo(to_json(result, indent=2, inf_nan_mode="null", fallback=_number).decode())
        return
    for part in parts:
        if isinstance(part, str):
            typer.echo(part)
        else:
            Console().print(part)


def _number(value: Any) -> Any:
    """Return a number of NumPy as one of Python."""
    return value.item()


def next_page_note(after: str | int | None, option: str = "--after") -> list[str]:
    """Return the sentence that leads to the next page; none after the last one."""
    return [f"There are more: {option} {after}"] if after else []
