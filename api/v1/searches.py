"""Stored searches: reading, the files of their probes, and replaying them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.http.authentication import ActDependency, needs
from api.http.dependencies import StoreDependency
from api.http.errors import raising
from api.http.idempotency import WritingStore
from api.http.operations import Answer, Caller, Run, operation
from api.http.pagination import USUAL, After, Limit
from api.http.schemas import IMAGE, RENDERING, Day
from api.http.turns import IN_TURN, LATER, RENDERED_IN_TURN
from api.v1.display_names import ColleaguesDependency
from api.v1.retention_schemas import OrderIn, OrderOut
from api.v1.searches_schemas import AuthorisationIn, MentionPageOut, ReplayOut, SearchOut, SearchPageOut
from biometrics.cases.reader import CaseReader
from biometrics.imaging.image import png
from biometrics.kernel.access import Purpose, Scope
from biometrics.kernel.errors import (
    ExpungementRefused,
    NeedsTwoPeople,
    ReplayImpossible,
    SearchUnauthorised,
    UndecodableImage,
    UnknownSample,
    UnsupportedImage,
    WrongStep,
)
from biometrics.searches.listing import SearchQuery
from biometrics.searches.model import KeptImage
from biometrics.use_cases.casework.examine import cases_of_candidates
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.authorise import authorise
from biometrics.use_cases.search.replay import replay

router = APIRouter(tags=["identification"])

HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


def _search_query(
    case_number: Annotated[str, Query(description="The case or FIR that the search was for, as it was entered")] = "",
    purpose: Annotated[Purpose | None, Query(description="What it was for")] = None,
    first_date: Annotated[
        Day | None, Query(description="Made on this day or later, in the service's time zone")
    ] = None,
    last_date: Annotated[Day | None, Query(description="Made on this day or earlier")] = None,
    mine: Annotated[bool, Query(description="Only your own")] = False,
) -> SearchQuery:
    """Return the conditions of a list of searches."""
    return SearchQuery(case_number, purpose or "", first_date, last_date, mine)


@router.get("/searches", summary="List past searches", dependencies=[needs(Scope.SEARCH_READ)])
def list_searches(
    store: StoreDependency,
    colleagues: ColleaguesDependency,
    query: Annotated[SearchQuery, Depends(_search_query)],
    limit: Limit = USUAL,
    after: After = None,
) -> SearchPageOut:
    """List your own searches and those of your unit and the units below, newest first.

    The results of a search are hidden from the examiners of a case about it until they give their opinion.
    """
    return colleagues.fill_names(SearchPageOut.of(store.searches.find(query, limit, after)))


@router.get("/searches/{search_id}", summary="Get a search", dependencies=[needs(Scope.SEARCH_READ)])
def read_search(search_id: str, store: StoreDependency, act: ActDependency) -> SearchOut:
    """Get a stored search with its candidates, and what examiners concluded of each."""
    stored = store.searches.get(search_id)
    search = SearchOut.of(stored)
    if not act.actor.may(Scope.CASE_READ):
        return search
    return search.with_cases(cases_of_candidates(CaseReader(store.database, act), stored))


@router.get(
    "/searches/{search_id}/probes/{probe_number}/image",
    summary="Get the file of a probe",
    response_class=Response,
    dependencies=[needs(Scope.SEARCH_READ)],
    responses=IMAGE,
)
def read_probe_image(search_id: str, probe_number: int, store: StoreDependency) -> Response:
    """Get the file that was searched with, as `probes` of the search names it. The audit log has an entry of it."""
    image = _probe(store, search_id, probe_number)
    return Response(image.content, media_type=image.media_type, headers=HEADERS)


@router.get(
    "/searches/{search_id}/probes/{probe_number}/rendering",
    summary="Get the image of a probe as PNG",
    response_class=Response,
    dependencies=[needs(Scope.SEARCH_READ), RENDERED_IN_TURN],
    responses=RENDERING | raising(UnsupportedImage, UndecodableImage),
)
def read_probe_rendering(
    search_id: str,
    probe_number: int,
    store: StoreDependency,
    side: Annotated[int | None, Query(ge=16, le=4000, description="Longest side in pixels; else as it is")] = None,
) -> Response:
    """Get the image as PNG, whatever its original format. A minutiae record has no image.

    The right required and the audit entry are those of the original file.
    """
    return Response(png(_probe(store, search_id, probe_number).content, side), media_type="image/png", headers=HEADERS)


@router.post(
    "/searches/{search_id}/retention-orders",
    status_code=201,
    summary="Create a retention order about probes",
    dependencies=[needs(Scope.RETENTION_MANAGE)],
    responses=raising(ExpungementRefused, NeedsTwoPeople),
)
def create_search_order(search_id: str, order: OrderIn, store: WritingStore) -> OrderOut:
    """Record a hold on the files of a search, its release, an order to destroy them, or that the matter is closed.

    An order to destroy takes effect when another, independent person has entered the same authority, reference and
    date.
    """
    return OrderOut(id=Retention(store).order_of_search(search_id, order.order()))


@router.post(
    "/searches/{search_id}/authorisation",
    status_code=201,
    summary="Enter the order for a search",
    dependencies=[needs(Scope.CASE_SUPERVISE)],
    responses=raising(WrongStep, NeedsTwoPeople, SearchUnauthorised),
)
def authorise_search(search_id: str, order: AuthorisationIn, store: WritingStore) -> OrderOut:
    """Record the order that authorises a search, or that it was refused.

    The operator's settings say which purposes need one, and in how many hours. Somebody else than who searched enters
    it. After a refusal, and when no order comes in time, nothing that the search found is visible any more.
    """
    return OrderOut(id=authorise(store, search_id, order.authorisation()))


def _probe(store: StoreDependency, search_id: str, number: int) -> KeptImage:
    image = store.searches.image(search_id, number)
    if image is None:
        raise UnknownSample(
            f"No file of probe {number} of this search is kept; `probes` of the search names those that are."
        )
    return image


@operation("POST /api/v1/searches/{search_id}/replay", str)
def _replay(caller: Caller, search_id: str) -> Answer[ReplayOut]:
    return Answer(ReplayOut.of(replay(caller.engine, search_id)))


@router.post(
    "/searches/{search_id}/replay",
    summary="Replay a search",
    dependencies=[needs(Scope.SEARCH_READ), LATER, IN_TURN],
    responses=raising(ReplayImpossible),
)
def replay_search(search_id: str, run: Run) -> ReplayOut:
    """Repeat a stored search with the templates of that time, and report whether the list is the same."""
    return run(_replay, search_id)


@router.get(
    "/records/{record_id}/searches",
    summary="List searches that listed a record",
    dependencies=[needs(Scope.SEARCH_READ)],
)
def list_record_searches(
    record_id: str, store: StoreDependency, limit: Limit = USUAL, after: After = None
) -> MentionPageOut:
    """List the searches with the record among their candidates: your own, and those of your unit and below."""
    return MentionPageOut.of(store.searches.mentions_of(record_id, limit, after))
