"""A client's biographic and contextual data to our person and encounter: what is understood of data of any form.

Nothing here refuses anything: what is not understood has its default, and all of it is kept as it came.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, Final

from api.standards.common.defaults import NOWHERE, UNNAMED
from biometrics.kernel.access import Unit
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import (
    ACT_LENGTH,
    MAX_SECTIONS,
    NO_FIR,
    SECTION_LENGTH,
    Encounter,
    EncounterKind,
    Section,
)
from biometrics.kernel.people.particulars import Particulars
from biometrics.kernel.people.person import Person, Sex, is_national_number
from biometrics.kernel.technique.clock import today
from biometrics.kernel.technique.text import CODE_LENGTH, FIR_LENGTH, NAME_LENGTH, clean_text

SEXES: Final = {
    "m": Sex.MALE,
    "male": Sex.MALE,
    "f": Sex.FEMALE,
    "female": Sex.FEMALE,
    "t": Sex.TRANSGENDER,
    "x": Sex.TRANSGENDER,
    "transgender": Sex.TRANSGENDER,
}
_NAMES = ("firstName", "givenName", "middleName", "lastName", "familyName", "surname")


def person_of(biographic: object, person_id: str = "") -> Person:
    """Return the person of biographic data; a person id of ten digits is the national number."""
    data = biographic if isinstance(biographic, dict) else {}
    number = person_id if is_national_number(person_id) else None
    name = _first(_names(data), NAME_LENGTH) or UNNAMED
    sex = SEXES.get(str(data.get("gender", data.get("sex", ""))).strip().casefold(), Sex.UNKNOWN)
    born = _day(data.get("dateOfBirth"))
    year = _year(data.get("yearOfBirth"))
    for attempt in ((born, year), (born, None), (None, year), (None, None)):
        try:
            return Person(name, sex, attempt[1], (), number, Particulars(birth_date=attempt[0]))
        except InvalidField:
            continue
    raise AssertionError("a name alone is a person")


def encounter_of(contextual: object, encounter_type: str, station: Unit, officer: str) -> Encounter:
    """Return the encounter of contextual data; `station` is used if they contain no place."""
    data = contextual if isinstance(contextual, dict) else {}
    where = _unit(data) or station
    day = next(filter(None, (_day(data.get(key)) for key in ("date", "encounterDate", "enrollmentDate"))), None)
    kind = encounter_type.strip().casefold().replace(" ", "_")
    fields: dict[str, Any] = {
        "station_code": where.station or NOWHERE,
        "district_code": where.district or NOWHERE,
        "state_code": where.state or NOWHERE[:2],
        "sections": tuple(_sections(data.get("sections"))),
        "officer": _first([data.get("officer"), officer], NAME_LENGTH) or officer,
        "kind": EncounterKind(kind) if kind in set(EncounterKind) else EncounterKind.ARREST,
    }
    fir = _first([data.get("firNumber")], FIR_LENGTH) or NO_FIR
    for number, date in ((fir, day or today()), (fir, today()), (NO_FIR, day or today()), (NO_FIR, today())):
        try:
            return Encounter(number, date=date, **fields)
        except InvalidField:
            continue
    raise AssertionError("an encounter of today without a FIR is always good")


def _names(data: dict[str, Any]) -> Iterator[object]:
    yield data.get("name")
    yield data.get("fullName")
    yield " ".join(str(data[key]).strip() for key in _NAMES if isinstance(data.get(key), str))


def _first(texts: Iterable[object], length: int) -> str:
    """Return the first that is a text of at most this length."""
    for text in texts:
        if isinstance(text, str):
            try:
                if clean := clean_text("text", text, length, required=False):
                    return clean_text("text", clean, length)
            except InvalidField:
                continue
    return ""


def _unit(data: dict[str, Any]) -> Unit | None:
    codes = [_first([data.get(key)], CODE_LENGTH) for key in ("stateCode", "districtCode", "stationCode")]
    if not all(codes):
        return None
    try:
        return Unit(*codes)
    except InvalidField:
        return None


def _sections(sections: object) -> Iterator[Section]:
    for entry in sections[:MAX_SECTIONS] if isinstance(sections, list) else ():
        if isinstance(entry, dict):
            act, section = _first([entry.get("act")], ACT_LENGTH), _first([entry.get("section")], SECTION_LENGTH)
            if act and section:
                yield Section(act, section)


def _day(value: object) -> dt.date | None:
    if not isinstance(value, str):
        return None
    try:
        return dt.date.fromisoformat(value[:10])
    except ValueError:
        return None


def _year(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) == 4:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10_000 else None
