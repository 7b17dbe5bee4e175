"""The store of cases: every step is one transaction, and checked in it once more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Self

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from biometrics.common.idempotency import Once
from biometrics.domain.access import Act, Scope
from biometrics.domain.cases import Case, CaseKind, CaseState, Conclusion, Pair, Side, View
from biometrics.domain.errors import OutOfJurisdiction, WrongStep
from biometrics.records.access.rights import needs, needs_one_of, unrestricted
from biometrics.records.audit.log import Action, append
from biometrics.records.cases import views
from biometrics.records.cases.access import examined_by, may_examine, told_of
from biometrics.records.cases.rows import FOLLOW_UP, hold_case, id_of, load_cases, numbers_of, save_step
from biometrics.records.cases.tables import case_opinions, case_parts, cases
from biometrics.records.database.engine import Database
from biometrics.records.database.paging import Page, cursor, later_than, paginate, require_limit
from biometrics.records.jobs import idempotency
from biometrics.records.searches.blinding import SCORED, is_informed

MAX_PAGE = 200  # cases

_WAITING = (CaseState.NEW, CaseState.FIRST_OPINION)
# The states that look like one of these to a person who has not decided the case.
_LOOKING_LIKE: dict[CaseState, list[CaseState]] = {
    CaseState.NEW: [],
    CaseState.FIRST_OPINION: [],
    CaseState.ASSIGNED: [CaseState.ASSIGNED, CaseState.VERIFICATION],
    CaseState.VERIFICATION: [],
}

Step = Callable[[Case, str, datetime], Case]
Allowed = Callable[[Connection, Case], None]  # raises where a step is not


@dataclass(frozen=True)
class CaseQuery:
    """Which cases to list; None means any. `mine`: taken, or not taken, by the caller.

    `merge_pending`: those whose records have yet to be merged by a user, or all others.
    """

    kind: CaseKind | None = None
    state: CaseState | None = None
    mine: bool | None = None
    merge_pending: bool | None = None


@dataclass(frozen=True)
class Looked:
    """The fact that a person viewed an image, stored in the case and the audit log; made by `CaseStore.look` only."""

    view: View
    side: Side
    image: str
    maker: object = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse one that was made without its audit entry."""
        assert self.maker is _MADE, "only CaseStore.look, which writes the audit entry, makes it"


_MADE: Final = object()


class CaseStore:
    """The cases as one actor sees them and works on them; a `case_id` is an id or a number.

    The actor works on the cases that their unit may examine (`cases.access`), and sees of each what `Case.view`
    allows. Of a case that is only referred to their unit, `case` returns what `Case.referred` leaves, and steps raise
    OutOfJurisdiction. Methods raise UnknownCase for all others, and WrongStep, CaseTaken and NotIndependent as the
    steps of `Case` do.

    What a request with an idempotency key has done is not done again: the case is returned as it is by now. Where the
    key was used for another request, KeyReused is raised.

    Casework is a person's, in a session of their own: by an API key all but `duplicates` raises Forbidden.
    """

    def __init__(self, database: Database, act: Act, request: Once | None = None) -> None:
        """Use an open database for an actor and one request."""
        self._database = database
        self._act = act
        self._given = (act.actor.id, request)

    @unrestricted("nothing is read")
    def acting(self, act: Act) -> Self:
        """Return the same cases for another actor."""
        return type(self)(self._database, act)

    @needs(Scope.CASE_READ)
    def case(self, case_id: str) -> View:
        """Return what one may know of a case."""
        return self._read(case_id)

    @needs(Scope.CASE_EXAMINE)
    def examined(self, case_id: str) -> View:
        """Return the caller's view of a case that their unit may examine.

        Raises:
            OutOfJurisdiction: the unit may not examine it.
        """
        return self._read(case_id, self._require)

    @needs(Scope.CASE_EXAMINE)
    def evaluated(self, case_id: str) -> View:
        """Return a closed identification for a report of its evidence, and keep that the report was made.

        Raises:
            OutOfJurisdiction: the caller's unit may not examine the case.
            WrongStep: it is not closed with an identification that names the images it rests on.
        """
        views.require_in_person(self._act)
        with self._database.noting() as connection:
            case = views.load_case(connection, case_id)
            self._require(connection, case)
            view = self._shown(connection, case)
            if view.pair is None:
                raise WrongStep("A report is made of a closed identification that names the images it rests on.")
            self._note(connection, Action.CASE_REPORTED, case, view, Side.CANDIDATE, images=list(view.pair))
            return view

    def _read(self, case_id: str, allowed: Allowed = lambda _connection, _case: None) -> View:
        views.require_in_person(self._act)
        with self._database.noting() as connection:
            case = views.load_case(connection, case_id)
            allowed(connection, case)
            view = self._shown(connection, case)
            self._note(connection, Action.CASE_READ, case, view, referred=view.referral is not None)
            return view

    @needs(Scope.CASE_READ)
    def find(self, query: CaseQuery = CaseQuery(), limit: int = 50, after: str | None = None) -> Page[View, str]:
        """Return cases, oldest first; `after` is the `after` of a page.

        Raises:
            InvalidField: the limit or the cursor is not valid.
        """
        views.require_in_person(self._act)
        require_limit(limit, MAX_PAGE, "cases")
        order = (cases.c.created_at, cases.c.id)
        conditions = [examined_by(self._act.actor.unit), *self._conditions(query), *later_than(*order, after)]
        with self._database.reading() as connection:
            rows = connection.execute(select(*order).where(*conditions).order_by(*order).limit(limit + 1)).all()
            shown, place = paginate(rows, limit, cursor)
            loaded = load_cases(connection, [row.id for row in shown])
        listed = tuple(map(self._view, loaded))
        self._note_scores([case for case, view in zip(loaded, listed, strict=True) if view.finding is not None])
        return Page(listed, place)

    @needs_one_of(Scope.CASE_READ, Scope.ENCOUNTER_WRITE)
    def duplicates(self, record_id: str, encounter_id: str) -> list[str]:
        """Return the ids of the cases that ask whether the person of an encounter was on record already.

        Cases that are only referred to the caller's unit are among them.
        """
        of_encounter = (cases.c.record_id == record_id, cases.c.encounter_id == encounter_id)
        conditions = (*of_encounter, cases.c.kind == CaseKind.DUPLICATE, told_of(self._act.actor.unit))
        query = select(cases.c.id).where(*conditions).order_by(cases.c.created_at, cases.c.id)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    @needs_one_of(Scope.CASE_READ, Scope.ENCOUNTER_WRITE)
    def numbers(self, case_ids: Sequence[str]) -> dict[str, str]:
        """Return the numbers of cases by their ids, without those that the caller's unit may not know."""
        with self._database.reading() as connection:
            told = select(cases.c.id).where(cases.c.id.in_(case_ids), told_of(self._act.actor.unit))
            return numbers_of(connection, list(connection.execute(told).scalars()))

    @needs(Scope.CASE_EXAMINE)
    def take(self, case_id: str) -> View:
        """Take the open part of a case."""
        supervises = self._act.actor.may(Scope.CASE_SUPERVISE)
        with self._database.reading() as connection:
            informed = is_informed(connection, self._act, id_of(connection, case_id))
        return self._step(
            case_id,
            Action.CASE_TAKEN,
            lambda case, who, at: case.take(who, at, supervises=supervises, informed=informed),
        )

    @needs(Scope.CASE_EXAMINE)
    def give_back(self, case_id: str) -> View:
        """Return a case to the queue, even if the caller's unit may no longer examine it."""
        return self._step(
            case_id, Action.CASE_GIVEN_BACK, lambda case, who, at: case.give_back(who), when=self._may_give_back
        )

    @needs(Scope.CASE_EXAMINE)
    def analyse(self, case_id: str, of_value: bool, notes: str) -> View:
        """Store an analysis of the probe."""
        return self._step(case_id, Action.CASE_ANALYSED, lambda case, who, at: case.analyse(who, of_value, notes, at))

    @needs(Scope.CASE_EXAMINE)
    def look(self, case_id: str, side: Side, image: str) -> Looked:
        """Keep that an image is shown, before it is; what it returns is asked for by whatever gives out the image."""
        view = self._step(
            case_id, Action.CASE_LOOKED_AT, lambda case, who, at: case.look(who, side, image, at), side=side
        )
        return Looked(view, side, image, _MADE)

    @needs(Scope.CASE_EXAMINE)
    def decide(self, case_id: str, conclusion: Conclusion, notes: str, pair: Pair | None = None) -> View:
        """Give an opinion; `pair` names the images that it rests on.

        Raises:
            PairNotOpened: the caller has not opened them.
            InvalidField: an identification names none.
        """
        unit = self._act.actor.unit.path
        return self._step(
            case_id, Action.CASE_DECIDED, lambda case, who, at: case.decide(who, conclusion, notes, at, pair, unit)
        )

    @needs(Scope.CASE_EXAMINE)
    def supersede(
        self, case_id: str, conclusion: Conclusion, notes: str, because: str, pair: Pair | None = None
    ) -> View:
        """Put another opinion in the place of one's own; it raises what `decide` does."""
        unit = self._act.actor.unit.path
        return self._step(
            case_id,
            Action.CASE_SUPERSEDED,
            lambda case, who, at: case.supersede(who, conclusion, notes, because, at, pair, unit),
        )

    @needs(Scope.CASE_SUPERVISE)
    def withdraw(self, case_id: str, because: str) -> View:
        """End a case without an answer."""
        return self._step(case_id, Action.CASE_WITHDRAWN, lambda case, who, at: case.withdraw(who, because, at))

    def _step(
        self, case_id: str, action: Action, step: Step, when: Allowed | None = None, side: Side | None = None
    ) -> View:
        views.require_in_person(self._act)
        with self._database.writing() as connection:
            before = hold_case(connection, case_id)
            (when or self._require)(connection, before)
            request = idempotency.Step(connection, self._given, "case")
            if request.answer() is not None:
                return self._shown(connection, before)
            after = step(before, self._act.actor.id, datetime.now(UTC))
            save_step(connection, before, after)
            view = self._shown(connection, after)
            self._note(connection, action, after, view, side, state=after.state)
            request.remember({})
            return view

    def _note_scores(self, shown: Sequence[Case]) -> None:
        """Write the entry of a list that shows the scores of cases."""
        if not shown:
            return
        with self._database.noting() as connection:
            persons = [person for case in shown for person in views.people_of(connection, case)]
            its = {"cases": [case.id for case in shown], "records": list(dict.fromkeys(persons)), SCORED: True}
            append(connection, self._act, Action.CASES_LISTED, "", **its)

    def _note(
        self,
        connection: Connection,
        action: Action,
        case: Case,
        view: View,
        side: Side | None = None,
        **detail: object,
    ) -> None:
        """Write the entry of an access to a case; it names the people whose image, of a `side`, or score is shown."""
        append(connection, self._act, action, case.id, **views.access_detail(connection, case, view, side), **detail)

    def _require(self, connection: Connection, case: Case) -> None:
        """Refuse a step in a case that one's unit may not examine."""
        if may_examine(connection, self._act.actor.unit, case.id):
            return
        view = self._shown(connection, case)
        assert view.referral is not None, "what is shown of another unit's case is a referral"
        raise OutOfJurisdiction(
            "This case is about a record that your unit may not see; examiners of "
            f"{view.referral.unit.path} decide it. Call {'; '.join(unit.contact for unit in view.referral.contacts)}."
        )

    def _may_give_back(self, connection: Connection, case: Case) -> None:
        """Let the holder of a case return it, so that it can never be stuck with them."""
        if case.part_of(self._act.actor.id) is None:
            self._require(connection, case)

    def _shown(self, connection: Connection, case: Case) -> View:
        return views.shown(connection, self._act, case)

    def _view(self, case: Case) -> View:
        return case.view(self._act.actor.id)

    def _conditions(self, query: CaseQuery) -> list[ColumnElement[bool]]:
        """Return the conditions on the rows; on a state it is the one that is seen."""
        me = self._act.actor.id
        mine = exists().where(case_parts.c.case_id == cases.c.id, case_parts.c.actor == me)
        conditions: list[ColumnElement[bool]] = []
        if query.kind:
            conditions.append(cases.c.kind == query.kind)
        if query.mine is not None:
            conditions.append(mine if query.mine else ~mine)
        if query.merge_pending is not None:
            pending = func.coalesce(cases.c.due, "") == FOLLOW_UP
            conditions.append(pending if query.merge_pending else ~pending)
        if query.state:
            conditions.append(self._seen_as(query.state))
        return conditions

    def _seen_as(self, state: CaseState) -> ColumnElement[bool]:
        exact = cases.c.state == state
        if state is CaseState.WAITING:
            return cases.c.state.in_(_WAITING)
        me = self._act.actor.id
        decided = exists().where(case_opinions.c.case_id == cases.c.id, case_opinions.c.actor == me)
        return or_(and_(decided, exact), and_(~decided, cases.c.state.in_(_LOOKING_LIKE.get(state, [state]))))
