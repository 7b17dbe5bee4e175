"""The marks of an examiner at work on a case: theirs alone, until the opinion is recorded."""

from __future__ import annotations

from fastapi import APIRouter

from api.http.authentication import needs
from api.http.errors import raising
from api.http.sent import Sent
from api.v1.cases import Cases
from biometrics.kernel.access import Scope
from biometrics.kernel.casework.annotations import WorkingMarks
from biometrics.kernel.errors import CaseTaken, MarksChanged, WrongStep

router = APIRouter(prefix="/cases", tags=["cases"], dependencies=[needs(Scope.CASE_EXAMINE)])


@router.get("/{case_id}/working-marks", summary="Get your marks at work on a case", responses=raising(CaseTaken))
def read_working_marks(case_id: str, cases: Cases) -> WorkingMarks:
    """Get the features that you have marked in a case that you work on. Nobody else can read them.

    They are removed when you record your opinion, which holds those that count, when you release the case, and when it
    ends.
    """
    return cases.working_marks(case_id)


@router.put(
    "/{case_id}/working-marks",
    summary="Store your marks at work on a case",
    responses=raising(MarksChanged, WrongStep, CaseTaken),
)
def store_working_marks(case_id: str, work: Sent[WorkingMarks], cases: Cases) -> WorkingMarks:
    """Replace all your marks at work on a case that you have taken; they lie on images that you have opened.

    `version` is that of the marks that you change, 0 for the first ones. If another computer of yours has changed them
    since, nothing is stored (`marks_changed`).
    """
    return cases.mark(case_id, work)
