"""Unidentified bodies and the missing people that they may be."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import ActDependency, needs
from api.http.dependencies import StoreDependency
from api.http.pagination import cursor, number_after
from api.web.pages import PagesDependency
from biometrics.kernel.access import Scope
from biometrics.use_cases.search.reconcile import ReconciliationReader

router = APIRouter(dependencies=[needs(Scope.WATCH_MANAGE)])


@router.get("/reconciliation")
def show_reconciliation(
    pages: PagesDependency,
    store: StoreDependency,
    act: ActDependency,
    contradicted: bool = False,
    after: str | None = None,
) -> Response:
    """List unidentified bodies of one's unit and those below it, each with the missing people that it may be."""
    reader = ReconciliationReader(store.database, act)
    page = reader.find(contradicted=contradicted, after=number_after(after))
    return pages.show("reconciliation.html", page=page, contradicted=contradicted, next=cursor(page.after), after=after)
