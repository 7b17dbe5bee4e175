"""Every value that pages show has its word, and every text of a page is marked to be translated."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from api.localisation.languages import NAMES, SOURCE, read
from api.localisation.value_labels import WORDS, word
from api.web import pages

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


def test_each_value_has_its_word() -> None:
    assert [value for kind in WORDS for value in kind if not word(value)] == []
    assert [kind for kind, words in WORDS.items() if set(words) != set(kind)] == []


def test_each_text_of_a_template_is_marked() -> None:
    texts = {path.name: unmarked(path.read_text("utf-8")) for path in TEMPLATES}
    assert {name: shown for name, shown in texts.items() if shown} == {}


def test_no_text_of_a_template_has_a_percent_sign_that_formatting_would_take() -> None:
    """Templates fill texts by the operator %, which raises for a bare sign."""
    translated = next(code for code in NAMES if code != SOURCE)
    texts = [message.id for message in read(translated) if any(path.endswith(".html") for path, _ in message.locations)]
    assert texts
    assert [text for text in texts if re.search(r"%(?!\(\w+\)s|%)", str(text))] == []


def test_an_unmarked_text_is_found() -> None:
    assert unmarked("<p>{{ _('Right') }}</p><p title='Wrong'>{% if x %}Also wrong{% endif %}</p>") == [
        "Also wrong",
        "Wrong",
    ]


def test_no_script_shows_an_unmarked_text() -> None:
    texts = {path.name: _SHOWN.findall(re.sub(r"\$\{[^}]*\}", "", path.read_text("utf-8"))) for path in SCRIPTS}
    assert {name: shown for name, shown in texts.items() if shown} == {}


def unmarked(template: str) -> list[str]:
    """Return the texts with letters in a template that do not come out of an expression."""
    texts = Texts()
    texts.feed(_JINJA.sub("", template))
    result = {" ".join(text.split()) for text in texts.texts}
    return sorted(text for text in result if re.search(r"[^\W\d_]", text) and text not in UNTRANSLATED)
