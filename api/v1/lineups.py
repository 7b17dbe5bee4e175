"""Photo line-ups: one suspect among five fillers, shown by an officer who does not know which is which."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.http.authentication import ActDependency, needs
from api.http.dependencies import EngineDependency
from api.http.errors import raising
from api.http.idempotency import WritingEngine, WritingStore
from api.http.pagination import USUAL, After, Limit, number_after
from api.http.schemas import PDF, RENDERING
from api.http.sent import Sent
from api.http.turns import IN_TURN, RENDERED_IN_TURN
from api.v1.display_names import ColleaguesDependency
from api.v1.lineups_schemas import (
    CloseIn,
    EndIn,
    FillerIn,
    FillerOut,
    FillersOut,
    LineupOut,
    LineupPageOut,
    ReadyIn,
)
from api.v1.paper_response import PaperDependency, PaperOptions
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import LineupRefused, NotBlind, StoreUnavailable, UnknownLineup, UnknownRecord, WrongStep
from biometrics.kernel.people.record import Record
from biometrics.lineups.model import Lineup, NewLineup, NewViewing, WitnessStatement
from biometrics.lineups.reader import LineupReader
from biometrics.records.store import RecordStore
from biometrics.storage import commits
from biometrics.use_cases.casework import lineup as steps
from biometrics.use_cases.casework.lineup import lineup_paper
from biometrics.use_cases.casework.lineup_fillers import stands_out

router = APIRouter(prefix="/lineups", tags=["cases"], dependencies=[needs(Scope.CASE_READ)])

_SHOWING = [needs(Scope.IMAGE_READ)]
_MAKING = [needs(Scope.ENCOUNTER_READ), *_SHOWING]


def _lineups(engine: EngineDependency, act: ActDependency) -> LineupReader:
    return LineupReader(engine.store.database, act)


Lineups = Annotated[LineupReader, Depends(_lineups)]


def imbalance(store: RecordStore, lineup: Lineup) -> list[str] | None:
    """Return in what the suspect stands out, for those who may know the members and read records.

    None if the request has stored something and the records cannot be read: what was stored is answered all the same.

    Raises:
        StoreUnavailable: they cannot be read, and nothing was stored.
    """
    if not lineup.members or store.act is None or not store.act.actor.may(Scope.ENCOUNTER_READ):
        return []
    try:
        members = store.people.named([member.record_id for member in lineup.members])
    except StoreUnavailable:
        if not commits.any_noted():
            raise
        return None
    return stands_out(lineup, {key: record.person for key, record in members.items() if isinstance(record, Record)})


@router.post(
    "",
    status_code=201,
    summary="Make a photo line-up",
    dependencies=[*_MAKING, IN_TURN],
    responses=raising(UnknownRecord, LineupRefused),
)
def create_lineup(
    new: Sent[NewLineup], engine: WritingEngine, colleagues: ColleaguesDependency, response: Response
) -> LineupOut:
    """Make a line-up of a suspect and five fillers, whom you may replace before you fix the photos.

    Fillers are adults of your unit, of the suspect's sex and age and the witness's description, whose photos were taken
    under the Identification Act and are not restricted, and who have nothing to do with the case. Those who may be the
    suspect, or be mistaken for the same person, are left out.
    """
    lineup = steps.make_lineup(engine, new)
    response.headers["Location"] = f"/api/v1/lineups/{lineup.id}"
    return colleagues.fill_names(LineupOut.of(lineup, imbalance(engine.store, lineup)))


@router.get("", summary="List photo line-ups")
def list_lineups(
    lineups: Lineups,
    colleagues: ColleaguesDependency,
    fir_number: Annotated[str, Query(description="Only those of this case or FIR")] = "",
    limit: Limit = USUAL,
    after: After = None,
) -> LineupPageOut:
    """List the line-ups of your unit and the units below it, newest first."""
    return colleagues.fill_names(LineupPageOut.of(lineups.find(fir_number, limit=limit, after=number_after(after))))


@router.get("/{lineup_id}", summary="Get a photo line-up", responses=raising(UnknownLineup))
def read_lineup(
    lineup_id: int, lineups: Lineups, engine: EngineDependency, colleagues: ColleaguesDependency
) -> LineupOut:
    """Get a line-up. Before it is closed, only its maker sees who is in it, and nobody sees the order."""
    lineup = lineups.get(lineup_id)
    return colleagues.fill_names(LineupOut.of(lineup, imbalance(engine.store, lineup)))


@router.get(
    "/{lineup_id}/fillers",
    summary="List other fillers",
    dependencies=[*_MAKING, IN_TURN],
    responses=raising(UnknownLineup, WrongStep),
)
def list_fillers(lineup_id: int, engine: EngineDependency) -> FillersOut:
    """List who may take the place of a filler in your draft, the best first."""
    return FillersOut(fillers=[FillerOut.of(filler) for filler in steps.fillers_for(engine, lineup_id)])


@router.put(
    "/{lineup_id}/photos/{ordinal}",
    summary="Replace a filler",
    dependencies=[*_MAKING, IN_TURN],
    responses=raising(UnknownLineup, WrongStep, LineupRefused),
)
def replace_filler(
    lineup_id: int, ordinal: int, filler: FillerIn, engine: WritingEngine, colleagues: ColleaguesDependency
) -> LineupOut:
    """Put another filler in the place of one in your draft."""
    lineup = steps.replace_filler(engine, lineup_id, ordinal, filler.record_id)
    return colleagues.fill_names(LineupOut.of(lineup, imbalance(engine.store, lineup)))


@router.get(
    "/{lineup_id}/photos/{ordinal}",
    summary="Get a photo of a line-up as its maker",
    dependencies=[*_SHOWING, RENDERED_IN_TURN],
    response_class=Response,
    responses=RENDERING | raising(UnknownLineup, WrongStep, LineupRefused),
)
def read_lineup_photo(lineup_id: int, ordinal: int, engine: EngineDependency) -> Response:
    """Get a photo as it will be shown: only for those who may know who is in the line-up."""
    return _picture(steps.preview(engine, lineup_id, ordinal))


@router.post(
    "/{lineup_id}/ready",
    summary="Fix the photos of a line-up",
    dependencies=[*_MAKING, IN_TURN],
    responses=raising(UnknownLineup, WrongStep, LineupRefused),
)
def make_ready(lineup_id: int, ready: ReadyIn, engine: WritingEngine, colleagues: ColleaguesDependency) -> LineupOut:
    """Fix the photos of your draft: from now on other officers can show it to witnesses."""
    lineup = steps.fix_lineup(engine, lineup_id, photos_checked=ready.photos_checked)
    return colleagues.fill_names(LineupOut.of(lineup, imbalance(engine.store, lineup)))


@router.post(
    "/{lineup_id}/viewings",
    status_code=201,
    summary="Show a line-up to a witness",
    dependencies=_SHOWING,
    responses=raising(UnknownLineup, WrongStep, NotBlind),
)
def start_viewing(
    lineup_id: int, new: Sent[NewViewing], store: WritingStore, colleagues: ColleaguesDependency
) -> LineupOut:
    """Begin to show a line-up to a witness who was instructed, in an order of their own that is fixed now.

    Its maker, anyone who was shown the suspect's record (also in a list, a search or a case) and anyone who may read
    the audit log cannot show it. A witness sees one line-up of a suspect in a case.
    """
    return colleagues.fill_names(LineupOut.of(steps.start_viewing(store, lineup_id, new)))


@router.get(
    "/{lineup_id}/viewings/{viewing}/photos/{position}",
    summary="Get a photo for the witness",
    dependencies=[*_SHOWING, RENDERED_IN_TURN],
    response_class=Response,
    responses=RENDERING | raising(UnknownLineup, WrongStep, NotBlind, LineupRefused),
)
def read_viewed_photo(lineup_id: int, viewing: int, position: int, engine: EngineDependency) -> Response:
    """Get the photo at a position, if it is shown now; each look is logged."""
    return _picture(steps.show_photo(engine, lineup_id, viewing, position))


@router.post(
    "/{lineup_id}/viewings/{viewing}/answers",
    summary="Record what the witness says",
    dependencies=_SHOWING,
    responses=raising(UnknownLineup, WrongStep, NotBlind),
)
def answer_viewing(
    lineup_id: int,
    viewing: int,
    statement: Sent[WitnessStatement],
    store: WritingStore,
    colleagues: ColleaguesDependency,
) -> LineupOut:
    """Record at once what the witness says of a photo; it cannot be changed. No answer says whether it is right."""
    return colleagues.fill_names(LineupOut.of(steps.answer_viewing(store, lineup_id, viewing, statement)))


@router.post(
    "/{lineup_id}/viewings/{viewing}/end",
    summary="End a viewing",
    dependencies=_SHOWING,
    responses=raising(UnknownLineup, WrongStep, NotBlind),
)
def end_viewing(
    lineup_id: int, viewing: int, end: EndIn, store: WritingStore, colleagues: ColleaguesDependency
) -> LineupOut:
    """End a viewing and seal what was recorded."""
    return colleagues.fill_names(LineupOut.of(steps.end_viewing(store, lineup_id, viewing, end.remarks)))


@router.post(
    "/{lineup_id}/close",
    summary="Close a line-up",
    dependencies=_SHOWING,
    responses=raising(UnknownLineup, WrongStep),
)
def close_lineup(lineup_id: int, close: CloseIn, engine: WritingEngine, colleagues: ColleaguesDependency) -> LineupOut:
    """Close your line-up and seal it: it can no longer be shown, and its papers can be printed."""
    lineup = steps.close_lineup(engine.store, lineup_id, close.because)
    return colleagues.fill_names(LineupOut.of(lineup, imbalance(engine.store, lineup)))


@router.get(
    "/{lineup_id}/report",
    summary="Get the record of a line-up",
    dependencies=[*_SHOWING, IN_TURN],
    response_class=Response,
    responses=PDF | raising(UnknownLineup, WrongStep),
)
def read_lineup_report(
    lineup_id: int,
    engine: EngineDependency,
    options: PaperDependency,
) -> Response:
    """Fetch a PDF of a closed line-up: photos in the order of each witness, instructions, words, times, signatures.

    It does not say who is who. The audit log keeps that it was made.
    """
    return _paper(lineup_id, engine, options, with_key=False)


@router.get(
    "/{lineup_id}/key",
    summary="Get the key of a line-up for a court",
    dependencies=[*_MAKING, IN_TURN],
    response_class=Response,
    responses=PDF | raising(UnknownLineup, WrongStep),
)
def read_lineup_key(
    lineup_id: int,
    engine: EngineDependency,
    options: PaperDependency,
) -> Response:
    """Fetch a PDF of who is who in a closed line-up, for its maker and supervisors of cases."""
    return _paper(lineup_id, engine, options, with_key=True)


def _paper(lineup_id: int, engine: EngineDependency, options: PaperOptions, *, with_key: bool) -> Response:
    paper = lineup_paper(engine.store, lineup_id, with_key=with_key)
    from api.pdf.lineup import lineup_pdf

    content = lineup_pdf(engine.store.database, paper, options.language, options.zone)
    name = f"lineup-{lineup_id}-key" if with_key else f"lineup-{lineup_id}"
    return options.response(engine.store, content, name)


def _picture(content: bytes) -> Response:
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return Response(content, media_type="image/png", headers=headers)
