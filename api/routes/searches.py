"""Identification: search all records with prints and photos."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from api.dependencies import EngineDependency, StoreDependency
from api.filters import SearchFilter
from api.schemas import SearchOut
from api.uploads import UploadedSamples
from biometrics.identify import SearchRequest, identify

router = APIRouter(tags=["identification"])


@router.post("/identify", status_code=201, summary="Find whose prints and photos these are")
def create_search(
    samples: UploadedSamples,
    engine: EngineDependency,
    where: SearchFilter,
    response: Response,
    max_candidates: Annotated[int, Form()] = 10,
    target_fpir: Annotated[
        float, Form(description="Accepted chance that a search for somebody not on record passes the threshold")
    ] = 0.001,
    case_number: Annotated[str, Form(description="The case or FIR that the search is for")] = "",
    officer: Annotated[str, Form(description="Who searches")] = "",
) -> SearchOut:
    """Search with all prints and photos of one person together; candidates come best first.

    A print of a known finger goes in that finger's field, one of an unknown finger in `unknown_finger`. Conditions
    narrow down whom it may find; what is not known of a person meets a condition.
    """
    search = identify(engine, SearchRequest(samples, max_candidates, target_fpir, case_number, officer, where))
    response.headers["Location"] = f"/api/v1/searches/{search.id}"
    return SearchOut.of(search, engine.store)


@router.get("/searches/{search_id}", summary="Read a search again")
def read_search(search_id: str, store: StoreDependency) -> SearchOut:
    """Read a stored search with its candidates."""
    return SearchOut.of(store.search(search_id), store)
