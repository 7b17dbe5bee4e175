"""Which searches named a record among their candidates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, exists, or_, select

from biometrics.access.blinding import hidden
from biometrics.access.jurisdiction import require_record, unit_of
from biometrics.access.persons import ids_of
from biometrics.access.units import path_within
from biometrics.kernel.access import Act, Unit
from biometrics.kernel.technique.page import Page
from biometrics.storage.database.paging import cursor, older_than, paginate, require_limit
from biometrics.storage.database.rows import from_row
from biometrics.storage.tables.searches import search_candidates, searches

MAX_PAGE: Final = 500


@dataclass(frozen=True)
class Mention:
    """That a search named a record among its candidates.

    `score` is in decibans, `threshold` too, None for an investigation; `detail` is the candidate's, plain JSON.
    """

    search_id: str
    created_at: datetime
    case_number: str
    officer: str
    purpose: str
    unit: Unit
    threshold: float | None
    score: float
    detail: Mapping[str, Any]


def load_mentions(
    connection: Connection, act: Act | None, record_id: str, limit: int, after: str | None
) -> Page[Mention, str]:
    """Return the searches that named a record, or one that was merged into it; see `SearchReader.mentions_of`."""
    require_limit(limit, MAX_PAGE, "searches")
    require_record(connection, act, record_id)
    ids = ids_of(connection, record_id)
    other = search_candidates.alias()
    better = exists().where(
        other.c.search_id == search_candidates.c.search_id,
        other.c.rank < search_candidates.c.rank,
        other.c.record_id.in_(ids),
    )
    query = (
        select(searches, search_candidates.c.score, search_candidates.c.detail)
        .join(search_candidates, search_candidates.c.search_id == searches.c.id)
        .where(search_candidates.c.record_id.in_(ids), ~better, _readable(act), ~hidden(act))
        .where(*older_than(searches.c.created_at, searches.c.id, after))
        .order_by(searches.c.created_at.desc(), searches.c.id.desc())
    )
    rows, next_cursor = paginate(connection.execute(query.limit(limit + 1)).all(), limit, cursor)
    return Page(tuple(map(_mention, rows)), next_cursor)


def _readable(act: Act | None) -> ColumnElement[bool]:
    """Return the condition that the actor may read a search, as `searches.require_visible` has it."""
    within = path_within(searches.c.unit, unit_of(act))
    return within if act is None else or_(within, searches.c.actor_id == act.actor.id)


def _mention(row: Any) -> Mention:
    return from_row(Mention, row, search_id=row.id, purpose=row.purpose, unit=Unit.of(row.unit))
