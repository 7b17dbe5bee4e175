"""Cases: questions for examiners, answered in steps by ACE-V: blind, with a supervisor where two examiners disagree.

A case asks whether a candidate is the person of the probe. Its state follows from its content:

    new -> assigned -> first opinion -> verification -> closed
                  |                               |
                  +-> closed                      +-> conflict -> closed
    withdrawn: from any state that is not closed

The examiner analyses the probe before any image of the candidate is shown, and decides before any score is.
An identification names the pair of images that it rests on; its author has opened both after the analysis. It closes
a case where both examiners have opened one of the named pairs; otherwise a supervisor decides. A supervisor decides,
too, where a conclusion goes against the likelihood ratio of the automatic comparison, an identification or an
exclusion, and repeats it only with a written reason. The examiners are asked for none: that would show them the score
before their opinions. A case about the applicant for a clearance certificate has two examiners whatever they conclude.
The verifier knows neither the first opinion nor its author, nor that there is one. A person has at most one part in a
case. An opinion is never changed: its author supersedes it, with a reason, until the next person has taken the case.
A supervisor who assigns a case to an examiner learns who works on it, and so cannot be an examiner of it any more.

The terms are those of the examiners' guidelines (SWGFAST, now OSAC: Standards for examining friction ridge
impressions and resulting conclusions).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from biometrics.cases.content import CaseContent
from biometrics.cases.opinion_rules import given_opinion
from biometrics.kernel.casework.annotations import (
    WorkingMarks,
    checked_adjustments,
    checked_at_work,
    checked_drawings,
    checked_on_probe,
)
from biometrics.kernel.casework.cases import (
    MOST_COMMENTS,
    Allocation,
    Assignment,
    CaseState,
    Comment,
    Look,
    Part,
    Side,
    Withdrawal,
    clean_notes,
)
from biometrics.kernel.casework.opinions import Analysis, AnalysisDraft, OpinionDraft
from biometrics.kernel.errors import CaseTaken, InvalidField, NotIndependent, WrongStep


@dataclass(frozen=True)
class Case(CaseContent):
    """A case and its steps: each returns the resulting case, and raises where it is not allowed."""

    def take(self, actor: str, at: datetime, *, supervises: bool = False, informed: bool = False) -> Case:
        """Assign the open part to a person: first examiner, verifier or supervisor.

        An actor who is `informed` of the search result is not refused: a refusal only for verifications would reveal
        that this is one. Readers of their opinion see the flag.
        """
        self._must_be_open()
        state = self.state
        if state in (CaseState.ASSIGNED, CaseState.VERIFICATION) or self.holder(Part.SUPERVISOR):
            raise CaseTaken("Another examiner has taken this case already; take another one.")
        if self.part_of(actor) or self.has_decided(actor):
            raise NotIndependent("You have a part in this case already; another examiner must continue it.")
        if state is CaseState.CONFLICT and not supervises:
            raise WrongStep("Two examiners disagree; a supervisor decides this case.")
        part = {CaseState.NEW: Part.EXAMINER, CaseState.FIRST_OPINION: Part.VERIFIER}.get(state, Part.SUPERVISOR)
        if part is not Part.SUPERVISOR and self.has_assigned(actor):
            raise NotIndependent(
                "You have assigned this case, so that you know who works on it; another examiner must."
            )
        return replace(self, assignments=(*self.assignments, Assignment(part, actor, at, informed)))

    def assign(self, examiner: str, by: str, at: datetime, *, supervises: bool, informed: bool) -> Case:
        """Give the open part to an examiner, also in the place of one who has not decided.

        An examiner who is `informed`, or has a part, is refused with one text: the refusal must not reveal to a
        possible examiner that there is an opinion. In a conflict, which supervisors see, only a part counts.
        """
        self._must_be_open()
        if examiner == by:
            raise InvalidField("You cannot assign a case to yourself; take it.")
        if self.part_of(by):
            raise NotIndependent("You have a part in this case; another supervisor assigns it.")
        free = replace(
            self, assignments=tuple(assignment for assignment in self.assignments if self.has_decided(assignment.actor))
        )
        knows = (informed or self.has_assigned(examiner)) and free.state is not CaseState.CONFLICT
        if knows or free.part_of(examiner):
            raise NotIndependent(
                "This examiner has a part in the case, or knows of a search result or of an examiner of it; choose "
                "another one."
            )
        assigned = free.take(examiner, at, supervises=supervises, informed=informed)
        return replace(assigned, allocations=(*self.allocations, Allocation(examiner, by, at)))

    def comment(self, actor: str, text: str, at: datetime, *, informed: bool) -> Case:
        """Add a remark, which is never evidence; `informed` of the search result is what its author is."""
        self._must_be_open()
        if len(self.comments) >= MOST_COMMENTS:
            raise InvalidField(f"The case has {MOST_COMMENTS} comments, and takes no more.")
        holders = {assignment.actor for assignment in self.assignments}
        worked = holders | {analysis.actor for analysis in self.analyses} | {opened.actor for opened in self.looks}
        remark = Comment(actor, clean_notes(text, "comment"), at, not informed and actor not in worked)
        return replace(self, comments=(*self.comments, remark))

    def give_back(self, actor: str) -> Case:
        """Return the case to the queue; refused after an opinion."""
        self._must_be_open()
        self._part(actor)
        if self.has_decided(actor):
            raise WrongStep("You have decided this case, so you cannot release it.")
        return replace(
            self, assignments=tuple(assignment for assignment in self.assignments if assignment.actor != actor)
        )

    def analyse(self, actor: str, draft: AnalysisDraft, at: datetime) -> Case:
        """Store what an examiner found before comparing; none is taken after that, since it would be tainted.

        Its marks and drawings lie on images of the probe that the examiner has opened.
        """
        self._must_be_open()
        self._part(actor)
        if self.has_decided(actor):
            raise WrongStep("You have decided this case; supersede your opinion instead.")
        if any(look.actor == actor and look.side is Side.CANDIDATE for look in self.looks):
            raise WrongStep("You have opened the candidate's images, so you can no longer change the analysis.")
        opened = {look.image for look in self.looks if (look.actor, look.side) == (actor, Side.PROBE)}
        if unseen := {mark.image for mark in draft.marks} - opened:
            raise InvalidField(f"You have not opened {min(unseen)}; marks lie on images of the probe that you opened.")
        drawings = checked_drawings(draft.drawings, opened)
        marks = checked_on_probe(draft.marks)
        analysis = Analysis(actor, draft.of_value, clean_notes(draft.notes), at, marks, draft.pattern, drawings)
        return replace(self, analyses=(*self.analyses, analysis))

    def mark(self, actor: str, work: WorkingMarks) -> WorkingMarks:
        """Return the marks of somebody at work as they may be stored: on images that they have opened.

        After the opinion that is possible as long as it may be superseded.
        """
        self._must_be_open()
        self._part(actor)
        if actor not in self.markers:
            raise WrongStep("Your opinion stands, so there is nothing to mark any more.")
        opened = {(look.side, look.image) for look in self.looks if look.actor == actor}
        named_images = {
            (side, name) for pair in work.pairs for side, name in zip(Side, pair.images, strict=True) if name
        }
        if unseen := named_images - opened:
            raise InvalidField(f"You have not opened {min(unseen)[1]}; marks lie on images that you opened.")
        if not all(pair.probe_image for pair in work.pairs):
            raise InvalidField("Name the image of the probe that the marks lie on.")
        drawings = checked_drawings(work.drawings, (name for _, name in opened))
        return WorkingMarks(work.version, checked_at_work(work.pairs), checked_adjustments(work.adjustments), drawings)

    def look(self, actor: str, side: Side, image: str, at: datetime) -> Case:
        """Record that a person viewed an image; refused if it comes before its step."""
        if self.over:
            return self
        part = self._part(actor)
        if side is Side.CANDIDATE and part is not Part.SUPERVISOR and self.analysis_of(actor) is None:
            raise WrongStep("Analyse the print or photo first; the candidate's images are shown after that.")
        analysis = self.analysis_of(actor)
        since = [look for look in self.looks if analysis is None or look.at >= analysis.at]
        has_looked = any((look.actor, look.side, look.image) == (actor, side, image) for look in since)
        return self if has_looked else replace(self, looks=(*self.looks, Look(actor, side, image, at)))

    def decide(
        self, actor: str, draft: OpinionDraft, at: datetime, *, unit: str = "", ratio: float | None = None
    ) -> Case:
        """Give an opinion: the first, the second, or the supervisor's, which ends a conflict.

        `unit` is the path of the actor's unit, `ratio` the likelihood ratio of the pair, as a power of ten, if there is
        one.

        Raises:
            WrongStep, PairNotOpened, GroundsMissing, BasisContradicts, InvalidField: as for `given_opinion`.
        """
        self._must_be_open()
        part = self._part(actor)
        if self.has_decided(actor):
            raise WrongStep("You have decided this case already; supersede your opinion, with a reason.")
        opinion = given_opinion(self, actor, part, draft, at, unit, ratio)
        return replace(self, opinions=(*self.opinions, opinion))

    def supersede(
        self, actor: str, draft: OpinionDraft, at: datetime, *, unit: str = "", ratio: float | None = None
    ) -> Case:
        """Replace one's own opinion by another, until the next person has taken the case; the old one is kept."""
        self._must_be_open()
        part = self._part(actor)
        if not self.has_decided(actor):
            raise WrongStep("You have not decided this case yet, so there is nothing to supersede; decide it.")
        if self.state is not CaseState.FIRST_OPINION:
            raise WrongStep("Another person has continued this case, so your opinion stands.")
        reason = clean_notes(draft.because, "reason")
        opinion = given_opinion(self, actor, part, replace(draft, because=reason), at, unit, ratio)
        return replace(self, opinions=(*self.opinions, opinion))

    def withdraw(self, actor: str, because: str, at: datetime) -> Case:
        """End a case without an answer."""
        self._must_be_open()
        return replace(self, withdrawal=Withdrawal(actor, clean_notes(because, "reason"), at))

    def _must_be_open(self) -> None:
        if self.over:
            raise WrongStep(f"The case is {self.state} and cannot be changed. Open a new case to ask again.")

    def _part(self, actor: str) -> Part:
        part = self.part_of(actor)
        if part is None:
            raise CaseTaken("This case is not yours; take it first.")
        return part
