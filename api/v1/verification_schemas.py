"""Verifications as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from api.http.schemas import Schema
from api.v1.records_schemas import RecordSummary
from api.v1.scores_schemas import SampleScoreOut, ScoreOut, SearchRarityOut, ThresholdCapped
from biometrics.kernel.recognition.evidence import Threshold

if TYPE_CHECKING:
    from biometrics.use_cases.search.verify import PeopleVerification, SamplesComparison, Verification


class VerificationOut(Schema):
    """Whether the samples belong to the person on the record."""

    record: RecordSummary
    match: bool
    score: ScoreOut
    target_fmr: float
    threshold: float = Field(description="Score in decibans that the target FMR needs, at most the bound of the scale")
    threshold_capped: ThresholdCapped
    samples: list[SampleScoreOut]

    @classmethod
    def of(cls, verification: Verification) -> VerificationOut:
        """Show a verification."""
        threshold: Threshold = verification.stated_threshold
        return cls(
            record=RecordSummary.of(verification.record),
            match=verification.match,
            score=ScoreOut.of(verification.result.score.evidence),
            target_fmr=verification.target_fmr,
            threshold=threshold.decibans,
            threshold_capped=threshold.capped,
            samples=[SampleScoreOut.of(sample) for sample in verification.result.samples],
        )


class NamedVerificationOut(Schema):
    """The comparison with one of a few people."""

    verification: VerificationOut
    in_this_list: SearchRarityOut | None = Field(
        description="How rarely a comparison with this many other people shows anyone this high. Null without a scale"
    )


class PeopleVerificationOut(Schema):
    """Which of a few people the samples belong to: those compared, the most similar first."""

    target_fmr: float = Field(
        description="Accepted chance that any of them matches, if the samples are of none of them"
    )
    people: list[NamedVerificationOut]
    not_compared: list[RecordSummary] = Field(description="Who has no sample of the kinds that were sent")

    @classmethod
    def of(cls, outcome: PeopleVerification) -> PeopleVerificationOut:
        """Show the verifications."""
        return cls(
            target_fmr=outcome.target_fmr,
            people=[
                NamedVerificationOut(
                    verification=VerificationOut.of(verification),
                    in_this_list=SearchRarityOut.of(outcome.rarity(verification)),
                )
                for verification in outcome.verifications
            ],
            not_compared=[RecordSummary.of(record) for record in outcome.not_compared],
        )


class ComparedSampleOut(Schema):
    """The best comparison of one sample with the other set."""

    sample: str = Field(description="Which sample of the first set")
    other: str = Field(description="The sample of the other set that it compared best with")
    score: ScoreOut
    counted: bool = Field(
        description="False if it counts together with another sample, which may be of the same source"
    )


class SamplesComparisonOut(Schema):
    """What may be stated of two sets of samples, if each is of one person."""

    score: ScoreOut
    samples: list[ComparedSampleOut]

    @classmethod
    def of(cls, compared: SamplesComparison) -> SamplesComparisonOut:
        """Show a comparison."""
        return cls(
            score=ScoreOut.of(compared.result.score.evidence),
            samples=[
                ComparedSampleOut(
                    sample=comparison.probe.label,
                    other=compared.references[comparison.sample_id].probe.label,
                    score=ScoreOut.of(comparison.score.evidence),
                    counted=comparison.counted,
                )
                for comparison in compared.result.samples
            ],
        )
