"""The store of standing searches."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection

from biometrics.common.clock import today
from biometrics.common.idempotency import Once
from biometrics.domain.access import Act, Scope
from biometrics.domain.cases import clean_notes
from biometrics.domain.errors import UnknownStandingSearch, WrongStep
from biometrics.domain.watchlist import Standing, StandingKind
from biometrics.records.access.rights import needs
from biometrics.records.audit.log import Action, append
from biometrics.records.database.engine import Database
from biometrics.records.database.paging import Page, paginate, require_limit
from biometrics.records.jobs.idempotency import Step
from biometrics.records.people.repository import canonical_id
from biometrics.records.watchlist.rows import end_standing, load_standing, still_standing, within_unit
from biometrics.records.watchlist.tables import standing_searches

MAX_PAGE = 200  # standing searches


class StandingStore:
    """Standing searches, on whose behalf they are seen and managed: those of one's own unit and of those below it.

    What a request with an idempotency key has done is not done again; where the key was used for another request,
    KeyReused is raised.
    """

    def __init__(self, database: Database, act: Act, request: Once | None = None) -> None:
        """Use an open database for an actor and one request."""
        self._database = database
        self._act = act
        self._given = (act.actor.id, request)

    @needs(Scope.WATCH_MANAGE)
    def standing(self, standing_id: str) -> Standing:
        """Return a standing search.

        Raises:
            UnknownStandingSearch: there is none of this id that one may see.
        """
        with self._database.reading() as connection:
            return self._load(connection, standing_id)

    @needs(Scope.WATCH_MANAGE)
    def find(
        self, kinds: Collection[StandingKind] = (), *, ended: bool = False, limit: int = 50, after: int | None = None
    ) -> Page[Standing, int]:
        """Return the searches that stand, or those too that have `ended`; `after` is the `after` of a page.

        Raises:
            InvalidField: the limit is not valid.
        """
        require_limit(limit, MAX_PAGE, "standing searches")
        conditions: list[Any] = [*within_unit(self._act.actor.unit)]
        if not ended:
            conditions += still_standing(today())
        if kinds:
            conditions.append(standing_searches.c.kind.in_(list(kinds)))
        if after is not None:
            conditions.append(standing_searches.c.number > after)
        with self._database.reading() as connection:
            loaded = load_standing(connection, *conditions, limit=limit + 1)
        shown, place = paginate(loaded, limit, lambda standing: standing.number)
        return Page(tuple(shown), place)

    @needs(Scope.WATCH_MANAGE)
    def withdraw(self, standing_id: str, because: str) -> Standing:
        """End a standing search, with a reason.

        Raises:
            UnknownStandingSearch: there is none of this id that one may see.
            WrongStep: it has ended.
            InvalidField: there is no reason.
        """
        reason = clean_notes(because, "reason")
        with self._database.writing() as connection:
            step = Step(connection, self._given, "withdraw")
            if (answer := step.answer()) is not None:
                return self._load(connection, answer["id"])
            standing = self._load(connection, standing_id)
            if not end_standing(connection, standing.id, self._act.actor.id, reason):
                raise WrongStep("This standing search has ended already.")
            append(connection, self._act, Action.STANDING_WITHDRAWN, standing.id)
            step.remember({"id": standing.id})
            return self._load(connection, standing.id)

    def _load(self, connection: Connection, standing_id: str) -> Standing:
        known = standing_searches.c.id == canonical_id(standing_id)
        loaded = load_standing(connection, known, *within_unit(self._act.actor.unit))
        if not loaded:
            raise UnknownStandingSearch(
                f"There is no standing search {standing_id} that you may see; check the number."
            )
        return loaded[0]
