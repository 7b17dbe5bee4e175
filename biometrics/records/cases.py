"""The store of cases: every step is one transaction, and checked in it once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from biometrics.access import Act, Scope
from biometrics.cases import Case, CaseKind, CaseState, Conclusion, Finding, Question, Side, View
from biometrics.errors import InvalidField
from biometrics.once import Once
from biometrics.records.audit import Action, append
from biometrics.records.blindness import has_read_answer
from biometrics.records.case_rows import hold_case, insert_case, load_cases, save_step, unknown_case
from biometrics.records.case_tables import case_opinions, case_parts, cases
from biometrics.records.database import Database
from biometrics.records.jurisdiction import at_or_below
from biometrics.records.notifications import notify
from biometrics.records.paging import cursor, named_row
from biometrics.records.people import canonical_id
from biometrics.records.repeats import Answer, once
from biometrics.watch import NotificationKind

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


@dataclass(frozen=True)
class CaseQuery:
    """Which cases to list; what is None is not asked for. `mine` are those that one has taken, or has not."""

    kind: CaseKind | None = None
    state: CaseState | None = None
    mine: bool | None = None


@dataclass(frozen=True)
class CasePage:
    """Some of the cases found, oldest first; `after` asks for the next ones, None where there are no more."""

    cases: tuple[View, ...]
    after: str | None


class CaseStore:
    """Cases, on whose behalf they are seen and worked on.

    Somebody sees the cases of their own unit and those below it, and of each what `Case.view` lets them. Methods raise
    UnknownCase for what they do not see, and WrongStep, CaseTaken and NotIndependent as the steps of `Case` do.

    What a request with an idempotency key has done is not done again: the case is returned as it is by now. Where the
    key was used for another request, KeyReused is raised.
    """

    def __init__(self, database: Database, act: Act, request: Once | None = None) -> None:
        """Work on an open database, on behalf of somebody, for one request."""
        self._database = database
        self._act = act
        self._given = (act.actor.id, request)

    def acting(self, act: Act) -> Self:
        """Return the same cases, for somebody else."""
        return type(self)(self._database, act)

    def open(
        self,
        question: Question,
        finding: Finding,
        verified: frozenset[Conclusion] = frozenset({Conclusion.IDENTIFICATION}),
    ) -> str | None:
        """Ask a question and return the case's id; None where it was asked already."""
        with self._database.writing() as connection:

            def ask() -> str | None:
                case_id = insert_case(connection, question, finding, verified)
                if case_id:
                    append(connection, self._act, Action.CASE_OPENED, case_id, kind=question.kind)
                return case_id

            return once(connection, self._given, "open", ask, lambda made: {"id": made}, _case_id)

    def case(self, case_id: str) -> View:
        """Return what one may know of a case."""
        with self._database.writing() as connection:
            found = load_cases(connection, [canonical_id(case_id)])
            if not found or not self._sees(found[0]):
                raise unknown_case(case_id)
            append(connection, self._act, Action.CASE_READ, found[0].id)
            return self._view(found[0])

    def find(self, query: CaseQuery = CaseQuery(), limit: int = 50, after: str | None = None) -> CasePage:
        """Return cases, oldest first; `after` is the `after` of a page.

        Raises:
            InvalidField: the limit or the cursor is not valid.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise InvalidField(f"The limit is {limit}; ask for 1 to {MAX_PAGE} cases at a time.")
        conditions = [at_or_below(self._act.actor.unit, cases), *self._conditions(query)]
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

    def duplicates(self, record_id: str, encounter_id: str) -> list[str]:
        """Return the ids of the cases that ask whether the person of an encounter was on record already."""
        of_encounter = (cases.c.record_id == record_id, cases.c.encounter_id == encounter_id)
        conditions = (*of_encounter, cases.c.kind == CaseKind.DUPLICATE, at_or_below(self._act.actor.unit, cases))
        query = select(cases.c.id).where(*conditions).order_by(cases.c.created_at, cases.c.id)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

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

    def give_back(self, case_id: str) -> View:
        """Let somebody else take a case."""
        return self._step(case_id, Action.CASE_GIVEN_BACK, lambda case, who, at: case.give_back(who))

    def analyse(self, case_id: str, of_value: bool, notes: str) -> View:
        """Store an analysis of what asks."""
        return self._step(case_id, Action.CASE_ANALYSED, lambda case, who, at: case.analyse(who, of_value, notes, at))

    def look(self, case_id: str, side: Side, image: str) -> View:
        """Keep that an image is shown, before it is."""
        return self._step(case_id, Action.CASE_LOOKED_AT, lambda case, who, at: case.look(who, side, image, at))

    def decide(self, case_id: str, conclusion: Conclusion, notes: str) -> View:
        """Give an opinion."""
        return self._step(case_id, Action.CASE_DECIDED, lambda case, who, at: case.decide(who, conclusion, notes, at))

    def supersede(self, case_id: str, conclusion: Conclusion, notes: str, because: str) -> View:
        """Put another opinion in the place of one's own."""
        return self._step(
            case_id, Action.CASE_SUPERSEDED, lambda case, who, at: case.supersede(who, conclusion, notes, because, at)
        )

    def withdraw(self, case_id: str, because: str) -> View:
        """End a case without an answer."""
        return self._step(case_id, Action.CASE_WITHDRAWN, lambda case, who, at: case.withdraw(who, because, at))

    def _step(self, case_id: str, action: Action, step: Step) -> View:
        with self._database.writing() as connection:
            before = hold_case(connection, case_id)
            if not self._sees(before):
                raise unknown_case(case_id)

            def work() -> Case:
                after = step(before, self._act.actor.id, datetime.now(UTC))
                save_step(connection, before, after)
                self._follow(connection, before, after)
                append(connection, self._act, action, after.id, state=after.state)
                return after

            return self._view(once(connection, self._given, "case", work, lambda _: {}, lambda _: before))

    def _follow(self, connection: Connection, before: Case, after: Case) -> None:
        """Do what follows from a step, in its transaction."""
        if after.over and not before.over and not after.withdrawal:
            notify(connection, after.question.owner, NotificationKind.CASE_CLOSED, after.id, after.question.standing_id)

    def _sees(self, case: Case) -> bool:
        return self._act.actor.unit.covers(case.question.unit)

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


def _case_id(answer: Answer) -> str | None:
    case_id: str | None = answer["id"]
    return case_id


def _later_than(after: str) -> ColumnElement[bool]:
    created_at, case_id = named_row(after)
    return and_(cases.c.created_at >= created_at, or_(cases.c.created_at > created_at, cases.c.id > case_id))
