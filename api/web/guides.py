"""The guides of the pages, from Markdown to HTML. They come with the package: officers have no internet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from api.http.paths import PREFIX
from api.localisation.languages import SOURCE
from api.localisation.translatable import N_
from api.web.pages import address

FOLDER: Final = Path(__file__).with_name("guides")
GUIDES: Final = {
    "officer": N_("For officers"),
    "examiner": N_("For examiners"),
    "oversight": N_("For supervisors, records clerks and auditors"),
    "administrator": N_("For administrators"),
}
_PICTURES: Final = "../../static/"  # where a guide's file has them
_OTHER_GUIDE: Final = re.compile(r"^(\w+)\.md(#[\w-]+)?$")


@dataclass(frozen=True)
class Guide:
    """A guide in one language: its title, the sections by their anchors, and the whole as HTML."""

    title: str
    sections: dict[str, str]
    html: Markup


@cache
def guide(name: str, code: str) -> Guide:
    """Return a guide of GUIDES in a language.

    Its anchors are made from the English headings, so that a link leads to the same section in every language.
    """
    tokens, titles = _parsed(name, code)
    anchors = anchors_of(name)
    opened = [token for token in tokens if token.type == "heading_open"]
    for token, anchor in zip(opened, anchors, strict=True):
        token.attrSet("id", anchor)
    for token in _inline(tokens):
        if token.type == "image":
            token.attrSet("src", address(str(token.attrGet("src")).removeprefix(_PICTURES)))
            token.attrSet("loading", "lazy")
        elif token.type == "link_open" and (other := _OTHER_GUIDE.match(str(token.attrGet("href")))):
            token.attrSet("href", path_of(other[1]) + (other[2] or ""))
    html = _markdown().renderer.render(tokens, _markdown().options, {})
    sections = dict(zip(anchors, titles, strict=True))
    return Guide(titles[0], dict(list(sections.items())[1:]), Markup(html))  # noqa: S704 - raw HTML is escaped


def path_of(name: str) -> str:
    """Return the path of a guide's page."""
    return f"{PREFIX}/help/{name}"


@cache
def anchors_of(name: str) -> tuple[str, ...]:
    """Return the anchors of a guide's headings, in order; the first is of its title."""
    _, titles = _parsed(name, SOURCE)
    return tuple(re.sub(r"[^\w]+", "-", title.lower()).strip("-") for title in titles)


def _parsed(name: str, code: str) -> tuple[list[Token], list[str]]:
    """Return the tokens of a guide's file, and the texts of its headings."""
    tokens = _markdown().parse((FOLDER / code / f"{name}.md").read_text("utf-8"))
    titles = [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]
    return tokens, titles


def _inline(tokens: list[Token]) -> list[Token]:
    return [child for token in tokens for child in token.children or ()]


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")
