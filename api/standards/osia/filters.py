"""The filter of an identification; what is not understood is refused: to leave it out would find other people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from api.standards.osia.people import SEXES
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.labels import Filter
from biometrics.kernel.people.person import Sex
from biometrics.kernel.recognition.modality import Modality

MODALITIES = {modality.traits.interchange.osia_type: modality for modality in Modality.registered()}
KEYS = (
    "biometricType",
    "gender",
    "encounterType",
    "yearOfBirthMin",
    "yearOfBirthMax",
    "dateOfBirthMin",
    "dateOfBirthMax",
)


def filter_of(query: dict[str, Any]) -> Filter:
    """Return the filter of a search; filters on dates of birth become filters on years.

    Raises:
        InvalidField: a condition is none of `KEYS`, or has a value that is not understood.
    """
    if unknown := sorted(set(query) - set(KEYS)):
        raise InvalidField(f"The filter has {unknown[0][:40]!r}, which is not one of {', '.join(KEYS)}.")
    years = [_born(query, end) for end in ("Min", "Max")]
    return Filter.of(
        sexes=[_sex(text) for text in _texts(query, "gender")],
        born=(years[0], years[1]),
        kinds=[_kind(text) for text in _texts(query, "encounterType")],
    )


def modalities_of(query: dict[str, Any]) -> Collection[Modality]:
    """Return what may be compared."""
    types = _texts(query, "biometricType")
    if not types:
        return tuple(Modality.registered())
    return [MODALITIES[name] for name in types if name in MODALITIES]


def _texts(query: dict[str, Any], key: str) -> list[str]:
    value = query.get(key, [])
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise InvalidField(f"{key} in the filter must be a text or a list of texts.")
    return texts


def _sex(text: str) -> Sex:
    if text.strip().casefold() not in SEXES:
        raise InvalidField("gender in the filter is M, F or T.")
    return SEXES[text.strip().casefold()]


def _kind(text: str) -> EncounterKind:
    if text not in set(EncounterKind):
        raise InvalidField(f"encounterType in the filter is one of {', '.join(EncounterKind)}.")
    return EncounterKind(text)


def _born(query: dict[str, Any], end: str) -> int | None:
    year, day = query.get(f"yearOfBirth{end}"), query.get(f"dateOfBirth{end}")
    if year is not None:
        if not isinstance(year, int) or isinstance(year, bool) or not 0 < year < 10_000:
            raise InvalidField(f"yearOfBirth{end} in the filter must be a year.")
        return year
    if day is None:
        return None
    try:
        return dt.date.fromisoformat(day[:10]).year
    except (ValueError, TypeError) as error:
        raise InvalidField(f"dateOfBirth{end} in the filter must be a date, such as 1980-01-01.") from error
