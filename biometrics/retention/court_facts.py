"""What a certificate of destruction states of an arrest or event, so that the court can file the notice of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from biometrics.kernel.access import Unit
from biometrics.kernel.people.retention_rules import RULES, OrderKind
from biometrics.people.court_outcomes import load_outcomes
from biometrics.people.holds import kept_encounters_of
from biometrics.storage.tables.people import encounters

Facts = dict[str, Any]


def with_court_facts(connection: Connection, record_id: str, chosen: Sequence[Mapping[str, Any]]) -> list[Facts]:
    """Return the facts of encounters of a record with FIR, unit and day of each, and the court that decided about it.

    The court is that of the order to destroy where this is the rule, else that of the last decision that was entered.
    """
    ids = [fact["encounter"] for fact in chosen]
    rows = {row.id: row for row in connection.execute(select(encounters).where(encounters.c.id.in_(ids)))}
    kept = kept_encounters_of(connection, [record_id]).get(record_id, {})
    outcomes = load_outcomes(connection, encounters.c.id.in_(ids))
    completed = []
    for fact in chosen:
        row, court, case = rows[fact["encounter"]], "", ""
        orders = kept[row.id].last(OrderKind.DESTROY) if row.id in kept else None
        if orders is not None and fact.get("rule") == RULES[0].id:
            court, case = orders.authority, orders.reference
        elif decided := [stored.outcome for stored in outcomes.get(row.id, ()) if stored.withdrawal is None]:
            last = max(decided, key=lambda outcome: outcome.date)
            court, case = last.court, last.case_number
        unit = Unit(row.state_code, row.district_code, row.station_code).path
        stated = {"fir": row.fir_number, "unit": unit, "date": row.date.isoformat(), "court": court, "case": case}
        completed.append({**fact, **stated})
    return completed
