"""Published tables, run again: their commands on a copy of the data, and the figures next to those published."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from benchmarks.runs.datasets import UnusableDataset
from benchmarks.runs.descriptors import read_descriptor
from biometrics.kernel.errors import InvalidField

FOLDER: Final = Path(__file__).parent
FIGURES: Final = "figures.json"  # what the commands write


@dataclass(frozen=True)
class PublishedTable:
    """A table of the documentation, with the commands that it comes from."""

    name: str
    page: str
    commands: tuple[tuple[str, ...], ...]
    sets: str | None
    published: Mapping[str, str]

    def prepared(self, data: Path, out: Path) -> list[list[str]]:
        """Write the descriptor for these data to `out`, and return the arguments of each command."""
        words = {"data": str(data), "out": str(out)}
        prints: tuple[str, ...] = ()
        if self.sets:
            descriptor = out / self.sets
            shipped = (FOLDER / self.sets).read_text(encoding="utf-8")
            descriptor.write_text(f"root = {json.dumps(str(data.resolve()))}\n{shipped}", encoding="utf-8")
            words["sets"] = str(descriptor)
            prints = read_descriptor(descriptor).prints
        expanded = [word for folder in prints for word in ("--prints", folder)]
        return [
            [word for part in command for word in (expanded if part == "{prints}" else [part.format(**words)])]
            for command in self.commands
        ]


@dataclass(frozen=True)
class ReproducedFigure:
    """A published figure and what came out, None where there is nothing."""

    path: str
    published: str
    measured: float | None

    @property
    def agrees(self) -> bool:
        """Whether the figure is the published one, rounded to as many digits."""
        if self.measured is None:
            return False
        digits = Decimal(self.published)
        return abs(Decimal(repr(self.measured)) - digits) <= Decimal(5).scaleb(int(digits.as_tuple().exponent) - 1)


def published_tables() -> dict[str, PublishedTable]:
    """Return all published tables by name."""
    content = tomllib.loads((FOLDER / "tables.toml").read_text(encoding="utf-8"))
    return {
        name: PublishedTable(
            name,
            table["page"],
            tuple(map(tuple, table["commands"])),
            table.get("sets"),
            table.get("published", {}),
        )
        for name, table in content.items()
    }


def find_table(name: str) -> PublishedTable:
    """Return a published table.

    Raises:
        InvalidField: there is none of this name.
    """
    tables = published_tables()
    if name not in tables:
        raise InvalidField(f"There is no published table {name}; there are {', '.join(tables)}.")
    return tables[name]


def compared(table: PublishedTable, out: Path) -> list[ReproducedFigure]:
    """Compare what the commands wrote with what is published.

    Raises:
        UnusableDataset: they wrote nothing that can be read.
    """
    try:
        figures = json.loads((out / FIGURES).read_text(encoding="utf-8")) if table.published else {}
    except (OSError, ValueError) as error:
        raise UnusableDataset(f"{out / FIGURES} cannot be read: {error}.") from error
    return list(_comparisons(table.published, figures))


def _comparisons(published: Mapping[str, str], figures: Mapping[str, Any]) -> Iterator[ReproducedFigure]:
    for path, value in published.items():
        measured = _at(figures, path.split(" > "))
        yield ReproducedFigure(path, value, float(measured) if isinstance(measured, (int, float)) else None)


def _at(figures: Any, names: Sequence[str]) -> Any:
    """Return what is at a place; None if there is nothing. A number is a place in a list."""
    for name in names:
        try:
            figures = figures[int(name)] if isinstance(figures, list) else figures[name]
        except (LookupError, TypeError, ValueError):
            return None
    return figures
