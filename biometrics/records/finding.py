"""Finding records by what is written in them, a page at a time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from biometrics.access import Unit
from biometrics.errors import InvalidField
from biometrics.person import folded
from biometrics.records.jurisdiction import visible
from biometrics.records.people import load_records
from biometrics.records.tables import aliases, encounters, records
from biometrics.records.values import Page, Record, RecordQuery

MAX_PAGE = 500  # records

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def find_records(connection: Connection, query: RecordQuery, limit: int, after: str | None, unit: Unit) -> Page:
    """Return the records that meet a query, that a unit sees, newest first; see `RecordStore.find_records`."""
    if not 1 <= limit <= MAX_PAGE:
        raise InvalidField(f"The limit is {limit}; ask for 1 to {MAX_PAGE} records at a time.")
    conditions = [*_conditions(query), visible(unit)]
    if after is not None:
        conditions.append(_older_than(after))
    ids = connection.execute(
        select(records.c.id)
        .where(*conditions)
        .order_by(records.c.created_at.desc(), records.c.id.desc())
        .limit(limit + 1)
    ).scalars()
    found = list(ids)
    page = load_records(connection, found[:limit])
    return Page(tuple(page), _cursor(page[-1]) if len(found) > limit else None)


def _conditions(query: RecordQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if name := folded(query.name):
        alias = exists().where(
            aliases.c.record_id == records.c.id, aliases.c.name_folded.contains(name, autoescape=True)
        )
        conditions.append(or_(records.c.name_folded.contains(name, autoescape=True), alias))
    if query.national_number:
        conditions.append(records.c.national_number == query.national_number)
    if query.sex is not None:
        conditions.append(records.c.sex == query.sex)
    if query.birth_year is not None:
        conditions.append(records.c.birth_year == query.birth_year)
    of_encounter = [
        encounters.c[field] == getattr(query, field)
        for field in ("fir_number", "station_code", "district_code", "state_code")
        if getattr(query, field)
    ]
    if of_encounter:
        conditions.append(exists().where(encounters.c.record_id == records.c.id, *of_encounter))
    return conditions


def _cursor(record: Record) -> str:
    """Name a place in the order: records that are added or removed meanwhile do not move it."""
    return f"{(record.created_at - _EPOCH) // _MICROSECOND}.{record.id}"


def _older_than(cursor: str) -> ColumnElement[bool]:
    parts = re.fullmatch(r"([0-9]{1,17})\.([0-9a-f-]{36})", cursor)
    if parts is None:
        raise InvalidField("The place to go on from is not one that a page before named; start from the first page.")
    created_at = _EPOCH + int(parts[1]) * _MICROSECOND
    # The first condition follows from the second; it is what an index can be used for.
    return and_(records.c.created_at <= created_at, or_(records.c.created_at < created_at, records.c.id < parts[2]))
