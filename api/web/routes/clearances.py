"""Requests for clearance certificates: to make, decide and check them."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.bootstrap.store import audit_log_of
from api.http.authentication import ActDependency, needs
from api.http.dependencies import StoreDependency
from api.http.pagination import USUAL
from api.v1.clearances import Clearances
from api.web.pages import PagesDependency
from biometrics.accounts.display_names import names_of
from biometrics.clearances.model import DETAILS_LENGTH, VALID, ClearanceOutcome, ClearanceState
from biometrics.kernel.access import Scope
from biometrics.kernel.people.encounter import MissingReason
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.technique.clock import today

router = APIRouter()


@router.get("/clearances", dependencies=[needs(Scope.CASE_READ)])
def show_clearances(
    pages: PagesDependency,
    clearances: Clearances,
    store: StoreDependency,
    act: ActDependency,
    search: str = "",
    every: bool = False,
    after: str | None = None,
) -> Response:
    """List the requests of one's unit and those below it, the newest first; of a search, the form for a request."""
    page = clearances.find(None if every else ClearanceState.REQUESTED, limit=USUAL, after=after)
    account_ids = [
        account
        for clearance in page.items
        for account in (clearance.requested_by, clearance.decided_by, clearance.ended_by)
    ]
    return pages.show(
        "clearances.html",
        page=page,
        search=search,
        every=every,
        after=after,
        actor=act.actor.id,
        names=names_of(store.database, account_ids),
        outcomes=list(ClearanceOutcome),
        fingers=[finger for finger in FingerPosition if finger.is_known],
        reasons=list(MissingReason),
        longest=DETAILS_LENGTH,
        valid=VALID.days,
        today=today(),
        public_key=audit_log_of(store).public_key(),
    )
