"""A person's data as text, field by field, to read, to compare, and to show corrections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from api.localisation.languages import Language
from api.localisation.translatable import N_
from api.localisation.value_labels import word
from api.v1.records_schemas import PersonVersionOut, RecordOut
from biometrics.kernel.people.particulars import Address
from biometrics.kernel.recognition.body_marks import BodyMark, BodySide

LABELS: Final = {
    "name": N_("Name"),
    "aliases": N_("Aliases"),
    "sex": N_("Sex"),
    "born": N_("Born"),
    "relatives": N_("Relatives"),
    "address": N_("Address"),
    "nationality": N_("Nationality"),
    "documents": N_("Identity documents"),
    "height": N_("Height"),
    "build": N_("Build"),
    "complexion": N_("Complexion"),
    "hair": N_("Hair"),
    "eyes": N_("Eyes"),
    "marks": N_("Marks"),
    "languages": N_("Languages"),
}


@dataclass(frozen=True)
class DescribedChange:
    """The text of a field before and after a change; empty where the value was unknown."""

    label: str
    before: str
    now: str


def described(person: RecordOut | PersonVersionOut, language: Language) -> dict[str, str]:
    """Return each field of LABELS as text, empty where unknown; labels are in the reader's language."""
    particulars, looks = person.particulars, person.particulars.appearance

    def text_of(value: Enum | None) -> str:
        return "" if value is None else language.translations.gettext(word(value))

    texts = {
        "name": person.name,
        "aliases": ", ".join(person.aliases),
        "sex": text_of(person.sex),
        "born": language.day(particulars.birth_date) if particulars.birth_date else str(person.birth_year or ""),
        "relatives": _list(f"{relative.name} ({text_of(relative.relation)})" for relative in particulars.relatives),
        "address": _address(particulars.address),
        "nationality": particulars.nationality,
        "documents": _list(f"{text_of(document.kind)} …{document.last_four}" for document in particulars.documents),
        "height": f"{looks.height_cm} cm" if looks.height_cm else "",
        "build": text_of(looks.build),
        "complexion": text_of(looks.complexion),
        "hair": text_of(looks.hair),
        "eyes": text_of(looks.eyes),
        "marks": _list(_mark(mark, text_of(mark.kind), text_of(mark.part), text_of(mark.side)) for mark in looks.marks),
        "languages": ", ".join(looks.languages),
    }
    return {language.translations.gettext(label): texts[field] for field, label in LABELS.items()}


def changes(before: PersonVersionOut, now: RecordOut | PersonVersionOut, language: Language) -> list[DescribedChange]:
    """Return the differences between two versions of a person's data."""
    was, became = described(before, language), described(now, language)
    return [DescribedChange(label, was[label], text) for label, text in became.items() if was[label] != text]


def _list(texts: Iterable[str]) -> str:
    return "; ".join(texts)


def _address(address: Address) -> str:
    return ", ".join(part for part in (address.text, address.district, address.state_code, address.pin_code) if part)


def _mark(mark: BodyMark, kind: str, part: str, side: str) -> str:
    location = part if mark.side is BodySide.NONE else f"{part}, {side}"
    return f"{kind}: {location}" + (f" ({mark.description})" if mark.description else "")
