"""Is a calibration true on data that had no part in it? Held-out subjects, and other databases."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.table import Table
from scipy import stats

from benchmarks.calibration.fitting import MIN_COMPARISONS, MIN_SUBJECTS, Fit, NonMated, fit
from benchmarks.runs.datasets import UnusableDataset
from benchmarks.runs.protocols import SEED
from biometrics.matching.calibration import LEVELS

LEAST_SEEN = 10  # false matches, from which on a database's rate says something of how databases differ
FEWEST_DATABASES = 3
OTHER_HALF = "the other half of the subjects"


@dataclass(frozen=True)
class CalibrationCheck:
    """How often non-mated comparisons of `where` reach the score that stands for `level` decibans.

    `low` and `high` are the 95 % interval, in decibans, that the calibration states for that score.
    """

    where: str
    level: float
    comparisons: int
    false_matches: int
    low: float
    high: float

    @property
    def observed(self) -> float:
        """The decibans seen; without false matches, the least that is certain (three matches, by the rule of 3)."""
        return -10.0 * math.log10((self.false_matches or 3) / self.comparisons)

    @property
    def supported(self) -> bool:
        """Whether there are enough comparisons: five false matches or more would be expected."""
        return bool(self.comparisons * 10.0 ** (-self.level / 10.0) >= 5.0)

    @property
    def within(self) -> bool:
        """Whether what was seen lies in the interval."""
        return bool(self.low <= self.observed <= self.high)

    @property
    def verdict(self) -> str:
        """The check in words."""
        if not self.supported:
            return "too few comparisons"
        if self.within:
            return "within"
        return "claims less than seen" if self.observed > self.high else "CLAIMS TOO MUCH"

    def content(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            "where": self.where,
            "level": self.level,
            "comparisons": self.comparisons,
            "false_matches": self.false_matches,
            "low": round(self.low, 2),
            "high": round(self.high, 2),
            "within": self.within if self.supported else None,
        }


def held_out(compared: NonMated) -> list[CalibrationCheck]:
    """Fit on the comparisons among half of the subjects, drawn by chance, and look at those among the others.

    Half of a small set is too few to fit on: then there is no check.
    """
    chosen = np.random.default_rng(SEED).permutation(int(compared.subjects.max()) + 1) % 2 == 0
    half = compared.among(chosen)
    if len(half.scores) < MIN_COMPARISONS or half.subject_count < MIN_SUBJECTS:
        return []
    return check_levels(fit(half), (1.0, 1.0), compared.among(~chosen), OTHER_HALF)


def check_levels(fitted: Fit, spread: tuple[float, float], compared: NonMated, where: str) -> list[CalibrationCheck]:
    """Look at other comparisons at each of LEVELS."""
    checks = []
    for level in LEVELS:
        raw = fitted.curve.raw_at(level)
        low = min(fitted.low.at(raw), level) * spread[0]
        high = max(fitted.high.at(raw), level) * spread[1]
        false_matches = int(np.count_nonzero(compared.scores >= raw))
        checks.append(CalibrationCheck(where, level, len(compared.scores), false_matches, low, high))
    return checks


def spread_of(checks: Sequence[CalibrationCheck]) -> tuple[float, float]:
    """Return by what factors decibans are multiplied on a database that is not known yet: a 95 % interval.

    It follows from the databases of some checks, as normally distributed factors (a prediction interval of Student's
    t); the one that the calibration was made from counts as one with the factor 1.

    Raises:
        UnusableDataset: too few databases show enough false matches.
    """
    factors: dict[str, list[float]] = {}
    for check in checks:
        if check.false_matches >= LEAST_SEEN:
            factors.setdefault(check.where, []).append(check.observed / check.level)
    means = [1.0, *(float(np.mean(of_one)) for of_one in factors.values())]
    if len(means) < FEWEST_DATABASES:
        raise UnusableDataset(
            f"How databases differ takes {FEWEST_DATABASES} with {LEAST_SEEN} false matches at {LEVELS[0]:g} decibans; "
            "name more with --other."
        )
    count = len(means)
    reach = stats.t.ppf(0.975, count - 1) * np.std(means, ddof=1) * math.sqrt(1 + 1 / count)
    return max(0.0, min(1.0, float(np.mean(means) - reach))), max(1.0, float(np.mean(means) + reach))


def table(checks: Sequence[CalibrationCheck]) -> Table:
    """Show checks."""
    checks_table = Table("on data without a part in it", "decibans", "seen", "stated, 95 %", "false matches", "")
    for check in checks:
        verdict = check.verdict
        interval = f"{check.low:.1f} to {check.high:.1f}"
        checks_table.add_row(
            check.where,
            f"{check.level:g}",
            f"{'' if check.false_matches else '> '}{check.observed:.1f}",
            interval,
            f"{check.false_matches:,} of {check.comparisons:,}",
            verdict,
        )
    return checks_table
