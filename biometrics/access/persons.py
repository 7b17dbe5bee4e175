"""A person on record: all ids that lead to the person by merges, and where the encounters are after moves.

A query about a person goes by `ids_of` or `ids_of_people`, not by one id: rows keep the id that they were written with.
A merge is never made in a circle: it goes from the end of one chain to the end of another.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import CTE, Connection, Select, bindparam, select

from biometrics.access import jurisdiction
from biometrics.kernel.access import Unit
from biometrics.storage.tables.history import moves
from biometrics.storage.tables.people import encounters, records


@dataclass(frozen=True)
class PlacedEncounter:
    """An encounter, the record that it is in now, and the unit that made it."""

    id: str
    record_id: str
    unit: Unit


def merge_chain(ids: Select[Any], name: str, *, nesting: bool = False) -> CTE:
    """Return the recursive query for what the column `id` of a query leads to: each record on the way, and the last.

    Further columns of the query, after `id`, are kept.
    """
    chain = ids.cte(name, recursive=True, nesting=nesting)
    row = records.alias()
    columns = [column for column in chain.c if column.name != "id"]
    following = select(row.c.merged_into, *columns).where(row.c.id == chain.c.id, row.c.merged_into.is_not(None))
    return chain.union_all(following)


def _lead_query() -> Select[Any]:
    starts = select(records.c.id, records.c.id.label("start")).where(records.c.id.in_(bindparam("ids", expanding=True)))
    chain = merge_chain(starts, "leads")
    last = select(chain.c.start, chain.c.id).join(records, records.c.id == chain.c.id)
    return last.where(records.c.merged_into.is_(None))


def _merged_into() -> Select[Any]:
    chain = select(records.c.id).where(records.c.merged_into == bindparam("survivor")).cte("merged", recursive=True)
    row = records.alias()
    return select(chain.union_all(select(row.c.id).where(row.c.merged_into == chain.c.id)).c.id)


# Made once: they are asked for by nearly every request.
_LEADS: Final = _lead_query()
_MERGED_INTO: Final = _merged_into()


def resolve_merged_ids(connection: Connection, record_ids: Sequence[str]) -> dict[str, str]:
    """Resolve ids (few enough for one IN list) to their own records, or to those that they were merged into.

    Ids that no record has are left out.
    """
    return {row.start: row.id for row in connection.execute(_LEADS, {"ids": list(record_ids)})}


def merged_into(connection: Connection, record_id: str) -> list[str]:
    """Return the ids of all records that lead to one, by whatever chain of merges."""
    return list(connection.execute(_MERGED_INTO, {"survivor": record_id}).scalars())


def ids_of(connection: Connection, record_id: str) -> list[str]:
    """Return all ids that lead to the record that an id leads to, the record's own first; the id itself if unknown."""
    lead_id = resolve_merged_ids(connection, [record_id]).get(record_id)
    return [record_id] if lead_id is None else [lead_id, *merged_into(connection, lead_id)]


def ids_of_people(connection: Connection, record_ids: Collection[str]) -> dict[str, str]:
    """Return all ids that lead to the people of some ids (few enough for one IN list), each with the record's own."""
    ends = set(resolve_merged_ids(connection, list(record_ids)).values())
    start = records.alias()
    chain = select(start.c.id, start.c.id.label("end")).where(start.c.id.in_(ends)).cte("of_people", recursive=True)
    row = records.alias()
    chain = chain.union_all(select(row.c.id, chain.c.end).where(row.c.merged_into == chain.c.id))
    return {person_row.id: person_row.end for person_row in connection.execute(select(chain))}


def encounters_of(connection: Connection, record_id: str) -> list[PlacedEncounter]:
    """Return the encounters of the record that an id leads to; of one that has none now, those that it had last.

    They say whose the person is (`biometrics.access.jurisdiction.visible`), and when the record goes.
    """
    lead_id = resolve_merged_ids(connection, [record_id]).get(record_id, record_id)
    query = select(encounters).order_by(encounters.c.date, encounters.c.id)
    rows = connection.execute(query.where(encounters.c.record_id == lead_id)).all()
    if not rows:
        had = query.join(moves, moves.c.encounter_id == encounters.c.id)
        rows = connection.execute(had.where(moves.c.from_id == lead_id, moves.c.emptied)).all()
    return [PlacedEncounter(row.id, row.record_id, jurisdiction.station_of(row)) for row in rows]


def visible_by_lead(connection: Connection, unit: Unit, record_ids: Sequence[str]) -> set[str]:
    """Return the ids (few enough for one IN list) that lead to a record that a unit sees."""
    lead_of = resolve_merged_ids(connection, record_ids)
    ends = jurisdiction.visible_ids(connection, unit, set(lead_of.values()))
    return {record_id for record_id, end in lead_of.items() if end in ends}
