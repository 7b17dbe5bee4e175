"""Requests for clearance certificates as rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, exists, select, true, update

from biometrics.access.case_access import examined_by
from biometrics.access.jurisdiction import at_or_below, unit_at, unit_of
from biometrics.clearances.model import (
    Clearance,
    ClearanceCase,
    ClearanceOutcome,
    ClearanceRequest,
    ClearanceState,
    Decision,
)
from biometrics.kernel.access import Act
from biometrics.kernel.casework.cases import CaseState, Conclusion, seen_state
from biometrics.kernel.errors import UnknownClearance
from biometrics.kernel.technique.entry import stored
from biometrics.kernel.technique.ids import canonical_id
from biometrics.storage.database.rows import from_row
from biometrics.storage.tables.cases import case_opinions, cases
from biometrics.storage.tables.clearances import clearances
from biometrics.storage.tables.searches import searches

ERASED: Final = "[erased]"  # in place of why a request ended


def load(connection: Connection, act: Act | None, *conditions: Any, limit: int | None = None) -> list[Clearance]:
    """Return the requests that meet conditions on their rows, with their cases as an actor sees them, newest first."""
    columns = clearances.c
    query = select(clearances, searches.c.created_at.label("searched_at")).join(searches).where(*conditions)
    rows = connection.execute(query.order_by(columns.requested_at.desc(), columns.id.desc()).limit(limit)).all()
    examined = latest_cases(connection, act, [row.search_id for row in rows])
    return [
        from_row(
            Clearance,
            row,
            state=ClearanceState(row.state),
            unit=unit_at(row),
            request=ClearanceRequest.of(row.request) if row.request else None,
            cases=tuple(examined.get(row.search_id, {}).values()),
            decision=_decision(row.decision) if row.decision else None,
        )
        for row in rows
    ]


def load_visible(connection: Connection, act: Act | None, clearance_id: str) -> Clearance:
    """Return a request of the actor's unit or one below it, by its id.

    Raises:
        UnknownClearance: there is none.
    """
    by_id = clearances.c.id == canonical_id(clearance_id)
    matches = load(connection, act, by_id, at_or_below(unit_of(act), clearances))
    if not matches:
        raise UnknownClearance("There is no request for a clearance certificate of this id that you may see.")
    return matches[0]


def latest_cases(
    connection: Connection, act: Act | None, search_ids: Sequence[str]
) -> dict[str, dict[str, ClearanceCase]]:
    """Return the latest case about each candidate of searches (few enough for one IN list), by search and candidate.

    Its state is what the actor may see.
    """
    columns = cases.c
    own_opinion = (case_opinions.c.case_id == columns.id, case_opinions.c.actor == act.actor.id if act else true())
    labels = (exists().where(*own_opinion).label("decided"), examined_by(unit_of(act)).label("examined"))
    query = select(columns.search_id, columns.candidate_id, columns.number, columns.state, columns.outcome, *labels)
    by_search: defaultdict[str, dict[str, ClearanceCase]] = defaultdict(dict)
    for row in connection.execute(
        query.where(columns.search_id.in_(search_ids)).order_by(columns.created_at, columns.number)
    ):
        conclusion = Conclusion(row.outcome) if row.outcome else None
        state = seen_state(CaseState(row.state), decided=bool(row.decided), examined=bool(row.examined))
        by_search[row.search_id][row.candidate_id] = ClearanceCase(row.number, state, conclusion)
    return by_search


def change(connection: Connection, clearance_id: str, before: ClearanceState, **values: Any) -> bool:
    """Change a request that is in a state; say whether it was."""
    columns = clearances.c
    changed = update(clearances).where(columns.id == clearance_id, columns.state == before)
    return bool(connection.execute(changed.values(**values, version=columns.version + 1)).rowcount)


def erase(connection: Connection, *conditions: Any) -> int:
    """Erase the particulars of requests that meet conditions on their rows; return of how many.

    What stays: that there was a request, its outcome, who decided it, and when. Several are changed in the order of
    their searches, as by those who destroy probes of several.
    """
    columns = clearances.c
    query = select(columns.id, columns.decision, columns.ended_because).where(*conditions).order_by(columns.search_id)
    rows = connection.execute(query).all()
    for row in rows:
        decision = {"outcome": row.decision["outcome"]} if row.decision else None
        because = ERASED if row.ended_because else None
        values = {"request": None, "decision": decision, "statement": None, "ended_because": because, "erase_on": None}
        connection.execute(update(clearances).where(columns.id == row.id).values(**values, version=columns.version + 1))
    return len(rows)


def due(day: date) -> Any:
    """Return the condition that the particulars of a request are to be erased on a day."""
    return clearances.c.erase_on <= day


def _decision(content: dict[str, Any]) -> Decision:
    return stored(
        Decision, ClearanceOutcome(content["outcome"]), content.get("details", ""), content.get("because", "")
    )
