"""Verifications as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from api.http.schemas import Schema
from api.v1.records_schemas import RecordSummary
from api.v1.scores_schemas import SampleScoreOut, ScoreOut, ThresholdCapped
from biometrics.kernel.evidence import Threshold

if TYPE_CHECKING:
    from biometrics.use_cases.verify import Verification


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
