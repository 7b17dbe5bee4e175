"""Texts that people type: trimmed, checked, and compared without case and width."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from biometrics.kernel.errors import InvalidField, InvalidText

# Code points, as in the columns of the tables.
CODE_LENGTH = 20  # a police station or district
FIR_LENGTH = 40
NAME_LENGTH = 200

# Zero-width non-joiner and joiner: format characters, but part of how Devanagari and Persian are spelled.
_JOINERS = "\u200c\u200d"

# Characters that a database cannot hold, and those that steer what displays them; tabs and line breaks are text.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def refuse_unfit(field: str, text: str) -> None:
    """Refuse a text from outside that cannot be stored or shown; `field` is what the error calls it.

    Raises:
        InvalidText: NUL, half a surrogate pair, or a control character other than tab and line break.
    """
    if unfit := _UNFIT.search(text):
        code = f"U+{ord(unfit[0]):04X}"
        raise InvalidText(
            f"{printable(field)[:100]} holds a control character or half a character ({code} at position "
            f"{unfit.start()}); type it again without it."
        )


def refuse_unfit_texts(name: str, value: Any) -> None:
    """Refuse a JSON value with a text that cannot be stored or shown, also as the name of a property.

    Raises:
        InvalidText: see `refuse_unfit`.
    """
    waiting = [value]
    while waiting:
        text = waiting.pop()
        if isinstance(text, str):
            refuse_unfit(name, text)
        elif isinstance(text, dict):
            waiting += [*text, *text.values()]
        elif isinstance(text, list):
            waiting += text


def clean_state_code(text: str) -> str:
    """Return a state's code trimmed.

    Raises:
        InvalidField: it is not two ASCII digits.
    """
    if not re.fullmatch("[0-9]{2}", text.strip()):
        raise InvalidField("The state code must be two digits, such as 27 for Maharashtra.")
    return text.strip()


def clean_text(field: str, text: str, length: int, *, required: bool = True) -> str:
    """Return `text` trimmed and in Unicode's composed form (NFC); `field` is what an error calls it.

    Raises:
        InvalidField: more than `length` code points, invisible control characters, or nothing where `required`.
    """
    clean = unicodedata.normalize("NFC", text.strip())
    if len(clean) > length:
        raise InvalidField(f"The {field} has {len(clean):,} characters; give at most {length}.")
    if any(_is_control(character) for character in clean):
        raise InvalidField(f"The {field} holds line breaks or other control characters; type it again without them.")
    if required and not folded(clean):
        raise InvalidField(f"The {field} is empty; give one of at most {length} characters.")
    return clean


def folded(text: str) -> str:
    """Return the form in which texts are compared in a search: without case, width, joiners or repeated spaces.

    Source: Unicode 15 section 3.13, compatibility caseless matching (NFKC, case folding, NFKC).
    """
    caseless = unicodedata.normalize("NFKC", text).casefold()
    visible = "".join(character for character in caseless if unicodedata.category(character) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", visible).split())


def _is_control(character: str) -> bool:
    """Control, surrogate, line-separating and format characters; the last can turn or hide what is displayed."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in _JOINERS


def assign(instance: object, field: str, value: object) -> None:
    """Set a field of a frozen value while it is being made: what was typed, cleaned."""
    object.__setattr__(instance, field, value)


def printable(text: str) -> str:
    """Return text without what could steer a terminal: control and format characters become dots."""
    return "".join(
        "·" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") else character for character in text
    )


def printable_lines(text: str) -> str:
    """Return text for paper: as `printable`, but with its lines and the joiners of Indian scripts; a tab is a blank."""
    lines = text.replace("\r\n", "\n").replace("\t", " ").split("\n")
    return "\n".join("".join("·" if _is_control(character) else character for character in line) for line in lines)
