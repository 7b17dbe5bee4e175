"""Cases: what examiners and supervisors do about them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, Response, UploadFile

from api.admission.queue import IN_TURN
from api.http.authorisation import ActDependency, needs
from api.http.dependencies import EngineDependency, TableDependency
from api.http.display_names import ColleaguesDependency
from api.http.forms.samples import UploadedSamples
from api.http.idempotency import OnceDependency, WritingEngine
from api.http.pagination import USUAL, After, Limit
from api.http.problem_details import raising
from api.schemas.cases import AnalysisIn, CaseOut, CasePageOut, DecisionIn, ReasonIn
from api.standards.nist_itl.enclosed import enclosed_samples
from api.tasks.requests import LATER
from biometrics.domain.access import Scope
from biometrics.domain.cases import CaseKind, CaseState
from biometrics.domain.errors import (
    CaseTaken,
    Conflict,
    InvalidField,
    MalformedTransaction,
    NotIndependent,
    PairNotOpened,
    UnknownRecord,
    UnknownSearch,
    WrongStep,
)
from biometrics.records.cases.followups import settle_soon
from biometrics.records.cases.repository import CaseQuery, CaseStore
from biometrics.use_cases.examine import open_case

router = APIRouter(prefix="/cases", tags=["cases"])

_STEPS = raising(WrongStep, CaseTaken, NotIndependent)
_READ, _EXAMINE, _SUPERVISE = needs(Scope.CASE_READ), needs(Scope.CASE_EXAMINE), needs(Scope.CASE_SUPERVISE)


def _cases(engine: EngineDependency, act: ActDependency) -> CaseStore:
    return CaseStore(engine.store.database, act)


def _cases_once(engine: EngineDependency, act: ActDependency, once: OnceDependency) -> CaseStore:
    return CaseStore(engine.store.database, act, once)


Cases = Annotated[CaseStore, Depends(_cases)]
WrittenCases = Annotated[CaseStore, Depends(_cases_once)]


@router.get("", summary="List cases", dependencies=[_READ])
def find_cases(
    cases: Cases,
    colleagues: ColleaguesDependency,
    kind: CaseKind | None = None,
    state: Annotated[CaseState | None, Query(description="As it is shown; `waiting`: to be taken")] = None,
    mine: Annotated[bool | None, Query(description="Only those that one has a part in, or only the others")] = None,
    merge_pending: Annotated[
        bool | None, Query(description="Only those whose records somebody must still merge, or only the others")
    ] = None,
    limit: Limit = USUAL,
    after: After = None,
) -> CasePageOut:
    """List the cases that one's unit may examine, the oldest first: see `GET /cases/{case_id}`."""
    return colleagues.named(CasePageOut.of(cases.find(CaseQuery(kind, state, mine, merge_pending), limit, after)))


@router.post(
    "",
    status_code=201,
    summary="Ask examiners about a candidate of a search",
    dependencies=[_READ, LATER, IN_TURN],
    responses=raising(UnknownSearch, UnknownRecord, Conflict, MalformedTransaction),
)
def create_case(
    search_id: Annotated[str, Form()],
    samples: UploadedSamples,
    engine: WritingEngine,
    act: ActDependency,
    table: TableDependency,
    colleagues: ColleaguesDependency,
    response: Response,
    record_id: Annotated[str, Form(description="The candidate's record")] = "",
    rank: Annotated[
        int | None, Form(ge=1, description="The candidate's rank in the search, in place of `record_id`")
    ] = None,
    transaction: Annotated[UploadFile | None, File(description="The ANSI/NIST file that asked for the search")] = None,
) -> CaseOut:
    """Ask whether a candidate is whose prints were searched with; the very files are sent again for examiners.

    The candidate is one that the search lists to you. Of a hit that another unit keeps give the rank: the case goes to
    the examiners of the lowest unit above yours that may see the record, and you are told the outcome.
    """
    if bool(record_id) is (rank is not None):
        raise InvalidField("Name the candidate by record_id or by rank, one of the two.")
    enclosed = enclosed_samples(transaction.file.read(), table) if transaction else []
    view = open_case(engine.acting(act), search_id, rank or record_id, samples, enclosed)
    response.headers["Location"] = f"/api/v1/cases/{view.id}"
    return colleagues.named(CaseOut.of(view))


@router.get("/{case_id}", summary="Read a case", dependencies=[_READ])
def read_case(case_id: str, cases: Cases, colleagues: ColleaguesDependency) -> CaseOut:
    """Read what one may know of a case now.

    A case belongs to the lowest unit at or above the one that asks that may see every record that it is about; that
    unit and those above it examine it. Others whom it concerns are told only whom to call, and the outcome.
    """
    return colleagues.named(CaseOut.of(cases.case(case_id)))


@router.post("/{case_id}/take", summary="Take a case", dependencies=[_EXAMINE], responses=_STEPS)
def take_case(case_id: str, cases: WrittenCases, colleagues: ColleaguesDependency) -> CaseOut:
    """Take the part that waits for somebody: the first examiner's, the second's, or a supervisor's in a conflict."""
    return colleagues.named(CaseOut.of(cases.take(case_id)))


@router.post("/{case_id}/give-back", summary="Give a case back", dependencies=[_EXAMINE], responses=_STEPS)
def give_back_case(case_id: str, cases: WrittenCases, colleagues: ColleaguesDependency) -> CaseOut:
    """Let somebody else take a case that one has not decided."""
    return colleagues.named(CaseOut.of(cases.give_back(case_id)))


@router.post(
    "/{case_id}/analyses", status_code=201, summary="Store an analysis", dependencies=[_EXAMINE], responses=_STEPS
)
def create_analysis(
    case_id: str, analysis: AnalysisIn, cases: WrittenCases, colleagues: ColleaguesDependency
) -> CaseOut:
    """Write down what is seen in the print or photo that asks; the candidate's images are shown after that."""
    return colleagues.named(CaseOut.of(cases.analyse(case_id, analysis.of_value, analysis.notes)))


@router.post(
    "/{case_id}/opinions",
    status_code=201,
    summary="Decide a case",
    dependencies=[_EXAMINE],
    responses=raising(WrongStep, CaseTaken, NotIndependent, PairNotOpened),
)
def create_opinion(
    case_id: str,
    decision: DecisionIn,
    cases: WrittenCases,
    engine: EngineDependency,
    colleagues: ColleaguesDependency,
) -> CaseOut:
    """Give one's opinion, or, with `because`, put another one in its place.

    An identification names the pair of images that it rests on (`pair_not_opened` where you have not opened both since
    your analysis), and closes the case when both examiners have opened one of the pairs that they name. Two records
    that are one person's by the outcome are merged, where the units of the examiners who decided so see both; else
    `merge_pending` stays set until somebody who may see both merges them.
    """
    if decision.because:
        view = cases.supersede(case_id, decision.conclusion, decision.notes, decision.because, decision.pair)
    else:
        view = cases.decide(case_id, decision.conclusion, decision.notes, decision.pair)
    settle_soon(engine.store)
    return colleagues.named(CaseOut.of(view))


@router.post("/{case_id}/withdrawal", summary="Withdraw a case", dependencies=[_SUPERVISE], responses=_STEPS)
def withdraw_case(case_id: str, reason: ReasonIn, cases: WrittenCases, colleagues: ColleaguesDependency) -> CaseOut:
    """End a case without an answer."""
    return colleagues.named(CaseOut.of(cases.withdraw(case_id, reason.because)))
