"""Bars of a report, for a picture in SVG that is made here: as wide as the page, each bar with its label and figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MOST: Final = 60  # bars of one chart
LABEL: Final = 20  # pixels: of a line of text above bars
BAR: Final = 22  # of a bar and the gap below it
GAP: Final = 8  # below the bars of a group
BASE: Final = 6  # from the base line of a text down to what is below it
WIDEST: Final = 70.0  # percent of the width: the rest is for the figure behind the bar


@dataclass(frozen=True)
class Bar:
    """A bar with its figure as text; where there are several measures, `measure` names it, and each has its `style`."""

    value: float
    text: str
    measure: str = ""
    style: int = 0


@dataclass(frozen=True)
class Drawn:
    """A bar with where it lies: `y` in pixels, `width` and `end` in percent."""

    bar: Bar
    y: int
    width: float
    end: float


@dataclass(frozen=True)
class Group:
    """The bars of one label, whose text stands at `y`, in pixels."""

    label: str
    y: int
    bars: tuple[Drawn, ...]


@dataclass(frozen=True)
class BarChart:
    """The bars of a chart; `left_out` counts the labels for which there was no room."""

    groups: tuple[Group, ...]
    height: int
    left_out: int


def chart(rows: Sequence[tuple[str, Sequence[Bar]]], most: float = 0.0) -> BarChart:
    """Lay out bars by their labels; the longest one is of the value `most`, or of the greatest where that is more."""
    scale = max([most, *(bar.value for _, bars in rows for bar in bars)], default=0.0) or 1.0
    groups: list[Group] = []
    y = drawn = 0
    for label, bars in rows:
        if drawn + len(bars) > MOST:
            break
        top, placed = y + LABEL, []
        y = top
        for bar in bars:
            width = max(0.3, WIDEST * bar.value / scale) if bar.value else 0.0
            y += LABEL if bar.measure else 0
            placed.append(Drawn(bar, y, round(width, 2), round(width + 1, 2)))
            y += BAR
        groups.append(Group(label, top - BASE, tuple(placed)))
        drawn += len(bars)
        y += GAP
    return BarChart(tuple(groups), y, len(rows) - len(groups))
