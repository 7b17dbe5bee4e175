"""Standing searches, which every enrolment makes again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query

from api.http.authentication import ActDependency, needs
from api.http.dependencies import EngineDependency
from api.http.errors import raising
from api.http.idempotency import WritingStore
from api.http.operations import Answer, Caller, RunOnce, operation
from api.http.pagination import USUAL, After, Limit, number_after
from api.http.schemas import Day
from api.http.turns import IN_TURN, LATER
from api.latent_probes import Latent, latent_probes
from api.v1.cases_schemas import ReasonIn
from api.v1.display_names import Colleagues, ColleaguesDependency
from api.v1.latents_form import Marked, latent_of
from api.v1.sample_details import StoredSample
from api.v1.samples_form import UploadedSamples, read_upload
from api.v1.searches_schemas import SearchOut
from api.v1.watchlist_schemas import NewStandingOut, StandingOut, StandingPageOut
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import InvalidField, UnknownSearch, WrongStep
from biometrics.kernel.recognition.capture import FingerPosition, PalmPosition
from biometrics.kernel.recognition.types import Sample
from biometrics.use_cases.search.identify import SearchRequest
from biometrics.use_cases.search.standing_search import (
    add_extracted_standing_search,
    add_standing_search,
    end_standing_search,
    repeat_as_standing_search,
)
from biometrics.watchlist.model import StandingKind
from biometrics.watchlist.reader import StandingReader
from fingerprint.latents.positions import position_of_code

_OF_LATENTS = (FingerPosition.UNKNOWN, PalmPosition.UNKNOWN)  # of the image of one, in a form

router = APIRouter(prefix="/standing-searches", tags=["cases"], dependencies=[needs(Scope.WATCH_MANAGE)])


def _standing(engine: EngineDependency, act: ActDependency) -> StandingReader:
    return StandingReader(engine.store.database, act)


Searches = Annotated[StandingReader, Depends(_standing)]


@dataclass(frozen=True)
class StandingSearchInput:
    """A standing search to create; see `create_standing_search`."""

    samples: list[StoredSample]
    kind: StandingKind | None
    case_number: str
    officer: str
    expires_on: dt.date | None
    marked: bytes | None
    search_id: str


@operation("POST /api/v1/standing-searches", StandingSearchInput)
def _create_standing_search(caller: Caller, form: StandingSearchInput) -> Answer[NewStandingOut]:
    engine, kind, expires_on = caller.engine, form.kind, form.expires_on
    request = SearchRequest(form.samples, case_number=form.case_number, officer=form.officer)
    if form.search_id:
        if form.samples or form.marked is not None:
            raise InvalidField("Send either the files to search with, or the search whose files are kept.")
        new = repeat_as_standing_search(engine, form.search_id, kind, expires_on)
    elif form.marked is None and not _is_latent_palm(form):
        new = add_standing_search(engine, request, kind, expires_on)
    else:
        probe_set = latent_probes(engine, _latent(form.samples, form.marked))
        request = probe_set.stated_in(request)
        new = add_extracted_standing_search(engine, request, probe_set.probes, kind, expires_on)
    standing_out = NewStandingOut(
        standing=StandingOut.of(new.standing), search=SearchOut.of(new.searched), poor_samples=new.poor_samples
    )
    colleagues = Colleagues(engine.store.database)
    return Answer(colleagues.fill_names(standing_out), {"Location": f"/api/v1/standing-searches/{new.standing.id}"})


@router.post(
    "",
    status_code=201,
    summary="Create a standing search",
    dependencies=[LATER, IN_TURN],
    responses=raising(UnknownSearch, WrongStep),
)
def create_standing_search(
    samples: UploadedSamples,
    run: RunOnce,
    kind: Annotated[
        StandingKind | None,
        Form(description="What it is for; without one an unsolved offence: `latent` for prints of unknown fingers"),
    ] = None,
    case_number: Annotated[str, Form(description="The case or FIR that the search is for")] = "",
    officer: Annotated[str, Form(description="Who searches")] = "",
    expires_on: Annotated[Day | None, Form(description="Its last day; without one it has none")] = None,
    marked: Marked = None,
    search_id: Annotated[str, Form(description="A search to repeat with its kept files, instead of files")] = "",
) -> NewStandingOut:
    """Search all records now and with every later enrolment. A candidate above the threshold opens a case.

    With marked minutiae it is for a latent, whose image is the one file that comes along, in `unknown_finger` or
    `palm_unknown`; a latent of a palm needs no marks. A later palm opens a case if it is more alike than all before it:
    scores of palms reach no threshold.
    """
    marks = read_upload(marked) if marked else None
    new = StandingSearchInput(samples, kind, case_number, officer, expires_on, marks, search_id)
    return run(_create_standing_search, new)


def _is_latent_palm(form: StandingSearchInput) -> bool:
    """Say whether the files are of the latent of a palm, without marks."""
    positions = [sample.position for sample in form.samples]
    return form.kind in (None, StandingKind.LATENT) and positions == [PalmPosition.UNKNOWN]


def _latent(samples: list[Sample], marked: bytes | None) -> Latent:
    """Return the latent of some files: as its marks say, a finger or a palm, else as the form field of its image."""
    if len(samples) > 1 or any(sample.position not in _OF_LATENTS for sample in samples):
        raise InvalidField("Marked minutiae are of one latent: send its image alone, as an unknown finger or palm.")
    if not samples:
        return latent_of(marked, None, "")
    [image] = samples
    latent = latent_of(marked, image.content, image.filename, image.ppi)
    return replace(latent, position=position_of_code(image.position or 0)) if latent.position is None else latent


@router.get("", summary="List standing searches")
def list_standing_searches(
    searches: Searches,
    colleagues: ColleaguesDependency,
    kind: Annotated[list[StandingKind] | None, Query(description="Only those of these kinds")] = None,
    ended: Annotated[bool, Query(description="Those too that have ended")] = False,
    limit: Limit = USUAL,
    after: After = None,
) -> StandingPageOut:
    """List the standing searches of your unit and the units below it, oldest first."""
    page = searches.find(kind or (), ended=ended, limit=limit, after=number_after(after))
    return colleagues.fill_names(StandingPageOut.of(page))


@router.get("/{standing_id}", summary="Get a standing search")
def read_standing_search(standing_id: str, searches: Searches, colleagues: ColleaguesDependency) -> StandingOut:
    """Get a standing search, including one that has ended."""
    return colleagues.fill_names(StandingOut.of(searches.standing(standing_id)))


@router.post("/{standing_id}/withdrawal", summary="Withdraw a standing search", responses=raising(WrongStep))
def withdraw_standing_search(
    standing_id: str, reason: ReasonIn, store: WritingStore, colleagues: ColleaguesDependency
) -> StandingOut:
    """End a standing search, with a reason."""
    return colleagues.fill_names(StandingOut.of(end_standing_search(store, standing_id, reason.because)))
