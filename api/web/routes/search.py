"""Searching with prints and photos, and what was found."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.http.authentication import ActDependency, needs
from api.http.dependencies import EngineDependency, StoreDependency
from api.http.pagination import USUAL, After
from api.http.schemas import OptionalDay, Schema
from api.v1.display_names import ColleaguesDependency
from api.v1.retention_schemas import ClockOut
from api.v1.searches_schemas import SearchOut, SearchPageOut
from api.web.labels.body_marks import MARK_CHOICES
from api.web.labels.candidates import is_one_of_several, lines_of
from api.web.pages import PagesDependency
from biometrics.cases.reader import CaseReader
from biometrics.kernel.access import Purpose, Scope
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.person import Sex
from biometrics.kernel.people.retention_rules import OrderKind
from biometrics.kernel.recognition.capture import Impression
from biometrics.kernel.technique.clock import today
from biometrics.searches.listing import SearchQuery
from biometrics.use_cases.casework.examine import cases_of_candidates
from biometrics.use_cases.retention.retention import Retention
from biometrics.watchlist.model import StandingKind

router = APIRouter()

LAST: Final = 5  # of the reader's own searches, next to the form
PURPOSES: Final = {purpose.value: purpose for purpose in Purpose}


class SearchListQuery(Schema):
    """Filters of the list of searches; days are those of the service's time zone."""

    case_number: str = ""
    purpose: Purpose | Literal[""] = ""
    first_date: OptionalDay = None
    last_date: OptionalDay = Field(default=None, description="This day is among them")
    mine: bool = False
    after: After = None

    @property
    def query(self) -> SearchQuery:
        """The filters as a query of the store."""
        return SearchQuery(self.case_number, self.purpose, self.first_date, self.last_date, self.mine)

    @property
    def parameters(self) -> dict[str, Any]:
        """The query as parameters for the address of another page."""
        return {name: value for name, value in self.model_dump(mode="json", exclude={"after"}).items() if value}


@router.get("/search", dependencies=[needs(Scope.IDENTIFY)])
def ask_for_search(
    pages: PagesDependency, store: StoreDependency, colleagues: ColleaguesDependency, engine: EngineDependency
) -> Response:
    """Show the search form, and the reader's own last searches."""
    last = []
    if pages.may(Scope.SEARCH_READ):
        last = colleagues.fill_names(SearchPageOut.of(store.searches.find(SearchQuery(mine=True), LAST))).searches
    return pages.show(
        "search.html",
        last=last,
        purpose_of=PURPOSES,
        purposes=list(Purpose),
        kept={purpose: engine.keeping.until(purpose, today()) for purpose in Purpose},
        unmatched={purpose: engine.keeping.until(purpose, today(), is_matched=False) for purpose in Purpose},
        impressions=list(Impression),
        sexes=list(Sex),
        kinds=list(EncounterKind),
        national=engine.ask_states is not None,
        today=today(),
        **MARK_CHOICES,
    )


@router.get("/searches", dependencies=[needs(Scope.SEARCH_READ)])
def show_searches(
    pages: PagesDependency,
    store: StoreDependency,
    colleagues: ColleaguesDependency,
    request: Annotated[SearchListQuery, Query()],
) -> Response:
    """List the searches that were made, the newest first."""
    page = colleagues.fill_names(SearchPageOut.of(store.searches.find(request.query, USUAL, request.after)))
    return pages.show(
        "searches.html",
        page=page,
        asked=request,
        purposes=list(Purpose),
        purpose_of=PURPOSES,
    )


@router.get("/searches/{search_id}", dependencies=[needs(Scope.SEARCH_READ)])
def show_search(search_id: str, pages: PagesDependency, store: StoreDependency, act: ActDependency) -> Response:
    """Show a stored search with its candidates, best first."""
    asks = pages.may(Scope.CASE_READ)
    stored = store.searches.get(search_id)
    may_order = pages.may(Scope.RETENTION_MANAGE) and act.actor.unit.covers(stored.search.unit)
    clock = Retention(store).clock_of_search(stored.id, today()) if may_order else None
    search, reader = SearchOut.of(stored), CaseReader(store.database, act)
    if asks:
        search = search.with_cases(cases_of_candidates(reader, stored))
    lines = lines_of(search, store)
    duplicates = reader.undecided_duplicates(lines.record_ids) if asks else {}
    usual_kind = StandingKind.LATENT if stored.search.is_latent else StandingKind.OFFENCE
    return pages.show(
        "found.html",
        search=search,
        of_latent=stored.search.is_latent,
        of_face=any(probe.probe.template.modality.traits.has_views for probe in stored.search.probes),
        of_group=is_one_of_several(stored),
        purpose=Purpose(search.purpose) if search.purpose else None,
        lines=lines,
        one_person={number: ranks for number, ids in duplicates.items() if len(ranks := lines.ranks_of(ids)) > 1},
        probes={probe.label: probe for probe in reversed(search.probes)},
        kept_until=max((probe.kept_until for probe in search.probes if probe.kept_until), default=None),
        standing_kinds=sorted(StandingKind, key=lambda kind: kind is not usual_kind),
        clock=clock and ClockOut.of(clock),
        orders=OrderKind,
        may_authorise=pages.may(Scope.CASE_SUPERVISE) and stored.search.actor_id != act.actor.id,
        for_clearance=asks and search.purpose == Purpose.CLEARANCE,
        today=today(),
    )
