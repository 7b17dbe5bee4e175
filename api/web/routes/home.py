"""The home page: what waits for the reader, and what they and their unit did last."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import ActDependency, needs_sign_in
from api.http.dependencies import EngineDependency
from api.v1.cases import Cases
from api.v1.display_names import Colleagues
from api.v1.notifications import Notifications
from api.v1.portraits import picture
from api.v1.searches_schemas import SearchLineOut, SearchPageOut
from api.web.pages import Pages, PagesDependency
from api.web.routes.notifications import notified_people
from api.web.routes.search import PURPOSES
from biometrics.cases.reader import CaseQuery
from biometrics.cases.view import CaseView
from biometrics.kernel.access import Scope
from biometrics.kernel.casework.cases import CaseState, Part
from biometrics.kernel.people.record import Record, RecordQuery, StoredSample
from biometrics.records.store import RecordStore
from biometrics.reporting.reports import ReportStore
from biometrics.searches.listing import SearchQuery

router = APIRouter()

SHOWN = 8  # of what waits
LAST = 5  # of the searches and the people


@router.get("/", dependencies=[needs_sign_in()])
def show_home(
    pages: PagesDependency,
    act: ActDependency,
    engine: EngineDependency,
    cases: Cases,
    notifications: Notifications,
) -> Response:
    """Show what waits, the last searches and people, and today's figures of one's unit."""
    mine: list[CaseView] = []
    waiting: list[CaseView] = []
    if pages.may(Scope.CASE_EXAMINE):
        mine += cases.find(CaseQuery(state=CaseState.ASSIGNED, mine=True), SHOWN, None).items
        if pages.may(Scope.CASE_SUPERVISE):
            conflicts = cases.find(CaseQuery(state=CaseState.CONFLICT), SHOWN, None).items
            mine += [case for case in conflicts if case.part is Part.SUPERVISOR]
            waiting += [case for case in conflicts if case.part is None]
        for urgent in (True, False):  # the urgent ones first
            query = CaseQuery(state=CaseState.WAITING, mine=False, urgent=urgent)
            waiting += cases.find(query, SHOWN, None).items
    unread = notifications.find(unread=True, limit=SHOWN, after=None)
    return pages.show(
        "home.html",
        mine=mine,
        waiting=waiting[:SHOWN],
        notifications=unread,
        people=notified_people(engine.store, pages, unread.items),
        figures=ReportStore(engine.store.database, act).today(),
        searches=_last_searches(pages, engine.store),
        enrolled=_last_people(pages, engine.store),
        purpose_of=PURPOSES,
        now=datetime.now(UTC),
    )


def _last_searches(pages: Pages, store: RecordStore) -> list[SearchLineOut]:
    if not pages.may(Scope.SEARCH_READ):
        return []
    page = SearchPageOut.of(store.searches.find(SearchQuery(mine=True), LAST))
    return Colleagues(store.database).fill_names(page).searches


def _last_people(pages: Pages, store: RecordStore) -> list[tuple[Record, StoredSample | None]]:
    """Return the newest records of one's unit, each with its portrait, or its first image where it has no photo."""
    if not pages.may(Scope.ENCOUNTER_READ):
        return []
    newest = store.people.find(RecordQuery(), LAST).items
    return [(record, picture(record)) for record in newest]
