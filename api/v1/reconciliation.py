"""Unidentified bodies and the missing people that they may be."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.http.authentication import ActDependency, needs
from api.http.dependencies import StoreDependency
from api.http.pagination import USUAL, After, Limit, number_after
from api.http.schemas import PageOut
from biometrics.kernel.access import Scope
from biometrics.use_cases.search.reconcile import Reconciliation, ReconciliationReader

router = APIRouter(tags=["cases"])


class ReconciliationPageOut(PageOut):
    """A page of unidentified bodies, those first whose standing search is the oldest."""

    bodies: list[Reconciliation]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")


@router.get(
    "/reconciliation",
    summary="List unidentified bodies with the missing people that they may be",
    dependencies=[needs(Scope.WATCH_MANAGE)],
)
def list_reconciliations(
    store: StoreDependency,
    act: ActDependency,
    contradicted: Annotated[bool, Query(description="People with a contradiction too, after the others")] = False,
    limit: Limit = USUAL,
    after: After = None,
) -> ReconciliationPageOut:
    """Compare what the records of bodies and of missing people state: sex, age, height, dates. There is no score.

    Both are of your unit and the units below it. Prints and photos of both are compared when they are enrolled, and
    similar ones open a case. A contradiction may be an error of what was stated.
    """
    reader = ReconciliationReader(store.database, act)
    page = reader.find(contradicted=contradicted, limit=limit, after=number_after(after))
    return ReconciliationPageOut.of(page)
