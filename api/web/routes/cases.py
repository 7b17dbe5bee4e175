"""Cases: what waits for examiners, and one case with the steps that are open in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authorisation import ActDependency, needs
from api.http.dependencies import EngineDependency
from api.routes.cases import Cases
from api.web.pages import PagesDependency
from api.web.routes.compare import ComparisonChoice
from api.web.translatable import N_
from biometrics.domain.access import Scope
from biometrics.domain.cases import CaseKind, CaseState, Conclusion, Part, Side, View
from biometrics.records.accounts.display_names import names_of
from biometrics.records.cases.repository import CaseQuery
from biometrics.records.store import RecordStore
from biometrics.records.values import Record
from biometrics.use_cases.examine import CaseImage, images_of

router = APIRouter()

PAGE: Final = 50  # cases


class CaseListKind(StrEnum):
    """Which cases to list."""

    WAITING = "waiting"
    MINE = "mine"
    CONFLICT = "conflict"
    ALL = "all"


_LISTS: Final = {
    CaseListKind.WAITING: (N_("Waiting"), Scope.CASE_EXAMINE, CaseQuery(state=CaseState.WAITING, mine=False)),
    CaseListKind.MINE: (N_("Mine"), Scope.CASE_EXAMINE, CaseQuery(mine=True)),
    CaseListKind.CONFLICT: (N_("In conflict"), Scope.CASE_SUPERVISE, CaseQuery(state=CaseState.CONFLICT)),
    CaseListKind.ALL: (N_("All"), Scope.CASE_READ, CaseQuery()),
}


@dataclass(frozen=True)
class Open:
    """The steps of a case that are open to a person now; the service checks each of them again."""

    take: bool
    give_back: bool
    analyse: bool
    compare: bool
    decide: bool
    supersede: bool
    withdraw: bool

    @classmethod
    def to(cls, view: View, actor: str, *, examines: bool, supervises: bool) -> Open:
        """Return the open steps for an actor with this view of the case."""
        over = view.state in (CaseState.CLOSED, CaseState.WITHDRAWN)
        decided = any(opinion.actor == actor for opinion in view.opinions)
        analysed = any(analysis.actor == actor for analysis in view.analyses)
        works = examines and view.part is not None and not over
        judges = view.part is Part.SUPERVISOR
        awaits = view.state is CaseState.WAITING or (supervises and view.state is CaseState.CONFLICT)
        return cls(
            take=examines and view.part is None and awaits,
            give_back=works and not decided,
            analyse=works and not decided and not analysed and not judges,
            compare=examines and view.shows_candidate and (over or (works and (judges or _of_value(view, actor)))),
            decide=works and not decided and (analysed or judges),
            supersede=works and decided and view.state is CaseState.FIRST_OPINION,
            withdraw=supervises and not over and view.referral is None,
        )


@router.get("/cases", dependencies=[needs(Scope.CASE_READ)])
def show_cases(
    pages: PagesDependency,
    cases: Cases,
    show: CaseListKind | None = None,
    kind: CaseKind | None = None,
    after: str | None = None,
) -> Response:
    """List cases, the oldest first."""
    lists = {name: label for name, (label, scope, _) in _LISTS.items() if pages.may(scope)}
    chosen = show if show in lists else next(iter(lists))
    query = _LISTS[chosen][2]
    page = cases.find(CaseQuery(kind, query.state, query.mine), PAGE, after)
    return pages.show(
        "cases.html", page=page, lists=lists, chosen=chosen, kind=kind, kinds=list(CaseKind), after=after or ""
    )


@router.get("/cases/{case_id}", dependencies=[needs(Scope.CASE_READ)])
def show_case(
    case_id: str, pages: PagesDependency, act: ActDependency, cases: Cases, engine: EngineDependency
) -> Response:
    """Show what one may know of a case now, and the steps that are open."""
    view = cases.case(case_id)
    examines, supervises = pages.may(Scope.CASE_EXAMINE), pages.may(Scope.CASE_SUPERVISE)
    steps = Open.to(view, act.actor.id, examines=examines, supervises=supervises)
    is_over = view.state in (CaseState.CLOSED, CaseState.WITHDRAWN)
    seen = images_of(engine.store, view) if steps.compare or steps.analyse else ()
    return pages.show(
        "case.html",
        case=view,
        steps=steps,
        actor=act.actor.id,
        names=names_of(engine.store.database, view.authors),
        is_over=is_over,
        candidate=_candidate(engine.store, view) if is_over and pages.may(Scope.ENCOUNTER_READ) else None,
        asking=_of(seen, Side.PROBE),
        candidates=_of(seen, Side.CANDIDATE) if steps.compare else [],
        conclusions=_conclusions(view, act.actor.id),
    )


def _candidate(store: RecordStore, view: View) -> Record | None:
    """Return the candidate's record if the reader may see it."""
    candidate_id = view.question.candidate_id
    if not view.shows_candidate or not candidate_id:
        return None
    person = store.people([candidate_id]).get(candidate_id)
    return person if isinstance(person, Record) else None


def _of(images: tuple[CaseImage, ...], side: Side) -> list[ComparisonChoice]:
    return [
        ComparisonChoice(image.name, image.modality, image.position, image.media_type)
        for image in images
        if image.side is side
    ]


def _of_value(view: View, actor: str) -> bool:
    """Return whether an actor's last analysis finds enough to compare."""
    own = [analysis for analysis in view.analyses if analysis.actor == actor]
    return bool(own) and own[-1].of_value


def _conclusions(view: View, actor: str) -> list[Conclusion]:
    """Return the conclusions open to an actor after their analysis; who decides a conflict makes none."""
    if view.part is Part.SUPERVISOR:
        return list(Conclusion)
    if not _of_value(view, actor):
        return [Conclusion.NO_VALUE]
    return [conclusion for conclusion in Conclusion if conclusion is not Conclusion.NO_VALUE]
