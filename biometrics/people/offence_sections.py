"""Acts and sections that encounters have, each once: what an officer who types another encounter chooses from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection, select, tuple_

from biometrics.kernel.people.encounter import Section
from biometrics.kernel.technique.entry import stored
from biometrics.storage.tables.people import sections

MOST_STEPS: Final = 2_000  # different sections that are looked at for one question: some 0.1 s
_YEAR: Final = 4  # digits


def sections_begun(connection: Connection, text: str, limit: int) -> list[Section]:
    """Return acts with sections of which every word of `text` begins a word, in the order of the sections.

    Of a nation's register, where what is asked for names no section, only the first MOST_STEPS are looked at.
    """
    words = text.casefold().split()
    matches: list[Section] = []
    if not words:
        return matches
    for section in _different(connection, _first_section(words)):
        section_words = f"{section.act} {section.section}".casefold().split()
        if all(any(section_word.startswith(word) for section_word in section_words) for word in words):
            matches.append(section)
            if len(matches) == limit:
                break
    return matches


def _first_section(words: Sequence[str]) -> str:
    """Return from where on sections are looked at: the number of the section that is asked for, "" where none is.

    Four digits are taken for the year of an act.
    """
    numbers = [digits[0] for word in words if (digits := re.match("[0-9]+", word)) and len(digits[0]) < _YEAR]
    return min(numbers, default="")


def _different(connection: Connection, begun: str) -> Iterator[Section]:
    """Yield each act and section once, from a section on, by steps that the number of its encounters does not slow."""
    columns = (sections.c.section, sections.c.act)
    step = select(*columns).order_by(*columns).limit(1)
    row = connection.execute(step.where(sections.c.section >= begun)).one_or_none()
    for _ in range(MOST_STEPS):
        if row is None:
            return
        yield stored(Section, row.act, row.section)
        row = connection.execute(step.where(tuple_(*columns) > tuple_(row.section, row.act))).one_or_none()
