"""How strong a score is as evidence, in the only form that people are shown.

Evidence is the low end of a score's interval: what 98.5 of 100 populations that were not measured show at least. It is
never more than the bound of its scale, the low end at the last point that the scale's data support. Beyond the bound
the data cannot say how much rarer a score is. The scores themselves go on rising, and are used for the order and for
thresholds only.

The rarity (of a comparison, and of a search) and the likelihood ratio are of one fit, so that they cannot contradict
each other: a ratio of x or more is never stated where more than one stranger in x scores as high.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Self

from biometrics.kernel.technique.json_fields import AS_JSON, about

LEAD_FACTOR = 0.9  # stated for claimed decibans of a lead
LEAD_BOUND = 20.0  # decibans: the most that may be stated of a lead
LEAST_STATED = 10.0  # decibans: less is not stated as a rarity
SAYS_LITTLE: float = 10.0 ** (-LEAST_STATED / 10.0)  # the same as a rate: one of ten


def excluding_nobody(ratio: float) -> float:
    """Return the likelihood ratio that may be stated where a sample is too poor to exclude anybody: none below 1."""
    return max(0.0, ratio)


class Strength(StrEnum):
    """How strongly a likelihood ratio supports one proposition over the other, in the words of ENFSI.

    Source: European Network of Forensic Science Institutes, Guideline for evaluative reporting in forensic science,
    2015, appendix.
    """

    NONE = "none"
    WEAK = "weak"
    MODERATE = "moderate"
    MODERATELY_STRONG = "moderately-strong"
    STRONG = "strong"
    VERY_STRONG = "very-strong"
    EXTREMELY_STRONG = "extremely-strong"

    @classmethod
    def of(cls, ratio: float) -> Strength:
        """Return the strength of a likelihood ratio, a power of ten; of one below 0 for the other proposition."""
        strengths = [strength for limit, strength in _STRENGTHS if abs(ratio) >= limit]
        return strengths[-1] if strengths else cls.NONE


_STRENGTHS = (
    (math.log10(2.0), Strength.WEAK),
    (1.0, Strength.MODERATE),
    (2.0, Strength.MODERATELY_STRONG),
    (3.0, Strength.STRONG),
    (4.0, Strength.VERY_STRONG),
    (6.0, Strength.EXTREMELY_STRONG),
)


@dataclass(frozen=True)
class LatentsSeen:
    """What latents of the same kind showed when they were compared with the prints of other people."""

    latents: int = field(metadata=about("Generated latents with about as many minutiae"))
    prints: int = field(metadata=about("Prints of other people that each of them was compared with"))
    reached: int = field(
        metadata=about("How many of these latents had a print of another person that scored this high")
    )
    least: int = field(metadata=about("The fewest minutiae of such a latent"))
    most: int = field(metadata=about("The most minutiae of such a latent"))
    marked: bool = field(metadata=about("Whether their minutiae were marked, or found by the software"))

    __pydantic_config__: ClassVar = AS_JSON

    @classmethod
    def of(cls, score: Mapping[str, Any]) -> Self | None:
        """Read those of a stored score; None of one that rests on none."""
        return cls(**score["seen"]) if score.get("seen") else None


@dataclass(frozen=True)
class SearchRarity:
    """How rarely a search of a collection for someone who is not in it shows anyone who scores this high.

    `rate` is the share of such searches, at most; `people` are those on record.
    """

    rate: float
    people: int

    @property
    def says_little(self) -> bool:
        """Whether it happens too often to be stated as a rarity."""
        return self.rate > SAYS_LITTLE

    @property
    def searches(self) -> int:
        """One of how many such searches it is at most, rounded down to one digit."""
        return _one_in(-10.0 * math.log10(self.rate), digits=1) if self.rate > 0.0 else 1


@dataclass(frozen=True)
class Evidence:
    """What may be stated of a score, in decibans of false match.

    `decibans` is stated; `low` is the same, and `high` is the other end of the interval, both at most `bound`.
    `capped`: the score lies beyond the bound. `calibrated` is False if no scale fits, as for a latent or a tattoo: the
    score then gives the order only, and says nothing of how rare it is. `ratio` is the likelihood ratio that may be
    stated, as a power of ten, below 0 where it supports two sources; None where there is none. `seen` is what the
    rarity of a latent rests on: its score reaches no threshold, and has no lead and no ratio; None of other scores.
    `is_poor`: a sample is too poor to exclude anybody, so that the ratio is not below 0.
    """

    decibans: float
    extrapolated: bool
    low: float
    high: float
    capped: bool
    bound: float
    calibrated: bool = True
    ratio: float | None = None
    seen: LatentsSeen | None = None
    is_poor: bool = False

    @classmethod
    def stated(
        cls,
        low: float,
        high: float,
        bound: float,
        *,
        extrapolated: bool,
        calibrated: bool,
        ratio: float | None = None,
        seen: LatentsSeen | None = None,
        is_poor: bool = False,
    ) -> Self:
        """Return the evidence of a score with this interval, on a scale with this bound.

        The bound is rounded down to what is shown, so that no shown number is above it. A ratio is never above what
        the stated rarity allows.
        """
        bound_shown = _bound_to_state(bound)
        low_shown = min(low, bound_shown)
        allowed = None if ratio is None or not calibrated else min(ratio, low_shown / 10.0)
        if allowed is not None and is_poor:
            allowed = excluding_nobody(allowed)
        return cls(
            low_shown,
            extrapolated,
            low_shown,
            min(high, bound_shown),
            low > bound_shown,
            bound_shown,
            calibrated,
            allowed,
            seen,
            is_poor,
        )

    @classmethod
    def of(cls, score: Mapping[str, Any]) -> Self:
        """Return what may be stated of a stored score."""
        return cls.stated(
            float(score["low"]),
            float(score["high"]),
            float(score["bound"]),
            extrapolated=bool(score["extrapolated"]),
            calibrated=bool(score["calibrated"]),
            ratio=score["ratio"],
            seen=LatentsSeen.of(score),
            is_poor=bool(score.get("is_poor")),
        )

    @property
    def orders_only(self) -> bool:
        """Whether the score leads to no verdict: no scale fits, or only one of how rare it is, as of a latent."""
        return not self.calibrated or self.seen is not None

    @property
    def strangers(self) -> int:
        """How many comparisons with other people there are for each that scores so high, rounded down to two digits."""
        return _one_in(self.decibans)

    @property
    def strength(self) -> Strength | None:
        """What the likelihood ratio supports, in a word; None without a ratio."""
        return None if self.ratio is None else Strength.of(self.ratio)

    @property
    def supports(self) -> bool:
        """Whether it does not speak against one source: there is no ratio, or one above 1."""
        return self.ratio is None or self.ratio > 0.0

    @property
    def contradicts(self) -> bool:
        """Whether it gives at least moderate support that both are of different people."""
        return not self.supports and self.strength not in (None, Strength.NONE, Strength.WEAK)

    @property
    def excludes_nobody(self) -> bool:
        """Whether it supports neither side because a sample is too poor to exclude anybody."""
        return self.is_poor and self.strength is Strength.NONE

    def among(self, people: int) -> SearchRarity | None:
        """Return how rarely a search of this many people for someone else shows such a score; None without a scale.

        From `FPIR = 1 - (1 - FMR)^N` (ISO/IEC 19795-1, independent comparisons).
        """
        if not self.calibrated:
            return None
        rate = 10.0 ** (-max(self.decibans, 0.0) / 10.0)
        return SearchRarity(-math.expm1(max(people, 1) * math.log1p(-rate)) if rate < 1.0 else 1.0, people)

    @property
    def figure(self) -> str:
        """The decibans, for a cell of a table."""
        return f"{'> ' * self.capped}{self.decibans:.1f}"

    @property
    def limits(self) -> dict[str, str]:
        """For answers of other standards: `evidence` says where the data end, or why they say nothing; else nothing."""
        return {"evidence": self.sentence} if self.orders_only or self.capped or self.excludes_nobody else {}

    @property
    def audited(self) -> dict[str, Any]:
        """What the audit log keeps of it."""
        return {"decibans": self.decibans, "capped": self.capped}

    @property
    def sentence(self) -> str:
        """What it says in words."""
        if not self.calibrated:
            return "no scale says how rare such a score is: an order for an examiner, not a statement of how likely"
        if self.excludes_nobody:
            return "the photo is too poor to exclude anybody: ask an examiner about the first"
        return self._rarity if self.seen is None else f"{self._rarity} (a lead by generated latents, no identification)"

    @property
    def _rarity(self) -> str:
        if self.decibans < LEAST_STATED:
            return "says little either way"
        if self.capped:
            return f"beyond 1 in {self.strangers:,}, the most that the data can show"
        return f"1 in {self.strangers:,}"


@dataclass(frozen=True)
class Threshold:
    """What may be stated of a threshold: no more decibans than of a score.

    A candidate that reaches a threshold is taken to score at least as much, so a number beyond the bound would claim
    what no data show. `capped`: it lies beyond the bound.
    """

    decibans: float
    capped: bool

    @classmethod
    def stated(cls, decibans: float, bound: float) -> Self:
        """Return the threshold, lowered to the scale's bound."""
        bound_shown = _bound_to_state(bound)
        return cls(min(decibans, bound_shown), decibans > bound_shown)

    @property
    def limits(self) -> dict[str, str]:
        """For answers of other standards: `thresholdEvidence` says where the data end; else nothing."""
        if not self.capped:
            return {}
        return {"thresholdEvidence": f"beyond 1 in {_one_in(self.decibans):,}, the most that the data can show"}


@dataclass(frozen=True)
class Lead:
    """How rarely a first candidate is so far ahead of the second in searches for people who are not on record.

    `decibans`: 10 means one such search in ten. `capped`: the lead lies beyond what the data show.
    """

    decibans: float
    capped: bool

    @classmethod
    def stated(cls, ahead: float) -> Self:
        """Return the evidence of a lead, the difference of two scores in decibans.

        Among strangers scores thin out by the same factor for each deciban, so the difference of the two highest is as
        rare as a single score of as many decibans, however many people are searched. Measured by `pehchan bench fpir`;
        see docs/accuracy.md.
        """
        claimed = LEAD_FACTOR * max(ahead, 0.0)
        return cls(min(claimed, LEAD_BOUND), claimed > LEAD_BOUND)

    @property
    def searches(self) -> int:
        """Of how many searches for people who are not on record one shows such a lead, rounded down to two digits."""
        return _one_in(self.decibans)

    @property
    def sentence(self) -> str:
        """What it says in words."""
        if self.decibans < LEAST_STATED:
            return "close to the next candidate"
        if self.capped:
            return f"fewer than 1 in {self.searches:,} searches for people not on record show such a lead"
        return f"1 in {self.searches:,} searches for people not on record shows such a lead"


def _bound_to_state(bound: float) -> float:
    """Round a bound down to what is shown."""
    return math.floor(10.0 * bound) / 10.0 if math.isfinite(bound) else bound


def _one_in(decibans: float, digits: int = 2) -> int:
    """Return the number N of "one in N", rounded down to a number of digits."""
    rate = 10.0 ** (max(decibans, 0.0) / 10.0) * (1.0 + 1e-12)  # so that 30 decibans are 1,000, not 990
    unit = 10.0 ** max(0, math.floor(math.log10(rate)) - (digits - 1))
    return int(rate // unit) * int(unit)
