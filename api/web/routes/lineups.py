"""Photo line-ups: their list, a new one, one with its steps, and the screen that the witness sees."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import ActDependency, needs
from api.http.dependencies import EngineDependency, StoreDependency
from api.http.pagination import USUAL, cursor, number_after
from api.localisation import lineup_labels as labels
from api.localisation.languages import NAMES, language
from api.v1.lineups import Lineups, imbalance
from api.web.pages import PagesDependency
from biometrics.accounts.display_names import Names, names_of
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.people.particulars import Build, Complexion, FacialHair, Glasses, Hair, Headgear
from biometrics.kernel.people.record import Record
from biometrics.lineups.model import PHOTOS, InstructionLanguage, Lineup, LineupState, Presentation
from biometrics.records.store import RecordStore
from biometrics.use_cases.casework.lineup import fillers_for

router = APIRouter(dependencies=[needs(Scope.CASE_READ)])


@router.get("/lineups")
def show_lineups(
    pages: PagesDependency, lineups: Lineups, store: StoreDependency, fir_number: str = "", after: str | None = None
) -> Response:
    """List the line-ups of one's unit and those below it, the newest first."""
    page = lineups.find(fir_number, limit=USUAL, after=number_after(after))
    return pages.show(
        "lineups.html",
        page=page,
        names=names_of(store.database, [lineup.owner for lineup in page.items]),
        fir_number=fir_number,
        next=cursor(page.after),
        after=after,
        labels=labels,
    )


@router.get("/lineups/new")
def show_new_lineup(pages: PagesDependency, store: StoreDependency, record: str = "") -> Response:
    """Show the form of a new line-up, with the person of a record as the suspect."""
    return pages.show(
        "lineup_new.html",
        person=store.people.get(record) if record else None,
        presentations=list(Presentation),
        builds=list(Build),
        complexions=list(Complexion),
        hairs=list(Hair),
        facial_hairs=list(FacialHair),
        glasses=list(Glasses),
        headgears=list(Headgear),
        labels=labels,
    )


@router.get("/lineups/{lineup_id}")
def show_lineup(
    pages: PagesDependency, lineup_id: int, lineups: Lineups, engine: EngineDependency, act: ActDependency
) -> Response:
    """Show a line-up: to its maker who is in it, to others only how far it is."""
    lineup, store = lineups.get(lineup_id), engine.store
    is_maker = lineup.owner == act.actor.id and pages.may(Scope.ENCOUNTER_READ) and pages.may(Scope.IMAGE_READ)
    is_draft = is_maker and lineup.state is LineupState.DRAFT
    offered = fillers_for(engine, lineup_id) if is_draft else []
    ids = [*(member.record_id for member in lineup.members), *(filler.record_id for filler in offered)]
    people = store.people.named(ids) if ids and pages.may(Scope.ENCOUNTER_READ) else {}
    return pages.show(
        "lineup.html",
        lineup=lineup,
        people={key: record for key, record in people.items() if isinstance(record, Record)},
        offered=offered,
        stands_out=imbalance(store, lineup),
        is_maker=is_maker,
        begun=next(
            (viewing for viewing in lineup.viewings if viewing.operator == act.actor.id and not viewing.ended_at), None
        ),
        has_papers=_has_papers(lineup, act),
        names=_names(store, lineup),
        instructions={code: _instructions(lineup, code) for code in InstructionLanguage},
        languages_of_witness={code: NAMES[code] for code in InstructionLanguage},
        State=LineupState,
        labels=labels,
    )


@router.get("/lineups/{lineup_id}/viewings/{viewing}")
def show_viewing(
    pages: PagesDependency,
    lineup_id: int,
    viewing: int,
    lineups: Lineups,
    store: StoreDependency,
    act: ActDependency,
    again: bool = False,
) -> Response:
    """Show the witness's screen to the officer who shows the line-up; a second round only with `again`."""
    lineup = lineups.get(lineup_id)
    current_viewing = lineup.viewing(viewing)
    by_one, mine = lineup.presentation is Presentation.SEQUENTIAL, current_viewing.operator == act.actor.id
    may_repeat = by_one and mine and len(current_viewing.answers) == PHOTOS and not current_viewing.ended_at
    positions = current_viewing.positions(lineup.presentation) if mine and (again or not may_repeat) else ()
    return pages.show(
        "lineup_viewing.html",
        lineup=lineup,
        viewing=current_viewing,
        positions=positions,
        complete=current_viewing.is_complete(lineup.presentation),
        may_repeat=may_repeat,
        by_one=by_one,
        mine=mine,
        names=_names(store, lineup),
        labels=labels,
    )


def _has_papers(lineup: Lineup, act: Act) -> bool:
    operates = any(viewing.operator == act.actor.id for viewing in lineup.viewings)
    return lineup.state is LineupState.CLOSED and (operates or lineup.shows_key_to(act))


def _names(store: RecordStore, lineup: Lineup) -> Names:
    account_ids = [lineup.owner, *(viewing.operator for viewing in lineup.viewings)]
    return names_of(store.database, account_ids)


def _instructions(lineup: Lineup, code: InstructionLanguage) -> list[str]:
    """Return what is read to the witness, in a language."""
    how = labels.ONE_BY_ONE if lineup.presentation is Presentation.SEQUENTIAL else labels.ALL_AT_ONCE
    translate = language(code).translations.gettext
    return [translate(text) for text in (*labels.INSTRUCTIONS, how)]
