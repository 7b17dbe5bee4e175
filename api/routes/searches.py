"""Identification: search all records with prints and photos."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response, UploadFile

from api.admission.queue import IN_TURN
from api.http.authorisation import needs
from api.http.dependencies import EngineDependency, StoreDependency
from api.http.display_names import ColleaguesDependency
from api.http.forms.samples import UploadedSamples, read_upload
from api.http.forms.search_filters import SearchFilter
from api.http.forms.search_query import search_query
from api.http.idempotency import SearchingOnce
from api.http.pagination import USUAL, After, Limit
from api.http.problem_details import raising
from api.schemas.searches import GroupMemberOut, MentionPageOut, Mode, ReplayOut, SearchOut, SearchPageOut
from api.tasks.requests import LATER
from biometrics.domain.access import Scope
from biometrics.domain.errors import ReplayImpossible
from biometrics.domain.types import Modality, Sample
from biometrics.matching.calibration import USUAL_FPIR
from biometrics.records.searches.appearances import mentions_of
from biometrics.records.searches.listing import SearchQuery, searches_made
from biometrics.use_cases.group_search import identify_group
from biometrics.use_cases.identify import SearchRequest, identify
from biometrics.use_cases.replay import replay

router = APIRouter(tags=["identification"])

Candidates = Annotated[int, Form(description="At most so many people, 100 at most")]
Officer = Annotated[str, Form(description="Who searches, where it is not who is signed in")]


def _target(
    target_fpir: Annotated[
        float, Form(description="Accepted chance that a search for somebody not on record passes the threshold")
    ] = USUAL_FPIR,
    mode: Annotated[
        Mode, Form(description="identification, or investigation: the most alike, without a threshold")
    ] = Mode.IDENTIFICATION,
) -> float | None:
    return None if mode is Mode.INVESTIGATION else target_fpir


Target = Annotated[float | None, Depends(_target)]  # the FPIR that is asked for; None of an investigation


@router.post(
    "/identify",
    status_code=201,
    summary="Find whose prints and photos these are",
    dependencies=[needs(Scope.IDENTIFY), LATER, IN_TURN],
)
def create_search(
    samples: UploadedSamples,
    engine: SearchingOnce,
    where: SearchFilter,
    target: Target,
    response: Response,
    max_candidates: Candidates = 10,
    officer: Officer = "",
) -> SearchOut:
    """Search with all prints and photos of one person together; candidates come best first.

    A print of a known finger goes in that finger's field, one of an unknown finger in `unknown_finger`. Conditions
    narrow down whom it may find; what is not known of a person meets a condition.
    """
    search = identify(engine, SearchRequest(samples, max_candidates, target, officer=officer, where=where))
    response.headers["Location"] = f"/api/v1/searches/{search.id}"
    return SearchOut.of(search, engine.store)


@router.post(
    "/identify/group",
    status_code=201,
    summary="Find who the people in one photo are",
    dependencies=[needs(Scope.IDENTIFY), LATER, IN_TURN],
)
def create_group_search(
    photo: UploadFile,
    engine: SearchingOnce,
    where: SearchFilter,
    target: Target,
    max_candidates: Candidates = 10,
    officer: Officer = "",
) -> list[GroupMemberOut]:
    """Search for everybody in a photo, the largest face first, each by a search of their own that is stored."""
    sample = Sample(Modality.FACE, read_upload(photo), photo.filename or "")
    request = SearchRequest([sample], max_candidates, target, officer=officer, where=where)
    return [GroupMemberOut.of(member, engine.store) for member in identify_group(engine, request)]


@router.get("/searches", summary="List searches that were made", dependencies=[needs(Scope.SEARCH_READ)])
def list_searches(
    store: StoreDependency,
    colleagues: ColleaguesDependency,
    asked: Annotated[SearchQuery, Depends(search_query)],
    limit: Limit = USUAL,
    after: After = None,
) -> SearchPageOut:
    """List your own searches and those of your unit and below, the newest first; what is not given is not asked for.

    What a search found is hidden from whoever examines a case that it is about, until they have given their opinion.
    """
    return colleagues.named(SearchPageOut.of(searches_made(store, asked, limit, after)))


@router.get("/searches/{search_id}", summary="Read a search again", dependencies=[needs(Scope.SEARCH_READ)])
def read_search(search_id: str, store: StoreDependency) -> SearchOut:
    """Read a stored search with its candidates."""
    return SearchOut.of(store.search(search_id), store)


@router.post(
    "/searches/{search_id}/replay",
    summary="Make a search again on the gallery as it was",
    dependencies=[needs(Scope.SEARCH_READ), LATER, IN_TURN],
    responses=raising(ReplayImpossible),
)
def replay_search(search_id: str, engine: EngineDependency) -> ReplayOut:
    """Answer a stored search again with the templates that there were, and say whether the list is the same."""
    return ReplayOut.of(replay(engine, search_id), engine.store)


@router.get(
    "/records/{record_id}/searches",
    summary="List the searches that named a record",
    dependencies=[needs(Scope.SEARCH_READ)],
)
def list_searches_of(
    record_id: str, store: StoreDependency, limit: Limit = USUAL, after: After = None
) -> MentionPageOut:
    """List the searches that had the record among their candidates: your own, and those of your unit and below."""
    return MentionPageOut.of(mentions_of(store, record_id, limit, after))
