"""How far a rate may be off: bootstrap over subjects, the rule of 3, and which rates data cannot support.

Comparisons that share a finger or a person are not independent, so that subjects are drawn, not comparisons. A draw is
a weight a subject, how often he is drawn; a mated comparison counts as often as its subject, a non-mated one as often
as the product of its two (the vertex bootstrap). A subject drawn twice is not compared with himself as if he were two.
Sources: ISO/IEC 19795-1:2006, Annex B; Bolle, Ratha, Pankanti: Error analysis of pattern recognition systems: the
subsets bootstrap, CVIU 93(1), 2004; Fogliato, Patil, Perona: Confidence intervals for error rates in 1:1 matching
tasks, IJCV 132, 2024, which finds such intervals too narrow for rates near 0 and for few subjects.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.metrics import Scores
from benchmarks.metrics.verification import Weights

SEED = 19795
LEVEL = 0.95
MIN_ERRORS = 10  # errors that a threshold is set by; the 95 % interval of a count of 10 is 4.8 to 18.4 (Poisson)
RULE_OF_3 = 3.0  # -ln 0.05: with no error in n independent trials, the rate is below 3/n with 95 % confidence


def resample(subjects: int, statistic: Callable[[Weights], Scores], draws: int, seed: int = SEED) -> Scores:
    """Return a statistic, shape (k,), for each of some draws of the subjects, shape (draws, k).

    `statistic` gets how often each subject was drawn, shape (subjects,). The same seed gives the same draws, so that
    two systems on the same subjects may be compared draw by draw.
    """
    weights = np.random.default_rng(seed).multinomial(subjects, np.full(subjects, 1.0 / subjects), size=draws)
    return np.stack([statistic(row) for row in weights])


def interval(drawn: Scores) -> Scores:
    """Return the 95 % percentile interval of each statistic: `drawn` of shape (draws, k), the result (2, k)."""
    tail = (1.0 - LEVEL) / 2.0
    return np.asarray(np.nanquantile(drawn, [tail, 1.0 - tail], axis=0), dtype=np.float64)


@dataclass(frozen=True)
class Rate:
    """A share of trials, with its 95 % interval and what it rests on.

    `independent` is the largest number of trials no two of which share a subject: with no error seen, the upper bound
    is 3/independent, since trials of one subject may all go the same way. Were no two trials alike, it would be
    3/trials; the truth is between.
    """

    value: float
    low: float
    high: float
    trials: int
    independent: int

    def __str__(self) -> str:
        """Say it to a person, in percent; without an error, the bound if all trials were independent, and `high`."""
        if self.value == 0.0:
            bound = min(1.0, RULE_OF_3 / self.trials)
            return f"none of {self.trials:,} (at most {percent(bound)} to {percent(self.high)} %)"
        return f"{percent(self.value)} % ({percent(self.low)}–{percent(self.high)})"


@dataclass(frozen=True)
class Unsupported:
    """A rate that is not given, because too few trials stand behind it."""

    needed: int
    has: int
    trials: str

    def __str__(self) -> str:
        """Say what is missing."""
        return f"not supported: needs {self.needed:,} {self.trials}, has {self.has:,}"


Figure = Rate | Unsupported


def rate(value: float, bounds: Scores, trials: int, independent: int) -> Rate:
    """Return a rate with its bootstrap bounds, shape (2,), or by the rule of 3 where no error was seen."""
    if value == 0.0:
        return Rate(0.0, 0.0, min(1.0, RULE_OF_3 / independent), trials, independent)
    return Rate(value, float(bounds[0]), float(bounds[1]), trials, independent)


def unsupported(error_rate: float, has: int, trials: str) -> Unsupported | None:
    """Return why no threshold can be set at an error rate; None where MIN_ERRORS errors or more are expected."""
    min_trials = math.ceil(MIN_ERRORS / error_rate - 1e-6)
    return Unsupported(min_trials, has, trials) if has < min_trials else None


def percent(share: float) -> str:
    """Write a share in percent with two decimals, or with two significant digits where it is small."""
    value = 100.0 * share
    return f"{value:.2f}" if value >= 0.1 or value == 0.0 else f"{value:.2g}"
