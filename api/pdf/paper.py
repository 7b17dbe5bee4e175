"""Pages of a document on A4: headings, paragraphs, facts, tables and signature blocks, by fpdf2."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any, Final, cast

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, TableBordersLayout, TextDirection, VAlign
from fpdf.fonts import FontFace
from fpdf.line_break import Fragment

from api.localisation.languages import SOURCE, Language, language
from api.pdf.fonts import FOLDER, PAGES, Fonts, writes_devanagari

LEFT: Final = 20.0  # millimetres: room to bind
RIGHT: Final = 12.0
TOP: Final = 16.0
BOTTOM: Final = 16.0
_LABEL: Final = 43.0  # width of a fact's name
_CAPACITY: Final = 26.0  # width of a name in a signature block
_SIGNATURE: Final = 38.0  # height of a signature block
_CAPACITY_LINES: Final = 3
_GREY: Final = (70, 78, 90)
_LIGHT: Final = (170, 176, 184)
_LINE: Final = 4.3  # height of a line of a table
_PIECE: Final = 30  # lines of a table's row that surely fit on a page, also one across
_WIDEST: Final = 3.5  # millimetres that a letter of a table takes at most
_STROKE: Final = 0.018  # millimetres a point: the line around letters that have no bold font
_FROM_THE_RIGHT: Final = frozenset({"R", "AL", "AN"})  # letters of Arabic, Hebrew and the like, by Unicode
_STRONG: Final = _FROM_THE_RIGHT | {"L", "EN"}  # letters and digits, which have a direction
_DEEPEST: Final = 300  # letters without a direction after each other that fpdf2 takes
_KEEP: Final = 24.0  # a heading begins a page if less is left of the one before

LACKS: Final = "Texts in other scripts are written in Latin letters: this machine has no font for them."

Translate = Callable[[str], str]  # translates a text of the catalogues


@dataclass(frozen=True)
class Locale:
    """The language of a document, and the time zone of its moments, "" for this machine's."""

    language: Language
    zone: str = ""

    @classmethod
    def writable(cls, wished: Language, zone: str = "", folder: Path = FOLDER) -> Locale:
        """Return a language, or English where the machine has no letters for it."""
        return cls(wished if writes_devanagari(folder) else language(SOURCE), zone)

    @property
    def translate(self) -> Translate:
        """The function that translates a text."""
        return self.language.translations.gettext

    def moment(self, value: datetime) -> str:
        """Write a moment as the pages do."""
        return self.language.moment(value, self.zone)

    def second(self, value: datetime) -> str:
        """Write a moment with its second, where an order has to be proved."""
        return self.language.moment(value, self.zone, seconds=True)


@dataclass(frozen=True)
class Signature:
    """Who signs: a name, "" to be written by hand, in what capacity, and whether with the seal of an office."""

    name: str
    capacity: str
    has_seal: bool = True


@dataclass(frozen=True)
class HashedFile:
    """A file that a paper rests on: what it is, and its SHA-256 (hex)."""

    name: str
    sha256: str


@dataclass(frozen=True)
class WrittenPaper:
    """A finished paper: its title, the PDF, and the files that it rests on."""

    title: str
    content: bytes
    files: tuple[HashedFile, ...] = ()


class Paper:
    """An A4 document that is the same to the byte wherever the same is written in the same fonts.

    Each page has the title, and its number of how many. `moment` is its creation time: with the time of day, the same
    content would give different bytes.
    """

    def __init__(self, title: str, moment: datetime, locale: Locale, folder: Path = FOLDER) -> None:
        """Begin a document; `folder` is where fonts are."""
        self.locale = locale
        self.pdf = _Document("P", "mm", "A4")
        self.pdf.alias_nb_pages(PAGES)
        self.pdf.set_creation_date(moment)
        self.pdf.set_title(title)
        self.pdf.set_creator("Pehchan")
        self.fonts = Fonts(self.pdf, folder)
        self.pdf.fonts_of_page, self.pdf.title_of_page = self.fonts, title
        _ = locale.translate
        self.pdf.page_text = _("Page {page} of {pages}")
        self.pdf.set_margins(LEFT, TOP, RIGHT)
        self.pdf.c_margin = 0  # text begins where pictures and lines do
        self.pdf.set_auto_page_break(auto=True, margin=BOTTOM)
        self.pdf.add_page()

    @property
    def bytes(self) -> bytes:
        """The document."""
        return bytes(self.pdf.output())

    def finished(self, files: Iterable[HashedFile] = ()) -> WrittenPaper:
        """Return the document with the files that it rests on; it says where letters are missing."""
        if self.fonts.lacks:
            self.text(LACKS, 8)
        return WrittenPaper(self.pdf.title_of_page, self.bytes, tuple(files))

    @property
    def left(self) -> float:
        """How many millimetres are left of the page."""
        return self.pdf.page_break_trigger - self.pdf.get_y()

    def new_page(self, *, across: bool = False) -> None:
        """Go on on another page, upright or across."""
        self.pdf.add_page(orientation="L" if across else "P")

    def room(self, height: float) -> None:
        """Begin a new page if less than this many millimetres are left."""
        if self.left < height:
            self.pdf.add_page(same=True)

    def heading(self, text: str, points: float = 11) -> None:
        """Write a heading; it stays with what follows."""
        self.room(_KEEP)
        strokes = self.fonts.lacks_bold(text)
        self.fonts.use(points, bold=not strokes)
        self.pdf.ln(2)
        if strokes:
            with self.pdf.local_context(text_mode="FILL_STROKE", line_width=points * _STROKE):
                self.pdf.set_draw_color(0)
                self._write(text, 0.5 * points + 1)
        else:
            self._write(text, 0.5 * points + 1)

    def text(self, text: str, points: float = 9) -> None:
        """Write a paragraph; lines stay lines."""
        self.fonts.use(points)
        self._write(text, 0.5 * points)
        self.pdf.ln(0.8)

    def facts(self, facts: Iterable[tuple[str, str]], width: float | None = None) -> None:
        """Write names and what they are; `width` in millimetres, else the page's."""
        rows = [(name, fact) for name, fact in facts if fact]
        across = width or self.pdf.epw
        self._table(rows, (_LABEL, across - _LABEL), across, layout=TableBordersLayout.NONE, grey_first=True)

    def blank(self, name: str) -> None:
        """Write what something is called, with a line to write it on by hand."""
        top = self.pdf.get_y() + 2
        self._fact_at(name, "", self.pdf.l_margin, top, self.pdf.epw, _LABEL)
        self.pdf.set_xy(self.pdf.l_margin, top + 7)

    def fact_or_blank(self, name: str, fact: str) -> None:
        """Write a fact, or a line to write it on by hand where it is not known."""
        if fact:
            self.facts([(name, fact)])
        else:
            self.blank(name)

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float]) -> None:
        """Write a table under its head, which is repeated on each page; `widths` are shares."""
        self._table([head, *rows], widths, self.pdf.epw, layout=TableBordersLayout.HORIZONTAL_LINES, has_head=True)

    def signatures(self, signatures: Sequence[Signature]) -> None:
        """Write blocks to sign, two in a row: name, capacity, signature, day and seal."""
        pdf, _ = self.pdf, self.locale.translate
        width = (pdf.epw - 8) / 2
        for index in range(0, len(signatures), 2):
            self.room(_SIGNATURE + 2)
            top = pdf.get_y() + 1
            for column, signature in enumerate(signatures[index : index + 2]):
                left = pdf.l_margin + column * (width + 8)
                pdf.set_draw_color(*_LIGHT)
                pdf.set_line_width(0.2)
                pdf.rect(left, top, width, _SIGNATURE - 2)
                self.fonts.use(9)  # the size that the lines are measured in
                capacity, *more = self._lines(signature.capacity, width - 6 - _CAPACITY)[:_CAPACITY_LINES] or [""]
                for down, name, fact in (
                    (2, _("Name"), signature.name),
                    (7, _("Capacity"), capacity),
                    *((11 + 4 * number, "", line) for number, line in enumerate(more)),
                    (20, _("Signature"), ""),
                    (28, _("Date and seal") if signature.has_seal else _("Date"), ""),
                ):
                    self._fact_at(name, fact, left + 2, top + down, width - 4)
            pdf.set_xy(pdf.l_margin, top + _SIGNATURE)

    def thumb_boxes(self, captions: Sequence[str], side: float = 26.0) -> None:
        """Draw boxes in a row, each for an impression to be made by hand, with its caption below."""
        pdf = self.pdf
        self.room(side + 8)
        top = pdf.get_y() + 1
        for index, caption in enumerate(captions):
            left = pdf.l_margin + index * (side + 16)
            pdf.set_draw_color(*_LIGHT)
            pdf.set_line_width(0.2)
            pdf.rect(left, top, side, side)
            self.fonts.use(7.5)
            pdf.set_xy(left, top + side + 0.5)
            pdf.cell(side + 14, 4, self.fonts.fitting(caption, side + 14))
        pdf.set_xy(pdf.l_margin, top + side + 6)

    def _fact_at(self, name: str, fact: str, left: float, top: float, width: float, begin: float = _CAPACITY) -> None:
        """Write a fact on one line at a place, its name small; a line to write on stands where there is none."""
        pdf = self.pdf
        self.fonts.use(7.5)
        pdf.set_text_color(*_GREY)
        pdf.set_xy(left, top)
        pdf.cell(begin, 5, self.fonts.fitting(name, begin))  # FPDF.text writes no Devanagari
        pdf.set_text_color(0)
        if fact:
            pdf.set_xy(left + begin, top)
            self.fonts.use(9)
            pdf.cell(width - begin, 5, self.fonts.fitting(fact, width - begin - 2))
        else:
            pdf.set_draw_color(*_LIGHT)
            pdf.line(left + begin, top + 4.6, left + width, top + 4.6)

    def _table(
        self,
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        across: float,
        *,
        layout: TableBordersLayout,
        has_head: bool = False,
        grey_first: bool = False,
    ) -> None:
        if not rows:
            return
        self.fonts.use(8.5 if has_head else 9)
        inner = [across * share / sum(widths) - (1 if grey_first else 1.8) for share in widths]  # less the padding
        pieces = [piece for row in rows for piece in self._pieces(row, inner)]
        self.pdf.set_draw_color(*_LIGHT)
        self.pdf.set_line_width(0.15)
        with self.pdf.table(
            col_widths=tuple(widths),
            width=across,
            align="LEFT",
            text_align="LEFT",
            v_align=VAlign.T,
            line_height=_LINE,
            padding=(0.4, 1, 0.4, 0) if grey_first else (0.6, 1.2, 0.6, 0.6),
            borders_layout=layout,
            first_row_as_headings=has_head,
            headings_style=FontFace(emphasis="BOLD"),
        ) as table:
            for piece in pieces:
                cells = table.row()
                for index, value in enumerate(piece):
                    style = FontFace(color=_GREY) if grey_first and index == 0 else None
                    cells.cell(value, style=style)
        self.pdf.set_x(self.pdf.l_margin)
        self.pdf.ln(1)

    def _lines(self, text: str, width: float) -> list[str]:
        """Return the lines of a text in a width."""
        written = self.fonts.writable(text)
        lines = self.pdf.multi_cell(width, text=written, align="L", dry_run=True, output=MethodReturnValue.LINES)
        return cast(list[str], lines)

    def _pieces(self, row: Sequence[str], widths: Sequence[float]) -> Iterator[Sequence[str]]:
        """Yield a row of a table, in several where it is higher than _PIECE lines: fpdf2 breaks none across pages."""
        if all(_fits(text, width) for text, width in zip(row, widths, strict=True)):
            yield [*map(self.fonts.writable, row)]
            return
        cells = [self._lines(text, width) for width, text in zip(widths, row, strict=True)]
        lines = max(map(len, cells))
        if lines <= _PIECE:
            yield [*map(self.fonts.writable, row)]
            return
        for first in range(0, lines, _PIECE):
            yield ["\n".join(cell[first : first + _PIECE]) for cell in cells]

    def _write(self, text: str, line: float) -> None:
        self.pdf.multi_cell(0, line, self.fonts.writable(text), align="L", new_x="LMARGIN", new_y="NEXT")


def _fits(text: str, width: float) -> bool:
    """Say whether a text surely has at most _PIECE lines, however its words break; measuring Devanagari takes long."""
    return text.count("\n") + 1 + 2 * len(text) * _WIDEST / width <= _PIECE


class _Document(FPDF):
    """A document whose pages carry its title and their number."""

    fonts_of_page: Fonts | None = None
    title_of_page = ""
    page_text = ""

    def _set_font_for_page(self, font: Any, points: float, wrap_in_text_object: bool = True) -> str:
        """Return the operators that set the font of a page.

        fpdf2 2.8 writes them within the first line if that begins in another script's font, undoes them at the end of
        the line, and still assumes that the page has the font.
        """
        if not (wrap_in_text_object or self.current_font_is_set_on_page):
            self._out(super()._set_font_for_page(font, points))
        return super()._set_font_for_page(font, points, wrap_in_text_object)

    def _preload_bidirectional_text(self, text: str, markdown: bool) -> Sequence[Fragment]:
        """Return the parts of a text that are read in one direction.

        fpdf2 2.8 looks for the direction of a letter that has none itself, as a picture or a sign, by calls as deep as
        there are such letters after each other. So it is asked only where a letter is read from the right.
        """
        directions = [unicodedata.bidirectional(letter) for letter in text]
        runs = (sum(1 for _ in run) for strong, run in groupby(directions, _STRONG.__contains__) if not strong)
        if not self.text_shaping or (not _FROM_THE_RIGHT.isdisjoint(directions) and max(runs, default=0) < _DEEPEST):
            return super()._preload_bidirectional_text(text, markdown)
        for name in ("paragraph_direction", "fragment_direction"):
            self.text_shaping[name] = TextDirection.LTR
        return self._preload_font_styles(text, markdown)

    def footer(self) -> None:
        """Write the foot of a page."""
        fonts = self.fonts_of_page
        if fonts is None:
            return
        self.set_y(-11)
        fonts.use(7.5)
        self.set_text_color(*_GREY)
        page = self.page_text.format(page=self.page_no(), pages=PAGES)
        software = f"Pehchan {version('pehchan')}"
        self.cell(self.epw - 24, 4, fonts.fitting(f"{self.title_of_page} · {software}", self.epw - 25), align="L")
        self.cell(24, 4, page, align="R")
        self.set_text_color(0)
