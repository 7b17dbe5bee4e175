"""The page of the search field in the head of every page."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import ActDependency, needs_sign_in
from api.http.dependencies import StoreDependency
from api.http.errors import details_of, status_of
from api.v1.cases import Cases
from api.v1.display_names import ColleaguesDependency
from api.v1.find import FoundOut, find, record_words
from api.web.pages import PagesDependency
from api.web.routes.search import PURPOSES
from biometrics.kernel.errors import InvalidField

router = APIRouter()


@router.get("/find", dependencies=[needs_sign_in()])
def show_found(
    pages: PagesDependency,
    act: ActDependency,
    store: StoreDependency,
    cases: Cases,
    colleagues: ColleaguesDependency,
    text: str = "",
) -> Response:
    """Show the people, cases and searches that a text is found in; without one, the field alone."""
    results, problem, status = FoundOut(records=[], cases=[], searches=[]), None, 200
    if text.strip():
        try:
            results = find(text, act, store, cases, colleagues)
        except InvalidField as error:
            problem, status = details_of(error), status_of(type(error))
    words = record_words(text.strip())
    return pages.show("find.html", status, text=text, found=results, problem=problem, purpose_of=PURPOSES, words=words)
