"""Standing searches within a unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from biometrics.access import jurisdiction
from biometrics.access.jurisdiction import unit_of
from biometrics.access.rights import needs, needs_one_of
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import WrongStep
from biometrics.kernel.technique.clock import today
from biometrics.storage.database.counters import CHANGE_COUNTER, advance
from biometrics.storage.tables.people import encounters
from biometrics.storage.tables.watchlist import standing_searches
from biometrics.storage.transaction import Transaction
from biometrics.watchlist.check_rows import request_checks_since
from biometrics.watchlist.model import LookedFor, Standing, StandingKind, WatchEntry
from biometrics.watchlist.rows import end_standing, insert_standing, load_standing, load_visible, still_standing


class WatchlistRepository:
    """Standing searches of an actor's own unit."""

    def __init__(self, work: Transaction) -> None:
        self._work = work

    @needs(Scope.WATCH_MANAGE)
    def add(
        self,
        search_id: str,
        sequence: int,
        kind: StandingKind,
        expires_on: date | None,
    ) -> Standing:
        """Make a stored search again by every enrolment from now on.

        Whatever was enrolled since it was made, which is `sequence`, is searched for by a check of its own.

        Raises:
            WrongStep: it stands already.
        """
        work, connection = self._work, self._work.connection
        assert work.act is not None, "a standing search has an owner"
        work.keys.hold(connection, search_id)  # a template of another model that is being written is finished first
        # From here to the commit enrolments wait: later ones find the standing search, earlier ones are checked below.
        advance(connection, CHANGE_COUNTER, 0)
        if load_standing(connection, standing_searches.c.search_id == search_id):
            raise WrongStep("This search is a standing one already, or was; make a new search.")
        request_checks_since(connection, sequence)
        unit, owner = work.act.actor.unit, work.actor_id
        standing_id = insert_standing(connection, kind, owner, unit, search_id=search_id, expires_on=expires_on)
        return self.get(standing_id)

    @needs(Scope.WATCH_MANAGE)
    def end(self, standing_id: str, because: str) -> Standing:
        """End a standing search, with a reason.

        Raises:
            UnknownStandingSearch: there is none of this id that one may see.
            WrongStep: it has ended.
        """
        standing = self.get(standing_id)
        if not end_standing(self._work.connection, standing.id, self._work.actor_id, because):
            raise WrongStep("This standing search has ended already.")
        return self.get(standing.id)

    @needs(Scope.WATCH_MANAGE)
    def get(self, standing_id: str) -> Standing:
        """Return a standing search.

        Raises:
            UnknownStandingSearch: there is none of this id that one may see.
        """
        return load_visible(self._work.connection, unit_of(self._work.act), standing_id)

    @needs_one_of(Scope.IDENTIFY, Scope.WATCH_MANAGE)
    def entries_of(self, record_ids: Sequence[str]) -> dict[str, WatchEntry]:
        """Return the watchlist entries of those records (few enough for one IN) that the actor sees.

        It is part of showing an answer whose own audit entry names them.
        """
        connection = self._work.connection
        visible = sorted(jurisdiction.visible_ids(connection, unit_of(self._work.act), record_ids))
        standing = load_standing(connection, encounters.c.record_id.in_(visible), *still_standing(today()))
        contacts = jurisdiction.contacts(connection, sorted({standing_search.unit for standing_search in standing}))
        looked_for = {
            record_id: [standing_search for standing_search in standing if standing_search.record_id == record_id]
            for record_id in visible
        }
        return {
            record_id: WatchEntry(
                tuple(
                    LookedFor(standing_search.kind, contacts[standing_search.unit])
                    for standing_search in looked_for[record_id]
                ),
                unit,
            )
            for record_id, unit in jurisdiction.elsewhere(connection, visible).items()
        }
