"""The fonts of documents: those that the machine has; without them scripts become Latin letters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from anyascii import anyascii
from fpdf import FPDF

from biometrics.kernel.technique.text import printable_lines

FOLDER: Final = Path("/usr/share/fonts/truetype")  # Debian's: fonts-dejavu-core or fonts-noto-core, fonts-lohit-deva

LATIN: Final = ("dejavu/DejaVuSans.ttf", "noto/NotoSans-Regular.ttf")
BOLD: Final = ("dejavu/DejaVuSans-Bold.ttf", "noto/NotoSans-Bold.ttf")
DEVANAGARI: Final = ("lohit-devanagari/Lohit-Devanagari.ttf", "noto/NotoSansDevanagari-Regular.ttf")

_CONTROL: Final = "\x1a"  # no text has it: `writable` writes a dot
PAGES: Final = 3 * _CONTROL  # stands for the number of pages of a document

_DEVANAGARI_FIRST, _DEVANAGARI_LAST = "\u0900", "\u097f"
_CORE: Final = "helvetica"  # of every reader of PDF, for Latin letters of western Europe


class Fonts:
    """What a document is written in.

    `lacks` says that texts in other scripts than Latin are written in Latin letters.
    """

    def __init__(self, pdf: FPDF, folder: Path = FOLDER) -> None:
        """Give a document the fonts that are there."""
        self._pdf = pdf
        latin, bold, devanagari = _fonts_in(folder)
        self.lacks = not writes_devanagari(folder)
        self._family = "text" if latin and bold else _CORE
        if latin and bold:
            pdf.add_font("text", "", latin)
            pdf.add_font("text", "B", bold)
        if latin and bold and devanagari:
            pdf.add_font("devanagari", "", devanagari)
            pdf.set_fallback_fonts(["devanagari"], exact_match=False)
            pdf.set_text_shaping(True)

    def use(self, points: float, *, bold: bool = False) -> None:
        """Write in a size from now on."""
        self._pdf.set_font(self._family, "B" if bold else "", points)

    def lacks_bold(self, text: str) -> bool:
        """Say whether a text has letters for which there is a plain font only: those of Devanagari."""
        return not self.lacks and any(_DEVANAGARI_FIRST <= letter <= _DEVANAGARI_LAST for letter in text)

    def writable(self, text: str) -> str:
        """Return a text as it can be written, with dots for what would turn or hide other letters, as U+202E does."""
        text = printable_lines(text)
        if self._family == _CORE:
            return "".join(letter if _is_western(letter) else anyascii(letter) for letter in text)
        return anyascii(text) if self.lacks and not all(ord(letter) < _BEYOND_LATIN for letter in text) else text

    def fitting(self, text: str, width: float) -> str:
        """Return one line as it can be written, cut so that it fits into a width in millimetres."""
        text = self.writable(text).replace("\n", " ")
        if self._pdf.get_string_width(text) <= width:
            return text
        while text and self._pdf.get_string_width(f"{text}...") > width:
            text = text[:-1]
        return f"{text}..."


def writes_devanagari(folder: Path = FOLDER) -> bool:
    """Return whether the installed fonts have Devanagari as well as Latin letters."""
    return all(_fonts_in(folder))


_BEYOND_LATIN: Final = 0x2E80  # DejaVu and Noto have Latin, Greek, Cyrillic and signs


def _fonts_in(folder: Path) -> tuple[Path | None, Path | None, Path | None]:
    """Return the fonts for Latin letters, plain and bold, and for Devanagari."""
    return _first(folder, LATIN), _first(folder, BOLD), _first(folder, DEVANAGARI)


def _first(folder: Path, names: Sequence[str]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _is_western(letter: str) -> bool:
    return len(letter.encode("latin-1", "ignore")) == 1
