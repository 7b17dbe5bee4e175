"""Who may be in a line-up: adults of the unit whose photos may be used, and who have nothing to do with the case.

A photo is used only if it was taken under the Criminal Procedure (Identification) Act 2022, or the Act of 1920 before
it, whose records may serve the investigation of any offence (section 4), and if nothing restricts it: no hold, and no
destruction that is due.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, exists, or_, select

from biometrics.access.jurisdiction import at_or_below, require_record
from biometrics.access.persons import ids_of_people
from biometrics.access.rights import needs
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.casework.cases import CaseState
from biometrics.kernel.errors import LineupRefused
from biometrics.kernel.people.encounter import EncounterKind, LegalBasis, compared_fir
from biometrics.kernel.people.particulars import TRAITS, Appearance, Particulars
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.record import Record
from biometrics.kernel.people.retention_rules import clock, years_after
from biometrics.kernel.recognition.body_marks import BodyPart, overlapping
from biometrics.kernel.recognition.capture import PhotoView
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.kernel.technique.clock import today
from biometrics.kernel.technique.entry import from_json
from biometrics.lineups.model import ADULT, Sought
from biometrics.people import rows as people
from biometrics.people.holds import kept_encounters_of
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.osia import inactive_encounters
from biometrics.storage.tables.people import encounters, records, samples
from biometrics.storage.tables.searches import search_candidates, searches
from biometrics.storage.tables.subscriptions import subscriptions

MOST: Final = 2000  # photos that are looked at, the newest
AGE_BAND: Final = 5  # years between the suspect and a filler, where the witness stated no age
HEIGHT_BAND: Final = 5  # cm within which two people are of one height
SEEN_MARKS: Final = overlapping({BodyPart.FACE, BodyPart.NECK})  # where a mark shows in a photo of the face

_COLLECTED: Final = (EncounterKind.ARREST, EncounterKind.COURT_SURRENDER, EncounterKind.CONVICTION)
_BASES: Final = (
    LegalBasis.IDENTIFICATION_ACT_CONVICTED,
    LegalBasis.IDENTIFICATION_ACT_SECURITY,
    LegalBasis.IDENTIFICATION_ACT_ARRESTED,
    LegalBasis.IDENTIFICATION_ACT_MAGISTRATE,
    LegalBasis.PRISONERS_ACT,
)


@dataclass(frozen=True)
class Portrait:
    """A person on record with the photo that may be shown, and how many traits of the suspect they share."""

    record_id: str
    sample_id: int
    person: Person
    shared: tuple[str, ...] = ()


class EligibilityReader:
    """Who may be in a line-up of an actor's unit."""

    def __init__(self, database: Database, act: Act, modality: Modality) -> None:
        """Read an open database for an actor; `modality` is that of photos of faces."""
        self._database = database
        self._act = act
        self._modality = modality

    @needs(Scope.ENCOUNTER_READ, Scope.IMAGE_READ)
    def suspect(self, record_id: str) -> Portrait:
        """Return the suspect of a new line-up, with their latest photo. The caller notes the use of it.

        Raises:
            UnknownRecord, OutOfJurisdiction: there is no such record that the actor sees.
            LineupRefused: no photo shows an adult, or the samples are due for destruction.
        """
        with self._database.reading() as connection:
            lead_id = people.resolve_merged_id(connection, record_id)
            require_record(connection, self._act, lead_id)
            [record] = people.load_records(connection, [lead_id])
            kept_encounters = list(kept_encounters_of(connection, [lead_id]).get(lead_id, {}).values())
            photos = self._photos(connection, records.c.id == lead_id)
        due = {
            encounter.id
            for encounter in kept_encounters
            if clock(encounter, [o for o in kept_encounters if o is not encounter], today()).is_due(today())
        }
        fit = [row for row in photos if _was_adult(record.person, row.date) and row.encounter_id not in due]
        if not record.person.birth_year and not record.person.particulars.birth_date:
            raise LineupRefused(
                "The record states no year of birth, so nobody knows whether the photo shows an adult; enter it first."
            )
        if not fit:
            raise LineupRefused("The record has no photo of the face, of an adult, that may be shown; choose another.")
        return Portrait(record.id, fit[0].sample_id, record.person)

    @needs(Scope.ENCOUNTER_READ, Scope.IMAGE_READ)
    def fillers(self, suspect_id: str, fir_number: str, sought: Sought) -> list[Portrait]:
        """Return the people who may be fillers for a suspect in the case of a FIR, each with their latest photo.

        Raises:
            LineupRefused: sex or age of the suspect are not known, and no age was described.
        """
        with self._database.reading() as connection:
            [suspect] = people.load_records(connection, [suspect_id])
            conditions = [records.c.id != suspect_id, records.c.sex == suspect.person.sex, *_of_age(suspect, sought)]
            unit = at_or_below(self._act.actor.unit, encounters)
            lawful = (encounters.c.kind.in_(_COLLECTED), encounters.c.legal_basis.in_(_BASES))
            latest: dict[str, Portrait] = {}
            for row in self._photos(connection, unit, *lawful, *conditions):
                person = _person(row)
                if row.record_id not in latest and _was_adult(person, row.date) and _fits(person, sought):
                    shared = traits_shared(person, suspect.person)
                    latest[row.record_id] = Portrait(row.record_id, row.sample_id, person, shared)
            numbers = (fir_number, *(stored.encounter.fir_number for stored in suspect.encounters))
            firs = {compared_fir(number) for number in numbers}
            excluded: set[str] = set()
            for chunk in in_chunks(sorted(latest), CHUNK):
                excluded |= set(_involved(connection, chunk, firs))
                excluded |= set(_restricted(connection, chunk, today()))
        return [portrait for record_id, portrait in latest.items() if record_id not in excluded]

    def _photos(self, connection: Connection, *conditions: ColumnElement[bool]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Return rows of frontal photos of active encounters, the latest first."""
        frontal = or_(samples.c.photo_view.is_(None), samples.c.photo_view == PhotoView.FRONTAL)
        inactive = exists().where(inactive_encounters.c.encounter_id == encounters.c.id)
        query = (
            select(
                records.c.id.label("record_id"),
                records.c.name,
                records.c.sex,
                records.c.birth_year,
                records.c.particulars,
                samples.c.id.label("sample_id"),
                encounters.c.id.label("encounter_id"),
                encounters.c.date,
            )
            .join(encounters, encounters.c.record_id == records.c.id)
            .join(samples, samples.c.encounter_id == encounters.c.id)
            .where(
                samples.c.modality == self._modality, frontal, ~inactive, records.c.merged_into.is_(None), *conditions
            )
            .order_by(encounters.c.date.desc(), samples.c.id.desc())
            .limit(MOST)
        )
        return connection.execute(query).all()


def traits_shared(one: Person, other: Person) -> tuple[str, ...]:
    """Return the names of the traits in which two people are known to be alike."""
    a, b = one.particulars.appearance, other.particulars.appearance
    shared = [name for name in TRAITS if getattr(a, name) is not None and getattr(a, name) == getattr(b, name)]
    if a.height_cm and b.height_cm and abs(a.height_cm - b.height_cm) <= HEIGHT_BAND:
        shared.append("height")
    if has_seen_mark(a) and has_seen_mark(b):
        shared.append("marks")
    return tuple(shared)


def has_seen_mark(appearance: Appearance) -> bool:
    """Say whether particulars describe a mark that a photo of the face may show."""
    return any(mark.part in SEEN_MARKS for mark in appearance.marks)


def _person(row: Row[*tuple[Any, ...]]) -> Person:
    particulars = from_json(Particulars, row.particulars or {})
    return Person(row.name, Sex(row.sex), row.birth_year, (), None, particulars)


def _was_adult(person: Person, day: date) -> bool:
    """Return whether a person was certainly of age on a day."""
    born = person.particulars.birth_date or (date(person.birth_year, 12, 31) if person.birth_year else None)
    return born is not None and years_after(born, ADULT) <= day


def _of_age(suspect: Record, sought: Sought) -> list[ColumnElement[bool]]:
    """Return the conditions on the year of birth of a filler."""
    person, year = suspect.person, today().year
    if person.sex is Sex.UNKNOWN:
        raise LineupRefused("The sex of the suspect is not stated in the record; correct the record first.")
    if sought.age_from is not None and sought.age_to is not None:
        return [records.c.birth_year.between(year - sought.age_to - 1, year - sought.age_from)]
    if person.birth_year is None:
        raise LineupRefused("The suspect's year of birth is not known; state the age that the witness described.")
    return [records.c.birth_year.between(person.birth_year - AGE_BAND, person.birth_year + AGE_BAND)]


def _fits(person: Person, sought: Sought) -> bool:
    """Return whether a person's known appearance does not contradict the witness's description."""
    appearance = person.particulars.appearance
    for name in TRAITS:
        described, recorded = getattr(sought, name, None), getattr(appearance, name)
        if described is not None and recorded is not None and described != recorded:
            return False
    height = appearance.height_cm
    if height is None or sought.height_from_cm is None or sought.height_to_cm is None:
        return True
    return sought.height_from_cm <= height <= sought.height_to_cm


def _involved(connection: Connection, record_ids: Sequence[str], firs: Collection[str]) -> Iterator[str]:
    """Yield the records of some people who are looked for, subscribed to, in an open case, or in the case of a FIR.

    `record_ids` were merged into no other; what rows say of an id that leads to one of them is of the same person.
    """
    people = ids_of_people(connection, record_ids)
    for chunk in in_chunks(sorted(people), CHUNK):
        yield from (people[record_id] for record_id in _ids_involved(connection, chunk, firs))


def _ids_involved(connection: Connection, ids: Sequence[str], firs: Collection[str]) -> Iterator[str]:
    query = select(encounters.c.record_id, encounters.c.kind, encounters.c.fir_number)
    for row in connection.execute(query.where(encounters.c.record_id.in_(ids))):
        if row.kind not in _COLLECTED or compared_fir(row.fir_number) in firs:
            yield row.record_id
    active = (subscriptions.c.ended_at.is_(None), subscriptions.c.expires_on >= today())
    watched = select(subscriptions.c.record_id).where(subscriptions.c.record_id.in_(ids), *active)
    yield from connection.execute(watched).scalars()
    is_open = cases.c.state.not_in((CaseState.CLOSED, CaseState.WITHDRAWN))
    for column in (cases.c.candidate_id, cases.c.record_id):
        yield from connection.execute(select(column).where(column.in_(ids), is_open)).scalars()
    candidate_query = select(search_candidates.c.record_id, searches.c.case_number)
    candidate_query = candidate_query.join(searches, searches.c.id == search_candidates.c.search_id)
    for record_id, case_number in connection.execute(candidate_query.where(search_candidates.c.record_id.in_(ids))):
        if compared_fir(case_number or "") in firs:
            yield record_id


def _restricted(connection: Connection, ids: Sequence[str], day: date) -> Iterator[str]:
    """Yield the records with an encounter that is held or due for destruction."""
    for record_id, by_encounter in kept_encounters_of(connection, ids).items():
        kept_encounters = list(by_encounter.values())
        timed = [
            clock(encounter, [other for other in kept_encounters if other is not encounter], day)
            for encounter in kept_encounters
        ]
        if any(timed_clock.holds or timed_clock.due <= day for timed_clock in timed):
            yield record_id
