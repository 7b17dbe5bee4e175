"""Reading standing searches."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from biometrics.access.jurisdiction import at_or_below
from biometrics.access.rights import needs
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.technique.clock import today
from biometrics.kernel.technique.page import Page
from biometrics.storage.database.engine import Database
from biometrics.storage.database.paging import paginate, require_limit
from biometrics.storage.tables.watchlist import standing_searches
from biometrics.watchlist.model import Standing, StandingKind
from biometrics.watchlist.rows import load_standing, load_visible, still_standing

MAX_PAGE = 200  # standing searches


class StandingReader:
    """The standing searches that an actor sees: those of their own unit and of those below it."""

    def __init__(self, database: Database, act: Act) -> None:
        """Read an open database for an actor."""
        self._database = database
        self._act = act

    @needs(Scope.WATCH_MANAGE)
    def standing(self, standing_id: str) -> Standing:
        """Return a standing search.

        Raises:
            UnknownStandingSearch: there is none of this id that one may see.
        """
        with self._database.reading() as connection:
            return load_visible(connection, self._act.actor.unit, standing_id)

    @needs(Scope.WATCH_MANAGE)
    def find(
        self, kinds: Collection[StandingKind] = (), *, ended: bool = False, limit: int = 50, after: int | None = None
    ) -> Page[Standing, int]:
        """Return the searches that stand, or those too that have `ended`; `after` is the `after` of a page.

        Raises:
            InvalidField: the limit is not valid.
        """
        require_limit(limit, MAX_PAGE, "standing searches")
        conditions: list[Any] = [at_or_below(self._act.actor.unit, standing_searches)]
        if not ended:
            conditions += still_standing(today())
        if kinds:
            conditions.append(standing_searches.c.kind.in_(list(kinds)))
        if after is not None:
            conditions.append(standing_searches.c.number > after)
        with self._database.reading() as connection:
            loaded = load_standing(connection, *conditions, limit=limit + 1)
        page, next_cursor = paginate(loaded, limit, lambda standing: standing.number)
        return Page(tuple(page), next_cursor)
