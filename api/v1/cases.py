"""Cases: the work of examiners and supervisors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, UploadFile

from api.http.authentication import needs
from api.http.dependencies import EngineDependency
from api.http.errors import raising
from api.http.idempotency import WritingEngine
from api.http.operations import Answer, Caller, RunOnce, operation
from api.http.pagination import USUAL, After, Limit
from api.http.sent import Sent
from api.http.turns import IN_TURN, LATER
from api.itl.case_samples import enclosed_samples
from api.v1.cases_schemas import CaseOut, CasePageOut, CommentIn, ExaminerIn, ExaminerOut, ReasonIn
from api.v1.display_names import Colleagues, ColleaguesDependency
from api.v1.sample_details import StoredSample
from api.v1.samples_form import UploadedSamples
from biometrics.cases.reader import CaseQuery
from biometrics.kernel.access import Scope
from biometrics.kernel.casework.cases import CaseKind, CaseState
from biometrics.kernel.casework.opinions import AnalysisDraft, OpinionDraft
from biometrics.kernel.errors import (
    BasisContradicts,
    BasisMissing,
    CaseTaken,
    Conflict,
    CorrespondencesMissing,
    GroundsMissing,
    InvalidField,
    MalformedTransaction,
    NotIndependent,
    PairNotComparable,
    PairNotOpened,
    UnknownAccount,
    UnknownRecord,
    UnknownSearch,
    WrongStep,
)
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.casework.examine import open_case
from biometrics.use_cases.casework.settle_cases import settle_soon

router = APIRouter(prefix="/cases", tags=["cases"])

_STEPS = raising(WrongStep, CaseTaken, NotIndependent)
_READ, _EXAMINE, _SUPERVISE = needs(Scope.CASE_READ), needs(Scope.CASE_EXAMINE), needs(Scope.CASE_SUPERVISE)


def _cases(engine: EngineDependency) -> Casework:
    return Casework(engine.store, engine.by_model)


def _written_cases(engine: WritingEngine) -> Casework:
    return Casework(engine.store, engine.by_model)


Cases = Annotated[Casework, Depends(_cases)]
WrittenCases = Annotated[Casework, Depends(_written_cases)]


@router.get("", summary="List cases", dependencies=[_READ])
def list_cases(
    cases: Cases,
    colleagues: ColleaguesDependency,
    kind: CaseKind | None = None,
    state: Annotated[CaseState | None, Query(description="As shown; `waiting`: not taken yet")] = None,
    mine: Annotated[
        bool | None, Query(description="true: only cases that you have a part in; false: only others")
    ] = None,
    merge_pending: Annotated[
        bool | None, Query(description="true: only cases whose records must still be merged; false: only others")
    ] = None,
    urgent: Annotated[bool | None, Query(description="true: only urgent cases; false: only others")] = None,
    assigned: Annotated[
        bool | None, Query(description="true: only cases that you have assigned to an examiner; false: only others")
    ] = None,
    limit: Limit = USUAL,
    after: After = None,
) -> CasePageOut:
    """List the cases that your unit may examine, oldest first; see `GET /cases/{case_id}`."""
    query = CaseQuery(kind, state, mine, merge_pending, urgent, assigned)
    return colleagues.fill_names(CasePageOut.of(cases.find(query, limit, after)))


@dataclass(frozen=True)
class CaseInput:
    """A case to open about a candidate, by record or by rank; see `create_case`."""

    search_id: str
    candidate: str | int
    samples: list[StoredSample]
    transaction: bytes | None
    is_urgent: bool


@operation("POST /api/v1/cases", CaseInput)
def _create_case(caller: Caller, form: CaseInput) -> Answer[CaseOut]:
    engine, table = caller.engine, caller.services.itl_table
    enclosed = [] if form.transaction is None else enclosed_samples(form.transaction, table)
    view = open_case(engine, form.search_id, form.candidate, form.samples, enclosed, is_urgent=form.is_urgent)
    case_out = Colleagues(engine.store.database).fill_names(CaseOut.of(view))
    return Answer(case_out, {"Location": f"/api/v1/cases/{view.id}"})


@router.post(
    "",
    status_code=201,
    summary="Open a case about a candidate",
    dependencies=[_READ, LATER, IN_TURN],
    responses=raising(UnknownSearch, UnknownRecord, Conflict, MalformedTransaction),
)
def create_case(
    search_id: Annotated[str, Form()],
    samples: UploadedSamples,
    run: RunOnce,
    record_id: Annotated[str, Form(description="The candidate's record")] = "",
    rank: Annotated[
        int | None, Form(ge=1, description="The candidate's rank in the search, instead of `record_id`")
    ] = None,
    transaction: Annotated[UploadFile | None, File(description="The ANSI/NIST file of the search")] = None,
    is_urgent: Annotated[
        bool, Form(description="Whether someone waits for the answer, as for a person in custody")
    ] = False,
) -> CaseOut:
    """Ask examiners whether a candidate is the person of the probe.

    Send the search's original files only if none of them is kept: see `probes` of the search. The candidate must be one
    that you can view in the search. For a hit that another unit keeps, give the rank: the case goes to the
    examiners of the lowest unit above yours that may see the record, and you see the outcome.
    """
    if bool(record_id) is (rank is not None):
        raise InvalidField("Name the candidate by record_id or by rank, one of the two.")
    file = transaction.file.read() if transaction else None
    return run(_create_case, CaseInput(search_id, rank or record_id, samples, file, is_urgent))


@router.get("/{case_id}", summary="Get a case", dependencies=[_READ])
def read_case(case_id: str, cases: Cases, colleagues: ColleaguesDependency) -> CaseOut:
    """Read the parts of a case that you may see now.

    A case belongs to the lowest unit, at or above the requesting one, that may see every record in it. That unit and
    those above it examine the case. The other units involved see only which units to call, and the outcome.
    """
    return colleagues.fill_names(CaseOut.of(cases.case(case_id)))


@router.post("/{case_id}/take", summary="Take a case", dependencies=[_EXAMINE], responses=_STEPS)
def take_case(case_id: str, cases: WrittenCases, colleagues: ColleaguesDependency) -> CaseOut:
    """Take the open part of a case: first examiner, second examiner, or supervisor in a conflict."""
    return colleagues.fill_names(CaseOut.of(cases.take(case_id)))


@router.get("/{case_id}/examiners", summary="List the examiners of a case", dependencies=[_SUPERVISE])
def list_case_examiners(case_id: str, cases: Cases) -> list[ExaminerOut]:
    """List the examiners of your unit and the units below it who may examine the case, without you."""
    return [ExaminerOut.of(examiner) for examiner in cases.examiners(case_id)]


@router.post(
    "/{case_id}/assignment",
    summary="Assign a case to an examiner",
    dependencies=[_SUPERVISE],
    responses=_STEPS | raising(UnknownAccount),
)
def assign_case(case_id: str, chosen: ExaminerIn, cases: WrittenCases, colleagues: ColleaguesDependency) -> CaseOut:
    """Give the open part of a case to an examiner, also in the place of one who has not decided.

    The examiner is notified. From then on you see who works on the case, and so cannot be an examiner of it yourself.
    An examiner who has a part, or knows of a search result of the case, is refused (`not_independent`).
    """
    return colleagues.fill_names(CaseOut.of(cases.assign(case_id, chosen.examiner)))


@router.post(
    "/{case_id}/comments", status_code=201, summary="Comment on a case", dependencies=[_EXAMINE], responses=_STEPS
)
def create_case_comment(
    case_id: str, comment: CommentIn, cases: WrittenCases, colleagues: ColleaguesDependency
) -> CaseOut:
    """Write a comment on an open case. A comment is never evidence, and cannot be changed.

    Yours is shown to others once it can influence no examiner; see `comments` of the case.
    """
    return colleagues.fill_names(CaseOut.of(cases.comment(case_id, comment.text)))


@router.post("/{case_id}/give-back", summary="Release a case", dependencies=[_EXAMINE], responses=_STEPS)
def release_case(case_id: str, cases: WrittenCases, colleagues: ColleaguesDependency) -> CaseOut:
    """Release a case that you have not decided, so that another examiner can take it."""
    return colleagues.fill_names(CaseOut.of(cases.give_back(case_id)))


@router.post(
    "/{case_id}/analyses", status_code=201, summary="Record an analysis", dependencies=[_EXAMINE], responses=_STEPS
)
def create_analysis(
    case_id: str, analysis: Sent[AnalysisDraft], cases: WrittenCases, colleagues: ColleaguesDependency
) -> CaseOut:
    """Record what you see in the probe, with the features that you mark there.

    The candidate's images are shown only after that. Once you have opened one, the analysis cannot change.
    """
    return colleagues.fill_names(CaseOut.of(cases.analyse(case_id, analysis)))


@router.post(
    "/{case_id}/opinions",
    status_code=201,
    summary="Record an opinion",
    dependencies=[_EXAMINE],
    responses=raising(
        WrongStep,
        CaseTaken,
        NotIndependent,
        PairNotComparable,
        PairNotOpened,
        GroundsMissing,
        CorrespondencesMissing,
        BasisMissing,
        BasisContradicts,
    ),
)
def create_opinion(
    case_id: str,
    opinion: Sent[OpinionDraft],
    cases: WrittenCases,
    engine: EngineDependency,
    colleagues: ColleaguesDependency,
) -> CaseOut:
    """Give your opinion, or, with `because`, replace it.

    An identification names the pair of images that it rests on (`pair_not_opened` if you have not opened both since
    your analysis, `pair_not_comparable` if they are of two different fingers), and closes the case when both examiners
    have opened one of the pairs that they name. An identification of two prints marks at least one feature in both, or
    says why not in `unmarked_because` (`correspondences_missing`). An identification or exclusion of prints states its
    grounds in `basis` (`basis_missing`), which must not contradict it (`basis_contradicts`). If the likelihood ratio of
    the pair, or of the search result, is below 1, the case goes to a supervisor instead, who identifies only with
    `grounds` (`grounds_missing`). If the outcome is that two records are one person's, they are merged, provided that
    the units of the examiners who decided may see both. Otherwise `merge_pending` stays set until an officer who may
    see both merges them.
    """
    view = cases.supersede(case_id, opinion) if opinion.because else cases.decide(case_id, opinion)
    settle_soon(engine.store)
    return colleagues.fill_names(CaseOut.of(view))


@router.post("/{case_id}/withdrawal", summary="Withdraw a case", dependencies=[_SUPERVISE], responses=_STEPS)
def withdraw_case(case_id: str, reason: ReasonIn, cases: WrittenCases, colleagues: ColleaguesDependency) -> CaseOut:
    """Close a case without an answer."""
    return colleagues.fill_names(CaseOut.of(cases.withdraw(case_id, reason.because)))
