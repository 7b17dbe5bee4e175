"""The store of standing searches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from biometrics.common.clock import today
from biometrics.common.idempotency import Once
from biometrics.domain.access import Act, Scope
from biometrics.domain.cases import CaseKind, Conclusion, Question, clean_notes
from biometrics.domain.errors import InvalidField, UnknownStandingSearch, WrongStep
from biometrics.domain.watchlist import DEFAULT_RULES, Candidate, Standing, StandingKind
from biometrics.records.access.rights import needs, unrestricted
from biometrics.records.audit.log import Action, append
from biometrics.records.cases.rows import insert_case
from biometrics.records.database.engine import Database
from biometrics.records.jobs.idempotency import once_id
from biometrics.records.people.repository import canonical_id
from biometrics.records.searches.tables import searches
from biometrics.records.templates.change_log import CHANGE_COUNTER, advance
from biometrics.records.watchlist.check_rows import request_checks_since
from biometrics.records.watchlist.rows import end_standing, insert_standing, load_standing, still_standing, within_unit
from biometrics.records.watchlist.tables import standing_searches

MAX_PAGE = 200  # standing searches


@dataclass(frozen=True)
class StandingPage:
    """Some standing searches, the oldest first; `after` asks for the next ones, None where there are no more."""

    standing: tuple[Standing, ...]
    after: int | None


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
    def add(
        self,
        search_id: str,
        kind: StandingKind,
        expires_on: date | None = None,
        hits: Sequence[Candidate] = (),
        verified: Callable[[], frozenset[Conclusion]] = DEFAULT_RULES.verified,
    ) -> Standing:
        """Make a stored search again by every enrolment from now on, and ask examiners about what it found already.

        Whatever was enrolled since it was made is searched for by a check of its own.

        Raises:
            UnknownStandingSearch: there is no such search.
            InvalidField: it expires in the past.
            WrongStep: it stands already.
        """
        self.check_expiry(expires_on)
        with self._database.writing() as connection:

            def stand() -> str:
                return self._stand(connection, search_id, (kind, expires_on), hits, verified())

            standing_id = once_id(connection, self._given, "stand", stand)
            return load_standing(connection, standing_searches.c.id == standing_id)[0]

    @unrestricted("nothing is read")
    def check_expiry(self, expires_on: date | None) -> None:
        """Refuse a last day that is past.

        Raises:
            InvalidField: it is.
        """
        if expires_on is not None and expires_on < today():
            raise InvalidField(f"The search would expire on {expires_on}, which is past; give a later day, or none.")

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
    ) -> StandingPage:
        """Return the searches that stand, or those too that have `ended`; `after` is the `after` of a page.

        Raises:
            InvalidField: the limit is not valid.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise InvalidField(f"The limit is {limit}; ask for 1 to {MAX_PAGE} standing searches at a time.")
        conditions: list[Any] = [*within_unit(self._act.actor.unit)]
        if not ended:
            conditions += still_standing(today())
        if kinds:
            conditions.append(standing_searches.c.kind.in_(list(kinds)))
        if after is not None:
            conditions.append(standing_searches.c.number > after)
        with self._database.reading() as connection:
            standing = load_standing(connection, *conditions, limit=limit + 1)
        more = len(standing) > limit
        return StandingPage(tuple(standing[:limit]), standing[limit - 1].number if more else None)

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

            def end() -> str:
                standing = self._load(connection, standing_id)
                if not end_standing(connection, standing.id, self._act.actor.id, reason):
                    raise WrongStep("This standing search has ended already.")
                append(connection, self._act, Action.STANDING_WITHDRAWN, standing.id)
                return standing.id

            return self._load(connection, once_id(connection, self._given, "withdraw", end))

    def _stand(
        self,
        connection: Connection,
        search_id: str,
        how: tuple[StandingKind, date | None],
        hits: Sequence[Candidate],
        verified: frozenset[Conclusion],
    ) -> str:
        query = select(searches.c.id, searches.c.sequence).where(searches.c.id == canonical_id(search_id))
        row = connection.execute(query).first()
        if row is None:
            raise UnknownStandingSearch(f"There is no search {search_id}; check the number.")
        if load_standing(connection, standing_searches.c.search_id == row.id):
            raise WrongStep("This search is a standing one already, or was; make a new search.")
        # From here to the commit enrolments wait: later ones find the standing search, earlier ones are checked below.
        advance(connection, CHANGE_COUNTER, 0)
        unit, owner, (kind, expires_on) = self._act.actor.unit, self._act.actor.id, how
        standing_id = insert_standing(connection, kind, owner, unit, search_id=row.id, expires_on=expires_on)
        case_kind = CaseKind.LATENT_HIT if kind is StandingKind.LATENT else CaseKind.SEARCH_HIT
        for hit in hits:
            question = Question(
                case_kind, hit.record_id, search_id=row.id, standing_id=standing_id, owner=owner, unit=unit
            )
            insert_case(connection, question, hit.finding, verified)
        request_checks_since(connection, row.sequence)
        append(connection, self._act, Action.STANDING_ADDED, standing_id, kind=kind, search=row.id)
        return standing_id

    def _load(self, connection: Connection, standing_id: str) -> Standing:
        known = standing_searches.c.id == canonical_id(standing_id)
        loaded = load_standing(connection, known, *within_unit(self._act.actor.unit))
        if not loaded:
            raise UnknownStandingSearch(
                f"There is no standing search {standing_id} that you may see; check the number."
            )
        return loaded[0]
