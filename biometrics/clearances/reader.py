"""Reading requests for clearance certificates."""

from __future__ import annotations

from typing import Any

from biometrics.access.jurisdiction import at_or_below
from biometrics.access.rights import needs
from biometrics.clearances import rows
from biometrics.clearances.model import Clearance, ClearanceState
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.technique.page import Page
from biometrics.storage.audit.log import Action, append
from biometrics.storage.database.engine import Database
from biometrics.storage.database.paging import cursor_at, older_than, paginate, require_limit
from biometrics.storage.tables.clearances import clearances

MAX_PAGE = 200  # requests


class ClearanceReader:
    """The requests that an actor sees: those of their own unit and of those below it. Each reading is audited."""

    def __init__(self, database: Database, act: Act) -> None:
        """Read an open database for an actor."""
        self._database = database
        self._act = act

    @needs(Scope.CASE_READ)
    def get(self, clearance_id: str) -> Clearance:
        """Return a request.

        Raises:
            UnknownClearance: there is none of this id that one may see.
        """
        with self._database.noting() as connection:
            clearance = rows.load_visible(connection, self._act, clearance_id)
            append(connection, self._act, Action.CLEARANCES_READ, clearance.id)
            return clearance

    @needs(Scope.CASE_READ)
    def find(
        self, state: ClearanceState | None = None, *, limit: int = 50, after: str | None = None
    ) -> Page[Clearance, str]:
        """Return requests, the newest first, those in a state only.

        Raises:
            InvalidField: the limit is not valid, or no page named the cursor.
        """
        require_limit(limit, MAX_PAGE, "requests")
        columns = clearances.c
        conditions: list[Any] = [at_or_below(self._act.actor.unit, clearances)]
        conditions += older_than(columns.requested_at, columns.id, after)
        if state is not None:
            conditions.append(columns.state == state)
        with self._database.noting() as connection:
            loaded = rows.load(connection, self._act, *conditions, limit=limit + 1)
            page, next_cursor = paginate(loaded, limit, lambda each: cursor_at(each.requested_at, each.id))
            append(connection, self._act, Action.CLEARANCES_READ, "", clearances=[clearance.id for clearance in page])
            return Page(tuple(page), next_cursor)

    @needs(Scope.CASE_READ)
    def was_revoked(self, number: str) -> bool:
        """Say whether the certificate of this number, of whatever unit, was revoked here."""
        columns = clearances.c
        with self._database.reading() as connection:
            return bool(
                rows.load(connection, self._act, columns.number == number, columns.state == ClearanceState.REVOKED)
            )
