"""Finding records by what is written in them, a page at a time, without reading all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, CompoundSelect, Connection, Select, exists, func, null, select, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from biometrics.access.jurisdiction import at_or_below, emptied_of, visible
from biometrics.kernel.access import Unit
from biometrics.kernel.people.encounter import fir_spellings
from biometrics.kernel.people.record import RecordQuery, RecordQueryPage
from biometrics.people.mark_search import is_of_marks, records_with
from biometrics.people.name_search import Place, ranked
from biometrics.people.rows import load_records, resolve_merged_id
from biometrics.storage.database.paging import cursor, older_than, paginate, parts, require_limit
from biometrics.storage.tables.people import encounters, records, sections

MAX_PAGE: Final = 500  # records
FEW: Final = 20_000  # encounters that are looked up first; where more meet a query, records are looked at newest first

Last = str | None  # the cursor that the page before named

_WIDE: Final = ("district_code", "state_code")


def find_records(
    connection: Connection, query: RecordQuery, limit: int, after: str | None, unit: Unit
) -> RecordQueryPage:
    """Return the records that meet a query, of those that a unit sees; see `RecordReader.find`."""
    require_limit(limit, MAX_PAGE, "records")
    if query.name:
        return _most_alike_first(connection, query, limit, after, unit)
    ids = _newest(connection, query, limit + 1, after, unit)
    page = load_records(connection, ids[:limit])
    return RecordQueryPage(tuple(page), cursor(page[-1]) if len(ids) > limit else None)


def _newest(connection: Connection, query: RecordQuery, limit: int, after: Last, unit: Unit) -> list[str]:
    """Return the ids of records, the newest first, by the way that is quick here.

    A small unit has few records, and what is asked for often few, too: they are looked up by their own indexes. Else
    encounters of the unit, or all records, are walked through from the newest on, which soon have enough.
    """
    person = _of_person(connection, query)
    visit = _of_encounter(query, _indexed)
    if query.national_number:
        return _walk(connection, [*person, *_with_encounter(query), visible(unit)], limit, after)
    if is_of_marks(query) and _count(connection, records_with(query)) <= FEW:
        marked = records.c.id.in_(records_with(query))
        return _sorted(connection, [*person, *_with_encounter(query), marked, visible(unit)], limit, after)
    if visit or query.section:
        looked_up, count = _looked_up(connection, query)
        if count <= FEW and (not unit.state or count <= _count(connection, _at(unit))):
            return _sorted(connection, [*person, looked_up, visible(unit)], limit, after)
    if unit.state:
        rows = _walk_unit(connection, unit, [*person, *_with_encounter(query)], limit, after)
        if not (visit or query.section):
            rows += _bare(connection, unit, person, limit, after)
        return [row[1] for row in sorted(rows, reverse=True)[:limit]]
    return _walk(connection, [*person, *_with_encounter(query)], limit, after)


def _walk(connection: Connection, conditions: list[ColumnElement[bool]], limit: int, after: Last) -> list[str]:
    older = older_than(records.c.created_at, records.c.id, after)
    return list(connection.execute(newest_first([*conditions, *older]).limit(limit)).scalars())


def _sorted(connection: Connection, conditions: list[ColumnElement[bool]], limit: int, after: Last) -> list[str]:
    """Do as `_walk`, but look up all and sort them: PostgreSQL would walk, and find few of a thousand on the way."""
    older = older_than(records.c.created_at, records.c.id, after)
    order = (func.coalesce(records.c.created_at, null()).desc(), records.c.id.desc())
    query = select(records.c.id).where(*conditions, *older).order_by(*order).limit(limit)
    return list(connection.execute(query).scalars())


def _walk_unit(
    connection: Connection, unit: Unit, conditions: list[ColumnElement[bool]], limit: int, after: Last
) -> list[tuple[datetime, str]]:
    """Return the (time, id) of records with an encounter at or below a unit, in the order of the unit's own index."""
    unit_encounters = encounters.alias()
    order = (unit_encounters.c.record_created_at, unit_encounters.c.record_id)
    query = select(*order).distinct().join(records, records.c.id == unit_encounters.c.record_id)
    query = query.where(at_or_below(unit, unit_encounters), *conditions, *older_than(*order, after))
    rows = connection.execute(query.order_by(order[0].desc(), order[1].desc()).limit(limit))
    return [(row[0], row[1]) for row in rows]


def _bare(
    connection: Connection, unit: Unit, conditions: list[ColumnElement[bool]], limit: int, after: Last
) -> list[tuple[datetime, str]]:
    """Return the (time, id) of the records without an encounter that a unit sees."""
    order = (records.c.created_at, records.c.id)
    rows: list[tuple[datetime, str]] = []
    for in_unit in (records.c.bare_state == unit.state, records.c.id.in_(emptied_of(unit))):
        query = select(*order).where(in_unit, *conditions, *older_than(*order, after))
        page = connection.execute(query.order_by(order[0].desc(), order[1].desc()).limit(limit))
        rows += [(row[0], row[1]) for row in page]
    return rows


def newest_first(conditions: list[ColumnElement[bool]]) -> Select[Any]:
    """Return the query for ids of records that meet some conditions."""
    return select(records.c.id).where(*conditions).order_by(records.c.created_at.desc(), records.c.id.desc())


def _most_alike_first(
    connection: Connection, query: RecordQuery, limit: int, after: str | None, unit: Unit
) -> RecordQueryPage:
    conditions = [*_of_person(connection, query), *_with_encounter(query)]
    if unit.state and _count(connection, _at(unit)) <= FEW:
        bare = select(records.c.id).where(records.c.bare_state == unit.state)
        conditions.append(records.c.id.in_(union_all(_at(unit), bare, emptied_of(unit))))
    else:
        conditions.append(visible(unit))
    places, incomplete = ranked(connection, query.name, conditions)
    if after is not None:
        last = _place_after(after)
        places = [position for position in places if position > last]
    page_places, next_cursor = paginate(places, limit, lambda place: f"{-place[0]}~{place[1]}")
    page = load_records(connection, [record_id for _, record_id in page_places])
    return RecordQueryPage(tuple(page), next_cursor, incomplete)


def _of_person(connection: Connection, query: RecordQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [records.c.merged_into.is_(None)]
    if query.national_number:
        conditions.append(records.c.id == _of_number(connection, query.national_number))
    if query.sex is not None:
        conditions.append(records.c.sex == query.sex)
    if query.birth_year is not None:
        conditions.append(records.c.birth_year == query.birth_year)
    if is_of_marks(query):
        conditions.append(records_with(query, records.c.id).exists())
    return conditions


def _of_encounter(query: RecordQuery, column: Callable[[Column[Any]], ColumnElement[Any]]) -> list[ColumnElement[bool]]:
    """Return the conditions on an encounter; `column` makes of a column what is compared."""
    narrow = query.fir_number or query.station_code  # with one of these a state's index is never the fastest
    conditions: list[ColumnElement[bool]] = [
        (_unindexed if narrow and field in _WIDE else column)(encounters.c[field]) == getattr(query, field)
        for field in ("fir_year", "station_code", "district_code", "state_code", "enrolled_by")
        if getattr(query, field)
    ]
    if query.fir_number:
        conditions.append(column(encounters.c.fir_number).in_(fir_spellings(query.fir_number)))
    if query.first_date:
        conditions.append(encounters.c.date >= query.first_date)
    if query.last_date:
        conditions.append(encounters.c.date <= query.last_date)
    return conditions


def _charged(query: RecordQuery, column: Callable[[Column[Any]], ColumnElement[Any]]) -> list[ColumnElement[bool]]:
    """Return the conditions on a section of an encounter."""
    fields = [field for field in ("section", "act") if getattr(query, field)]
    return [column(sections.c[field]) == getattr(query, field) for field in fields]


def _with_encounter(query: RecordQuery) -> list[ColumnElement[bool]]:
    """Return the condition that a record has such an encounter, none where nothing is asked of one."""
    visit, charged = _of_encounter(query, _unindexed), _charged(query, _unindexed)
    if charged:
        visit.append(exists().where(sections.c.encounter_id == encounters.c.id, *charged))
    return [exists().where(encounters.c.record_id == records.c.id, *visit)] if visit else []


def _looked_up(connection: Connection, query: RecordQuery) -> tuple[ColumnElement[bool], int]:
    """Return the condition that a record has such an encounter, by the narrower index, and how many go by that."""
    visit, charged = _of_encounter(query, _indexed), _charged(query, _indexed)
    visits = select(encounters.c.record_id).where(*visit)
    charges = select(sections.c.encounter_id).where(*charged)
    visited = _count(connection, visits) if visit else FEW + 1
    accused = _count(connection, charges) if charged else FEW + 1
    if visited <= accused:
        if charged:
            of_visit = sections.c.encounter_id == encounters.c.id
            visits = visits.where(exists().where(of_visit, *_charged(query, _unindexed)))
        return records.c.id.in_(visits), visited
    of_charge = encounters.c.id.in_(charges)
    ids = select(encounters.c.record_id).where(of_charge, *_of_encounter(query, _unindexed))
    return records.c.id.in_(ids), accused


def _at(unit: Unit) -> Select[Any]:
    return select(encounters.c.record_id).where(at_or_below(unit, encounters))


def _count(connection: Connection, query: Select[Any] | CompoundSelect[Any]) -> int:
    """Count rows, up to one more than FEW."""
    counted = select(func.count()).select_from(query.limit(FEW + 1).subquery())
    return int(connection.execute(counted).scalar_one())


def _indexed(column: Column[Any]) -> ColumnElement[Any]:
    return column


def _unindexed(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column in a form that no index is of: SQLite, which counts no rows, would take it for the narrow way."""
    return _Unindexed(column)


class _Unindexed(FunctionElement[Any]):
    """A column; PostgreSQL, which knows how many rows have a value, is given it as it is."""

    inherit_cache = True


@compiles(_Unindexed)
def _as_it_is(element: _Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(_Unindexed, "sqlite")
def _as_an_expression(element: _Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return f"coalesce({compiler.process(element.clauses, **options)}, NULL)"


def _of_number(connection: Connection, number: str) -> str:
    """Return the id of the record that a national number leads to, "" where to none."""
    record_id = connection.execute(select(records.c.id).where(records.c.national_number == number)).scalar()
    return resolve_merged_id(connection, record_id) if record_id else ""


def _place_after(after: str) -> Place:
    number, record_id = parts(r"([0-9]{1,7})~([0-9a-f-]{36})", after)
    return -number, record_id
