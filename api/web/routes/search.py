"""Searching with prints and photos, and what was found."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.dependencies import StoreDependency
from api.search_schemas import SearchOut
from api.security import needs
from api.web.found import is_one_of_several, lines_of
from api.web.pages import PagesDependency
from biometrics.access import Purpose, Scope
from biometrics.encounter import EncounterKind
from biometrics.person import Sex
from biometrics.types import FingerPosition, Impression
from biometrics.watch import StandingKind

router = APIRouter()


@router.get("/search", dependencies=[needs(Scope.IDENTIFY)])
def ask_for_search(pages: PagesDependency) -> Response:
    """Ask what to search with, what for, and among whom."""
    return pages.show(
        "search.html",
        purposes=list(Purpose),
        fingers=list(FingerPosition),
        impressions=list(Impression),
        sexes=list(Sex),
        kinds=list(EncounterKind),
    )


@router.get("/searches/{search_id}", dependencies=[needs(Scope.SEARCH_READ)])
def show_search(search_id: str, pages: PagesDependency, store: StoreDependency) -> Response:
    """Show a stored search with its candidates, best first."""
    stored = store.search(search_id)
    search = SearchOut.of(stored, store)
    return pages.show(
        "found.html",
        search=search,
        of_latent=bool(stored.search.settings.get("alternatives")),
        of_group=is_one_of_several(stored),
        purpose=Purpose(search.purpose) if search.purpose else None,
        lines=lines_of(search, store),
        standing_kinds=list(StandingKind),
    )
