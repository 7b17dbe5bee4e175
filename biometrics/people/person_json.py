"""People's data as plain JSON, the form in which it is stored, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, time
from typing import Any

from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.particulars import (
    Address,
    Appearance,
    Build,
    Complexion,
    DocumentKind,
    Eyes,
    Hair,
    IdDocument,
    Particulars,
    Relation,
    Relative,
)
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.recognition.body_marks import (
    BodyMark,
    BodyMarkKind,
    BodyPart,
    BodySide,
    MarkColour,
    PhotographedMark,
)
from biometrics.kernel.technique.entry import stored

Json = dict[str, Any]

_CHOICES = {"build": Build, "complexion": Complexion, "hair": Hair, "eyes": Eyes}


def of_person(person: Person) -> Json:
    """Return a person as JSON; what is empty is left out."""
    basics = {"name": person.name, "sex": person.sex, "birth_year": person.birth_year, "aliases": person.aliases}
    numbered = {"national_number": person.national_number, "particulars": of_particulars(person.particulars)}
    return _without_empty(basics | numbered)


def to_person(content: Mapping[str, Any]) -> Person:
    """Return the person that `of_person` wrote."""
    return stored(
        Person,
        content["name"],
        Sex(content["sex"]),
        content.get("birth_year"),
        tuple(content.get("aliases", ())),
        content.get("national_number"),
        to_particulars(content.get("particulars")),
    )


def of_particulars(particulars: Particulars) -> Json:
    """Return particulars as JSON; what is empty is left out."""
    return _without_empty(asdict(particulars))


def to_particulars(content: Mapping[str, Any] | None) -> Particulars:
    """Return the particulars that `of_particulars` wrote; None are none."""
    values = content or {}
    born = values.get("birth_date")
    return stored(
        Particulars,
        None if born is None else date.fromisoformat(born),
        tuple(
            stored(Relative, Relation(relative["relation"]), relative["name"])
            for relative in values.get("relatives", ())
        ),
        stored(Address, **values.get("address", {})),
        values.get("nationality", ""),
        tuple(
            stored(IdDocument, DocumentKind(document["kind"]), document["last_four"])
            for document in values.get("documents", ())
        ),
        _to_appearance(values.get("appearance", {})),
    )


def of_encounter(encounter: Encounter) -> Json:
    """Return an encounter as JSON; what is empty is left out."""
    return _without_empty(asdict(encounter))


def of_mark(mark: PhotographedMark | None) -> Json | None:
    """Return the mark that a photo shows as JSON; what is empty is left out, and None is none."""
    return None if mark is None else _without_empty(asdict(mark))


def to_mark(content: Mapping[str, Any] | None) -> PhotographedMark | None:
    """Return the mark that `of_mark` wrote."""
    if content is None:
        return None
    colours = tuple(MarkColour(colour) for colour in content.get("colours", ()))
    size = content.get("height_cm"), content.get("width_cm")
    designs = tuple(content.get("designs", ()))
    return stored(PhotographedMark, *_mark_fields(content), content.get("code", ""), colours, *size, designs)


def _mark_fields(mark: Mapping[str, Any]) -> tuple[BodyMarkKind, BodyPart, BodySide, str]:
    return BodyMarkKind(mark["kind"]), BodyPart(mark["part"]), BodySide(mark["side"]), mark.get("description", "")


def _to_appearance(fields: Mapping[str, Any]) -> Appearance:
    chosen: dict[str, Any] = {name: kind(fields[name]) for name, kind in _CHOICES.items() if name in fields}
    marks = tuple(stored(BodyMark, *_mark_fields(mark)) for mark in fields.get("marks", ()))
    languages = tuple(fields.get("languages", ()))
    return stored(Appearance, fields.get("height_cm"), **chosen, marks=marks, languages=languages)


def _without_empty(values: Mapping[str, Any]) -> Json:
    plain = {name: _plain(value) for name, value in values.items()}
    return {name: value for name, value in plain.items() if value not in (None, "", [], {})}


def _plain(value: Any) -> Any:
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return _without_empty(value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
