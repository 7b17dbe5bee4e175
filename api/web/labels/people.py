"""A person's data as text, field by field, to read, to compare, and to show corrections; and the inputs of forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from operator import attrgetter
from types import UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from api.localisation.languages import Language
from api.localisation.translatable import N_
from api.localisation.value_labels import word
from api.v1.records_schemas import PersonVersionOut, RecordOut
from biometrics.kernel.people.particulars import Address, Appearance, IdDocument, Particulars, Relative
from biometrics.kernel.recognition.body_marks import BodyMark, BodySide

_PARTICULARS, _APPEARANCE = "particulars.", "particulars.appearance."
LABELS: Final = {
    "name": N_("Name"),
    "aliases": N_("Aliases"),
    "sex": N_("Sex"),
    "born": N_("Born"),
    "particulars.relatives": N_("Relatives"),
    "particulars.address": N_("Address"),
    "particulars.nationality": N_("Nationality"),
    "particulars.documents": N_("Identity documents"),
    "particulars.appearance.height_cm": N_("Height in cm"),
    "particulars.appearance.build": N_("Build"),
    "particulars.appearance.complexion": N_("Complexion"),
    "particulars.appearance.hair": N_("Hair"),
    "particulars.appearance.eyes": N_("Eyes"),
    "particulars.appearance.facial_hair": N_("Beard or moustache"),
    "particulars.appearance.glasses": N_("Glasses"),
    "particulars.appearance.headgear": N_("Headgear"),
    "particulars.appearance.marks": N_("Marks"),
    "particulars.appearance.languages": N_("Languages"),
}
_HINTS: Final = {"particulars.nationality": N_("three letters, such as IND")}
_ATTRIBUTES: Final[dict[str, dict[str, Any]]] = {
    "particulars.nationality": {"pattern": "[A-Za-z]{3}", "maxlength": 3},
    "particulars.appearance.height_cm": {"pattern": "[0-9]{2,3}", "maxlength": 3},
}
_NUMBER: Final = {"data-kind": "number", "inputmode": "numeric"}


@dataclass(frozen=True)
class FormInput:
    """An input of a form for a field with one value; `options` are those of an enum."""

    name: str
    path: str
    label: str
    hint: str
    options: Sequence[Enum]
    attributes: Mapping[str, Any]


def form_inputs() -> dict[str, list[FormInput]]:
    """Return the inputs for the fields with one value: of the particulars, and of the appearance."""
    return {
        "particulars": list(_inputs(Particulars, _PARTICULARS)),
        "appearance": list(_inputs(Appearance, _APPEARANCE)),
    }


def _inputs(kind: type, prefix: str) -> Iterator[FormInput]:
    for name, hint in get_type_hints(kind).items():
        path, value_type = prefix + name, get_args(hint)[0] if get_origin(hint) is UnionType else hint
        if path in LABELS and isinstance(value_type, type) and issubclass(value_type, str | int):
            options = list(value_type) if issubclass(value_type, Enum) else []
            attributes = _ATTRIBUTES.get(path, {}) | (_NUMBER if value_type is int else {})
            yield FormInput(name, path, LABELS[path], _HINTS.get(path, ""), options, attributes)


@dataclass(frozen=True)
class DescribedChange:
    """The text of a field before and after a change; empty where the value was unknown."""

    label: str
    before: str
    now: str


def described(person: RecordOut | PersonVersionOut, language: Language) -> dict[str, str]:
    """Return each field of LABELS as text, empty where unknown; labels are in the reader's language."""
    born = person.particulars.birth_date or person.birth_year
    return {
        language.translations.gettext(label): _text(born if path == "born" else attrgetter(path)(person), language)
        for path, label in LABELS.items()
    }


def changes(before: PersonVersionOut, now: RecordOut | PersonVersionOut, language: Language) -> list[DescribedChange]:
    """Return the differences between two versions of a person's data."""
    was, became = described(before, language), described(now, language)
    return [DescribedChange(label, was[label], text) for label, text in became.items() if was[label] != text]


def _text(value: object, language: Language) -> str:
    """Return a field's value in words."""

    def text_of(part: object) -> str:
        return _text(part, language)

    match value:
        case None:
            return ""
        case Enum():
            return language.translations.gettext(word(value))
        case date():
            return language.day(value)
        case list() | tuple():
            return (", " if all(isinstance(item, str) for item in value) else "; ").join(map(text_of, value))
        case Relative():
            return f"{value.name} ({text_of(value.relation)})"
        case Address():
            return ", ".join(filter(None, (value.text, value.district, value.state_code, value.pin_code)))
        case IdDocument():
            return f"{text_of(value.kind)} …{value.last_four}"
        case BodyMark():
            side = "" if value.side is BodySide.NONE else f", {text_of(value.side)}"
            description = f" ({value.description})" if value.description else ""
            return f"{text_of(value.kind)}: {text_of(value.part)}{side}{description}"
    return str(value)
