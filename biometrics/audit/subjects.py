"""What entries of the audit log are about: found by the numbers and names that pages show, and named by them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select

from biometrics.access import jurisdiction, persons
from biometrics.access.case_access import concerns
from biometrics.access.units import path_within
from biometrics.kernel.access import Unit
from biometrics.kernel.casework.cases import clean_number
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import fir_spellings
from biometrics.kernel.technique.ids import UUID_PATTERN
from biometrics.people.name_search import MILLION, ranked
from biometrics.storage.tables.accounts import api_keys, users
from biometrics.storage.tables.audit import audit_entries
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.clearances import clearances
from biometrics.storage.tables.lineups import lineups
from biometrics.storage.tables.osia import osia_persons
from biometrics.storage.tables.people import encounters, records
from biometrics.storage.tables.searches import searches
from biometrics.storage.tables.watchlist import standing_searches

MOST_SUBJECTS: Final = 200  # that one text stands for; each is a condition on every entry, and so many take seconds
_ID: Final = re.compile(rf"{UUID_PATTERN}|[0-9a-f]{{64}}", re.IGNORECASE)  # UUID or SHA-256
_LINEUP: Final = "lineup-"  # as `Lineup.subject`
_SERIAL: Final = re.compile(r"[0-9]{1,9}")


class SubjectKind(StrEnum):
    """What an entry can be about that has a number or a name."""

    RECORD = "record"
    ENCOUNTER = "encounter"
    CASE = "case"
    SEARCH = "search"
    STANDING_SEARCH = "standing_search"
    CLEARANCE = "clearance"
    LINEUP = "lineup"
    ACCOUNT = "account"
    API_KEY = "api_key"


@dataclass(frozen=True)
class Subject:
    """What pages call something; `at` is set where the number alone, such as an FIR, names several."""

    kind: SubjectKind
    text: str
    at: datetime | None = None


def find_subjects(connection: Connection, unit: Unit, text: str) -> list[str]:
    """Return the ids that entries use for what a text names, as far as a unit may know of it.

    A text is an id, a national number, a case number, an FIR, a login, a person's name, or the number of a clearance
    certificate, a line-up or a standing search. A person stands for all records merged with theirs, their encounters
    and the cases about them; an FIR for the searches and line-ups made for it, and for the people booked under it.

    What the unit may not know is not found: that would reveal whose id an entry names.

    Raises:
        InvalidField: nothing is found, or more than MOST_SUBJECTS.
    """
    ids = set(_ids_named(connection, unit, text))
    if _ID.fullmatch(text):
        ids.add(text)  # of what may be gone by now
    if not ids and _is_in_log(connection, unit, text):
        ids.add(text)
    if not ids:
        raise InvalidField(
            f"Nothing in your unit or below is known as {text!r}. Enter a national number, a case number, an FIR, "
            "a login, a person's name, the number of a clearance certificate, a line-up or a standing search, or an id."
        )
    return _limited(ids, text)


def find_case_subjects(connection: Connection, unit: Unit, number: str) -> list[str]:
    """Return the ids of what belongs to a case or an FIR, as far as a unit may know of it; none where nothing does.

    Raises:
        InvalidField: there are more than MOST_SUBJECTS.
    """
    return _limited({*_of_case(connection, unit, number), *_of_fir(connection, unit, number)}, number)


def name_subjects(connection: Connection, unit: Unit, ids: Collection[str]) -> dict[str, Subject]:
    """Return by their ids (few enough for one IN list) what to call the subjects that a unit may know.

    A record that was merged into another has the number of that one.
    """
    lead_of = persons.resolve_merged_ids(connection, list(ids))
    visible = jurisdiction.visible_ids(connection, unit, set(lead_of.values()))
    query = select(records.c.id, records.c.national_number).where(records.c.id.in_(visible))
    numbers = {row.id: row.national_number for row in connection.execute(query)}
    names = {start: Subject(SubjectKind.RECORD, numbers[end]) for start, end in lead_of.items() if end in numbers}
    for kind, table, number, at, may_know in _numbered(unit):
        columns = [table.c.id, number.label("number"), *([] if at is None else [at.label("at")])]
        for row in connection.execute(select(*columns).where(table.c.id.in_(_keys(kind, ids)), may_know)):
            subject_id = f"{_LINEUP}{row.id}" if kind is SubjectKind.LINEUP else row.id
            names[subject_id] = Subject(kind, str(row.number), None if at is None else row.at)
    return names


_Numbered = tuple[SubjectKind, Table, ColumnElement[Any], ColumnElement[Any] | None, ColumnElement[bool]]


def _numbered(unit: Unit) -> tuple[_Numbered, ...]:
    """Return each kind with its table, number, moment, and the condition that a unit may know of a row."""
    of_own_accounts = select(users.c.id).where(jurisdiction.at_or_below(unit, users))
    return (
        (
            SubjectKind.ENCOUNTER,
            encounters,
            encounters.c.fir_number,
            encounters.c.created_at,
            jurisdiction.at_or_below(unit, encounters),
        ),
        (SubjectKind.CASE, cases, cases.c.number, None, concerns(unit)),
        (
            SubjectKind.SEARCH,
            searches,
            searches.c.case_number,
            searches.c.created_at,
            path_within(searches.c.unit, unit),
        ),
        (
            SubjectKind.STANDING_SEARCH,
            standing_searches,
            standing_searches.c.number,
            None,
            jurisdiction.at_or_below(unit, standing_searches),
        ),
        (
            SubjectKind.CLEARANCE,
            clearances,
            clearances.c.number,
            None,
            jurisdiction.at_or_below(unit, clearances),
        ),
        (SubjectKind.LINEUP, lineups, lineups.c.id, None, jurisdiction.at_or_below(unit, lineups)),
        (SubjectKind.ACCOUNT, users, users.c.login, None, jurisdiction.at_or_below(unit, users)),
        (SubjectKind.API_KEY, api_keys, api_keys.c.prefix, None, api_keys.c.owner_id.in_(of_own_accounts)),
    )


def _keys(kind: SubjectKind, ids: Collection[str]) -> list[Any]:
    """Return the ids that a kind's table may have among some subjects."""
    if kind is not SubjectKind.LINEUP:
        return list(ids)
    serials = [subject_id.removeprefix(_LINEUP) for subject_id in ids if subject_id.startswith(_LINEUP)]
    return [int(serial) for serial in serials if _SERIAL.fullmatch(serial)]


def _ids_named(connection: Connection, unit: Unit, text: str) -> Iterator[str]:
    yield from _of_person(connection, unit, text)
    yield from _of_case(connection, unit, text)
    yield from _of_fir(connection, unit, text)
    yield from _of_account(connection, unit, text)
    yield from _of_number(connection, unit, text)


def _of_person(connection: Connection, unit: Unit, text: str) -> Iterator[str]:
    """Yield the ids of the person of an id or a number, and of all people who have exactly this name."""
    called = or_(records.c.national_number == text, records.c.id == text)
    of_client = select(osia_persons.c.record_id).where(osia_persons.c.person_id == text)
    ids = list(connection.execute(select(records.c.id).where(or_(called, records.c.id.in_(of_client)))).scalars())
    visible = persons.visible_by_lead(connection, unit, ids)
    places, _ = ranked(connection, text, [jurisdiction.visible(unit)])
    visible |= {record_id for likeness, record_id in places if -likeness == MILLION}
    yield from _ids_about(connection, unit, visible)
    if text in ids:
        yield from persons.ids_of(connection, text)


def _ids_about(connection: Connection, unit: Unit, record_ids: Collection[str]) -> Iterator[str]:
    """Yield the ids of people, of their encounters, and of the cases about them that a unit may know."""
    ids = [merged for record_id in record_ids for merged in persons.ids_of(connection, record_id)]
    yield from ids
    yield from connection.execute(select(encounters.c.id).where(encounters.c.record_id.in_(ids))).scalars()
    about = or_(cases.c.candidate_id.in_(ids), cases.c.record_id.in_(ids))
    yield from connection.execute(select(cases.c.id).where(about, concerns(unit))).scalars()


def _of_case(connection: Connection, unit: Unit, text: str) -> Iterator[str]:
    query = select(cases.c.id).where(cases.c.number == clean_number(text), concerns(unit))
    yield from connection.execute(query).scalars()


def _of_fir(connection: Connection, unit: Unit, text: str) -> Iterator[str]:
    """Yield the ids of all that was done for an FIR, and of the people booked under it."""
    spellings = fir_spellings(text)
    booked = select(encounters.c.record_id).where(
        encounters.c.fir_number.in_(spellings), jurisdiction.at_or_below(unit, encounters)
    )
    yield from _ids_about(connection, unit, set(connection.execute(booked).scalars()))
    made_for = searches.c.case_number.in_(spellings), path_within(searches.c.unit, unit)
    search_ids = list(connection.execute(select(searches.c.id).where(*made_for)).scalars())
    yield from search_ids
    of_searches = or_(cases.c.search_id.in_(search_ids), cases.c.candidate_search_id.in_(search_ids))
    yield from connection.execute(select(cases.c.id).where(of_searches, concerns(unit))).scalars()
    of_lineups = lineups.c.fir_number.in_(spellings), jurisdiction.at_or_below(unit, lineups)
    for number in connection.execute(select(lineups.c.id).where(*of_lineups)).scalars():
        yield f"{_LINEUP}{number}"


def _of_account(connection: Connection, unit: Unit, text: str) -> Iterator[str]:
    yield from account_ids(connection, unit, text)
    owned = api_keys.c.owner_id.in_(select(users.c.id).where(jurisdiction.at_or_below(unit, users)))
    called = or_(api_keys.c.prefix == text, api_keys.c.label == text)
    yield from connection.execute(select(api_keys.c.id).where(owned, called)).scalars()


def account_ids(connection: Connection, unit: Unit, text: str) -> list[str]:
    """Return the ids of the accounts of a unit and below that have an id, a login or a name."""
    called = or_(users.c.id == text, users.c.login.in_((text, text.lower())), func.lower(users.c.name) == text.lower())
    query = select(users.c.id).where(called, jurisdiction.at_or_below(unit, users))
    return list(connection.execute(query).scalars())


def _of_number(connection: Connection, unit: Unit, text: str) -> Iterator[str]:
    """Yield the ids of the clearance certificate, the line-up and the standing search that have a number."""
    numbers = clearances.c.number == clean_number(text), jurisdiction.at_or_below(unit, clearances)
    yield from connection.execute(select(clearances.c.id).where(*numbers)).scalars()
    serial = text.removeprefix(_LINEUP)
    if not _SERIAL.fullmatch(serial):
        return
    of_lineup = and_(lineups.c.id == int(serial), jurisdiction.at_or_below(unit, lineups))
    if connection.execute(select(lineups.c.id).where(of_lineup)).first():
        yield f"{_LINEUP}{int(serial)}"
    if serial == text:
        of_standing = standing_searches.c.number == int(serial), jurisdiction.at_or_below(unit, standing_searches)
        yield from connection.execute(select(standing_searches.c.id).where(*of_standing)).scalars()


def _is_in_log(connection: Connection, unit: Unit, text: str) -> bool:
    """Return whether an entry that the unit may read is about exactly this: a unit, or something that is gone."""
    query = select(audit_entries.c.number).where(
        audit_entries.c.subject_id == text, path_within(audit_entries.c.unit, unit)
    )
    return connection.execute(query.limit(1)).first() is not None


def _limited(ids: Collection[str], text: str) -> list[str]:
    if len(ids) > MOST_SUBJECTS:
        raise InvalidField(
            f"{text!r} stands for {len(ids):,} records, cases and searches; at most {MOST_SUBJECTS} can be searched at "
            "once. Enter the number of one of them."
        )
    return sorted(ids)
