"""Every value that pages show has its word, and every text of a page is marked to be translated."""

from __future__ import annotations

import re
from enum import Enum
from html.parser import HTMLParser
from pathlib import Path

import pytest

from api.web import pages
from api.web.labels.values import WORDS, word

TEMPLATES = sorted((Path(pages.__file__).parent / "templates").rglob("*.html"))
SCRIPTS = sorted(pages.STATIC.rglob("*.js"))

# Names that are the same in every language.
UNTRANSLATED = {"Pehchan", "Python", "SHA-256", "CSV", "NFIQ 2", "ppi", "PDF", "· Pehchan"}
SAID = ("alt", "title", "placeholder", "aria-label", "data-confirm")  # attributes that are read out or shown

_JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
_SHOWN = re.compile(r"""\.(?:textContent|title|placeholder|ariaLabel|alt) = ["'`][^"'`]*[A-Za-z]{2}""")


class Texts(HTMLParser):
    """Collects what a page would show of a template if all expressions were empty."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within.append(tag)
        self.texts += [value for name, value in attrs if name in SAID and value]

    def handle_endtag(self, tag: str) -> None:
        while self._within and self._within.pop() != tag:
            pass  # elements without an end tag, such as input

    def handle_data(self, data: str) -> None:
        if not {"script", "style", "code", "kbd"} & set(self._within):
            self.texts.append(data)


@pytest.mark.parametrize("kind", WORDS, ids=lambda kind: kind.__name__)
def test_each_value_has_its_word(kind: type[Enum]) -> None:
    words = [word(value) for value in kind]
    assert all(words)
    assert set(WORDS[kind]) == set(kind)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_each_text_of_a_template_is_marked(template: Path) -> None:
    assert unmarked(template.read_text("utf-8")) == []


def test_an_unmarked_text_is_found() -> None:
    assert unmarked("<p>{{ _('Right') }}</p><p title='Wrong'>{% if x %}Also wrong{% endif %}</p>") == [
        "Also wrong",
        "Wrong",
    ]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_shows_an_unmarked_text(script: Path) -> None:
    assert _SHOWN.findall(re.sub(r"\$\{[^}]*\}", "", script.read_text("utf-8"))) == []


def unmarked(template: str) -> list[str]:
    """Return the texts with letters in a template that do not come out of an expression."""
    texts = Texts()
    texts.feed(_JINJA.sub("", template))
    result = {" ".join(text.split()) for text in texts.texts}
    return sorted(text for text in result if re.search(r"[^\W\d_]", text) and text not in UNTRANSLATED)
