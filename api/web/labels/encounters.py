"""An encounter's data as text, field by field, to show corrections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from itertools import pairwise
from typing import Any, Final

from api.localisation.languages import Language
from api.localisation.translatable import N_
from api.localisation.value_labels import word
from api.v1.encounters_schemas import EncounterOut, EncounterVersionOut
from api.web.labels.people import DescribedChange
from biometrics.kernel.people.encounter import EncounterKind, LegalBasis, MissingReason
from biometrics.kernel.recognition.capture import position_of
from biometrics.kernel.technique.entry import to_json

LABELS: Final = {
    "fir_number": N_("FIR number"),
    "fir_year": N_("Year of the FIR"),
    "kind": N_("Kind of event"),
    "date": N_("Date"),
    "time": N_("Time"),
    "place": N_("Place"),
    "state_code": N_("State"),
    "district_code": N_("District"),
    "station_code": N_("Police station"),
    "officer": N_("Officer"),
    "sections": N_("Sections"),
    "legal_basis": N_("Legal basis"),
    "device": N_("Capture device"),
    "missing_fingers": N_("Missing or damaged"),
}
_CHOICES: Final[dict[str, type[Enum]]] = {"kind": EncounterKind, "legal_basis": LegalBasis}


def changes_of(
    versions: Sequence[EncounterVersionOut], now: EncounterOut, language: Language
) -> list[list[DescribedChange]]:
    """Return what each correction of an encounter changed, oldest first."""
    contents = (*(version.content for version in versions), to_json(now))
    states = [_described(content, language) for content in contents]
    return [
        [
            DescribedChange(language.translations.gettext(label), before[name], after[name])
            for name, label in LABELS.items()
            if before[name] != after[name]
        ]
        for before, after in pairwise(states)
    ]


def _described(content: Mapping[str, Any], language: Language) -> dict[str, str]:
    """Return each field of LABELS as text, empty where unknown."""

    def text(name: str) -> str:
        value = content.get(name)
        if name in _CHOICES and value in set(_CHOICES[name]):
            return text_of(_CHOICES[name](value))
        return "" if value is None else str(value)

    def text_of(value: Enum) -> str:
        return language.translations.gettext(word(value))

    texts = {name: text(name) for name in LABELS}
    texts["sections"] = "; ".join(
        f"{section['act']}: {section['section']}" for section in content.get("sections") or ()
    )
    texts["missing_fingers"] = "; ".join(
        f"{text_of(position_of(int(finger['position'])))}: {text_of(MissingReason(finger['reason']))}"
        for finger in content.get("missing_fingers") or ()
    )
    return texts
