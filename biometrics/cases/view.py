"""What one person may know of a case, and what the audit log says of their access to it.

An examiner stays blind to scores and to other people's opinions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, TypeVar

from sqlalchemy import Connection

from biometrics.access.case_access import may_examine, may_know, refer
from biometrics.access.persons import resolve_merged_ids
from biometrics.cases.case import Case
from biometrics.cases.rows import id_of, load_cases, unknown_case
from biometrics.kernel.access import Act, parse_credential
from biometrics.kernel.casework.annotations import in_analysis
from biometrics.kernel.casework.cases import (
    CaseState,
    Comment,
    Conclusion,
    Dispute,
    Finding,
    Pair,
    Part,
    Question,
    Referral,
    Side,
    seen_state,
)
from biometrics.kernel.casework.opinions import Analysis, Opinion
from biometrics.kernel.errors import Forbidden, OutOfJurisdiction
from biometrics.storage.audit.log import SCORED

T = TypeVar("T", Analysis, Opinion)


@dataclass(frozen=True)
class CaseView:
    """The facts that one person may know of a case.

    `finding` is None, and other people's analyses and opinions are left out, until they can influence no examiner.
    `part` is the viewer's; verifiers see theirs once they have decided. `informed` are those, of the viewer and the
    authors of `opinions`, who had read the search result before they took the case. `referral` is set where the
    viewer's unit may not examine the case; the other fields are then as `referred` returns them. `pair` are the
    images that an identification rests on, once the case is over. `best_sample` is the candidate's sample that the
    search found most similar, which is opened first, from the viewer's analysis on: it says which image to look at, not
    how similar it is. `opened` are the candidate's images that the viewer has opened since then. A viewer who
    `has_assigned` the case sees who works on it, `worked_on_by`. `comments` are never evidence.
    `disputes` are why a supervisor decides, for that supervisor and once the case is over.
    """

    id: str
    number: str
    question: Question
    created_at: datetime
    fir_number: str | None
    state: CaseState
    part: Part | None
    finding: Finding | None
    shows_candidate: bool
    analyses: tuple[Analysis, ...]
    opinions: tuple[Opinion, ...]
    outcome: Conclusion | None
    informed: frozenset[str] = frozenset()
    referral: Referral | None = None
    merge_pending: bool = False
    pair: Pair | None = None
    best_sample: int | None = None
    opened: frozenset[str] = frozenset()
    candidate_fir_number: str | None = None
    has_assigned: bool = False
    worked_on_by: str | None = None
    comments: tuple[Comment, ...] = ()
    disputes: tuple[Dispute, ...] = ()

    @classmethod
    def of(cls, case: Case, viewer: str) -> Self:
        """Return a case as a person may see it now.

        Possible verifiers, supervisors included, do not learn whether there is an opinion already.
        """
        part = case.part_of(viewer)
        decided = case.has_decided(viewer)
        judge = part is Part.SUPERVISOR
        compares = part is not None and case.analysis_of(viewer) is not None
        opinions = case.opinions if case.over or judge else _by_actor(case.opinions, viewer)
        authors = {viewer, *(opinion.actor for opinion in opinions)}
        return cls(
            id=case.id,
            number=case.number,
            question=case.question,
            created_at=case.created_at,
            fir_number=case.fir_number,
            state=seen_state(case.state, decided=decided),
            part=Part.EXAMINER if part is Part.VERIFIER and not (case.over or decided) else part,
            finding=case.finding if case.over or decided or judge else None,
            shows_candidate=case.over or judge or compares,
            analyses=case.analyses if case.over or judge else _by_actor(case.analyses, viewer),
            opinions=opinions,
            outcome=None if case.withdrawal else case.outcome,
            informed=frozenset(
                assignment.actor
                for assignment in case.assignments
                if assignment.informed and assignment.actor in authors
            ),
            merge_pending=case.merge_pending,
            pair=case.pair if case.over else None,
            best_sample=case.finding.best_sample if case.over or judge or compares else None,
            opened=case.opened_by(viewer),
            candidate_fir_number=case.candidate_fir_number if case.over or judge or compares else None,
            has_assigned=case.has_assigned(viewer),
            worked_on_by=case.worked_on_by if case.has_assigned(viewer) else None,
            comments=case.comments_for(viewer),
            disputes=case.disputes if case.over or judge else (),
        )

    @classmethod
    def referred(cls, case: Case, referral: Referral) -> Self:
        """Return a case as a unit sees it that may not examine it: that it exists, and its outcome."""
        shows_probe = bool(referral.question.record_id or referral.question.search_id)
        return cls(
            id=case.id,
            number=case.number,
            question=referral.question,
            created_at=case.created_at,
            fir_number=case.fir_number if shows_probe else None,
            state=case.state if case.over else CaseState.REFERRED,
            part=None,
            finding=None,
            shows_candidate=False,
            analyses=(),
            opinions=(),
            outcome=None if case.withdrawal else case.outcome,
            referral=referral,
        )

    def in_analysis(self, opinion: Opinion) -> tuple[bool | None, ...]:
        """Say of each mark of an opinion that is shown whether its author's analysis has it, before the comparison.

        None of a mark that is not on the probe, and where the marks of the analysis were erased. A supervisor makes no
        analysis: their marks were all made with both images in view.
        """
        own_analyses = [analysis for analysis in self.analyses if analysis.actor == opinion.actor]
        analysed = own_analyses[-1].marks if own_analyses else ()
        if analysed is None:
            return (None,) * len(opinion.marks)
        return in_analysis(opinion.marks, opinion.probe_image, analysed)

    def after_analysis(self, opinion: Opinion) -> frozenset[int]:
        """Return the numbers, from 1, of the marks that were made or changed on the probe after the analysis."""
        flags = enumerate(self.in_analysis(opinion), start=1)
        return frozenset(number for number, is_in_analysis in flags if is_in_analysis is False)

    @property
    def authors(self) -> frozenset[str]:
        """Whose analyses, opinions and comments they are, and who works on the case."""
        written = {analysis.actor for analysis in self.analyses} | {opinion.actor for opinion in self.opinions}
        return frozenset({*written, *(comment.actor for comment in self.comments), self.worked_on_by or ""})


def _by_actor(items: tuple[T, ...], viewer: str) -> tuple[T, ...]:
    return tuple(content for content in items if content.actor == viewer)


def is_in_person(act: Act) -> bool:
    """Return whether someone acts in a session of their own, not by an API key."""
    return not (act.credential and parse_credential(act.credential)[0])


def require_in_person(act: Act) -> None:
    """Refuse casework by an API key.

    Raises:
        Forbidden: it is one.
    """
    if not is_in_person(act):
        raise Forbidden("A person signs in for work on cases; an API key is not enough.")


def load_case(connection: Connection, case_id: str) -> Case:
    """Return a case.

    Raises:
        UnknownCase: there is none of this id.
    """
    loaded = load_cases(connection, [id_of(connection, case_id)])
    if not loaded:
        raise unknown_case()
    return loaded[0]


def view_for(connection: Connection, act: Act, case: Case) -> CaseView:
    """Return a case as an actor may see it now; see `cases.access`.

    Raises:
        UnknownCase: nothing.
    """
    unit = act.actor.unit
    if may_examine(connection, unit, case.id):
        return CaseView.of(case, act.actor.id)
    if not may_know(connection, unit, case.id):
        raise unknown_case()
    return CaseView.referred(case, refer(connection, unit, case.id, case.question))


def shown_to_holder(connection: Connection, act: Act, case: Case) -> CaseView:
    """Return what an actor may know of a case that they have just worked on: of one that they release at least that.

    They may have been posted to a unit that may know nothing of it, and the case must not stay with them.
    """
    if may_examine(connection, act.actor.unit, case.id):
        return CaseView.of(case, act.actor.id)
    return CaseView.referred(case, refer(connection, act.actor.unit, case.id, case.question))


def require_examiner(connection: Connection, act: Act, case: Case) -> None:
    """Refuse work on a case that the actor's unit may not examine.

    Raises:
        OutOfJurisdiction: the message names the units to call.
        UnknownCase: the actor may know nothing of it.
    """
    if may_examine(connection, act.actor.unit, case.id):
        return
    view = view_for(connection, act, case)
    assert view.referral is not None, "what is shown of another unit's case is a referral"
    raise OutOfJurisdiction(
        "This case is about a record or a latent that your unit may not see; examiners of "
        f"{view.referral.unit.path} decide it. Call {'; '.join(unit.contact for unit in view.referral.contacts)}."
    )


def people_of(connection: Connection, case: Case, side: Side | None = None) -> list[str]:
    """Return the people of a case, of its probe alone where `side` is that, by ids in it and those they lead to."""
    ids = [case.question.record_id, None if side is Side.PROBE else case.question.candidate_id]
    record_ids = [record_id for record_id in ids if record_id]
    return list(dict.fromkeys([*record_ids, *resolve_merged_ids(connection, record_ids).values()]))


def access_detail(connection: Connection, case: Case, view: CaseView, side: Side | None = None) -> dict[str, Any]:
    """Return what the audit entry of an access says: the people whose image, of a `side`, or score is shown."""
    scored = view.finding is not None
    persons = people_of(connection, case, None if scored else side) if scored or side is not None else []
    return {"records": persons, SCORED: scored}


def read_detail(connection: Connection, case: Case, view: CaseView) -> dict[str, Any]:
    """Return the audit detail of reading a case."""
    return access_detail(connection, case, view) | {"referred": view.referral is not None}
