"""What is stored of an encounter in words, field by field, to tell what was changed of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from itertools import pairwise
from typing import Any, Final

from api.schemas.records import EncounterIn, EncounterOut, EncounterVersionOut
from api.web.languages import Language
from api.web.marking import N_
from api.web.person_words import Change
from api.web.words import word
from biometrics.domain.encounter import EncounterKind, LegalBasis, MissingReason
from biometrics.domain.types import FingerPosition

LABELS: Final = {
    "fir_number": N_("FIR number"),
    "fir_year": N_("Year of the FIR"),
    "kind": N_("Kind of encounter"),
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
    "missing_fingers": N_("Missing or damaged fingers"),
}
_CHOICES: Final[dict[str, type[Enum]]] = {"kind": EncounterKind, "legal_basis": LegalBasis}


def changes_of(versions: Sequence[EncounterVersionOut], now: EncounterOut, language: Language) -> list[list[Change]]:
    """Return what each replacement of an encounter changed, the first one first."""
    current = now.model_dump(mode="json", include=set(EncounterIn.model_fields))
    states = [_described(content, language) for content in (*(one.content for one in versions), current)]
    return [
        [
            Change(language.translations.gettext(label), before[name], after[name])
            for name, label in LABELS.items()
            if before[name] != after[name]
        ]
        for before, after in pairwise(states)
    ]


def _described(content: Mapping[str, Any], language: Language) -> dict[str, str]:
    """Return each field of LABELS in words, empty where nothing is known."""

    def text(name: str) -> str:
        value = content.get(name)
        if name in _CHOICES and value in set(_CHOICES[name]):
            return said(_CHOICES[name](value))
        return "" if value is None else str(value)

    def said(value: Enum) -> str:
        return language.translations.gettext(word(value))

    told = {name: text(name) for name in LABELS}
    told["sections"] = "; ".join(f"{one['act']}: {one['section']}" for one in content.get("sections") or ())
    told["missing_fingers"] = "; ".join(
        f"{said(FingerPosition(one['position']))}: {said(MissingReason(one['reason']))}"
        for one in content.get("missing_fingers") or ()
    )
    return told
