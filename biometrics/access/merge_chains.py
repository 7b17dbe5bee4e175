"""Which record an id leads to by merges, and which ids lead to a record.

A merge is never made in a circle: it goes from the end of one chain to the end of another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import CTE, Connection, Select, bindparam, select

from biometrics.storage.tables.people import records


def led_to(ids: Select[Any], name: str, *, nesting: bool = False) -> CTE:
    """Return the recursive query for what the column `id` of a query leads to: each record on the way, and the last.

    Further columns of the query, after `id`, are kept.
    """
    chain = ids.cte(name, recursive=True, nesting=nesting)
    row = records.alias()
    columns = [column for column in chain.c if column.name != "id"]
    following = select(row.c.merged_into, *columns).where(row.c.id == chain.c.id, row.c.merged_into.is_not(None))
    return chain.union_all(following)


def _leads() -> Select[Any]:
    starts = select(records.c.id, records.c.id.label("start")).where(records.c.id.in_(bindparam("ids", expanding=True)))
    chain = led_to(starts, "leads")
    last = select(chain.c.start, chain.c.id).join(records, records.c.id == chain.c.id)
    return last.where(records.c.merged_into.is_(None))


def _merged_into() -> Select[Any]:
    chain = select(records.c.id).where(records.c.merged_into == bindparam("survivor")).cte("merged", recursive=True)
    row = records.alias()
    return select(chain.union_all(select(row.c.id).where(row.c.merged_into == chain.c.id)).c.id)


# Made once: they are asked for by nearly every request.
_LEADS: Final = _leads()
_MERGED_INTO: Final = _merged_into()


def leads(connection: Connection, record_ids: Sequence[str]) -> dict[str, str]:
    """Return what ids (few enough for one IN list) lead to: their own records, or those that they were merged into.

    Ids that no record has are left out.
    """
    return {row.start: row.id for row in connection.execute(_LEADS, {"ids": list(record_ids)})}


def merged_into(connection: Connection, record_id: str) -> list[str]:
    """Return the ids of all records that lead to one, by whatever chain of merges."""
    return list(connection.execute(_MERGED_INTO, {"survivor": record_id}).scalars())
