"""Verification: which of a few people it is, or whether two sets of samples are of one person."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import needs
from api.web.pages import PagesDependency
from biometrics.kernel.access import Purpose, Scope
from biometrics.use_cases.search.verify import MOST_PEOPLE

router = APIRouter()


@router.get("/verify", dependencies=[needs(Scope.VERIFY)])
def ask_for_verification(pages: PagesDependency) -> Response:
    """Show the form: samples, and the people or the other samples to compare them with."""
    return pages.show("verify.html", purposes=list(Purpose), most_people=MOST_PEOPLE)
