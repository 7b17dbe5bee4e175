"""The kept files of probes: when they are due, and what was directed about them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection, exists, func, or_, select

from biometrics.access.units import path_within
from biometrics.clearances.model import ClearanceState
from biometrics.kernel.access import Unit
from biometrics.kernel.casework.cases import CaseState
from biometrics.kernel.people.retention_rules import Order, OrderKind, ProbeFiles, holds_on, probe_clock
from biometrics.kernel.technique.chunks import in_chunks
from biometrics.kernel.technique.clock import day_of
from biometrics.people.holds import stored_order
from biometrics.retention.due import BATCH, Timed
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.clearances import clearances
from biometrics.storage.tables.retention import search_orders
from biometrics.storage.tables.searches import searches
from biometrics.storage.tables.watchlist import search_images, standing_searches

PLACE: Final = "~"  # begins a search's place in the list of what is due: after all records

_ENDED: Final = (CaseState.CLOSED, CaseState.WITHDRAWN)


def due_files(database: Database, unit: Unit, day: dt.date, since: str = "") -> Iterator[tuple[tuple[str, int], Timed]]:
    """Yield the searches of a unit and below whose files are due on a day, with those that only a hold keeps.

    `since` is the place before the first. Files that an open case, a standing search or an undecided request for a
    clearance certificate needs are never due.
    """
    after = since.removeprefix(PLACE) if since.startswith(PLACE) else ""
    while True:
        with database.reading() as connection:
            batch = due_of(connection, unit, day, after=after)
        for timed in batch:
            if timed.clock.due <= day:
                yield (f"{PLACE}{timed.search_id}", 1), timed
        if len(batch) < BATCH:
            return
        after = batch[-1].search_id


def due_of(connection: Connection, unit: Unit, day: dt.date, only: str = "", after: str = "") -> list[Timed]:
    """Return searches whose files may be due, from beyond an id, or only one, with their clocks."""
    columns = search_images.c
    about = or_(cases.c.search_id == columns.search_id, cases.c.candidate_search_id == columns.search_id)
    is_open = exists().where(about, cases.c.state.not_in(_ENDED))
    stands = exists().where(standing_searches.c.search_id == columns.search_id, standing_searches.c.ended_at.is_(None))
    awaits_clearance = exists().where(
        clearances.c.search_id == columns.search_id, clearances.c.state == ClearanceState.REQUESTED
    )
    ordered = exists().where(search_orders.c.search_id == columns.search_id)
    query = (
        select(columns.search_id, searches.c.unit)
        .distinct()
        .join(searches, searches.c.id == columns.search_id)
        .where(columns.search_id == only if only else columns.search_id > after, path_within(searches.c.unit, unit))
        .where(or_(columns.keep_until <= day, ordered), ~is_open, ~stands, ~awaits_clearance)
    )
    units = {row.search_id: row.unit for row in connection.execute(query.order_by(columns.search_id).limit(BATCH))}
    files = files_of(connection, list(units))
    return [Timed("", unit, probe_clock(files[search_id], day), search_id) for search_id, unit in units.items()]


def held_searches(connection: Connection, search_ids: Sequence[str], day: dt.date) -> set[str]:
    """Return the searches whose files a court or magistrate holds on a day."""
    return {
        search_id
        for chunk in in_chunks(search_ids, BATCH)
        for search_id, orders in orders_of_searches(connection, chunk).items()
        if holds_on(day, orders)
    }


def files_of(connection: Connection, search_ids: Sequence[str]) -> dict[str, ProbeFiles]:
    """Return the kept files of searches (few enough for one IN list) as the rules see them."""
    orders = orders_of_searches(connection, search_ids)
    until = func.max(search_images.c.keep_until)
    files = select(searches.c.id, searches.c.created_at, until).join(
        searches, searches.c.id == search_images.c.search_id
    )
    rows = connection.execute(files.where(searches.c.id.in_(search_ids)).group_by(searches.c.id, searches.c.created_at))
    return {
        search_id: ProbeFiles(search_id, day_of(at), keep_until or dt.date.max, tuple(orders[search_id]))
        for search_id, at, keep_until in rows
    }


def orders_of_searches(connection: Connection, search_ids: Sequence[str]) -> defaultdict[str, list[Order]]:
    """Return the orders about the files of searches; those that say whether a search is lawful are none."""
    orders: defaultdict[str, list[Order]] = defaultdict(list)
    about_files = search_orders.c.search_id.in_(search_ids), search_orders.c.kind.in_(OrderKind)
    query = select(search_orders).where(*about_files)
    for row in connection.execute(query.order_by(search_orders.c.created_at, search_orders.c.id)):
        orders[row.search_id].append(stored_order(row))
    return orders
