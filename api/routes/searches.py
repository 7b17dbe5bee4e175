"""Identification: search all records with prints and photos."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from api.dependencies import EngineDependency, StoreDependency
from api.filters import SearchFilter
from api.search_schemas import Mode, ReplayOut, SearchOut
from api.uploads import UploadedSamples
from biometrics.candidates import USUAL_FPIR
from biometrics.identify import SearchRequest, identify
from biometrics.replay import replay

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
    ] = USUAL_FPIR,
    mode: Annotated[
        Mode, Form(description="identification, or investigation: the most alike, without a threshold")
    ] = Mode.IDENTIFICATION,
    case_number: Annotated[str, Form(description="The case or FIR that the search is for")] = "",
    officer: Annotated[str, Form(description="Who searches")] = "",
) -> SearchOut:
    """Search with all prints and photos of one person together; candidates come best first.

    A print of a known finger goes in that finger's field, one of an unknown finger in `unknown_finger`. Conditions
    narrow down whom it may find; what is not known of a person meets a condition.
    """
    fpir = None if mode is Mode.INVESTIGATION else target_fpir
    search = identify(engine, SearchRequest(samples, max_candidates, fpir, case_number, officer, where))
    response.headers["Location"] = f"/api/v1/searches/{search.id}"
    return SearchOut.of(search, engine.store)


@router.get("/searches/{search_id}", summary="Read a search again")
def read_search(search_id: str, store: StoreDependency) -> SearchOut:
    """Read a stored search with its candidates."""
    return SearchOut.of(store.search(search_id), store)


@router.post("/searches/{search_id}/replay", summary="Make a search again on the gallery as it was")
def replay_search(search_id: str, engine: EngineDependency) -> ReplayOut:
    """Answer a stored search again with the templates that there were, and say whether the list is the same."""
    return ReplayOut.of(replay(engine, search_id), engine.store)
