"""Reading line-ups."""

from __future__ import annotations

from typing import Any

from biometrics.access.jurisdiction import at_or_below
from biometrics.access.rights import needs
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.people.encounter import fir_spellings
from biometrics.kernel.technique.page import Page
from biometrics.lineups import rows
from biometrics.lineups.model import Lineup
from biometrics.storage.audit.log import Action, note
from biometrics.storage.database.engine import Database
from biometrics.storage.database.paging import paginate, require_limit
from biometrics.storage.tables.base import MAX_ROW_NUMBER
from biometrics.storage.tables.lineups import lineups

MAX_PAGE = 200  # line-ups


class LineupReader:
    """The line-ups of an actor's unit and those below it, without what the actor must not learn."""

    def __init__(self, database: Database, act: Act) -> None:
        """Read an open database for an actor."""
        self._database = database
        self._act = act

    @needs(Scope.CASE_READ)
    def get(self, lineup_id: int) -> Lineup:
        """Return a line-up.

        Raises:
            UnknownLineup: there is none of this number that one may see.
        """
        with self._database.reading() as connection:
            lineup = rows.load_visible(connection, self._act.actor.unit, lineup_id).seen_by(self._act)
        note(self._database, self._act, Action.LINEUP_READ, lineup.subject, records=lineup.record_ids)
        return lineup

    @needs(Scope.CASE_READ)
    def find(self, fir_number: str = "", *, limit: int = 50, after: int | None = None) -> Page[Lineup, int]:
        """Return line-ups, newest first, all or those of a FIR.

        Raises:
            InvalidField: the limit is not valid.
        """
        require_limit(limit, MAX_PAGE, "line-ups")
        conditions: list[Any] = [at_or_below(self._act.actor.unit, lineups)]
        if fir_number.strip():
            conditions.append(lineups.c.fir_number.in_(fir_spellings(fir_number)))
        if after is not None:
            conditions.append(lineups.c.id < min(after, MAX_ROW_NUMBER))
        with self._database.reading() as connection:
            page_lineups, next_cursor = paginate(
                rows.load(connection, *conditions, limit=limit + 1), limit, lambda each: each.id
            )
        page = Page(tuple(lineup.seen_by(self._act) for lineup in page_lineups), next_cursor)
        record_ids = sorted({record_id for lineup in page.items for record_id in lineup.record_ids})
        subjects = [lineup.subject for lineup in page.items]
        note(self._database, self._act, Action.LINEUP_READ, lineups=subjects, records=record_ids)
        return page
