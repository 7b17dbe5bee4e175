"""The encounters of records as the rules of retention see them, and what a hold keeps from being removed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select

from biometrics.kernel.errors import ExpungementRefused
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.record import standing_of
from biometrics.kernel.people.retention_rules import KeptEncounter, Order, OrderKind
from biometrics.kernel.technique.clock import today
from biometrics.kernel.technique.entry import stored
from biometrics.people.court_outcomes import load_outcomes
from biometrics.storage.audit.clock_check import require_plausible
from biometrics.storage.tables.people import encounters
from biometrics.storage.tables.retention import retention_orders


def kept_encounters_of(connection: Connection, record_ids: Sequence[str]) -> dict[str, dict[str, KeptEncounter]]:
    """Return the encounters of records (few enough for one IN list) as the rules see them, the oldest first."""
    of_records = encounters.c.record_id.in_(record_ids)
    decided = load_outcomes(connection, of_records)
    directed: defaultdict[str, list[Order]] = defaultdict(list)
    query = select(retention_orders).join(encounters, encounters.c.id == retention_orders.c.encounter_id)
    for row in connection.execute(
        query.where(of_records).order_by(retention_orders.c.created_at, retention_orders.c.id)
    ):
        directed[row.encounter_id].append(stored_order(row))
    by_record: defaultdict[str, dict[str, KeptEncounter]] = defaultdict(dict)
    rows = connection.execute(select(encounters).where(of_records).order_by(encounters.c.date, encounters.c.id))
    for row in rows:
        outcomes = decided.get(row.id, [])
        encounter = KeptEncounter(
            row.id,
            EncounterKind(row.kind),
            row.date,
            standing_of(outcomes),
            tuple(directed[row.id]),
            frozenset(outcome.created_by for outcome in outcomes if outcome.withdrawal is None),
        )
        by_record[row.record_id][row.id] = encounter
    return dict(by_record)


def stored_order(row: Any) -> Order:
    """Return an order of a row of its table."""
    columns = (row.authority, row.reference, row.date, row.until, row.reason, row.hold_id, row.id, row.created_by)
    return stored(Order, OrderKind(row.kind), *columns)


def refuse_held(connection: Connection, gap: timedelta, record_id: str, encounter_id: str = "") -> None:
    """Refuse to remove what a magistrate holds: one encounter, or any of a record that the transaction has touched.

    Raises:
        ExpungementRefused: a hold is in force.
        ClockImplausible: a hold has ended by the clock, which may be wrong; `gap` is as for `require_plausible`.
    """
    for encounter in kept_encounters_of(connection, [record_id]).get(record_id, {}).values():
        if encounter_id not in ("", encounter.id) or not encounter.holds(date.min):
            continue
        if holds := encounter.holds(today()):
            raise ExpungementRefused(
                f"The samples are held by order of {holds[-1].authority}; they can be removed afterwards."
            )
        require_plausible(connection, gap)
