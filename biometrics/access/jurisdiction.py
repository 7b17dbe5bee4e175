"""Who sees which record: a unit that covers the unit of one of its encounters; and which unit others have to call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, and_, exists, or_, select, true

from biometrics.kernel.access import Act, Unit
from biometrics.kernel.errors import InvalidField, OutOfJurisdiction
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.record import Elsewhere
from biometrics.storage.tables.accounts import units
from biometrics.storage.tables.history import moves
from biometrics.storage.tables.people import encounters, records


def unit_of(act: Act | None) -> Unit:
    """Return the unit whose records are visible: the actor's, or the root unit for the service itself."""
    return Unit() if act is None else act.actor.unit


def unit_at(located: Encounter | Row[*tuple[Any, ...]]) -> Unit:
    """Return the unit that an encounter, or a row with a unit's three codes, is of.

    Raises:
        InvalidField: the codes are none of a unit.
    """
    return Unit(located.state_code, located.district_code, located.station_code)


def codes_of(unit: Unit) -> dict[str, str]:
    """Return a unit's three codes by the columns of a row that is of it."""
    return {"state_code": unit.state, "district_code": unit.district, "station_code": unit.station}


def at_or_below(unit: Unit | FromClause, table: FromClause) -> ColumnElement[bool]:
    """Return the condition that a row, which has a unit's three codes, is at a unit or below it.

    The unit may be that of another row: of a table that has the three codes, too.
    """
    if isinstance(unit, Unit):
        return and_(true(), *(table.c[column] == code for column, code in codes_of(unit).items() if code))
    return and_(*(or_(unit.c[column] == "", unit.c[column] == table.c[column]) for column in codes_of(Unit())))


def visible(unit: Unit | FromClause) -> ColumnElement[bool]:
    """Return the condition that a unit sees a row of `records`: an encounter of the record lies at or below it.

    One that has lost its encounters to other records is seen by the units of those that it had last, wherever they are;
    one that never had any by every unit of the state whose code its national number begins with. But a record that was
    merged is seen by none: what it leads to is seen, or not. The unit may be that of another row, as for `at_or_below`.
    """
    if isinstance(unit, Unit) and not unit.state:
        return true()
    outer, state = ((records,), unit.state) if isinstance(unit, Unit) else ((records, unit), unit.c.state_code)
    of_record = encounters.c.record_id == records.c.id
    has = exists().where(of_record, at_or_below(unit, encounters)).correlate(*outer)
    had = emptied_of(unit).where(moves.c.from_id == records.c.id).correlate(*outer).exists()
    seen = or_(has, records.c.merged_into.is_(None) & (had | (records.c.bare_state == state)))
    return seen if isinstance(unit, Unit) else or_(unit.c.state_code == "", seen)


def emptied_of(unit: Unit | FromClause) -> Select[Any]:
    """Return the query for the ids of records that have no encounter, and had one of a unit last."""
    left = encounters.alias()
    query = select(moves.c.from_id).join(left, left.c.id == moves.c.encounter_id)
    return query.where(moves.c.emptied, at_or_below(unit, left))


def visible_ids(connection: Connection, unit: Unit, record_ids: Iterable[str]) -> set[str]:
    """Return the records (few enough for one IN list) that a unit sees."""
    query = select(records.c.id).where(records.c.id.in_(record_ids), visible(unit))
    return set(connection.execute(query).scalars())


def require_record(connection: Connection, act: Act | None, record_id: str) -> None:
    """Refuse a record that the actor does not see; one that does not exist is let through.

    Raises:
        OutOfJurisdiction: it names the unit to call.
    """
    require_visible(connection, unit_of(act), record_id)


def require_visible(connection: Connection, unit: Unit, record_id: str) -> None:
    """Refuse a record that a unit does not see, as `require_record` does."""
    if not unit.state or record_id in visible_ids(connection, unit, [record_id]):
        return
    for owner in elsewhere(connection, [record_id]).values():
        raise OutOfJurisdiction(f"The record is kept by another unit; call {owner.contact}.")


def require_encounter(connection: Connection, act: Act | None, encounter_id: str) -> None:
    """Refuse an encounter of a record that the actor does not see, as `require_record` does."""
    of = select(encounters.c.record_id).where(encounters.c.id == encounter_id)
    record_id = connection.execute(of).scalar()
    if record_id is not None:
        require_record(connection, act, record_id)


def require_unit(act: Act | None, unit: Unit) -> None:
    """Refuse a unit that is not at or below the actor's.

    Raises:
        OutOfJurisdiction: it is not.
    """
    _require_below(unit_of(act), unit)


def require_state(act: Act | None, state_code: str) -> None:
    """Refuse a state, or a national number that begins with its code, other than the actor's.

    A record without an encounter is visible in its whole state, so a station may make one of its own state.

    Raises:
        OutOfJurisdiction: it is not.
    """
    own_unit = unit_of(act)
    if own_unit.state and state_code != own_unit.state:
        raise OutOfJurisdiction(
            f"The state {state_code} is not that of your own unit, {own_unit.path}; have it done by an officer there."
        )


def require_own_encounter(connection: Connection, act: Act | None, encounter_id: str) -> None:
    """Refuse to change an encounter, or how long it is kept, unless the actor's unit or one below it made it.

    Raises:
        OutOfJurisdiction: another unit keeps the record, or made the encounter.
    """
    require_encounter(connection, act, encounter_id)
    require_made_here(connection, act, encounter_id)


def require_made_here(connection: Connection, act: Act | None, encounter_id: str) -> None:
    """Refuse an encounter that another unit made, even in a record that the actor sees.

    Raises:
        OutOfJurisdiction: it is not at or below their unit.
    """
    require_covered(connection, unit_of(act), encounter_id)


def require_covered(connection: Connection, unit: Unit, encounter_id: str) -> None:
    """Refuse an encounter that was made outside a unit, as `require_made_here` does."""
    codes = (encounters.c.state_code, encounters.c.district_code, encounters.c.station_code)
    row = connection.execute(select(*codes).where(encounters.c.id == encounter_id)).first()
    if row is not None:
        _require_below(unit, station_of(row))


def is_made_here(act: Act, encounter: Encounter) -> bool:
    """Say whether the actor's unit or one below it made an encounter; see `require_made_here`."""
    return unit_of(act).covers(station_of(encounter))


def elsewhere(connection: Connection, record_ids: Sequence[str]) -> dict[str, Elsewhere]:
    """Return the unit to call about each record: that of its latest encounter. There must be few enough for one IN."""
    if not record_ids:
        return {}
    codes = (encounters.c.state_code, encounters.c.district_code, encounters.c.station_code)
    has = select(encounters.c.record_id, *codes).where(encounters.c.record_id.in_(record_ids))
    had = select(moves.c.from_id.label("record_id"), *codes).join(encounters, encounters.c.id == moves.c.encounter_id)
    had = had.where(moves.c.emptied, moves.c.from_id.in_(record_ids))
    order = (encounters.c.date, encounters.c.created_at, encounters.c.id)
    rows = [row for query in (had, has) for row in connection.execute(query.order_by(*order))]
    owners = {row.record_id: station_of(row) for row in rows}
    bare = select(records.c.id, records.c.national_number).where(records.c.id.in_(set(record_ids) - owners.keys()))
    owners |= {row.id: Unit(row.national_number[:2]) for row in connection.execute(bare)}
    unit_rows = _unit_rows(connection, owners.values())
    return {record_id: _contact(unit, unit_rows) for record_id, unit in owners.items()}


def contacts(connection: Connection, units_to_call: Sequence[Unit]) -> dict[Unit, Elsewhere]:
    """Return how units are reached, each by its own telephone or that of the nearest unit above it that has one."""
    rows = _unit_rows(connection, units_to_call)
    return {unit: _contact(unit, rows) for unit in units_to_call}


def station_of(located: Encounter | Row[*tuple[Any, ...]]) -> Unit:
    """Return the station of an encounter, or its state where old codes hold what a path cannot."""
    try:
        return unit_at(located)
    except InvalidField:
        return Unit(located.state_code)


def _require_below(own_unit: Unit, unit: Unit) -> None:
    if not own_unit.covers(unit):
        raise OutOfJurisdiction(
            f"{unit.path} is not at or below your own unit, {own_unit.path}; have it done by an officer of {unit.path}."
        )


def _unit_rows(connection: Connection, owners: Iterable[Unit]) -> dict[str, Row[Any]]:
    """Return what is known of units and of those above them, by path."""
    paths = {above.path for unit in owners for above in unit.lineage}
    return {row.path: row for row in connection.execute(select(units).where(units.c.path.in_(paths)))}


def _contact(unit: Unit, rows: dict[str, Row[Any]]) -> Elsewhere:
    """Return a unit with its telephone, or that of the nearest unit above it that has one."""
    numbers = [rows[above.path].telephone for above in unit.lineage if above.path in rows]
    name = rows[unit.path].name if unit.path in rows else ""
    return Elsewhere(unit, name, next(filter(None, numbers), ""))
