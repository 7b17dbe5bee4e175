"""Use case: unidentified bodies and missing people side by side (the reconciliation of INTERPOL's DVI guide).

It compares what is stated of both, without any score. Their prints and photos are compared by the enrolments' checks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from biometrics.access.rights import needs
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.record import Record, StoredEncounter
from biometrics.kernel.technique.json_fields import AS_JSON, about
from biometrics.kernel.technique.page import Page
from biometrics.people.reader import RecordReader
from biometrics.storage.audit.log import Action, note
from biometrics.storage.database.engine import Database
from biometrics.watchlist.model import Standing, StandingKind
from biometrics.watchlist.reader import MAX_PAGE, StandingReader

MISSING_PEOPLE: Final = 1000  # the first reported ones that are compared
AGE_MARGIN = 10  # years: the age of a body is an estimate
HEIGHT_MARGIN = 10  # cm: heights are remembered, and measured of a lying body
GROWN_UP = 20  # years; a younger person may have grown


class Contradiction(StrEnum):
    """Why a body may not be a missing person's. Each can be an error of what was stated."""

    SEX = "sex"
    AGE = "age"
    HEIGHT = "height"
    DATE = "date"


@dataclass(frozen=True)
class DescribedPerson:
    """A missing person or an unidentified body, as its record states it."""

    record_id: str
    national_number: str
    name: str
    sex: Sex
    birth_year: int | None = field(metadata=about("Of a body, by its estimated age"))
    height_cm: int | None
    date: date = field(metadata=about("Missing since, or found on"))
    fir_number: str
    station_code: str

    __pydantic_config__ = AS_JSON


@dataclass(frozen=True)
class PossibleIdentity:
    """A missing person whom a body may be."""

    person: DescribedPerson
    contradictions: tuple[Contradiction, ...] = field(metadata=about("What speaks against it; empty: nothing stated"))
    agreements: int = field(metadata=about("How many of sex, age and height are stated of both and agree"))
    compared: tuple[str, ...] = field(metadata=about("Fingers and other samples that are on record of both"))

    __pydantic_config__ = AS_JSON


@dataclass(frozen=True)
class Reconciliation:
    """A body and the missing people, those without a contradiction and with the most agreements first."""

    body: DescribedPerson
    possible: tuple[PossibleIdentity, ...]
    excluded: dict[Contradiction, int] = field(metadata=about("People left out, by the first contradiction"))

    __pydantic_config__ = AS_JSON


class ReconciliationReader:
    """Bodies and missing people whose standing searches an actor sees: of their own unit and the units below it."""

    def __init__(self, database: Database, act: Act) -> None:
        self._database = database
        self._act = act
        self._standing = StandingReader(database, act)
        self._records = RecordReader(database, act)

    @needs(Scope.WATCH_MANAGE)
    def find(
        self, *, contradicted: bool = False, limit: int = 20, after: int | None = None
    ) -> Page[Reconciliation, int]:
        """Return bodies whose standing search is active, oldest first, each with the missing people that it may be.

        They are compared with the first `MISSING_PEOPLE`. With `contradicted`, people with a contradiction come after
        the others.

        Raises:
            InvalidField: the limit is not valid.
        """
        page = self._standing.find([StandingKind.UNIDENTIFIED_BODY], limit=limit, after=after)
        bodies = self._people(page.items)
        missing = self._people(self._missing()) if bodies else []
        record_ids = dict.fromkeys(person.described.record_id for person in (*bodies, *missing))
        note(self._database, self._act, Action.RECORDS_FOUND, asked=["reconciliation"], records=list(record_ids))
        return Page(tuple(_reconciled(body, missing, contradicted) for body in bodies), page.after)

    def _missing(self) -> Iterator[Standing]:
        after, count = None, 0
        while count < MISSING_PEOPLE:
            page = self._standing.find([StandingKind.MISSING], limit=MAX_PAGE, after=after)
            yield from page.items
            after, count = page.after, count + len(page.items)
            if after is None:
                return

    def _people(self, standing: Iterable[Standing]) -> list[_Person]:
        """Return the records of standing searches, each once, by the first of its standing searches."""
        by_record: dict[str, Standing] = {}
        for search in standing:
            if search.record_id:
                by_record.setdefault(search.record_id, search)
        records = self._records.named(list(by_record))
        people = []
        for record_id, search in by_record.items():
            record = records.get(record_id)
            if isinstance(record, Record):
                encounter = next(stored.encounter for stored in record.encounters if stored.id == search.encounter_id)
                people.append(_Person(_sought(record, encounter), _labels(record.encounters)))
        return people


def contradictions(missing: DescribedPerson, body: DescribedPerson) -> Iterator[Contradiction]:
    """Yield what speaks against a body being a missing person's; what is not stated of both says nothing."""
    if Sex.UNKNOWN not in (missing.sex, body.sex) and missing.sex is not body.sex:
        yield Contradiction.SEX
    if missing.birth_year and body.birth_year and abs(missing.birth_year - body.birth_year) > AGE_MARGIN:
        yield Contradiction.AGE
    if missing.height_cm and body.height_cm:
        shorter = missing.height_cm - body.height_cm
        may_have_grown = missing.birth_year is None or missing.date.year - missing.birth_year < GROWN_UP
        if shorter > HEIGHT_MARGIN or (-shorter > HEIGHT_MARGIN and not may_have_grown):
            yield Contradiction.HEIGHT
    if body.date < missing.date:
        yield Contradiction.DATE


def _reconciled(body: _Person, missing: list[_Person], contradicted: bool) -> Reconciliation:
    possible, excluded = [], Counter[Contradiction]()
    for person in missing:
        if person.described.record_id == body.described.record_id:
            continue
        reasons = tuple(contradictions(person.described, body.described))
        if reasons and not contradicted:
            excluded[reasons[0]] += 1
        else:
            agreements = _stated_of_both(person.described, body.described) - len(set(reasons) - {Contradiction.DATE})
            common = tuple(sorted(person.samples & body.samples))
            possible.append(PossibleIdentity(person.described, reasons, agreements, common))
    possible.sort(key=lambda identity: (len(identity.contradictions), -identity.agreements, identity.person.date))
    return Reconciliation(body.described, tuple(possible), dict(excluded))


def _stated_of_both(missing: DescribedPerson, body: DescribedPerson) -> int:
    sexes = Sex.UNKNOWN not in (missing.sex, body.sex)
    years = None not in (missing.birth_year, body.birth_year)
    return sexes + years + (None not in (missing.height_cm, body.height_cm))


@dataclass(frozen=True)
class _Person:
    """One side of a comparison: what is stated, and the labels of the samples on record."""

    described: DescribedPerson
    samples: frozenset[str]


def _sought(record: Record, encounter: Encounter) -> DescribedPerson:
    person: Person = record.person
    return DescribedPerson(
        record.id,
        record.national_number,
        person.name,
        person.sex,
        person.birth_year,
        person.particulars.appearance.height_cm,
        encounter.date,
        encounter.fir_number,
        encounter.station_code,
    )


def _labels(encounters: tuple[StoredEncounter, ...]) -> frozenset[str]:
    samples = (sample for stored in encounters for sample in stored.samples)
    return frozenset(
        sample.modality.traits.caption if sample.position is None else sample.position.word
        for sample in samples
        if sample.position is None or sample.position.is_known
    )
