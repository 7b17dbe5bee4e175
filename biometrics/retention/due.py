"""What is due to be destroyed, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, select, union

from biometrics.access.jurisdiction import at_or_below
from biometrics.kernel.access import Unit
from biometrics.kernel.people.retention_rules import YEARS_KEPT, Clock, KeptEncounter, clock
from biometrics.people.holds import kept_encounters_of
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.history import outcomes
from biometrics.storage.tables.people import encounters
from biometrics.storage.tables.retention import retention_orders

BATCH: Final = 200  # records looked at in one query


@dataclass(frozen=True)
class Timed:
    """An encounter with its clock; the record and the station it is of say where to look.

    Or a search whose files are kept, without a record, and with the path of its unit for the station. `other_firs` are
    the FIRs of the person's other encounters: what else the samples may be needed for.
    """

    record_id: str
    station_code: str
    clock: Clock
    search_id: str = ""
    other_firs: tuple[str, ...] = ()


def clocks(kept_encounters: Sequence[KeptEncounter], day: dt.date) -> list[Clock]:
    """Return the clock of each encounter of a record."""
    return [
        clock(encounter, [other for other in kept_encounters if other is not encounter], day)
        for encounter in kept_encounters
    ]


def due_encounters(
    database: Database, unit: Unit, day: dt.date, since: str = ""
) -> Iterator[tuple[tuple[str, int], Timed]]:
    """Yield the encounters at or below a unit that are due on a day, by record, with those that only a hold keeps.

    Each has its place: the record, and its number within the record. `since` is the first record.
    """
    for record_id, stations, kept_encounters in _watched(database, unit, day, since):
        past = (due for due in clocks(kept_encounters, day) if due.due <= day and due.encounter_id in stations)
        for number, due in enumerate(past, start=1):
            yield (record_id, number), Timed(record_id, stations[due.encounter_id], due)


def with_other_firs(connection: Connection, due: Sequence[Timed]) -> tuple[Timed, ...]:
    """Return what is due (few enough for one IN list) with the FIRs of each person's other encounters."""
    query = select(encounters.c.record_id, encounters.c.id, encounters.c.fir_number)
    rows = connection.execute(query.where(encounters.c.record_id.in_({timed.record_id for timed in due}))).all()
    return tuple(
        replace(
            timed,
            other_firs=tuple(
                sorted(
                    row.fir_number
                    for row in rows
                    if row.record_id == timed.record_id and row.id != timed.clock.encounter_id and row.fir_number
                )
            ),
        )
        for timed in due
    )


def stations_of(connection: Connection, unit: Unit, record_ids: Sequence[str]) -> dict[str, str]:
    """Return the stations of those encounters of records that are at or below a unit, by encounter."""
    query = select(encounters.c.id, encounters.c.station_code)
    of_unit = query.where(encounters.c.record_id.in_(record_ids), at_or_below(unit, encounters))
    return {row.id: row.station_code for row in connection.execute(of_unit)}


def _watched(
    database: Database, unit: Unit, day: dt.date, since: str
) -> Iterator[tuple[str, dict[str, str], list[KeptEncounter]]]:
    """Walk through the records with encounters that may be due, from `since` on, with their stations and encounters."""
    old = dt.date(max(day.year - YEARS_KEPT, dt.MINYEAR), day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
    candidates = union(
        select(encounters.c.record_id).where(encounters.c.date <= old),
        select(encounters.c.record_id).where(encounters.c.id.in_(select(outcomes.c.encounter_id))),
        select(encounters.c.record_id).where(encounters.c.id.in_(select(retention_orders.c.encounter_id))),
    ).subquery()
    beyond = candidates.c.record_id >= since
    while True:
        with database.reading() as connection:
            query = select(candidates.c.record_id).where(beyond)
            ids = connection.execute(query.order_by(candidates.c.record_id).limit(BATCH)).scalars().all()
            kept_by_record = kept_encounters_of(connection, ids)
            stations = stations_of(connection, unit, ids)
        for record_id in ids:
            yield record_id, stations, list(kept_by_record.get(record_id, {}).values())
        if not ids:
            return
        beyond = candidates.c.record_id > ids[-1]
