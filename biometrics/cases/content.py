"""What a case holds, and what follows from it: its state, its outcome, and who has which part in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from biometrics.kernel.casework.cases import (
    Allocation,
    Assignment,
    CaseState,
    Comment,
    Conclusion,
    Dispute,
    Finding,
    Look,
    Pair,
    Part,
    Question,
    Side,
    Withdrawal,
)
from biometrics.kernel.casework.opinions import Analysis, Opinion


@dataclass(frozen=True)
class CaseContent:
    """A question with everything that was done about it.

    `number` is what people call it by. `fir_number` is that of the probe: of the encounter that asks, or of the search;
    None where it is gone; `candidate_fir_number` is that of a candidate that is another latent. `verified` are the
    conclusions that need a second examiner's agreement. `merge_pending`: both records are of one person, and a user who
    may see both has yet to merge them. Analyses, looks and opinions are in order of time.
    """

    id: str
    number: str
    question: Question
    finding: Finding
    created_at: datetime
    fir_number: str | None = None
    candidate_fir_number: str | None = None
    verified: frozenset[Conclusion] = frozenset({Conclusion.IDENTIFICATION})
    merge_pending: bool = False
    assignments: tuple[Assignment, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    comments: tuple[Comment, ...] = ()
    analyses: tuple[Analysis, ...] = ()
    looks: tuple[Look, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    withdrawal: Withdrawal | None = None

    @property
    def state(self) -> CaseState:
        """Where the case is."""
        if self.withdrawal:
            return CaseState.WITHDRAWN
        if self.outcome:
            return CaseState.CLOSED
        first, second = self.opinion(Part.EXAMINER), self.opinion(Part.VERIFIER)
        if first is None:
            return CaseState.ASSIGNED if self.holder(Part.EXAMINER) else CaseState.NEW
        if second is None:
            return CaseState.VERIFICATION if self.holder(Part.VERIFIER) else CaseState.FIRST_OPINION
        return CaseState.CONFLICT

    @property
    def outcome(self) -> Conclusion | None:
        """The answer; None while there is none."""
        first, second, last = map(self.opinion, (Part.EXAMINER, Part.VERIFIER, Part.SUPERVISOR))
        if last:
            return last.conclusion
        if first is None:
            return None
        if second is None:
            return None if first.conclusion in self.verified or first.against_ratio else first.conclusion
        return None if self.disputes else first.conclusion

    @property
    def disputes(self) -> tuple[Dispute, ...]:
        """Why a supervisor decides, although there are two opinions; empty where these close the case."""
        first, second = self.opinion(Part.EXAMINER), self.opinion(Part.VERIFIER)
        if first is None or second is None:
            return ()
        if first.conclusion is not second.conclusion:
            return (Dispute.CONCLUSION,)
        identified = first.identifies
        holds = {
            Dispute.COMPARISON: first.against_ratio or second.against_ratio,
            Dispute.PATTERN: (identified or first.excludes) and self._saw_different_patterns(first, second),
            Dispute.PAIR: identified and self._shared_pair(first, second) is None,
            Dispute.MARKS: identified and bool(first.unmarked_because) is not bool(second.unmarked_because),
        }
        return tuple(dispute for dispute, is_held in holds.items() if is_held)

    @property
    def pair(self) -> Pair | None:
        """The pair of images that an identification rests on; None while there is none."""
        if self.outcome is not Conclusion.IDENTIFICATION:
            return None
        first, second, last = map(self.opinion, (Part.EXAMINER, Part.VERIFIER, Part.SUPERVISOR))
        if last:
            return last.pair
        return self._shared_pair(first, second) if first and second else None

    @property
    def decisive(self) -> tuple[Opinion, ...]:
        """The opinions that the outcome follows from: of each part the last one, where it says the same."""
        counted = map(self.opinion, (Part.EXAMINER, Part.VERIFIER, Part.SUPERVISOR))
        return tuple(opinion for opinion in counted if opinion and opinion.conclusion is self.outcome)

    @property
    def has_ratio(self) -> bool:
        """Whether a likelihood ratio may be stated of its images: not of a latent."""
        return not self.question.is_about_latent and not self.finding.evidence.orders_only

    @property
    def over(self) -> bool:
        """Whether the case is closed or withdrawn."""
        return self.state in (CaseState.CLOSED, CaseState.WITHDRAWN)

    def opinion(self, part: Part) -> Opinion | None:
        """Return the opinion of a part that counts: the last one."""
        return next((opinion for opinion in reversed(self.opinions) if opinion.part is part), None)

    def holder(self, part: Part) -> str | None:
        """Return the examiner who has a part."""
        return next((assignment.actor for assignment in self.assignments if assignment.part is part), None)

    def part_of(self, actor: str) -> Part | None:
        """Return a person's part; None if they have none."""
        return next((assignment.part for assignment in self.assignments if assignment.actor == actor), None)

    def has_decided(self, actor: str) -> bool:
        """Return whether a person has given an opinion."""
        return any(opinion.actor == actor for opinion in self.opinions)

    def has_opened(self, actor: str, pair: Pair) -> bool:
        """Return whether a person has opened both images of a pair, after their analysis if they made one."""
        analysis = self.analysis_of(actor)
        opened = {
            (look.side, look.image)
            for look in self.looks
            if look.actor == actor and (analysis is None or look.at >= analysis.at)
        }
        return {(Side.PROBE, pair[0]), (Side.CANDIDATE, pair[1])} <= opened

    def opened_by(self, actor: str) -> frozenset[str]:
        """Return the candidate's images that a person has opened since their analysis."""
        analysis = self.analysis_of(actor)
        looks = [look for look in self.looks if look.actor == actor and look.side is Side.CANDIDATE]
        return frozenset(look.image for look in looks if analysis is None or look.at >= analysis.at)

    def analysis_of(self, actor: str) -> Analysis | None:
        """Return a person's current analysis: the last one."""
        return next((analysis for analysis in reversed(self.analyses) if analysis.actor == actor), None)

    def has_assigned(self, actor: str) -> bool:
        """Return whether a person has assigned the case to an examiner."""
        return any(allocation.assigned_by == actor for allocation in self.allocations)

    @property
    def worked_on_by(self) -> str | None:
        """Who has the open part; None if nobody has."""
        return next(
            (assignment.actor for assignment in self.assignments if not self.has_decided(assignment.actor)), None
        )

    def comments_for(self, viewer: str) -> tuple[Comment, ...]:
        """Return the comments that a person may read: their own, and all once they can influence no examiner.

        An examiner at work also reads what people who know nothing of the case have written since the last opinion;
        earlier comments would reveal that there is one.
        """
        if self.over or self.part_of(viewer) is Part.SUPERVISOR:
            return self.comments
        opinions = [opinion.at for opinion in self.opinions if opinion.actor != viewer]
        works = viewer == self.worked_on_by
        return tuple(
            comment
            for comment in self.comments
            if comment.actor == viewer or (works and comment.is_blind and all(comment.at > at for at in opinions))
        )

    @property
    def markers(self) -> frozenset[str]:
        """Who may have marks at work: each who has yet to decide, or may supersede their opinion."""
        if self.over:
            return frozenset()
        supersedes = self.state is CaseState.FIRST_OPINION
        actors = (assignment.actor for assignment in self.assignments)
        return frozenset(actor for actor in actors if supersedes or not self.has_decided(actor))

    def _shared_pair(self, first: Opinion, second: Opinion) -> Pair | None:
        """Return a pair that one of two opinions names and the author of the other has opened, too."""
        pairs = ((first.pair, second.actor), (second.pair, first.actor))
        return next((pair for pair, other in pairs if pair and self.has_opened(other, pair)), None)

    def _saw_different_patterns(self, first: Opinion, second: Opinion) -> bool:
        """Return whether the analyses behind two opinions state patterns of the probe that exclude each other."""
        analyses = (self.analysis_of(opinion.actor) for opinion in (first, second))
        patterns = [analysis.pattern for analysis in analyses if analysis and analysis.pattern]
        return len(patterns) > 1 and patterns[0].excludes(patterns[1])
