"""Finding records by what is written in them, a page at a time, without reading all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, exists, false, func, null, or_, select

from biometrics.access import Unit
from biometrics.errors import InvalidField
from biometrics.records.jurisdiction import visible
from biometrics.records.name_search import Place, ranked
from biometrics.records.paging import cursor, named_row, parts
from biometrics.records.people import lead, load_records
from biometrics.records.tables import encounters, records, sections
from biometrics.records.values import Page, RecordQuery

MAX_PAGE: Final = 500  # records
FEW: Final = 5000  # encounters that are looked up first; where more meet a query, records are looked at newest first

_WIDE: Final = ("district_code", "state_code")


def find_records(connection: Connection, query: RecordQuery, limit: int, after: str | None, unit: Unit) -> Page:
    """Return the records that meet a query, of those that a unit sees; see `RecordStore.find_records`."""
    if not 1 <= limit <= MAX_PAGE:
        raise InvalidField(f"The limit is {limit}; ask for 1 to {MAX_PAGE} records at a time.")
    conditions = [*_conditions(connection, query), visible(unit)]
    if query.name:
        return _most_alike_first(connection, query.name, conditions, limit, after)
    if after is not None:
        conditions.append(_older_than(after))
    found = list(connection.execute(newest_first(conditions).limit(limit + 1)).scalars())
    page = load_records(connection, found[:limit])
    return Page(tuple(page), cursor(page[-1].created_at, page[-1].id) if len(found) > limit else None)


def newest_first(conditions: list[ColumnElement[bool]]) -> Select[Any]:
    """Return the query for ids of records that meet some conditions."""
    return select(records.c.id).where(*conditions).order_by(records.c.created_at.desc(), records.c.id.desc())


def _most_alike_first(
    connection: Connection, name: str, conditions: list[ColumnElement[bool]], limit: int, after: str | None
) -> Page:
    places, incomplete = ranked(connection, name, conditions)
    if after is not None:
        last = _place(after)
        places = [place for place in places if place > last]
    shown = places[:limit]
    page = load_records(connection, [record_id for _, record_id in shown])
    more = f"{-shown[-1][0]}~{shown[-1][1]}" if len(places) > limit else None
    return Page(tuple(page), more, incomplete)


def _conditions(connection: Connection, query: RecordQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [records.c.merged_into.is_(None)]
    if query.national_number:
        conditions.append(records.c.id == _of_number(connection, query.national_number))
    if query.sex is not None:
        conditions.append(records.c.sex == query.sex)
    if query.birth_year is not None:
        conditions.append(records.c.birth_year == query.birth_year)
    if _of_encounter(query, _indexed) or query.section:
        conditions.append(_with_encounter(connection, query))
    return conditions


def _of_encounter(query: RecordQuery, column: Callable[[Column[Any]], ColumnElement[Any]]) -> list[ColumnElement[bool]]:
    """Return the conditions on an encounter; `column` makes of a column what is compared."""
    narrow = query.fir_number or query.station_code or query.section  # beside these a state's index is never the way
    conditions: list[ColumnElement[bool]] = [
        (_unindexed if narrow and field in _WIDE else column)(encounters.c[field]) == getattr(query, field)
        for field in ("fir_number", "fir_year", "station_code", "district_code", "state_code")
        if getattr(query, field)
    ]
    if query.first_date:
        conditions.append(encounters.c.date >= query.first_date)
    if query.last_date:
        conditions.append(encounters.c.date <= query.last_date)
    return conditions


def _charged(query: RecordQuery, column: Callable[[Column[Any]], ColumnElement[Any]]) -> list[ColumnElement[bool]]:
    """Return the conditions on a section of an encounter."""
    fields = [field for field in ("section", "act") if getattr(query, field)]
    return [column(sections.c[field]) == getattr(query, field) for field in fields]


def _with_encounter(connection: Connection, query: RecordQuery) -> ColumnElement[bool]:
    """Return the condition that a record has such an encounter, in the form that is quick here.

    Few are looked up by their own indexes. Of very many, the newest records have some soon.
    """
    found = select(encounters.c.record_id).where(*_of_encounter(query, _indexed))
    if charged := _charged(query, _indexed):
        found = found.where(encounters.c.id.in_(select(sections.c.encounter_id).where(*charged)))
    held = connection.execute(select(func.count()).select_from(found.limit(FEW + 1).subquery())).scalar_one()
    if not held:
        return false()
    if held <= FEW:
        return records.c.id.in_(found)
    of_record = exists().where(encounters.c.record_id == records.c.id, *_of_encounter(query, _unindexed))
    if charged := _charged(query, _unindexed):
        of_record = of_record.where(exists().where(sections.c.encounter_id == encounters.c.id, *charged))
    return of_record


def _indexed(column: Column[Any]) -> ColumnElement[Any]:
    return column


def _unindexed(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column in a form that no index is of: SQLite, which counts no rows, would take it for the narrow way."""
    return func.coalesce(column, null())


def _of_number(connection: Connection, number: str) -> str:
    """Return the id of the record that a national number leads to, "" where to none."""
    found = connection.execute(select(records.c.id).where(records.c.national_number == number)).scalar()
    return lead(connection, found) if found else ""


def _older_than(after: str) -> ColumnElement[bool]:
    created_at, record_id = named_row(after)
    # The first condition follows from the second; it is what an index can be used for.
    return and_(records.c.created_at <= created_at, or_(records.c.created_at < created_at, records.c.id < record_id))


def _place(after: str) -> Place:
    number, record_id = parts(r"([0-9]{1,7})~([0-9a-f-]{36})", after)
    return -number, record_id
