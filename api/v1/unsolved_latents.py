"""Unsolved latents, the links between them, and the offences that examiners have linked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.http.authentication import ActDependency, needs
from api.http.dependencies import EngineDependency
from api.http.errors import raising
from api.http.idempotency import WritingEngine
from api.http.pagination import USUAL, After, Limit, number_after
from api.v1.cases_schemas import CaseOut
from api.v1.display_names import ColleaguesDependency
from api.v1.unsolved_latents_schemas import LinkedOffencesPageOut, UnsolvedLatentOut, UnsolvedLatentPageOut
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import Conflict, HiddenUntilDecided, UnknownLink, UnknownStandingSearch
from biometrics.use_cases.casework.examine import open_link_case
from biometrics.watchlist.links import LinkReader

router = APIRouter(tags=["cases"], dependencies=[needs(Scope.WATCH_MANAGE)])


def _links(engine: EngineDependency, act: ActDependency) -> LinkReader:
    return LinkReader(engine.store.database, act)


Links = Annotated[LinkReader, Depends(_links)]


@router.get("/unsolved-latents", summary="List unsolved latents")
def list_unsolved_latents(
    links: Links,
    colleagues: ColleaguesDependency,
    fir_number: Annotated[str, Query(description="Only those of this case or FIR")] = "",
    linked: Annotated[bool, Query(description="Only those with links")] = False,
    limit: Limit = USUAL,
    after: After = None,
) -> UnsolvedLatentPageOut:
    """List the unsolved latents of your unit and the units below it with their links, oldest first.

    The latent of a new standing search is soon compared with all other unsolved ones, and again when its templates
    change. The list shows no scores, so that an examiner who reads it can still take a case about a link.
    """
    page = links.find(fir_number, linked=linked, limit=limit, after=number_after(after))
    return colleagues.fill_names(UnsolvedLatentPageOut.of(page))


@router.get(
    "/unsolved-latents/{standing_id}",
    summary="Get an unsolved latent with the scores of its links",
    responses=raising(UnknownStandingSearch, UnknownLink, HiddenUntilDecided),
)
def read_unsolved_latent(standing_id: str, links: Links, colleagues: ColleaguesDependency) -> UnsolvedLatentOut:
    """Get the links, the most similar first. An examiner who reads them is informed in cases about them."""
    return colleagues.fill_names(UnsolvedLatentOut.of(links.scored(standing_id)))


@router.post(
    "/unsolved-latents/{standing_id}/links/{link_id}/case",
    status_code=201,
    summary="Open a case about a link",
    dependencies=[needs(Scope.CASE_READ)],
    responses=raising(UnknownStandingSearch, UnknownLink, Conflict),
)
def create_link_case(
    standing_id: str, link_id: str, engine: WritingEngine, colleagues: ColleaguesDependency, response: Response
) -> CaseOut:
    """Ask examiners whether two unsolved latents are of one finger. It goes to the lowest unit that keeps both."""
    view = open_link_case(engine, standing_id, link_id)
    response.headers["Location"] = f"/api/v1/cases/{view.id}"
    return colleagues.fill_names(CaseOut.of(view))


@router.get("/linked-offences", summary="List linked offences")
def list_linked_offences(links: Links, limit: Limit = USUAL, after: After = None) -> LinkedOffencesPageOut:
    """List the pairs of offences whose latents examiners identified as one finger's. They name no person."""
    return LinkedOffencesPageOut.of(links.offences(limit, after))
