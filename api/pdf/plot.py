"""Plots of curves on paper, drawn by fpdf2 as lines and text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from fpdf import FPDF
from numpy.typing import NDArray

from api.pdf.fonts import Fonts
from api.pdf.paper import Paper

_COLOURS: Final = ((13, 71, 161), (194, 87, 26), (90, 98, 110))
_DASHES: Final = (0.0, 2.0, 0.6)  # millimetres, to tell curves apart without colour; 0 is a whole line
_LEFT: Final = 11.0  # millimetres, room for the figures of an axis
_BELOW: Final = 11.0
_TICK: Final = 1.0
_GREY: Final = (200, 205, 212)


@dataclass(frozen=True)
class PlotCurve:
    """A named line; `points` have shape (n, 2)."""

    name: str
    points: NDArray[np.float64]


@dataclass(frozen=True)
class Plot:
    """Curves over two axes with their names, ranges and ticks; `mark` is where a vertical line stands, if one does."""

    caption: str
    x: str
    y: str
    x_ticks: Sequence[float]
    y_ticks: Sequence[float]
    curves: Sequence[PlotCurve]
    mark: float | None = None
    tick_text: Callable[[float], str] = lambda value: f"{value:g}"


def plots(paper: Paper, drawn: Sequence[Plot], height: float) -> None:
    """Lay out plots in a row."""
    pdf = paper.pdf
    width, top = (pdf.epw - 8 * (len(drawn) - 1)) / len(drawn), pdf.get_y() + 2
    for index, plot in enumerate(drawn):
        _draw(pdf, paper.fonts, plot, pdf.l_margin + index * (width + 8), top, width, height)
    pdf.set_xy(pdf.l_margin, top + height + 3)


def _draw(pdf: FPDF, fonts: Fonts, plot: Plot, left: float, top: float, width: float, height: float) -> None:
    """Draw a plot into a rectangle, in millimetres."""
    fonts.use(9, bold=True)
    pdf.set_xy(left, top)
    pdf.cell(width, 5, fonts.writable(plot.caption))
    frame = _Frame(plot, left + _LEFT, top + 7, width - _LEFT, height - 7 - _BELOW)
    _draw_axes(pdf, fonts, plot, frame)
    for index, curve in enumerate(plot.curves):
        _use(pdf, index)
        with pdf.local_context():
            previous = None
            for x, y in curve.points:
                position = frame.at(float(x), float(y))
                if previous:
                    pdf.line(*previous, *position)
                previous = position
    if plot.mark is not None:
        pdf.set_dash_pattern()
        pdf.set_draw_color(0)
        x, _ = frame.at(plot.mark, plot.y_ticks[0])
        pdf.line(x, frame.top, x, frame.top + frame.height)
    _draw_legend(pdf, fonts, plot, frame)
    pdf.set_dash_pattern()
    pdf.set_draw_color(0)


class _Frame:
    def __init__(self, plot: Plot, left: float, top: float, width: float, height: float) -> None:
        self.left, self.top, self.width, self.height = left, top, width, height
        self._x, self._y = (plot.x_ticks[0], plot.x_ticks[-1]), (plot.y_ticks[0], plot.y_ticks[-1])

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point lies on the page, within the frame."""
        across = (min(max(x, self._x[0]), self._x[1]) - self._x[0]) / (self._x[1] - self._x[0])
        up = (min(max(y, self._y[0]), self._y[1]) - self._y[0]) / (self._y[1] - self._y[0])
        return self.left + across * self.width, self.top + (1.0 - up) * self.height


def _draw_axes(pdf: FPDF, fonts: Fonts, plot: Plot, frame: _Frame) -> None:
    fonts.use(7)
    pdf.set_dash_pattern()
    pdf.set_line_width(0.15)
    pdf.set_draw_color(*_GREY)
    for tick in plot.x_ticks:
        x, _ = frame.at(tick, plot.y_ticks[0])
        pdf.line(x, frame.top, x, frame.top + frame.height + _TICK)
        text = plot.tick_text(tick)
        pdf.text(x - 0.5 * pdf.get_string_width(text), frame.top + frame.height + 4, text)
    for tick in plot.y_ticks:
        _, y = frame.at(plot.x_ticks[0], tick)
        pdf.line(frame.left - _TICK, y, frame.left + frame.width, y)
        text = f"{tick:g}"
        pdf.text(frame.left - _TICK - 1 - pdf.get_string_width(text), y + 0.9, text)
    pdf.set_xy(frame.left, frame.top + frame.height + 5)
    pdf.cell(frame.width, 4, fonts.writable(f"{plot.x}; {plot.y}"), align="C")


def _draw_legend(pdf: FPDF, fonts: Fonts, plot: Plot, frame: _Frame) -> None:
    fonts.use(7)
    for index, curve in enumerate(plot.curves):
        y = frame.top + 4 + 4 * index
        text = fonts.writable(curve.name)
        x = frame.left + frame.width - pdf.get_string_width(text) - 2
        pdf.set_fill_color(255)
        pdf.rect(x - 10, y - 3.2, frame.left + frame.width - x + 9.5, 4, style="F")
        _use(pdf, index)
        pdf.line(x - 9, y - 0.9, x - 2, y - 0.9)
        pdf.set_xy(x - 1, y - 2.9)
        pdf.cell(pdf.get_string_width(text) + 2, 4, text)


def _use(pdf: FPDF, index: int) -> None:
    pdf.set_line_width(0.4)
    pdf.set_draw_color(*_COLOURS[index % len(_COLOURS)])
    dash = _DASHES[index % len(_DASHES)]
    if dash:
        pdf.set_dash_pattern(dash, dash)
    else:
        pdf.set_dash_pattern()
