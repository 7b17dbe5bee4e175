"""The store of cases: every step is one transaction, and checked in it once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from biometrics.access import Act, Scope
from biometrics.cases import Case, CaseKind, CaseState, Conclusion, Finding, Question, Side, View
from biometrics.errors import Conflict, InvalidField, OutOfJurisdiction
from biometrics.once import Once
from biometrics.records.audit import Action, append
from biometrics.records.blindness import has_read_answer
from biometrics.records.case_access import examined_by, is_told, may_examine, refer, told_of
from biometrics.records.case_rows import FOLLOW_UP, hold_case, insert_case, load_cases, save_step, unknown_case
from biometrics.records.case_tables import case_opinions, case_parts, cases
from biometrics.records.database import Database
from biometrics.records.jurisdiction import unit_of
from biometrics.records.paging import cursor, named_row
from biometrics.records.people import canonical_id
from biometrics.records.repeats import once, once_id
from biometrics.records.rights import needs, unrestricted
from biometrics.records.values import Enrolment

MAX_PAGE = 200  # cases

_WAITING = (CaseState.NEW, CaseState.FIRST_OPINION)
# The states that look like one of these to whoever has not decided the case.
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
    """Which cases to list; what is None is not asked for. `mine` are those that one has taken, or has not.

    `merge_pending` are those whose records somebody must still merge, or all others.
    """

    kind: CaseKind | None = None
    state: CaseState | None = None
    mine: bool | None = None
    merge_pending: bool | None = None


@dataclass(frozen=True)
class CasePage:
    """Some of the cases found, oldest first; `after` asks for the next ones, None where there are no more."""

    cases: tuple[View, ...]
    after: str | None


class CaseStore:
    """Cases, on whose behalf they are seen and worked on.

    Somebody works on the cases that their unit may examine (`case_access`), and sees of each what `Case.view` lets
    them. Of a case that their unit is only told of, `case` returns what `Case.referred` leaves, and steps raise
    OutOfJurisdiction. Methods raise UnknownCase for all others, and WrongStep, CaseTaken and NotIndependent as the
    steps of `Case` do.

    What a request with an idempotency key has done is not done again: the case is returned as it is by now. Where the
    key was used for another request, KeyReused is raised.
    """

    def __init__(self, database: Database, act: Act, request: Once | None = None) -> None:
        """Work on an open database, on behalf of somebody, for one request."""
        self._database = database
        self._act = act
        self._given = (act.actor.id, request)

    @unrestricted("nothing is read")
    def acting(self, act: Act) -> Self:
        """Return the same cases, for somebody else."""
        return type(self)(self._database, act)

    @needs(Scope.CASE_READ)
    def open(
        self,
        question: Question,
        finding: Finding,
        verified: frozenset[Conclusion] = frozenset({Conclusion.IDENTIFICATION}),
    ) -> str | None:
        """Ask a question and return the case's id; None where it was asked already."""
        try:
            return self.ask(question, finding, verified).id
        except Conflict:
            return None

    @needs(Scope.CASE_READ)
    def ask(
        self,
        question: Question,
        finding: Finding,
        verified: frozenset[Conclusion] = frozenset({Conclusion.IDENTIFICATION}),
        also: Callable[[Connection], None] = lambda _: None,
    ) -> View:
        """Ask a question and return what one may know of the case; `also` writes what belongs beside it.

        Raises:
            Conflict: it was asked already.
        """
        with self._database.writing() as connection:

            def ask() -> str:
                also(connection)
                case_id = insert_case(connection, question, finding, verified)
                if case_id is None:
                    raise Conflict("Examiners were asked about this candidate of this search already.")
                append(connection, self._act, Action.CASE_OPENED, case_id, kind=question.kind)
                return case_id

            case_id = once_id(connection, self._given, "open", ask)
            return self._shown(connection, load_cases(connection, [case_id])[0])

    @needs(Scope.CASE_READ)
    def case(self, case_id: str) -> View:
        """Return what one may know of a case."""
        return self._read(case_id)

    @needs(Scope.CASE_EXAMINE)
    def examined(self, case_id: str) -> View:
        """Return what one may know of a case that one's unit may examine.

        Raises:
            OutOfJurisdiction: the unit is only told of it.
        """
        return self._read(case_id, self._require)

    def _read(self, case_id: str, allowed: Allowed = lambda _connection, _case: None) -> View:
        with self._database.writing() as connection:
            found = load_cases(connection, [canonical_id(case_id)])
            if not found:
                raise unknown_case(case_id)
            allowed(connection, found[0])
            view = self._shown(connection, found[0])
            append(connection, self._act, Action.CASE_READ, found[0].id, referred=view.referral is not None)
            return view

    @needs(Scope.CASE_READ)
    def find(self, query: CaseQuery = CaseQuery(), limit: int = 50, after: str | None = None) -> CasePage:
        """Return cases, oldest first; `after` is the `after` of a page.

        Raises:
            InvalidField: the limit or the cursor is not valid.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise InvalidField(f"The limit is {limit}; ask for 1 to {MAX_PAGE} cases at a time.")
        conditions = [examined_by(self._act.actor.unit), *self._conditions(query)]
        if after is not None:
            conditions.append(_later_than(after))
        with self._database.reading() as connection:
            order = (cases.c.created_at, cases.c.id)
            ids = list(
                connection.execute(select(cases.c.id).where(*conditions).order_by(*order).limit(limit + 1)).scalars()
            )
            found = load_cases(connection, ids[:limit])
        more = cursor(found[-1].created_at, found[-1].id) if len(ids) > limit else None
        return CasePage(tuple(map(self._view, found)), more)

    @needs(Scope.CASE_EXAMINE)
    def take(self, case_id: str) -> View:
        """Take the part of a case that waits for somebody."""
        supervises = self._act.actor.may(Scope.CASE_SUPERVISE)
        with self._database.reading() as connection:
            informed = has_read_answer(connection, self._act, case_id)
        return self._step(
            case_id,
            Action.CASE_TAKEN,
            lambda case, who, at: case.take(who, at, supervises=supervises, informed=informed),
        )

    @needs(Scope.CASE_EXAMINE)
    def give_back(self, case_id: str) -> View:
        """Let somebody else take a case, also where one's unit may not examine it any more."""
        return self._step(
            case_id, Action.CASE_GIVEN_BACK, lambda case, who, at: case.give_back(who), when=self._may_give_back
        )

    @needs(Scope.CASE_EXAMINE)
    def analyse(self, case_id: str, of_value: bool, notes: str) -> View:
        """Store an analysis of what asks."""
        return self._step(case_id, Action.CASE_ANALYSED, lambda case, who, at: case.analyse(who, of_value, notes, at))

    @needs(Scope.CASE_EXAMINE)
    def look(self, case_id: str, side: Side, image: str) -> View:
        """Keep that an image is shown, before it is."""
        return self._step(case_id, Action.CASE_LOOKED_AT, lambda case, who, at: case.look(who, side, image, at))

    @needs(Scope.CASE_EXAMINE)
    def decide(self, case_id: str, conclusion: Conclusion, notes: str) -> View:
        """Give an opinion."""
        unit = self._act.actor.unit.path
        return self._step(
            case_id, Action.CASE_DECIDED, lambda case, who, at: case.decide(who, conclusion, notes, at, unit)
        )

    @needs(Scope.CASE_EXAMINE)
    def supersede(self, case_id: str, conclusion: Conclusion, notes: str, because: str) -> View:
        """Put another opinion in the place of one's own."""
        unit = self._act.actor.unit.path
        return self._step(
            case_id,
            Action.CASE_SUPERSEDED,
            lambda case, who, at: case.supersede(who, conclusion, notes, because, at, unit),
        )

    @needs(Scope.CASE_SUPERVISE)
    def withdraw(self, case_id: str, because: str) -> View:
        """End a case without an answer."""
        return self._step(case_id, Action.CASE_WITHDRAWN, lambda case, who, at: case.withdraw(who, because, at))

    def _step(self, case_id: str, action: Action, step: Step, when: Allowed | None = None) -> View:
        with self._database.writing() as connection:
            before = hold_case(connection, case_id)
            (when or self._require)(connection, before)

            def work() -> Case:
                after = step(before, self._act.actor.id, datetime.now(UTC))
                save_step(connection, before, after)
                append(connection, self._act, action, after.id, state=after.state)
                return after

            after = once(connection, self._given, "case", work, lambda _: {}, lambda _: before)
            return self._shown(connection, after)

    def _require(self, connection: Connection, case: Case) -> None:
        """Refuse a step in a case that one's unit may not examine."""
        if may_examine(connection, self._act.actor.unit, case.id):
            return
        view = self._shown(connection, case)
        assert view.referral is not None, "what is shown of another unit's case is a referral"
        raise OutOfJurisdiction(
            "This case is about a record that your unit may not see; examiners of "
            f"{view.referral.unit.path} decide it. Call {'; '.join(one.contact for one in view.referral.contacts)}."
        )

    def _may_give_back(self, connection: Connection, case: Case) -> None:
        """Let whoever holds a case give it back; it could stay with nobody else."""
        if case.part_of(self._act.actor.id) is None:
            self._require(connection, case)

    def _shown(self, connection: Connection, case: Case) -> View:
        """Return what one may know of a case now; see `case_access`."""
        unit = self._act.actor.unit
        if may_examine(connection, unit, case.id):
            return self._view(case)
        if not is_told(connection, unit, case.id):
            raise unknown_case(case.id)
        return case.referred(refer(connection, unit, case))

    def _view(self, case: Case) -> View:
        return case.view(self._act.actor.id, supervises=self._act.actor.may(Scope.CASE_SUPERVISE))

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
        if self._act.actor.may(Scope.CASE_SUPERVISE):
            return exact
        me = self._act.actor.id
        decided = exists().where(case_opinions.c.case_id == cases.c.id, case_opinions.c.actor == me)
        return or_(and_(decided, exact), and_(~decided, cases.c.state.in_(_LOOKING_LIKE.get(state, [state]))))


def duplicates_of(database: Database, act: Act | None, enrolment: Enrolment) -> list[str]:
    """Return the ids of the cases that ask whether the person of an enrolment was on record already.

    Those are among them that the unit of whoever is acting is only told of.
    """
    of_encounter = (cases.c.record_id == enrolment.record_id, cases.c.encounter_id == enrolment.encounter_id)
    conditions = (*of_encounter, cases.c.kind == CaseKind.DUPLICATE, told_of(unit_of(act)))
    query = select(cases.c.id).where(*conditions).order_by(cases.c.created_at, cases.c.id)
    with database.reading() as connection:
        return list(connection.execute(query).scalars())


def _later_than(after: str) -> ColumnElement[bool]:
    created_at, case_id = named_row(after)
    return and_(cases.c.created_at >= created_at, or_(cases.c.created_at > created_at, cases.c.id > case_id))
