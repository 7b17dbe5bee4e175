"""Reading cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from biometrics.access.blinding import is_informed
from biometrics.access.case_access import examined_by, may_be_known_to
from biometrics.access.case_examiners import examiner_of, examiners_of
from biometrics.access.jurisdiction import require_record
from biometrics.access.persons import ids_of, ids_of_people, resolve_merged_ids
from biometrics.access.rights import needs, needs_one_of
from biometrics.cases.case import Case
from biometrics.cases.report import CaseReport, report_of
from biometrics.cases.rows import id_of, load_cases, numbers_of
from biometrics.cases.view import (
    CaseView,
    access_detail,
    load_case,
    people_of,
    read_detail,
    require_examiner,
    require_in_person,
    view_for,
)
from biometrics.cases.working_marks import load_marks
from biometrics.kernel.access import Act, Actor, Scope
from biometrics.kernel.casework.annotations import WorkingMarks
from biometrics.kernel.casework.cases import CandidateCase, CaseKind, CaseState, Conclusion, Side, clean_number
from biometrics.kernel.errors import CaseTaken, WrongStep
from biometrics.kernel.technique.page import Page
from biometrics.storage.audit.log import SCORED, Action, append
from biometrics.storage.database.engine import Database
from biometrics.storage.database.paging import cursor, later_than, paginate, require_limit
from biometrics.storage.tables.cases import FOLLOW_UP, case_allocations, case_opinions, case_parts, cases

MAX_PAGE = 200  # cases

_WAITING = (CaseState.NEW, CaseState.FIRST_OPINION)
# The states that look like one of these to a person who has not decided the case.
_LOOKING_LIKE: dict[CaseState, list[CaseState]] = {
    CaseState.NEW: [],
    CaseState.FIRST_OPINION: [],
    CaseState.ASSIGNED: [CaseState.ASSIGNED, CaseState.VERIFICATION],
    CaseState.VERIFICATION: [],
}

Allowed = Callable[[Connection, Act, Case], None]  # raises where the actor may not read the case


@dataclass(frozen=True)
class CaseQuery:
    """Which cases to list; None means any, and so does no `number`. `mine`: taken, or not taken, by the caller.

    `merge_pending`: those whose records have yet to be merged by a user, or all others. `urgent`: those, or all others.
    `assigned`: those that the caller has assigned to an examiner, or all others.
    """

    kind: CaseKind | None = None
    state: CaseState | None = None
    mine: bool | None = None
    merge_pending: bool | None = None
    urgent: bool | None = None
    assigned: bool | None = None
    number: str = ""


@dataclass(frozen=True)
class Identified:
    """A closed case in which examiners identified a person."""

    number: str
    kind: CaseKind
    ended_at: datetime


class CaseReader:
    """The cases as one actor sees them; a `case_id` is an id or a number.

    The actor works on the cases that their unit may examine (`cases.access`), and sees of each what `Case.view`
    allows. Of a case that is only referred to their unit, `case` returns what `Case.referred` leaves. Methods raise
    UnknownCase for all others.

    Casework is a person's, in a session of their own: by an API key all but `duplicates` raises Forbidden.
    """

    def __init__(self, database: Database, act: Act) -> None:
        """Read an open database for an actor."""
        self._database = database
        self._act = act

    @needs(Scope.CASE_READ)
    def case(self, case_id: str) -> CaseView:
        """Return a case as the actor may see it."""
        return self._read(case_id)

    @needs(Scope.CASE_EXAMINE)
    def examined(self, case_id: str) -> CaseView:
        """Return the caller's view of a case that their unit may examine.

        Raises:
            OutOfJurisdiction: the unit may not examine it.
        """
        return self._read(case_id, require_examiner)

    @needs(Scope.CASE_EXAMINE)
    def working_marks(self, case_id: str) -> WorkingMarks:
        """Return the actor's own marks in a case that they work on, and nobody else's.

        Raises:
            CaseTaken: the caller has no part in it.
            OutOfJurisdiction: the caller's unit may not examine the case.
        """
        with self._database.reading() as connection:
            case = self._examinable(connection, case_id)
            if case.part_of(self._act.actor.id) is None:
                raise CaseTaken("This case is not yours; take it first.")
            return load_marks(connection, case.id, self._act.actor.id)

    @needs(Scope.CASE_SUPERVISE)
    def examiners(self, case_id: str) -> list[Actor]:
        """Return the examiners that the caller may assign a case to, by name.

        Raises:
            OutOfJurisdiction: the caller's unit may not examine the case.
        """
        with self._database.reading() as connection:
            case = self._examinable(connection, case_id)
            return examiners_of(connection, self._act, case.id, case.question)

    @needs(Scope.CASE_SUPERVISE)
    def examiner(self, case_id: str, id_or_login: str) -> Actor:
        """Return one of `examiners`, by id or login.

        Raises:
            OutOfJurisdiction: the caller's unit may not examine the case.
            UnknownAccount: there is none.
        """
        with self._database.reading() as connection:
            case = self._examinable(connection, case_id)
            return examiner_of(connection, self._act, case.id, case.question, id_or_login)

    @needs(Scope.CASE_READ)
    def reported(self, case_id: str) -> CaseReport:
        """Return what the report of a closed case for a court states, and record that the report was made.

        Raises:
            OutOfJurisdiction: the caller's unit may not examine the case.
            WrongStep: it is not closed: an examiner could read another's opinion in the report.
        """
        with self._database.noting() as connection:
            case = self._examinable(connection, case_id)
            view = view_for(connection, self._act, case)
            if view.state is not CaseState.CLOSED:
                raise WrongStep("A report is made of a closed case; this one is not closed.")
            report = report_of(connection, case, view)
            detail = access_detail(connection, case, view, Side.CANDIDATE)
            append(connection, self._act, Action.CASE_REPORTED, case.id, **detail, images=list(report.images))
            return report

    @needs(Scope.CASE_EXAMINE)
    def previewed(self, case_id: str) -> CaseView:
        """Return the caller's view of a case, and keep that a small picture of its probe is shown.

        Raises:
            OutOfJurisdiction: the unit may not examine it.
        """
        with self._database.noting() as connection:
            case = self._examinable(connection, case_id)
            view = view_for(connection, self._act, case)
            detail = access_detail(connection, case, view, Side.PROBE)
            append(connection, self._act, Action.CASE_IMAGE_VIEWED, case.id, **detail, preview=True)
            return view

    def _examinable(self, connection: Connection, case_id: str) -> Case:
        require_in_person(self._act)
        case = load_case(connection, case_id)
        require_examiner(connection, self._act, case)
        return case

    def _read(self, case_id: str, allowed: Allowed | None = None) -> CaseView:
        require_in_person(self._act)
        with self._database.noting() as connection:
            case = load_case(connection, case_id)
            if allowed:
                allowed(connection, self._act, case)
            view = view_for(connection, self._act, case)
            append(connection, self._act, Action.CASE_READ, case.id, **read_detail(connection, case, view))
            return view

    @needs(Scope.CASE_READ)
    def find(self, query: CaseQuery = CaseQuery(), limit: int = 50, after: str | None = None) -> Page[CaseView, str]:
        """Return cases, oldest first; `after` is the `after` of a page.

        Raises:
            InvalidField: the limit or the cursor is not valid.
        """
        require_in_person(self._act)
        require_limit(limit, MAX_PAGE, "cases")
        order = (cases.c.created_at, cases.c.id)
        conditions = [examined_by(self._act.actor.unit), *self._conditions(query), *later_than(*order, after)]
        with self._database.reading() as connection:
            rows = connection.execute(select(*order).where(*conditions).order_by(*order).limit(limit + 1)).all()
            page_rows, next_cursor = paginate(rows, limit, cursor)
            loaded = load_cases(connection, [row.id for row in page_rows])
        case_views = tuple(map(self._view, loaded))
        self._note_scores([case for case, view in zip(loaded, case_views, strict=True) if view.finding is not None])
        return Page(case_views, next_cursor)

    @needs_one_of(Scope.CASE_READ, Scope.ENCOUNTER_WRITE)
    def duplicates(self, encounter_id: str) -> list[str]:
        """Return the ids of the cases that ask whether the person of an encounter was on record already.

        Cases that are only referred to the caller's unit are among them.
        """
        conditions = (
            cases.c.encounter_id == encounter_id,
            cases.c.kind == CaseKind.DUPLICATE,
            may_be_known_to(self._act.actor.unit),
        )
        query = select(cases.c.id).where(*conditions).order_by(cases.c.created_at, cases.c.id)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    @needs(Scope.CASE_READ)
    def undecided_duplicates(self, record_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return the open cases that ask whether a record is of the person of another, by their numbers.

        With each are those of some records (few enough for one IN list) that it is about, under their present ids. They
        are the cases that the caller's unit may know.
        """
        with self._database.reading() as connection:
            lead_of = ids_of_people(connection, record_ids)
            about = or_(cases.c.candidate_id.in_(lead_of), cases.c.record_id.in_(lead_of))
            is_open = cases.c.state.not_in((CaseState.CLOSED, CaseState.WITHDRAWN))
            query = select(cases.c.number, cases.c.candidate_id, cases.c.record_id)
            query = query.where(cases.c.record_id.is_not(None), about, is_open, may_be_known_to(self._act.actor.unit))
            rows = connection.execute(query.order_by(cases.c.created_at, cases.c.id)).all()
        return {number: frozenset(lead_of[each] for each in ids if each in lead_of) for number, *ids in rows}

    @needs(Scope.CASE_READ)
    def of_search(self, search_id: str) -> dict[str, CandidateCase]:
        """Return by candidate the cases about candidates of a search that the caller's unit may know.

        A candidate is named by its id in the search, and by the record that it was merged into.
        """
        counts = or_(cases.c.asked.is_not(None), cases.c.outcome.is_not(None))
        query = select(cases.c.candidate_id, cases.c.number, cases.c.outcome, cases.c.asked).where(
            cases.c.search_id == search_id, cases.c.candidate_id != "", counts, may_be_known_to(self._act.actor.unit)
        )
        with self._database.reading() as connection:
            by_candidate: dict[str, CandidateCase] = {
                row.candidate_id: CandidateCase(
                    row.number, Conclusion(row.outcome) if row.outcome else None, row.asked is None
                )
                for row in connection.execute(query.order_by(cases.c.created_at, cases.c.id))
            }
            leads = resolve_merged_ids(connection, list(by_candidate))
            under_lead = {leads.get(candidate_id, candidate_id): case for candidate_id, case in by_candidate.items()}
            return under_lead | by_candidate

    @needs(Scope.CASE_READ)
    def identified(self, record_id: str) -> list[Identified]:
        """Return the closed cases that identified the person of a record, the newest first.

        They are those that the caller's unit may know, about the record or one that was merged into it.

        Raises:
            OutOfJurisdiction: the caller's unit does not see the record.
        """
        with self._database.reading() as connection:
            require_record(connection, self._act, record_id)
            ids = ids_of(connection, record_id)
            of_person = or_(cases.c.candidate_id.in_(ids), cases.c.record_id.in_(ids))
            decided = (cases.c.state == CaseState.CLOSED, cases.c.outcome == Conclusion.IDENTIFICATION)
            query = select(cases.c.number, cases.c.kind, cases.c.ended_at)
            query = query.where(of_person, *decided, may_be_known_to(self._act.actor.unit))
            rows = connection.execute(query.order_by(cases.c.ended_at.desc(), cases.c.id).limit(MAX_PAGE))
            return [Identified(row.number, CaseKind(row.kind), row.ended_at) for row in rows]

    @needs_one_of(Scope.CASE_READ, Scope.ENCOUNTER_WRITE)
    def numbers(self, case_ids: Sequence[str]) -> dict[str, str]:
        """Return the numbers of cases by their ids, without those that the caller's unit may not know."""
        with self._database.reading() as connection:
            visible = select(cases.c.id).where(cases.c.id.in_(case_ids), may_be_known_to(self._act.actor.unit))
            return numbers_of(connection, list(connection.execute(visible).scalars()))

    @needs(Scope.CASE_EXAMINE)
    def is_informed(self, case_id: str) -> bool:
        """Say whether the actor knows of the score of a case; see `blinding.is_informed`."""
        require_in_person(self._act)
        with self._database.reading() as connection:
            return is_informed(connection, self._act, id_of(connection, case_id))

    def _note_scores(self, scored_cases: Sequence[Case]) -> None:
        """Write the entry of a list that shows the scores of cases."""
        if not scored_cases:
            return
        with self._database.noting() as connection:
            persons = [person for case in scored_cases for person in people_of(connection, case)]
            detail = {
                "cases": [case.id for case in scored_cases],
                "records": list(dict.fromkeys(persons)),
                SCORED: True,
            }
            append(connection, self._act, Action.CASES_LISTED, "", **detail)

    def _view(self, case: Case) -> CaseView:
        return CaseView.of(case, self._act.actor.id)

    def _conditions(self, query: CaseQuery) -> list[ColumnElement[bool]]:
        """Return the conditions on the rows; on a state it is the one that is seen."""
        me = self._act.actor.id
        mine = exists().where(case_parts.c.case_id == cases.c.id, case_parts.c.actor == me)
        conditions: list[ColumnElement[bool]] = []
        if query.number:
            conditions.append(cases.c.number == clean_number(query.number))
        if query.kind:
            conditions.append(cases.c.kind == query.kind)
        if query.mine is not None:
            conditions.append(mine if query.mine else ~mine)
        if query.assigned is not None:
            by_me = (case_allocations.c.case_id == cases.c.id, case_allocations.c.assigned_by == me)
            conditions.append(exists().where(*by_me) if query.assigned else ~exists().where(*by_me))
        if query.merge_pending is not None:
            pending = func.coalesce(cases.c.due, "") == FOLLOW_UP
            conditions.append(pending if query.merge_pending else ~pending)
        if query.urgent is not None:
            urgent = func.coalesce(cases.c.is_urgent, False)
            conditions.append(urgent if query.urgent else ~urgent)
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
