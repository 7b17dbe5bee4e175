"""What somebody wrote into notes or a name is on paper as it was written, and changes nothing around it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pdf_text import text_of

from api.localisation.languages import language
from api.pdf.fonts import FOLDER
from api.pdf.paper import Locale, Paper

ENGLISH = Locale(language("en"))


@pytest.mark.parametrize("folder", [pytest.param(FOLDER, marks=pytest.mark.debian_packages), Path("/none")])
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("page {nb}", "page{nb}"),  # fpdf2's usual alias of the number of pages
        ("\x1a\x1a\x1a", "···"),  # ours
        ("Ram \u202egnikcap\u202c.", "Ram·gnikcap·."),  # would be read backwards
        ("\u2066Ram\u2069\u200f", "·Ram··"),
        ("a\u2028b\x07c\x00d\ud800e", "a·b·c·d·e"),
        ("**a** <b>c</b> (d) Tj ET", "**a**<b>c</b>(d)TjET"),
        ("one\r\ntwo\tthree", "onetwothree"),
    ],
)
def test_text_on_paper_is_neither_turned_nor_replaced(folder: Path, written: str, shown: str) -> None:
    paper = Paper("title", datetime(2026, 11, 25, tzinfo=UTC), ENGLISH, folder)
    for write in (paper.heading, paper.text, lambda text: paper.facts([("name", text)])):
        write(written)
    text = text_of(paper.bytes).replace("\\", "")
    assert text.count(shown) == 3, text


@pytest.mark.debian_packages
def test_the_joiners_of_indian_scripts_stay() -> None:
    paper = Paper("title", datetime(2026, 11, 25, tzinfo=UTC), ENGLISH)
    paper.text("W" * 2_000 + "e" + "\u0301" * 500)
    paper.text("क्\u200dष")
    assert "क्\u200dष" in text_of(paper.bytes)
