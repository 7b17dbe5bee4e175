"""Cases within a unit of work."""

from __future__ import annotations

from typing import Any

from biometrics.access.case_examiners import examiner_of
from biometrics.access.rights import needs, needs_one_of
from biometrics.cases.case import Case
from biometrics.cases.opinion_rules import require_stored_images
from biometrics.cases.rows import case_asked, hold_case, insert_case, numbers_of, save_step
from biometrics.cases.view import (
    CaseView,
    access_detail,
    load_case,
    read_detail,
    require_examiner,
    require_in_person,
    shown_to_holder,
    view_for,
)
from biometrics.cases.working_marks import save_marks
from biometrics.kernel.access import Act, Actor, Scope
from biometrics.kernel.casework.annotations import WorkingMarks
from biometrics.kernel.casework.cases import Conclusion, Finding, Question, Side
from biometrics.kernel.errors import Conflict
from biometrics.storage.transaction import Transaction


class CaseRepository:
    """Questions for examiners. Only a person in a session of their own opens or reads a case."""

    def __init__(self, work: Transaction) -> None:
        self._work = work

    @needs(Scope.CASE_READ)
    def open(self, question: Question, finding: Finding, verified: frozenset[Conclusion]) -> str:
        """Ask a question and return the case's id; `verified` are the conclusions that a second examiner must confirm.

        Raises:
            Conflict: it was asked already.
            Forbidden: the actor uses an API key.
        """
        if self._work.act is not None:
            require_in_person(self._work.act)
        case_id = insert_case(self._work.connection, question, finding, verified)
        if case_id is None:
            asked = case_asked(self._work.connection, question) or ""
            number = numbers_of(self._work.connection, [asked]).get(asked, "")
            raise Conflict(f"Examiners were asked about this candidate of this search already, in case {number}.")
        return case_id

    @needs(Scope.WATCH_MANAGE)
    def open_of_standing(self, question: Question, finding: Finding, verified: frozenset[Conclusion]) -> str | None:
        """Ask about what a standing search found when it was added; None where it was asked already."""
        return insert_case(self._work.connection, question, finding, verified)

    @needs(Scope.CASE_READ)
    def read(self, case_id: str) -> tuple[CaseView, dict[str, Any]]:
        """Return a case as the actor may see it, and the detail of the audit entry.

        Raises:
            UnknownCase: nothing.
        """
        connection, act = self._work.connection, self._person()
        case = load_case(connection, case_id)
        view = view_for(connection, act, case)
        return view, read_detail(connection, case, view)

    @needs(Scope.CASE_EXAMINE)
    def hold(self, case_id: str) -> Case:
        """Lock a case that the actor may work on.

        Raises:
            UnknownCase, OutOfJurisdiction: see `require_examiner`.
            Forbidden: the actor uses an API key.
        """
        return self._hold(case_id)

    @needs(Scope.CASE_EXAMINE)
    def hold_to_give_back(self, case_id: str) -> Case:
        """Lock a case that the actor may work on, or holds: so that a case can never be stuck with its holder.

        Raises:
            UnknownCase, OutOfJurisdiction, Forbidden: as for `hold`.
        """
        return self._hold(case_id, of_holder=True)

    @needs(Scope.CASE_SUPERVISE)
    def hold_to_supervise(self, case_id: str) -> Case:
        """Lock a case that the actor supervises.

        Raises:
            UnknownCase, OutOfJurisdiction, Forbidden: as for `hold`.
        """
        return self._hold(case_id)

    @needs(Scope.CASE_SUPERVISE)
    def examiner(self, case: Case, id_or_login: str) -> Actor:
        """Return an examiner that the actor may assign a held case to.

        Raises:
            UnknownAccount: there is none.
        """
        return examiner_of(self._work.connection, self._person(), case.id, case.question, id_or_login)

    @needs_one_of(Scope.CASE_EXAMINE, Scope.CASE_SUPERVISE)
    def save(self, before: Case, after: Case, side: Side | None = None) -> tuple[CaseView, dict[str, Any]]:
        """Write a step of a case that is held; return what the actor sees of it now, and what its audit entry says.

        `side` is that of an image that the step shows.

        Raises:
            PairNotComparable, CorrespondencesMissing, BasisMissing: as for `require_stored_images`.
        """
        connection, act = self._work.connection, self._person()
        for opinion in after.opinions[len(before.opinions) :]:
            require_stored_images(connection, after, opinion)
        save_step(connection, before, after)
        was_holder = before.part_of(act.actor.id) is not None
        view = shown_to_holder(connection, act, after) if was_holder else self.view(after)
        return view, access_detail(connection, after, view, side) | {"state": after.state}

    @needs(Scope.CASE_EXAMINE)
    def mark(self, case: Case, work: WorkingMarks) -> WorkingMarks:
        """Store the actor's marks at work in a case that is held, in the place of those of their version.

        Raises:
            MarksChanged: they have another version by now.
            WrongStep, CaseTaken, InvalidField: as for `Case.mark`.
        """
        actor = self._person().actor.id
        return save_marks(self._work.connection, case, actor, case.mark(actor, work))

    @needs_one_of(Scope.CASE_EXAMINE, Scope.CASE_SUPERVISE)
    def view(self, case: Case) -> CaseView:
        """Return a locked case as the actor may see it."""
        return view_for(self._work.connection, self._person(), case)

    def _hold(self, case_id: str, *, of_holder: bool = False) -> Case:
        connection, act = self._work.connection, self._person()
        require_in_person(act)
        case = hold_case(connection, case_id)
        if not of_holder or case.part_of(act.actor.id) is None:
            require_examiner(connection, act, case)
        return case

    def _person(self) -> Act:
        assert self._work.act is not None, "casework is a person's"
        return self._work.act
