"""Searches that every enrolment makes again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import needs
from api.http.dependencies import StoreDependency
from api.http.pagination import USUAL, cursor, number_after
from api.v1.standing import Searches
from api.web.pages import PagesDependency
from biometrics.accounts.display_names import names_of
from biometrics.kernel.access import Scope
from biometrics.kernel.technique.clock import today
from biometrics.watchlist.model import Standing, StandingKind

router = APIRouter()


@router.get("/standing", dependencies=[needs(Scope.WATCH_MANAGE)])
def show_standing(
    pages: PagesDependency,
    searches: Searches,
    store: StoreDependency,
    kind: StandingKind | Literal[""] = "",
    ended: bool = False,
    after: str | None = None,
) -> Response:
    """List the standing searches of one's unit and those below it, the oldest first."""
    page = searches.find([kind] if kind else (), ended=ended, limit=USUAL, after=number_after(after))
    return pages.show(
        "standing.html",
        page=page,
        names=names_of(store.database, _account_ids(page.items)),
        kind=kind,
        kinds=list(StandingKind),
        ended=ended,
        next=cursor(page.after),
        after=after,
        today=today(),
    )


def _account_ids(searches: Sequence[Standing]) -> list[str]:
    """Return the ids of the owners, and of those who ended searches."""
    return [*(search.owner for search in searches), *(search.ended.by for search in searches if search.ended)]
