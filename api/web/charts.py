"""Bars of a report, each drawn in SVG as wide as the page, with its figure; labels are text, which wraps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MOST: Final = 60  # bars of one chart
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
    """A bar with its `width`, and where its figure begins, in percent."""

    bar: Bar
    width: float
    end: float


@dataclass(frozen=True)
class Group:
    """The bars of one label."""

    label: str
    bars: tuple[Drawn, ...]


@dataclass(frozen=True)
class BarChart:
    """The bars of a chart; `left_out` counts the labels for which there was no room."""

    groups: tuple[Group, ...]
    left_out: int


def chart(rows: Sequence[tuple[str, Sequence[Bar]]], scale_end: float = 0.0) -> BarChart:
    """Lay out bars by their labels; the scale ends at `scale_end`, or at the greatest value where that is more."""
    scale = max([scale_end, *(bar.value for _, bars in rows for bar in bars)], default=0.0) or 1.0
    groups: list[Group] = []
    drawn = 0
    for label, bars in rows:
        if drawn + len(bars) > MOST:
            break
        groups.append(Group(label, tuple(_drawn(bar, scale) for bar in bars)))
        drawn += len(bars)
    return BarChart(tuple(groups), len(rows) - len(groups))


def _drawn(bar: Bar, scale: float) -> Drawn:
    width = max(0.3, WIDEST * bar.value / scale) if bar.value else 0.0
    return Drawn(bar, round(width, 2), round(width + 1, 2))
