"""The guides, which each page's help leads to. They are open to all: they hold no data, and sign-in needs help, too."""

from __future__ import annotations

from contextlib import suppress

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.http.authentication import for_everybody, recognised_by
from api.web.guides import GUIDES, guide, path_of
from api.web.pages import PagesDependency
from biometrics.kernel.errors import Forbidden, NotFound, Unauthenticated

router = APIRouter()


@router.get("/help", dependencies=[for_everybody()])
def show_first() -> Response:
    """Lead to the first guide, which lists the others."""
    return RedirectResponse(path_of(next(iter(GUIDES))), 303)


@router.get("/help/{guide_name}", dependencies=[for_everybody()])
def show_guide(pages: PagesDependency, request: Request, guide_name: str) -> Response:
    """Show a guide in the reader's language, with the menu of a signed-in reader."""
    with suppress(Unauthenticated, Forbidden):  # readers who are not signed in have no menu
        recognised_by(request)
    if guide_name not in GUIDES:
        raise NotFound("There is no such guide.")
    guide_text = guide(guide_name, pages.language.code)
    return pages.show("guide.html", guide=guide_text, name=guide_name, guides=GUIDES)
