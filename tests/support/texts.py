"""Gathers the texts of pages, charts and the demo into their catalogues, by `python tests/support/texts.py`.

New texts come in untranslated, and those no longer used are taken out. Catalogues name neither days nor people, so
that gathering twice changes nothing.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import write_po

from api.localisation import languages
from api.modalities import REGISTRATIONS

WEB: Final = Path(languages.__file__).parents[1] / "web"
CHARTS: Final = WEB.parent / "pdf"
KEYWORDS: Final = {**DEFAULT_KEYWORDS, "N_": None}
# So that what is read of a template is what is looked up when its page is shown.
LIKE_PAGES: Final = {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}
SOURCES: Final = (
    (WEB, "**/*.py", "python", {}),
    (WEB.parent / "localisation", "*.py", "python", {}),
    (CHARTS, "*.py", "python", {}),
    (WEB.parent / "demo", "*.py", "python", {}),
    (WEB, "templates/**/*.html", "jinja2", LIKE_PAGES),
)
# The calls of _() in a script, and their text: it has to be there as it is, in double quotes.
CALLS: Final = re.compile(r"(?<![\w.$])(?<!function )_\(")
TEXT: Final = re.compile(r"""\s*("(?:[^"\\\n]|\\.)*")\s*[,)]""")
HEADER: Final = r"""msgid ""
msgstr ""
"Language: {code}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: {plurals}\n"

"""


def gathered() -> Catalog:
    """Return all texts of the code, with the files that they are in."""
    catalogue = Catalog()
    for folder, pattern, method, options in SOURCES:
        for path in sorted(folder.glob(pattern)):
            for _, text, _, context in extract_from_file(method, path, KEYWORDS, options=options):
                catalogue.add(text, locations=[_place(path)], context=context)
    for modality in REGISTRATIONS:
        traits = modality.traits
        words = [position.word for position in traits.positions or ()]
        for text in (traits.label, traits.samples_label, traits.caption, *words):
            catalogue.add(text, locations=[_place(WEB.parent / "modalities.py")])
    for path in sorted(WEB.glob("static/**/*.js")):
        for text in of_script(path.read_text("utf-8")):
            catalogue.add(text, locations=[_place(path)])
    return catalogue


def of_script(script: str) -> Iterator[str]:
    """Return the texts of a script. Babel's own reader takes a template string among the values for the text.

    Raises:
        ValueError: A call of _() does not begin with a text.
    """
    for call in CALLS.finditer(script):
        text = TEXT.match(script, call.end())
        if text is None:
            raise ValueError(f"No text in double quotes: {script[call.start() : call.end() + 60]}")
        yield json.loads(text[1])


def _place(path: Path) -> tuple[str, int]:
    return os.path.relpath(path, WEB), 0


def updated(code: str) -> str:
    """Return the catalogue of a language as it should be in its file: exactly the texts of the code."""
    catalogue = languages.read(code)
    catalogue.update(gathered(), no_fuzzy_matching=True)
    texts = BytesIO()
    write_po(texts, catalogue, width=0, omit_header=True, ignore_obsolete=True, include_lineno=False)
    return HEADER.format(code=code, plurals=catalogue.plural_forms) + texts.getvalue().decode().strip() + "\n"


if __name__ == "__main__":
    for language in languages.NAMES.keys() - {languages.SOURCE}:
        (languages.CATALOGUES / f"{language}.po").write_text(updated(language), "utf-8")
