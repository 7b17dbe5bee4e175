"""Cases as JSON, as far as the caller may see them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from api.http.schemas import FromAttributes, NameOf, PageOut, RequestBody, Schema
from api.modalities import ModalityName
from api.v1.scores_schemas import Bound, Calibrated, Capped, Seen
from biometrics.cases.view import CaseView
from biometrics.kernel.access import Actor
from biometrics.kernel.casework.annotations import Adjustment, CaseMark, Drawing, ProbeMark
from biometrics.kernel.casework.cases import (
    CaseKind,
    CaseState,
    Conclusion,
    Dispute,
    Finding,
    Pair,
    Part,
    PatternClass,
    Referral,
    Side,
)
from biometrics.kernel.casework.opinions import Basis, Opinion
from biometrics.kernel.people.record import Elsewhere
from biometrics.kernel.recognition.capture import Position
from biometrics.kernel.recognition.evidence import Evidence
from biometrics.kernel.technique.json_fields import about


@dataclass(frozen=True)
class OpinionMark(CaseMark):
    """A feature that the author of an opinion marked."""

    in_analysis: bool | None = field(
        default=None,
        metadata=about(
            "Whether its author's analysis has it on the probe; false: it was marked or changed after that, in the "
            "comparison. Null if it is not on the probe, or if the analysis was erased"
        ),
    )


class PairOut(Schema):
    """Two images of a case, by their names in it."""

    probe_image: str
    candidate_image: str

    @classmethod
    def of(cls, pair: Pair | None) -> PairOut | None:
        """Show a pair."""
        return cls(probe_image=pair[0], candidate_image=pair[1]) if pair else None


class AnalysisOut(FromAttributes):
    """An analysis."""

    actor: str
    actor_name: Annotated[str, NameOf("actor")] = ""
    of_value: bool
    notes: str
    at: dt.datetime
    pattern: PatternClass | None = Field(description="Pattern class, as in ANSI/NIST-ITL, field 9.307")
    marks: list[ProbeMark] | None = Field(
        description="Features that its author marked on the probe; null after an erasure"
    )
    drawings: list[Drawing] = Field(description="Ridge counts, and ridges that its author followed, on the probe")


class OpinionOut(Schema):
    """An opinion; `looked_at` names the images that its author had opened."""

    actor: str
    actor_name: Annotated[str, NameOf("actor")] = ""
    part: Part
    conclusion: Conclusion
    notes: str
    at: dt.datetime
    looked_at: list[str]
    because: str
    pair: PairOut | None = Field(description="The images that it rests on, if it names them")
    marks: list[OpinionMark] = Field(description="Features that its author marked on the pair")
    against_ratio: bool = Field(
        description="Whether it identifies although the likelihood ratio of the automatic comparison is below 1, or "
        "excludes although it is 1,000 or more. "
        "Examiners do not know that before their opinion; a supervisor decides the case"
    )
    grounds: str = Field(description="A supervisor's reasons for such a conclusion")
    unmarked_because: str = Field(description="Why an identification of two prints marks no feature in both")
    basis: Basis = Field(description="Its grounds")
    adjustments: list[Adjustment] = Field(description="How its author displayed the images, in order")
    drawings: list[Drawing] = Field(description="Ridge counts, and ridges that its author followed, on the pair")
    informed: bool = Field(description="Whether its author had read the search results before taking the case")

    @classmethod
    def of(cls, opinion: Opinion, view: CaseView) -> OpinionOut:
        """Show an opinion of a case."""
        return cls.showing(
            opinion,
            pair=PairOut.of(opinion.pair),
            marks=marks_of(view, opinion),
            informed=opinion.actor in view.informed,
        )


def marks_of(view: CaseView, opinion: Opinion) -> list[OpinionMark]:
    """Return the marks of an opinion of a case."""
    flags = view.in_analysis(opinion)
    return [OpinionMark(**vars(mark), in_analysis=flag) for mark, flag in zip(opinion.marks, flags, strict=True)]


class CommentOut(FromAttributes):
    """A comment on a case: it is never evidence, and no opinion rests on it."""

    actor: str
    actor_name: Annotated[str, NameOf("actor")] = ""
    text: str
    at: dt.datetime


class ExaminerOut(Schema):
    """An examiner that a case may be assigned to."""

    id: str
    name: str
    unit: str = Field(description="Path of the unit")

    @classmethod
    def of(cls, actor: Actor) -> ExaminerOut:
        """Show an examiner."""
        return cls(id=actor.id, name=actor.name, unit=actor.unit.path)


class FindingOut(Schema):
    """The result of the automatic comparison; shown only after it can no longer influence the examiners."""

    score: float = Field(description="Decibans of false match that may be stated, at most `bound`")
    capped: Capped
    bound: Bound
    calibrated: Calibrated
    rank: int
    hint: str
    seen: Seen = None

    @property
    def evidence(self) -> Evidence:
        """What may be stated of it; its interval is not shown."""
        return Evidence(
            self.score, False, self.score, self.score, self.capped, self.bound, self.calibrated, seen=self.seen
        )

    @classmethod
    def of(cls, finding: Finding) -> FindingOut:
        """Show a finding."""
        evidence = finding.evidence
        return cls(
            score=evidence.decibans,
            capped=evidence.capped,
            bound=evidence.bound,
            calibrated=evidence.calibrated,
            rank=finding.rank,
            hint=finding.hint,
            seen=evidence.seen,
        )


class ReferralOut(Schema):
    """Shows that another unit's examiners decide a case about a record that the caller's unit may not see."""

    examined_by: str = Field(description="The unit whose examiners decide: the lowest one that may see both records")
    contacts: list[Elsewhere] = Field(description="Units to call: those that keep the records, that ask, that decide")

    @classmethod
    def of(cls, referral: Referral) -> ReferralOut:
        """Show a referral."""
        return cls(examined_by=referral.unit.path, contacts=list(referral.contacts))


class CaseOut(Schema):
    """The parts of a case that the caller may see now."""

    id: str
    number: str = Field(description="What people call the case by; paths accept it wherever they accept the id")
    kind: CaseKind
    state: CaseState = Field(
        description="`waiting`: not taken yet; whether for the first or the second examiner is not shown. `referred`: "
        "open, and decided by another unit's examiners"
    )
    created_at: dt.datetime
    is_urgent: bool = Field(description="Whether someone waits for the answer")
    fir_number: str | None = Field(description="The FIR of the probe: of its search, or of the encounter that asks")
    part: Part | None = Field(description="Your part in the case")
    worked_on_by: str | None = Field(description="Who works on the case; shown to those who have assigned it")
    worked_on_by_name: Annotated[str, NameOf("worked_on_by")] = ""
    record_id: str | None = Field(description="The record of the probe, unless the probe is a search")
    encounter_id: str | None = Field(
        description="The encounter that opened the case; one of the candidate's is null until your analysis"
    )
    search_id: str | None
    standing_id: str | None = Field(
        description="The standing search; one for the candidate is null until your analysis"
    )
    candidate_id: str | None = Field(description="The candidate's record; null until your analysis")
    candidate_search_id: str | None = Field(
        description="The search of the other latent in a case about a link; null until your analysis"
    )
    candidate_fir_number: str | None = Field(description="Its case or FIR; null until your analysis")
    unit: str = Field(description="The unit that asks: codes of state, district and station")
    finding: FindingOut | None = Field(description="Null until your opinion")
    analyses: list[AnalysisOut] = Field(description="Yours; all of them when the case is closed")
    opinions: list[OpinionOut] = Field(
        description="Yours; all of them when the case is closed, or when you decide a conflict"
    )
    comments: list[CommentOut] = Field(
        description="Never evidence. Yours; all of them when the case is closed, or when you decide a conflict. While "
        "you examine it, also those of people who know nothing of the case, since the last opinion"
    )
    disputes: list[Dispute] = Field(
        description="Why a supervisor decides although there are two opinions; shown when the case is closed, or when "
        "you decide a conflict"
    )
    outcome: Conclusion | None
    pair: PairOut | None = Field(description="The images that an identification rests on, when the case is closed")
    merge_pending: bool = Field(
        description="Both records are one person's by the outcome, but they are not merged: an examiner who decided it "
        "may no longer see both. An officer who may see both must merge them"
    )
    referral: ReferralOut | None = Field(
        description="Set if the case is about a record that your unit may not see: you see only the outcome "
        "and which units to call"
    )

    @classmethod
    def of(cls, view: CaseView) -> CaseOut:
        """Show the parts of a case that the viewer may see."""
        question, finding, referral = view.question, view.finding, view.referral
        names_candidate = view.shows_candidate or referral is not None
        return cls.showing(
            view,
            kind=question.kind,
            is_urgent=question.is_urgent,
            record_id=question.record_id,
            # Where a record asks, its encounter does, and a standing search is for the candidate; else the reverse.
            encounter_id=question.encounter_id if question.record_id or names_candidate else None,
            search_id=question.search_id,
            standing_id=question.standing_id if question.search_id or names_candidate else None,
            candidate_id=question.candidate_id or None if names_candidate else None,
            candidate_search_id=question.candidate_search_id if names_candidate else None,
            unit=question.unit.path,
            finding=FindingOut.of(finding) if finding else None,
            opinions=[OpinionOut.of(opinion, view) for opinion in view.opinions],
            pair=PairOut.of(view.pair),
            referral=ReferralOut.of(referral) if referral else None,
        )


class CasePageOut(PageOut):
    """A page of cases, oldest first."""

    cases: list[CaseOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")


class CaseImageOut(FromAttributes):
    """An image of a case; its file is at `images/{name}` of the case."""

    side: Side
    name: str
    modality: ModalityName
    position: Position | None
    media_type: str


class CommentIn(RequestBody):
    """A comment on a case, which is never evidence."""

    text: str


class ExaminerIn(RequestBody):
    """The examiner to assign a case to."""

    examiner: str = Field(description="Id or login of the account")


class ReasonIn(RequestBody):
    """Why a case, a standing search or a subscription ends."""

    because: str
