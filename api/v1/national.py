"""The national index: its search, and what a state gives it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api.http.authentication import ActDependency, needs
from api.http.dependencies import EngineDependency
from api.http.errors import raising
from api.http.turns import IN_TURN
from api.services import services_of
from api.v1.national_schemas import ChangesOut, NationalSearchIn, ResolvedOut
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import InvalidField, PurposeMissing, UnknownRecord
from biometrics.kernel.people.national import NationalAnswer
from biometrics.templates.feed import MOST, TemplateFeed
from biometrics.use_cases.search.national_index import NationalIndex

router = APIRouter(prefix="/national", tags=["identification"])


def _index(request: Request) -> NationalIndex | None:
    return services_of(request).national


def _feed(engine: EngineDependency, act: ActDependency) -> TemplateFeed:
    return TemplateFeed(engine.store.database, engine.store.keys, act)


Index = Annotated[NationalIndex | None, Depends(_index)]
Feed = Annotated[TemplateFeed, Depends(_feed)]


@router.get("/changes", summary="Read changes of templates", dependencies=[needs(Scope.NATIONAL_FOLLOW)])
def read_template_changes(
    feed: Feed,
    since: Annotated[int, Query(ge=0, le=2**63 - 1, description="Number of the last change that was read")] = 0,
    mark: Annotated[str, Query(max_length=200, description="The `mark` that came with it")] = "",
    most: Annotated[int, Query(ge=1, le=MOST, description="Changes of the answer, at most")] = MOST,
) -> ChangesOut:
    """Read what became of templates: those to search, with a reference and the unit to call, and those to drop.

    It is for the national index, with an account of the national bureau. No name, number, photo or id of a record is
    given.
    """
    return ChangesOut.of(feed.page(since, mark, most))


@router.get(
    "/references/{reference}",
    summary="Resolve a reference of the national index",
    dependencies=[needs(Scope.ENCOUNTER_READ)],
    responses=raising(UnknownRecord),
)
def resolve_reference(reference: str, feed: Feed) -> ResolvedOut:
    """Get the id of the record that a reference stands for, when another state calls about it."""
    return ResolvedOut(record_id=feed.resolve(reference))


@router.post(
    "/searches",
    summary="Search other states",
    dependencies=[needs(Scope.NATIONAL_SEARCH), IN_TURN],
    responses=raising(PurposeMissing),
)
def search_states(
    search: NationalSearchIn, engine: EngineDependency, act: ActDependency, index: Index
) -> NationalAnswer:
    """Search the people of all states but the asking one, with templates.

    A state that does not answer is searched as of the last time that it did; `states` says so.
    """
    if index is None:
        raise InvalidField("This service is not a national index (PEHCHAN_NATIONAL_STATES); ask the one that is.")
    search_act = replace(act, purpose=search.purpose, case_number=search.case_number)
    return index.search(engine.for_actor(search_act), search.value())
