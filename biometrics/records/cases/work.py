"""Cases within a unit of work."""

from __future__ import annotations

from typing import Any

from biometrics.domain.access import Scope
from biometrics.domain.cases import Conclusion, Finding, Question, View
from biometrics.domain.errors import Conflict
from biometrics.records.access.rights import needs
from biometrics.records.cases import views
from biometrics.records.cases.rows import insert_case
from biometrics.records.transaction import Transaction


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
            views.require_in_person(self._work.act)
        case_id = insert_case(self._work.connection, question, finding, verified)
        if case_id is None:
            raise Conflict("Examiners were asked about this candidate of this search already.")
        return case_id

    @needs(Scope.CASE_READ)
    def read(self, case_id: str) -> tuple[View, dict[str, Any]]:
        """Return what the actor may know of a case, and what the audit entry of that says.

        Raises:
            UnknownCase: nothing.
        """
        connection, act = self._work.connection, self._work.act
        assert act is not None, "a case is read by a person"
        case = views.load_case(connection, case_id)
        view = views.shown(connection, act, case)
        return view, views.access_detail(connection, case, view) | {"referred": view.referral is not None}
