"""Clearance certificates: requested by one officer, decided by another, checked by anyone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.bootstrap.store import audit_log_of
from api.http.authentication import ActDependency, needs
from api.http.dependencies import EngineDependency, StoreDependency
from api.http.errors import raising
from api.http.idempotency import WritingEngine, WritingStore
from api.http.pagination import USUAL, After, Limit
from api.http.schemas import PDF
from api.http.sent import Sent
from api.v1.cases_schemas import ReasonIn
from api.v1.clearances_schemas import (
    ClearanceIn,
    ClearanceOut,
    ClearancePageOut,
    StatementIn,
    StatementOut,
)
from api.v1.display_names import ColleaguesDependency
from api.v1.paper_response import PaperDependency
from biometrics.clearances.model import ClearanceState, Decision
from biometrics.clearances.reader import ClearanceReader
from biometrics.clearances.statement import verify_statement
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import NotIndependent, UnknownClearance, UnknownSearch, WrongStep
from biometrics.kernel.technique.clock import today
from biometrics.storage.audit.log import Action
from biometrics.use_cases.casework.clear import (
    applicant_photo,
    decide_clearance,
    request_clearance,
    revoke_clearance,
    withdraw_clearance,
)

router = APIRouter(prefix="/clearances", tags=["cases"], dependencies=[needs(Scope.CASE_READ)])


def _clearances(engine: EngineDependency, act: ActDependency) -> ClearanceReader:
    return ClearanceReader(engine.store.database, act)


Clearances = Annotated[ClearanceReader, Depends(_clearances)]


@router.post(
    "",
    status_code=201,
    summary="Request a clearance certificate",
    dependencies=[needs(Scope.IDENTIFY), needs(Scope.SEARCH_READ)],
    responses=raising(UnknownSearch, WrongStep),
)
def create_clearance(
    new: ClearanceIn, engine: WritingEngine, colleagues: ColleaguesDependency, response: Response
) -> ClearanceOut:
    """Request a certificate for an applicant, on the basis of a search with their ten prints and photo.

    Each candidate above the threshold becomes a case for examiners. Another person decides the request. The samples
    enter no record and are destroyed some days after the decision.
    """
    clearance = request_clearance(engine, new.search_id, new.request())
    response.headers["Location"] = f"/api/v1/clearances/{clearance.id}"
    return colleagues.fill_names(ClearanceOut.of(clearance))


@router.get("", summary="List requests for clearance certificates")
def list_clearances(
    clearances: Clearances,
    colleagues: ColleaguesDependency,
    state: Annotated[ClearanceState | None, Query(description="Only those in this state")] = None,
    limit: Limit = USUAL,
    after: After = None,
) -> ClearancePageOut:
    """List the requests of your unit and the units below it, newest first."""
    return colleagues.fill_names(ClearancePageOut.of(clearances.find(state, limit=limit, after=after)))


@router.get("/{clearance_id}", summary="Get a request for a certificate", responses=raising(UnknownClearance))
def read_clearance(clearance_id: str, clearances: Clearances, colleagues: ColleaguesDependency) -> ClearanceOut:
    """Get a request, with its cases and the decision."""
    return colleagues.fill_names(ClearanceOut.of(clearances.get(clearance_id)))


@router.post(
    "/{clearance_id}/decision",
    summary="Decide a request for a certificate",
    dependencies=[needs(Scope.CASE_EXAMINE)],
    responses=raising(UnknownClearance, NotIndependent, WrongStep),
)
def decide_one(
    clearance_id: str, decision: Sent[Decision], engine: WritingEngine, colleagues: ColleaguesDependency
) -> ClearanceOut:
    """Issue the certificate, or refuse it. The person who made the request cannot decide it.

    Examiners must have decided all its cases. If one of them identified the applicant, the certificate discloses what
    may be disclosed, or you state why nothing may be. If one ended without an answer, only a refusal is possible.
    """
    return colleagues.fill_names(ClearanceOut.of(decide_clearance(engine, clearance_id, decision)))


@router.post(
    "/{clearance_id}/withdrawal",
    summary="Withdraw a request for a certificate",
    responses=raising(UnknownClearance, WrongStep),
)
def withdraw_one(
    clearance_id: str, reason: ReasonIn, store: WritingStore, colleagues: ColleaguesDependency
) -> ClearanceOut:
    """Withdraw a request that is not decided, with a reason."""
    return colleagues.fill_names(ClearanceOut.of(withdraw_clearance(store, clearance_id, reason.because)))


@router.post(
    "/{clearance_id}/revocation",
    summary="Revoke a clearance certificate",
    dependencies=[needs(Scope.CASE_EXAMINE)],
    responses=raising(UnknownClearance, WrongStep),
)
def revoke_one(
    clearance_id: str, reason: ReasonIn, store: WritingStore, colleagues: ColleaguesDependency
) -> ClearanceOut:
    """Revoke a certificate, with a reason. A check without a connection does not show it."""
    return colleagues.fill_names(ClearanceOut.of(revoke_clearance(store, clearance_id, reason.because)))


@router.get(
    "/{clearance_id}/certificate",
    summary="Get a clearance certificate",
    response_class=Response,
    responses=PDF | raising(UnknownClearance, WrongStep),
)
def read_clearance_certificate(
    clearance_id: str,
    clearances: Clearances,
    store: StoreDependency,
    options: PaperDependency,
) -> Response:
    """Fetch the certificate as a PDF with a QR code, which can be checked without a connection."""
    clearance = clearances.get(clearance_id)
    if clearance.state is not ClearanceState.ISSUED or clearance.statement is None:
        raise WrongStep("There is no certificate in force; see the state of the request.")
    store.note(Action.PAPER_MADE, clearance.id, paper="clearance")
    key = audit_log_of(store).public_key()
    from api.pdf.clearance import clearance_pdf

    paper = clearance_pdf(
        store.database, clearance, applicant_photo(store, clearance), key, options.language, options.zone
    )
    return options.response(store, paper, clearance.number)


@router.post("/verification", summary="Check a clearance certificate")
def check_clearance(sent: StatementIn, clearances: Clearances, store: StoreDependency) -> StatementOut:
    """Check the text of a certificate's QR code with a public key, and whether this station revoked it."""
    own_key = audit_log_of(store).public_key()
    key = sent.public_key.strip().lower() or own_key
    verified = verify_statement(sent.statement, key, today())
    revoked = clearances.was_revoked(verified.content["number"]) if verified.is_genuine and key == own_key else None
    return StatementOut.of(verified, key, revoked=revoked)
