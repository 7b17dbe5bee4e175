"""Unsolved latents with the links between them, and the offences that examiners have linked."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import needs
from api.http.pagination import USUAL, cursor, number_after
from api.v1.unsolved_latents import Links
from api.web.pages import PagesDependency
from biometrics.kernel.access import Scope

router = APIRouter()


@router.get("/unsolved", dependencies=[needs(Scope.WATCH_MANAGE)])
def show_unsolved(
    pages: PagesDependency, links: Links, fir: str = "", linked: bool = False, after: str | None = None
) -> Response:
    """List the unsolved latents of one's unit and those below it, the oldest first."""
    page = links.find(fir, linked=linked, limit=USUAL, after=number_after(after))
    return pages.show("unsolved.html", page=page, fir=fir, linked=linked, next=cursor(page.after), after=after)


@router.get("/unsolved/offences", dependencies=[needs(Scope.WATCH_MANAGE)])
def show_offences(pages: PagesDependency, links: Links, after: str | None = None) -> Response:
    """List the offences that examiners have linked."""
    page = links.offences(USUAL, after)
    return pages.show("offences.html", page=page, next=page.after, after=after)
