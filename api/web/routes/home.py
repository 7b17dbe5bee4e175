"""The home page: the work that waits for the reader."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import ActDependency, needs_sign_in
from api.http.dependencies import EngineDependency, ZoneDependency
from api.v1.cases import Cases
from api.v1.notifications import Notifications
from api.web.pages import PagesDependency
from api.web.routes.notifications import named
from biometrics.cases.repository import CaseQuery
from biometrics.cases.view import CaseView
from biometrics.kernel.access import Scope
from biometrics.kernel.cases import CaseState
from biometrics.reporting.reports import ReportStore

router = APIRouter()

SHOWN = 8  # of each list


@router.get("/", dependencies=[needs_sign_in()])
def show_home(
    pages: PagesDependency,
    act: ActDependency,
    engine: EngineDependency,
    cases: Cases,
    notifications: Notifications,
    zone: ZoneDependency,
) -> Response:
    """Show what waits: cases, notifications, drafts, and today's figures of one's unit."""
    mine: list[CaseView] = []
    waiting: list[CaseView] = []
    if pages.may(Scope.CASE_EXAMINE):
        mine += cases.find(CaseQuery(state=CaseState.ASSIGNED, mine=True), SHOWN, None).items
        for urgent in (True, False):  # the urgent ones first
            query = CaseQuery(state=CaseState.WAITING, mine=False, urgent=urgent)
            waiting += cases.find(query, SHOWN, None).items
        waiting = waiting[:SHOWN]
    unread = notifications.find(unread=True, limit=SHOWN, after=None)
    return pages.show(
        "home.html",
        mine=mine,
        waiting=waiting,
        notifications=unread,
        people=named(engine.store, pages, unread.items),
        figures=ReportStore(engine.store.database, act, zone).today(),
    )
