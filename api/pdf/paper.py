"""Pages of a chart: headings, facts, paragraphs, and pictures with numbered points, by fpdf2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from fpdf import FPDF
from PIL import Image as Pillow

from api.pdf.fonts import FOLDER, Fonts
from api.pdf.plot import Plot, draw

Point = tuple[float, float]

_LINE: Final = 5.0  # millimetres
_LABEL: Final = 45.0  # width of a fact's name
_RING: Final = 1.1  # radius of a point
_BLUE: Final = (13, 71, 161)
_GREY: Final = (90, 98, 110)


class Paper:
    """An A4 document across, that is the same to the byte wherever the same is written in the same fonts.

    `moment` is its creation time: with the time of day, the same content would give different bytes.
    """

    def __init__(self, title: str, footer: str, moment: datetime, folder: Path = FOLDER) -> None:
        """Begin a document; `folder` is where fonts are."""
        self._pdf = _Document("L", "mm", "A4")
        self._pdf.alias_nb_pages("")  # else {nb} in an examiner's text becomes the number of pages
        self._pdf.set_creation_date(moment)
        self._pdf.set_title(title)
        self._pdf.set_creator("Pehchan")
        self.fonts = Fonts(self._pdf, folder)
        self._pdf.fonts_of_page, self._pdf.footing = self.fonts, footer
        self._pdf.set_margins(12, 12)
        self._pdf.set_auto_page_break(auto=True, margin=14)
        self._pdf.add_page()

    @property
    def bytes(self) -> bytes:
        """The document."""
        return bytes(self._pdf.output())

    def new_page(self) -> None:
        """Go on on another page."""
        self._pdf.add_page()

    def heading(self, text: str, points: float = 11) -> None:
        """Write a heading."""
        self.fonts.use(points, bold=True)
        self._pdf.ln(1)
        self._write(text, 0.5 * points + 1)

    def text(self, text: str, points: float = 9) -> None:
        """Write a paragraph; lines stay lines."""
        self.fonts.use(points)
        self._write(text, 0.5 * points)

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Write names and what they are."""
        for name, fact in facts:
            self.fonts.use(9)
            self._pdf.set_text_color(*_GREY)
            self._pdf.cell(_LABEL, _LINE, self.fonts.writable(name))
            self._pdf.set_text_color(0)
            self._write(fact, _LINE)

    def pictures(
        self, pictures: Sequence[tuple[str, Pillow.Image, Sequence[Point | None]]], height: float
    ) -> list[float]:
        """Lay out pictures in a row, each under its caption, with numbers at points, given in pixels.

        A number whose point is None is left out.

        Returns:
            how many millimetres a pixel of each is.
        """
        pdf = self._pdf
        width = (pdf.epw - 6 * (len(pictures) - 1)) / len(pictures)
        top, scales = pdf.get_y() + _LINE + 1, []
        for index, (caption, picture, points) in enumerate(pictures):
            left = pdf.l_margin + index * (width + 6)
            scale = min(width / picture.width, height / picture.height)
            scales.append(scale)
            self.fonts.use(9, bold=True)
            pdf.set_xy(left, top - _LINE - 1)
            pdf.cell(width, _LINE, self.fonts.writable(caption))
            pdf.image(picture, left, top, picture.width * scale, picture.height * scale)
            self._number(points, left, top, scale)
        pdf.set_xy(pdf.l_margin, top + height + 2)
        return scales

    def plots(self, plots: Sequence[Plot], height: float) -> None:
        """Lay out plots in a row."""
        pdf = self._pdf
        width, top = (pdf.epw - 8 * (len(plots) - 1)) / len(plots), pdf.get_y() + 2
        for index, plot in enumerate(plots):
            draw(pdf, self.fonts, plot, pdf.l_margin + index * (width + 8), top, width, height)
        pdf.set_xy(pdf.l_margin, top + height + 3)

    def _number(self, points: Sequence[Point | None], left: float, top: float, scale: float) -> None:
        pdf = self._pdf
        self.fonts.use(6, bold=True)
        pdf.set_draw_color(*_BLUE)
        pdf.set_text_color(*_BLUE)
        for number, point in enumerate(points, start=1):
            if point is None:
                continue
            x, y = point
            at, down = left + x * scale, top + y * scale
            pdf.set_line_width(0.25)
            pdf.circle(at, down, _RING)
            pdf.text(at + _RING + 0.2, down - 0.4, str(number))
        pdf.set_text_color(0)

    def _write(self, text: str, line: float) -> None:
        self._pdf.multi_cell(0, line, self.fonts.writable(text), align="L", new_x="LMARGIN", new_y="NEXT")


class _Document(FPDF):
    """A document whose pages carry its title and their number."""

    fonts_of_page: Fonts | None = None
    footing = ""

    def _set_font_for_page(self, font: Any, points: float, wrap_in_text_object: bool = True) -> str:
        """Return the operators that set the font of a page.

        fpdf2 2.8 writes them within the first line if that begins in another script's font, undoes them at the end of
        the line, and still assumes that the page has the font.
        """
        if not (wrap_in_text_object or self.current_font_is_set_on_page):
            self._out(super()._set_font_for_page(font, points))
        return super()._set_font_for_page(font, points, wrap_in_text_object)

    def footer(self) -> None:
        """Write the foot of a page."""
        if self.fonts_of_page is None:
            return
        self.set_y(-11)
        self.fonts_of_page.use(7)
        self.set_text_color(*_GREY)
        self.cell(0, 4, self.fonts_of_page.writable(f"{self.footing} · {self.page_no()}"), align="L")
        self.set_text_color(0)
