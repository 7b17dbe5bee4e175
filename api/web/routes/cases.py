"""Cases: what waits for examiners, and one case with the steps that are open in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import ActDependency, needs
from api.http.dependencies import EngineDependency
from api.localisation.basis_labels import against_line, basis_lines
from api.localisation.image_labels import adjustment_text, drawing_lines, label_of, look_text
from api.localisation.translatable import N_
from api.v1.cases import Cases
from api.v1.cases_schemas import marks_of
from api.web.pages import Pages, PagesDependency
from api.web.routes.compare import ComparisonChoice, labelled
from biometrics.accounts.display_names import names_of
from biometrics.cases.reader import CaseQuery
from biometrics.cases.view import CaseView
from biometrics.kernel.access import Scope
from biometrics.kernel.casework.annotations import CaseMark, WorkingMarks, in_both
from biometrics.kernel.casework.cases import CaseKind, CaseState, Conclusion, Part, PatternClass, Side
from biometrics.kernel.casework.opinions import Agreement, Differences, Opinion, QualityLimit
from biometrics.kernel.people.record import Record
from biometrics.records.store import RecordStore
from biometrics.use_cases.casework.examine import CaseImage, images_of

router = APIRouter()

PAGE: Final = 50  # cases


class CaseListKind(StrEnum):
    """Which cases to list."""

    WAITING = "waiting"
    MINE = "mine"
    CONFLICT = "conflict"
    ASSIGNED = "assigned"
    ALL = "all"


_LISTS: Final = {
    CaseListKind.WAITING: (N_("Waiting"), Scope.CASE_EXAMINE, CaseQuery(state=CaseState.WAITING, mine=False)),
    CaseListKind.MINE: (N_("Mine"), Scope.CASE_EXAMINE, CaseQuery(mine=True)),
    CaseListKind.CONFLICT: (N_("In conflict"), Scope.CASE_SUPERVISE, CaseQuery(state=CaseState.CONFLICT)),
    CaseListKind.ASSIGNED: (N_("Assigned by you"), Scope.CASE_SUPERVISE, CaseQuery(assigned=True)),
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
    assign: bool
    comment: bool
    withdraw: bool

    @classmethod
    def to(cls, view: CaseView, actor: str, *, examines: bool, supervises: bool) -> Open:
        """Return the open steps for an actor with this view of the case."""
        over = view.state in (CaseState.CLOSED, CaseState.WITHDRAWN)
        decided = any(opinion.actor == actor for opinion in view.opinions)
        analysed = any(analysis.actor == actor for analysis in view.analyses)
        works = examines and view.part is not None and not over
        judges = view.part is Part.SUPERVISOR
        judgeable = supervises and view.state is CaseState.CONFLICT
        awaits = view.state is CaseState.WAITING or judgeable
        return cls(
            take=examines and view.part is None and awaits and (not view.has_assigned or judgeable),
            give_back=works and not decided,
            analyse=works and not decided and not analysed and not judges,
            compare=examines and view.shows_candidate and (over or (works and (judges or _of_value(view, actor)))),
            decide=works and not decided and (analysed or judges),
            supersede=works and decided and view.state is CaseState.FIRST_OPINION,
            assign=supervises and not over and view.referral is None and view.part is None,
            comment=examines and not over and view.referral is None,
            withdraw=supervises and not over and view.referral is None,
        )


@router.get("/cases", dependencies=[needs(Scope.CASE_READ)])
def show_cases(
    pages: PagesDependency,
    cases: Cases,
    engine: EngineDependency,
    show: CaseListKind | None = None,
    kind: CaseKind | None = None,
    after: str | None = None,
) -> Response:
    """List cases: the urgent ones, then the oldest."""
    lists = {name: label for name, (label, scope, _) in _LISTS.items() if pages.may(scope)}
    chosen = show if show in lists else next(iter(lists))
    query = replace(_LISTS[chosen][2], kind=kind)
    urgent: tuple[CaseView, ...] = ()
    if chosen is not CaseListKind.ALL:  # the urgent ones come first, on the first page
        urgent = cases.find(replace(query, urgent=True), PAGE).items if after is None else ()
        query = replace(query, urgent=False)
    page = cases.find(query, PAGE, after)
    views = [*urgent, *page.items]
    return pages.show(
        "cases.html",
        listed=views,
        candidates=_candidates(engine.store, views) if pages.may(Scope.ENCOUNTER_READ) else {},
        names=names_of(engine.store.database, [view.worked_on_by for view in views]),
        pairs={view.id: _named_pair(engine.store, pages, view) for view in views if view.pair},
        next=page.after,
        lists=lists,
        chosen=chosen,
        kind=kind,
        kinds=list(CaseKind),
        after=after or "",
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
    images = images_of(engine.store, view)
    chosen = {side: labelled(_choices_of(images, side), pages) for side in Side}
    labels = {choice.name: choice.called for choices in chosen.values() for choice in choices}
    reads = pages.may(Scope.ENCOUNTER_READ)
    marks = steps.analyse or steps.decide or steps.supersede
    work = cases.working_marks(case_id) if marks else None
    return pages.show(
        "case.html",
        case=view,
        steps=steps,
        actor=act.actor.id,
        names=names_of(engine.store.database, view.authors),
        is_over=is_over,
        examiners=cases.examiners(case_id) if steps.assign else [],
        candidate=_candidates(engine.store, [view]).get(view.question.candidate_id) if reads else None,
        probe_images=chosen[Side.PROBE],
        called=lambda name: label_of(name, labels, pages.translated),
        looked=lambda look: look_text(look, labels, pages.translated),
        adjusted=lambda each: adjustment_text(each, labels, pages.translated),
        adjustments=list(map(asdict, work.adjustments)) if work else [],
        own_drawings=_own_drawings(view, act.actor.id, work),
        drawings_of=lambda opinion: list(map(asdict, opinion.drawings)),
        drawn=lambda drawings: list(drawing_lines(drawings, labels, pages.translated)),
        marks_of=lambda opinion: _marks_of(view, opinion),
        against_line=lambda opinion: against_line(opinion, pages.translated),
        grounds=lambda opinion: list(basis_lines(opinion, pages.translated)),
        agreements=list(Agreement),
        differences=list(Differences),
        limits=list(QualityLimit),
        correspondences=lambda opinion: in_both(opinion.marks),
        after_analysis=lambda opinion: len(view.after_analysis(opinion)),
        own_marks={} if work is None else _own_marks(view, act.actor.id, work),
        marks_version=None if work is None else work.version,
        patterns=list(PatternClass) if any(image.modality.traits.has_fingers for image in images) else [],
        prints=any(image.modality.traits.has_ridges for image in images),
        candidates=chosen[Side.CANDIDATE] if steps.compare else [],
        conclusions=_conclusions(view, act.actor.id),
        asks_grounds=view.part is Part.SUPERVISOR,
    )


def _candidates(store: RecordStore, views: Sequence[CaseView]) -> dict[str, Record]:
    """Return the candidates' records of cases that are over, by their ids, as far as the reader may see them."""
    over = [view for view in views if view.state in (CaseState.CLOSED, CaseState.WITHDRAWN) and view.shows_candidate]
    people = store.people.named([view.question.candidate_id for view in over if view.question.candidate_id])
    return {record_id: person for record_id, person in people.items() if isinstance(person, Record)}


def _named_pair(store: RecordStore, pages: Pages, view: CaseView) -> list[str]:
    """Return what each image of an identification is called."""
    assert view.pair is not None
    images = images_of(store, view)
    labels = {choice.name: choice.called for side in Side for choice in labelled(_choices_of(images, side), pages)}
    return [label_of(name, labels, pages.translated) for name in view.pair]


def _choices_of(images: tuple[CaseImage, ...], side: Side) -> list[ComparisonChoice]:
    return [
        ComparisonChoice(image.name, image.modality, image.position, image.media_type)
        for image in images
        if image.side is side
    ]


def _marks_of(view: CaseView, opinion: Opinion) -> list[dict[str, Any]]:
    """Return the marks of an opinion as the API states them."""
    return list(map(asdict, marks_of(view, opinion)))


def _own_drawings(view: CaseView, actor: str, work: WorkingMarks | None) -> list[dict[str, Any]]:
    """Return an actor's drawings at work; before the first, those of their opinion or analysis."""
    if work is None:
        return []
    drawings = [analysis.drawings for analysis in view.analyses if analysis.actor == actor]
    drawings += [opinion.drawings for opinion in view.opinions if opinion.actor == actor]
    return list(map(asdict, work.drawings if work.version or not drawings else drawings[-1]))


def _own_marks(view: CaseView, actor: str, work: WorkingMarks) -> dict[str, list[dict[str, Any]]]:
    """Return an actor's marks by the pair of images: of their opinion, at work, and of the fixed analysis."""
    marks: dict[str, list[dict[str, Any]]] = {}
    opinions = [opinion for opinion in view.opinions if opinion.actor == actor]
    if opinions and opinions[-1].pair:
        marks[" ".join(opinions[-1].pair)] = _marks_of(view, opinions[-1])
    for pair in work.pairs:
        marks[" ".join(pair.images)] = list(map(asdict, pair.marks))
    analyses = [analysis for analysis in view.analyses if analysis.actor == actor]
    analysed = (analyses[-1].marks if analyses else None) or ()
    marks |= {f"{mark.image} ": [] for mark in analysed}
    for mark in analysed:
        marks[f"{mark.image} "].append(asdict(CaseMark(mark.kind, mark.place, None, mark.direction)))
    return marks


def _of_value(view: CaseView, actor: str) -> bool:
    """Return whether an actor's last analysis finds enough to compare."""
    analyses = [analysis for analysis in view.analyses if analysis.actor == actor]
    return bool(analyses) and analyses[-1].of_value


def _conclusions(view: CaseView, actor: str) -> list[Conclusion]:
    """Return the conclusions open to an actor after their analysis; who decides a conflict makes none."""
    if view.part is Part.SUPERVISOR:
        return list(Conclusion)
    if not _of_value(view, actor):
        return [Conclusion.NO_VALUE]
    return [conclusion for conclusion in Conclusion if conclusion is not Conclusion.NO_VALUE]
