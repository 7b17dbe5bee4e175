"""Images on paper: at life size, and enlarged with numbers in the margin and lines from them to the points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, hypot, inf, radians, sin
from typing import Final

import numpy as np
from PIL import Image as Pillow

from api.pdf.paper import Paper
from biometrics.imaging.charts import Affine

Point = tuple[float, float]
Colour = tuple[int, int, int]

MOST_POINTS: Final = 60  # on a page: half of them in each margin of an image
EXAMINER: Final[Colour] = (176, 0, 32)
SOFTWARE: Final[Colour] = (13, 71, 161)
DRAWN: Final[Colour] = (0, 106, 106)  # ridge counts and ridges that were followed
SOFTWARE_PREFIX: Final = "S"  # of the numbers of the software's pairs, which no examiner's mark has
_INCH: Final = 25.4  # millimetres
_LONGEST: Final = 2000  # pixels of a picture's longer side; a larger one is made smaller
_MARGIN: Final = 11.0  # millimetres for numbers at each side of an image
_GAP: Final = 6.0  # between images
_STEP: Final = 3.8  # between numbers
_RING: Final = 1.1  # radius
_WHITE: Final[Colour] = (255, 255, 255)
_GREY: Final[Colour] = (120, 126, 134)
_BAR: Final = 5.0  # millimetres of life size that the scale bar shows
_SOME_WIDTH: Final = 60.0  # of an image without a known scale


@dataclass(frozen=True)
class PrintedLine:
    """A line that an examiner drew, in pixels of the image, and its name, if any."""

    path: Sequence[Point]
    name: str


@dataclass(frozen=True, eq=False)
class PrintedImage:
    """An image to print, with points in its pixels; the number of a point is its place, from 1.

    A point that is None does not lie on this image. The numbers in `starred` get an asterisk, all of them the
    `prefix`. `directions` of points are in degrees, counter-clockwise from the x axis. `ppi` is the resolution, None
    where none is known; `has_stated_ppi` says whether the file or an officer stated it.
    """

    caption: str
    picture: Pillow.Image
    ppi: float | None
    has_stated_ppi: bool = True
    points: Sequence[Point | None] = ()
    starred: frozenset[int] = frozenset()
    prefix: str = ""
    directions: Sequence[float | None] = ()
    lines: Sequence[PrintedLine] = ()

    @property
    def life_width(self) -> float:
        """The width in life in millimetres; infinite if its scale is not known."""
        return inf if self.ppi is None else self.picture.width * _INCH / self.ppi

    def times(self, width: float) -> float | None:
        """Return the ratio to life size at a width in millimetres; None if its scale is not known."""
        return None if self.ppi is None else width / self.life_width


def moved(image: PrintedImage, motion: Affine, size: tuple[int, int]) -> PrintedImage:
    """Return an image as a motion lays it into a frame of a size in pixels: a face upright."""
    a, b, c, d, e, f = motion
    way_back = np.linalg.inv(np.array([[a, c, e], [b, d, f], [0, 0, 1]]))[:2].ravel().tolist()
    laid = image.picture.transform(size, Pillow.Transform.AFFINE, way_back, Pillow.Resampling.BICUBIC, fillcolor=0)
    points = [point and (a * point[0] + c * point[1] + e, b * point[0] + d * point[1] + f) for point in image.points]
    return replace(image, picture=laid, points=points)


def scale_text(paper: Paper, image: PrintedImage, width: float, *, short: bool = False) -> str:
    """Return the scale of an image printed `width` millimetres wide; `short` leaves out its resolution."""
    _, times = paper.locale.translate, image.times(width)
    if times is None or image.ppi is None:
        return _("Not to scale: the resolution is not known.")
    if abs(times - 1.0) < 0.005:
        text = _("Scale 1:1")
    elif short:
        text = _("Scale {percent} %").format(percent=f"{100 * times:.0f}")
    elif times > 1.0:
        text = _("Enlarged {times} times").format(times=f"{times:.1f}")
    else:
        text = _("Reduced to {percent} % of life size").format(percent=f"{100 * times:.0f}")
    if short and image.has_stated_ppi:
        return text
    ppi = f"{image.ppi:g} ppi"
    assumed = _("{ppi} assumed") if short else _("{ppi} assumed: it is not stated")
    return f"{text}, {ppi if image.has_stated_ppi else assumed.format(ppi=ppi)}"


def life_size(paper: Paper, images: Sequence[PrintedImage]) -> None:
    """Lay out images at life size, several in a row where they fit; what is larger than the page is made smaller."""
    pdf = paper.pdf
    left, highest = pdf.l_margin, 0.0
    for image in images:
        width, height = _life_size(paper, image)
        text = f"{image.caption}\n{scale_text(paper, image, width)}"
        cell = max(width, 42.0)
        if left > pdf.l_margin and left + cell > pdf.w - pdf.r_margin:
            pdf.set_y(pdf.get_y() + highest)
            left, highest = pdf.l_margin, 0.0
        if left == pdf.l_margin:
            paper.room(height + 18)
        top = pdf.get_y()
        paper.fonts.use(7.5)
        pdf.set_xy(left, top)
        pdf.multi_cell(cell, 3.6, paper.fonts.writable(text), align="L", new_x="LEFT", new_y="NEXT")
        down = pdf.get_y() + 0.5
        drawn(paper, image, left, down, width)
        highest = max(highest, down + height + 4 - top)
        pdf.set_xy(left, top)
        left += cell + _GAP
    pdf.set_xy(pdf.l_margin, pdf.get_y() + highest)


def charted(paper: Paper, pair: tuple[PrintedImage, PrintedImage], first: int, colour: Colour) -> None:
    """Fill the rest of a page across with two enlarged images and the numbers of some points from `first` on (0)."""
    pdf = paper.pdf
    half = (pdf.epw - _GAP) / 2
    top = pdf.get_y()
    height = paper.left - 16
    for index, image in enumerate(pair):
        left = pdf.l_margin + index * (half + _GAP)
        paper.fonts.use(9, bold=True)
        pdf.set_xy(left, top)
        pdf.cell(half, 5, paper.fonts.fitting(image.caption, half))
        scale = min((half - 2 * _MARGIN) / image.picture.width, height / image.picture.height)
        width = image.picture.width * scale
        at = left + (half - width) / 2
        down = top + 6
        drawn(paper, image, at, down, width)
        _draw_lines(paper, image, (at, down), scale)
        points: dict[int | str, Point] = {
            number: (at + point[0] * scale, down + point[1] * scale)
            for number, point in enumerate(image.points, start=1)
            if point is not None and first < number <= first + MOST_POINTS
        }
        points |= {
            line.name: (at + line.path[-1][0] * scale, down + line.path[-1][1] * scale)
            for line in image.lines
            if line.name
        }
        _number(paper, points, (at - 2, at + width + 2), (down, down + height), colour, image)
        _state_scale(paper, image, left, down + height + 1.5, half, width)
    pdf.set_xy(pdf.l_margin, top + height + 6 + 10)


def _life_size(paper: Paper, image: PrintedImage) -> tuple[float, float]:
    """Return the width and height in millimetres of an image at life size, or smaller if the page is."""
    picture = image.picture
    width = _SOME_WIDTH if image.ppi is None else image.life_width
    highest = paper.pdf.h - paper.pdf.t_margin - paper.pdf.b_margin - 24
    width = min(width, paper.pdf.epw, highest * picture.width / picture.height)
    return width, width * picture.height / picture.width


def drawn(paper: Paper, image: PrintedImage, left: float, top: float, width: float) -> None:
    """Draw an image `width` millimetres wide, with a thin line around it."""
    pdf, picture = paper.pdf, image.picture
    height = width * picture.height / picture.width
    factor = _LONGEST / max(picture.size)
    if factor < 1.0:
        picture = picture.resize((max(1, round(picture.width * factor)), max(1, round(picture.height * factor))))
    pdf.image(picture, left, top, width, height)
    pdf.set_draw_color(*_GREY)
    pdf.set_line_width(0.15)
    pdf.rect(left, top, width, height)


def _state_scale(paper: Paper, image: PrintedImage, left: float, top: float, half: float, width: float) -> None:
    """Write the scale of an enlarged image, and draw a bar of 5 mm in life."""
    pdf, times = paper.pdf, image.times(width)
    paper.fonts.use(8)
    pdf.set_xy(left, top)
    pdf.cell(half, 4, paper.fonts.fitting(scale_text(paper, image, width), half))
    if times is None or not 1.0 <= _BAR * times <= half - 14:
        return
    bar = _BAR * times
    pdf.set_draw_color(0)
    pdf.set_line_width(0.5)
    pdf.line(left, top + 6, left + bar, top + 6)
    for end in (left, left + bar):
        pdf.line(end, top + 5, end, top + 7)
    pdf.text(left + bar + 2, top + 7, f"{_BAR:g} mm")


def _draw_lines(paper: Paper, image: PrintedImage, corner: Point, scale: float) -> None:
    """Draw the lines on an image whose upper left corner is at a place, light below dark on any ridge."""
    pdf = paper.pdf

    def on_paper(points: Sequence[Point]) -> list[Point]:
        return [(corner[0] + x * scale, corner[1] + y * scale) for x, y in points]

    for line in image.lines:
        path = on_paper(line.path)
        for width, ink in ((0.8, _WHITE), (0.3, DRAWN)):
            pdf.set_draw_color(*ink)
            pdf.set_line_width(width)
            pdf.polyline(path)


def _number(
    paper: Paper, points: dict[int | str, Point], edges: Point, span: Point, colour: Colour, image: PrintedImage
) -> None:
    """Draw a ring at each point, its number or name in the nearer margin, and a line between, light below dark."""
    pdf = paper.pdf
    across = sorted(points, key=lambda number: points[number][0])
    half = len(across) // 2 if len(across) > 1 else 0
    if across and len(across) == 1 and points[across[0]][0] < sum(edges) / 2:
        half = 1
    sides = ((across[:half], edges[0], -1), (across[half:], edges[1], 1))
    directions: dict[int | str, float | None] = dict(enumerate(image.directions, start=1))
    lines = []
    for numbers, edge, side in sides:
        ordered = sorted(numbers, key=lambda number: points[number][1])
        heights = spread([points[number][1] for number in ordered], span, _STEP)
        for number, height in zip(ordered, heights, strict=True):
            lines.append((number, (edge, height), side, points[number]))
    for width, ink in ((0.8, _WHITE), (0.22, colour)):
        pdf.set_draw_color(*ink)
        pdf.set_line_width(width)
        for number, begin, _, (x, y) in lines:
            if (degrees := directions.get(number)) is not None:
                right, up = cos(radians(degrees)), sin(radians(degrees))
                pdf.line(x + _RING * right, y - _RING * up, x + 3 * _RING * right, y - 3 * _RING * up)
            away = hypot(begin[0] - x, begin[1] - y) or 1.0
            pdf.line(*begin, x + (begin[0] - x) * _RING / away, y + (begin[1] - y) * _RING / away)
            pdf.circle(x, y, _RING)
    paper.fonts.use(8, bold=True)
    pdf.set_text_color(*colour)
    for number, (x, y), side, _ in lines:
        star = "*" if number in image.starred else ""
        text = number if isinstance(number, str) else f"{image.prefix}{number}{star}"
        pdf.text(x + 0.8 if side > 0 else x - 0.8 - pdf.get_string_width(text), y + 1.0, text)
    pdf.set_text_color(0)


def spread(ideal_heights: Sequence[float], span: Point, step: float) -> list[float]:
    """Return rising heights near the ideal ones, at least a step apart, within a span; closer if it is short."""
    if not ideal_heights:
        return []
    step = min(step, (span[1] - span[0]) / len(ideal_heights))
    heights = []
    lowest = span[0]
    for height in ideal_heights:
        lowest = max(height, lowest)
        heights.append(lowest)
        lowest += step
    highest = span[1]
    for index in reversed(range(len(heights))):
        heights[index] = min(heights[index], highest)
        highest = heights[index] - step
    return heights
