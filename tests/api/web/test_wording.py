"""The texts of the pages keep to the word list of docs/wording.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.web.languages import NAMES, SOURCE, read

PAGE = Path(__file__).parents[3] / "docs" / "wording.md"
TRANSLATED = next(code for code in NAMES if code != SOURCE)  # its catalogue has all English texts


def unwanted_words() -> list[str]:
    """Return the first column of the table of words that are not used."""
    table = PAGE.read_text("utf-8").partition("## Words that are not used")[2]
    rows = re.findall(r"^\| (.+?) \| .+ \|$", table, re.MULTILINE)
    return [word for row in rows[1:] for word in row.split(", ")]


def texts() -> list[str]:
    """Return all English texts of the pages; of a text with a plural both forms."""
    results: list[str] = []
    for message in read(TRANSLATED):
        if message.id:
            results += message.id if isinstance(message.id, tuple) else (message.id,)
    return results


def with_word(word: str, among: list[str]) -> list[str]:
    """Return the texts that contain a word, or its plural."""
    pattern = re.compile(rf"\b{re.escape(word)}s?\b", re.IGNORECASE)
    return [text for text in among if pattern.search(text)]


@pytest.mark.parametrize("word", unwanted_words())
def test_no_text_of_the_pages_has_an_unwanted_word(word: str) -> None:
    assert with_word(word, texts()) == []


def test_no_text_of_a_template_has_a_percent_sign_that_formatting_would_take() -> None:
    """Templates fill texts by the operator %, which raises for a bare sign."""
    of_templates = [
        message.id for message in read(TRANSLATED) if any(path.endswith(".html") for path, _ in message.locations)
    ]
    assert of_templates
    assert [text for text in of_templates if re.search(r"%(?!\(\w+\)s|%)", str(text))] == []


def test_an_unwanted_word_is_found() -> None:
    assert {"encounter", "nobody", "told"} <= set(unwanted_words())
    assert with_word("encounter", ["Kind of event", "Encounters of today"]) == ["Encounters of today"]
    assert len(texts()) > 1000
