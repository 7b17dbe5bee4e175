"""Searches that every enrolment makes again."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response

from api.paging import USUAL, cursor, number_after
from api.routes.standing import Searches
from api.security import needs
from api.web.pages import PagesDependency
from biometrics.access import Scope
from biometrics.watch import StandingKind, today

router = APIRouter()


@router.get("/standing", dependencies=[needs(Scope.WATCH_MANAGE)])
def show_standing(
    pages: PagesDependency,
    searches: Searches,
    kind: StandingKind | Literal[""] = "",
    ended: bool = False,
    after: str | None = None,
) -> Response:
    """List the standing searches of one's unit and those below it, the oldest first."""
    page = searches.find([kind] if kind else (), ended=ended, limit=USUAL, after=number_after(after))
    return pages.show(
        "standing.html",
        page=page,
        kind=kind,
        kinds=list(StandingKind),
        ended=ended,
        next=cursor(page.after),
        after=after,
        today=today(),
    )
