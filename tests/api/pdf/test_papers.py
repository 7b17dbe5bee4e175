"""Documents on paper: their letters, their pictures at scale, and numbers in the margin."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_pages import faults_of, pictures_of
from pdf_text import text_of
from PIL import Image as Pillow

from api.localisation.languages import language
from api.pdf.charted import EXAMINER, MOST_POINTS, PrintedImage, charted, life_size, spread
from api.pdf.fonts import FOLDER
from api.pdf.paper import Locale, Paper, Signature

MOMENT = datetime(2026, 11, 25, tzinfo=UTC)
ENGLISH = Locale(language("en"))


@pytest.mark.parametrize("fonts", ["none", pytest.param("of the machine", marks=pytest.mark.debian_packages)])
def test_other_scripts_are_written_or_become_latin_letters(tmp_path: Path, fonts: str) -> None:
    paper = Paper("A", MOMENT, ENGLISH, tmp_path if fonts == "none" else FOLDER)
    paper.text("Mark: \u0939\u093f\u0928\u094d\u0926\u0940 \u2026\nEnd")
    text = text_of(paper.bytes)
    assert paper.fonts.lacks == (fonts == "none")
    assert text.startswith(
        "Mark:hindi...End" if fonts == "none" else "Mark:\u0939\u093f\u0928\u094d\u0926\u0940\u2026End"
    )


def test_a_document_is_in_english_where_the_machine_has_no_letters_for_its_language(tmp_path: Path) -> None:
    assert Locale.writable(language("hi"), folder=tmp_path).language.code == "en"


@pytest.mark.debian_packages
def test_the_text_after_a_line_in_another_script_has_its_own_font() -> None:
    paper = Paper("A", MOMENT, ENGLISH, FOLDER)
    for heading in ("Notes", "\u0928\u094b\u091f"):
        paper.heading(heading)
        paper.text("\u0928\u094b\u091f\nThe deltas differ.\n" * 40)
    assert text_of(paper.bytes).count("Thedeltasdiffer.") == 80


@pytest.mark.debian_packages
def test_names_and_capacities_of_who_signs_are_in_any_script() -> None:
    paper = Paper("A", MOMENT, Locale(language("hi")), FOLDER)
    paper.signatures([Signature("रवि कुमार", "पहला परीक्षक"), Signature("Asha " * 40, ""), Signature("", "X")])
    text = text_of(paper.bytes)
    for value in ("रविकुमार", "पहलापरीक्षक", "AshaAsha"):
        assert value in text
    assert text.count("हस्ताक्षर") == 3
    assert faults_of(paper.bytes) == []


def test_a_picture_has_its_life_size_or_that_of_the_page(tmp_path: Path) -> None:
    paper = Paper("A", MOMENT, ENGLISH, tmp_path)
    small, large = Pillow.new("L", (250, 500)), Pillow.new("L", (5000, 5000))
    life_size(paper, [PrintedImage("a", small, 500.0), PrintedImage("b", large, 500.0), PrintedImage("c", small, None)])
    widths = [right - left for left, _bottom, right, _top in pictures_of(paper.bytes)]
    assert widths == [pytest.approx(width, abs=0.01) for width in (12.7, paper.pdf.epw, 60.0)]
    text = text_of(paper.bytes)
    assert "1:1" in text
    assert f"{100 * paper.pdf.epw / 254:.0f}%" in text
    assert faults_of(paper.bytes) == []


def test_numbers_stand_in_the_margins_of_both_pictures_on_as_many_pages_as_they_need(tmp_path: Path) -> None:
    paper = Paper("A", MOMENT, ENGLISH, tmp_path)
    square, flat = Pillow.new("L", (300, 300)), Pillow.new("L", (600, 100))
    points = [(n % 100, 50 + n % 7) for n in range(MOST_POINTS + 5)]
    for first in (0, MOST_POINTS):
        paper.new_page(across=True)
        charted(
            paper,
            (
                PrintedImage("a", square, 500.0, points=points),
                PrintedImage("b", flat, 500.0, points=[None, *points[1:]]),
            ),
            first,
            EXAMINER,
        )
    assert faults_of(paper.bytes) == []
    assert len(pictures_of(paper.bytes)) == 4


@given(st.lists(st.floats(0, 100), max_size=60).map(sorted), st.floats(0.5, 6))
def test_numbers_in_a_margin_rise_and_never_overlap(wanted: list[float], step: float) -> None:
    heights = spread(wanted, (0.0, 100.0), step)
    least = min(step, 100 / max(len(wanted), 1)) - 1e-9
    assert all(after - before >= least for before, after in pairwise(heights))
    assert all(-1e-9 <= height <= 100 + 1e-9 for height in heights)
    if all(after - before >= step for before, after in pairwise(wanted)):
        assert heights == pytest.approx(wanted, abs=1e-9)
