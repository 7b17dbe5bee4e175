"""How strong a score is as evidence, in the only form that people are shown.

Evidence is the low end of a score's 95 % interval, and never more than the bound of its scale: the low end at the last
point that the scale's data support. Beyond the bound the data cannot say how much rarer a score is. The scores
themselves go on rising, and are used for the order and for thresholds only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

EARLIER_BOUND = 17.6  # decibans: the lowest bound of the scales that were shipped before searches stored theirs


@dataclass(frozen=True)
class Evidence:
    """What may be stated of a score, in decibans of false match.

    `decibans` is stated; `low` is the same, and `high` is the other end of the interval, both at most `bound`.
    `capped`: the score lies beyond the bound. `calibrated` is False if no scale fits, as for a latent: the score then
    gives the order only, and says nothing of how rare it is.
    """

    decibans: float
    extrapolated: bool
    low: float
    high: float
    capped: bool
    bound: float
    calibrated: bool = True

    @classmethod
    def stated(cls, low: float, high: float, bound: float, *, extrapolated: bool, calibrated: bool) -> Self:
        """Return what may be stated of a score with this interval, on a scale with this bound.

        The bound is rounded down to what is shown, so that no shown number is above it.
        """
        most = math.floor(10.0 * bound) / 10.0 if math.isfinite(bound) else bound
        return cls(min(low, most), extrapolated, min(low, most), min(high, most), low > most, most, calibrated)

    @classmethod
    def of(cls, score: Mapping[str, Any]) -> Self:
        """Return what may be stated of a stored score; of one without a bound, no more than EARLIER_BOUND."""
        return cls.stated(
            float(score["low"]),
            float(score["high"]),
            float(score.get("bound", EARLIER_BOUND)),
            extrapolated=bool(score["extrapolated"]),
            calibrated=bool(score.get("calibrated", True)),
        )

    @property
    def strangers(self) -> int:
        """How many comparisons with other people there are for each that scores so high, rounded down to two digits."""
        rate = 10.0 ** (max(self.decibans, 0.0) / 10.0)
        unit = 10.0 ** max(0, math.floor(math.log10(rate)) - 1)
        return int(rate // unit) * int(unit)

    @property
    def figure(self) -> str:
        """The decibans, for a cell of a table."""
        return f"{'> ' * self.capped}{self.decibans:.1f}"

    @property
    def limits(self) -> dict[str, str]:
        """For answers of other standards: `evidence` says where the data end, or that no scale fits; else nothing."""
        return {} if self.calibrated and not self.capped else {"evidence": self.sentence}

    @property
    def audited(self) -> dict[str, Any]:
        """What the audit log keeps of it."""
        return {"decibans": self.decibans, "capped": self.capped}

    @property
    def sentence(self) -> str:
        """What it says in words."""
        if not self.calibrated:
            return "a latent: no scale says how rare its score is; it gives the order only"
        if self.capped:
            return f"beyond 1 in {self.strangers:,}, the most that the data can show"
        return f"1 in {self.strangers:,}"
