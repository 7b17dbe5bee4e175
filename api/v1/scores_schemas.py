"""Scores as JSON: what may be stated of a comparison, and of a lead over the next candidate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from api.http.schemas import FromAttributes, Schema
from biometrics.kernel.recognition.evidence import Evidence, LatentsSeen, Lead, SearchRarity, Strength
from biometrics.matching.scoring import SampleScore

Capped = Annotated[bool, Field(description="True where the score lies beyond `bound`: how far, no data can show")]
Bound = Annotated[float, Field(description="The most that the data of the scale support, in decibans")]
ThresholdCapped = Annotated[
    bool, Field(description="True where the threshold lies beyond the bound of the scale, which is stated in its place")
]
Calibrated = Annotated[
    bool, Field(description="False where no scale fits, as of a photo of a mark: the score gives the order only")
]


Seen = Annotated[
    LatentsSeen | None,
    Field(
        description="Of a latent: what its rarity rests on. Such a score is for an investigator: it reaches no "
        "threshold, has no lead and no likelihood ratio. Null of other scores, and of a latent that no scale fits"
    ),
]


class ScoreOut(FromAttributes):
    """Evidence in decibans of false match: 40 means that one non-mated comparison in 10,000 scores this high.

    It is the lower end of the interval, and never more than the data of the scale support. The order of candidates, and
    whether they are above the threshold, follow from the scores themselves, which are not shown.
    """

    decibans: float = Field(description="What may be stated: the lower end of the 95 % interval, at most `bound`")
    extrapolated: bool = Field(description="True where the score lies beyond the data that the scale was made from")
    low: float = Field(description="Lower end of the 95 % interval of the decibans, at most `bound`")
    high: float = Field(description="Upper end of the 95 % interval of the decibans, at most `bound`")
    capped: Capped
    bound: Bound
    calibrated: Calibrated
    ratio: float | None = Field(
        default=None,
        description="Likelihood ratio that may be stated, as a power of ten: how much more likely the score is if both "
        "are of one person; below 0 if it is less likely. Null where none was stored",
    )
    strength: Strength | None = Field(
        default=None, description="The ratio in the words of ENFSI's guideline; `none`: it supports neither"
    )
    is_poor: bool = Field(
        default=False,
        description="True where a sample is too poor to exclude anybody: the ratio is then not below 0, and a score "
        "that supports neither side is no reason to release the person. Ask an examiner about the first candidate",
    )
    seen: Seen = None

    @property
    def evidence(self) -> Evidence:
        """The evidence that it shows."""
        return Evidence(**{name: value for name, value in self if name != "strength"})


class SearchRarityOut(Schema):
    """How rarely a search of this collection for someone who is not in it shows anyone who scores this high."""

    searches: int = Field(description="One of how many such searches it is at most, rounded down to one digit")
    people: int = Field(description="Records that were searched")
    says_little: bool = Field(description="True if it is more than one such search in ten: do not state it as rare")

    @classmethod
    def of(cls, rarity: SearchRarity | None) -> SearchRarityOut | None:
        """Show how rare a score is in a search."""
        if rarity is None:
            return None
        return cls(searches=rarity.searches, people=rarity.people, says_little=rarity.says_little)


class SampleScoreOut(Schema):
    """The best comparison of one probe sample with one person's samples."""

    probe: str = Field(description="Which sample of the request")
    sample_id: int = Field(description="The stored sample that it compared best with")
    score: ScoreOut
    counted: bool = Field(
        default=True,
        description="False if it counts together with another sample, which may be of the same finger or face; the "
        "score of that one is the score of both",
    )

    @classmethod
    def of(cls, sample: SampleScore) -> SampleScoreOut:
        """Show the score of one probe."""
        return cls(
            probe=sample.probe.label,
            sample_id=sample.sample_id,
            score=ScoreOut.of(sample.score.evidence),
            counted=sample.counted,
        )

    @classmethod
    def of_stored(cls, sample: Mapping[str, Any]) -> SampleScoreOut:
        """Show the stored score of one probe."""
        return cls(
            probe=sample["probe"],
            sample_id=sample["sample_id"],
            score=ScoreOut.of(Evidence.of(sample["score"])),
            counted=sample["counted"],
        )


class LeadOut(Schema):
    """How rare so long a lead over the next candidate is in searches for people who are not on record."""

    decibans: float = Field(description="10: one such search in ten shows such a lead; never more than the data show")
    searches: int = Field(description="One of how many searches for people not on record shows such a lead")
    capped: bool = Field(description="True where the lead is longer than any that the data can show the rarity of")

    @classmethod
    def of(cls, lead: Lead | None) -> LeadOut | None:
        """Show what may be stated of a lead."""
        return None if lead is None else cls(decibans=lead.decibans, searches=lead.searches, capped=lead.capped)

    @property
    def lead(self) -> Lead:
        """The lead that it shows."""
        return Lead(self.decibans, self.capped)
