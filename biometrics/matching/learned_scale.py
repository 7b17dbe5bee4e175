"""A scale of decibans that is learned from non-mated comparisons of the population in use.

It corrects the scale that is shipped: its input is shipped decibans, its output the decibans that this population
shows. Up to the start of the tail it follows the observed rates. Beyond, it is a straight line, because decibans of an
exponential tail are straight over decibans of another one. The tail is the highest scores of TAIL_PAIRS pairs of
subjects, but never more than TAIL_SHARE of all. Few comparisons say little about the line's slope, so the estimate is
drawn towards 1, the slope of the shipped scale, as if PRIOR further comparisons had shown it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

TAIL_SHARE = 0.05
TAIL_PAIRS = 200
PRIOR = (
    25.0  # comparisons: the shipped scale is cautious, so that populations differ from its slope by a fifth and more
)
MIN_SUBJECTS = 5
FEW_PEOPLE = 10  # up to which a learned scale may not claim more than the shipped one
ENOUGH_PEOPLE = 25  # from which on it counts in full
MIN_COMPARISONS = 100
_CENSORED = 5.0  # times the mean excess: higher scores, of which duplicates may be the reason, count as no higher
_STEP = 0.25  # decibans between knots
_A_NATURAL = 10.0 / math.log(10.0)  # decibans


@dataclass(frozen=True)
class LearnedScale:
    """Learned decibans over shipped ones: `knots` and `decibans`, shape (n,), then a line of this `slope`."""

    knots: NDArray[np.float64]
    decibans: NDArray[np.float64]
    slope: float

    @classmethod
    def fit(cls, shipped: NDArray[np.float64], subjects: NDArray[np.int64], prior: float = PRIOR) -> Self:
        """Fit a scale to non-mated comparisons.

        Args:
            shipped: decibans of each comparison by the shipped scale, shape (n,).
            subjects: the two subjects of each, as numbers, shape (n, 2). Comparisons of the same two subjects resemble
                each other, so that all of them together count as one for the slope.
            prior: as how many comparisons the slope 1 counts.

        Raises:
            ValueError: fewer than MIN_COMPARISONS comparisons or MIN_SUBJECTS subjects, or scores that do not vary.
        """
        if len(shipped) < MIN_COMPARISONS or len(np.unique(subjects)) < MIN_SUBJECTS:
            raise ValueError(
                f"a scale is learned from {MIN_COMPARISONS} comparisons of {MIN_SUBJECTS} subjects or more; "
                f"there are {len(shipped)} of {len(np.unique(subjects))}"
            )
        order = np.argsort(shipped, kind="stable")
        rising, count = shipped[order], len(shipped)
        tail = min(places_of(TAIL_PAIRS, subjects[order]), round(TAIL_SHARE * count))
        start = float(rising[-tail])
        in_tail = shipped > start
        excess = shipped[in_tail] - start
        if not len(excess):
            raise ValueError("the highest scores do not vary")
        slope = _slope(excess, _pairs_of_subjects(subjects[in_tail]), prior)
        steps = np.arange(0.0, 10.0 * math.log10(count / tail), _STEP)
        as_high = np.append(np.ceil(count * 10.0 ** (-steps / 10.0)).astype(np.int64), tail)
        knots = np.unique(rising[count - as_high])
        shares = (count - np.searchsorted(rising, knots, side="left")) / count
        return cls(knots, -10.0 * np.log10(shares) + 0.0, slope)

    def at(self, shipped: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the learned decibans of shipped ones, each of shape (n,)."""
        last = self.knots[-1]
        beyond = self.decibans[-1] + self.slope * (shipped - last)
        return np.where(shipped <= last, np.interp(shipped, self.knots, self.decibans), beyond)


@dataclass(frozen=True)
class Blend:
    """A learned scale as far as its people support it: below the shipped one it counts in full, above by `weight`."""

    learned: LearnedScale
    weight: float

    @classmethod
    def of(cls, learned: LearnedScale, people: int) -> Self:
        """Weigh a scale by the number of people that it was learned from: 0 up to FEW_PEOPLE, 1 from ENOUGH_PEOPLE."""
        return cls(learned, min(1.0, max(0.0, (people - FEW_PEOPLE) / (ENOUGH_PEOPLE - FEW_PEOPLE))))

    @property
    def slope(self) -> float:
        """Decibans for each shipped deciban, where there are no data."""
        return self._weighted(1.0, self.learned.slope)

    def at(self, decibans: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the decibans that stand for shipped ones, each of shape (n,)."""
        learned = self.learned.at(decibans)
        return np.minimum(learned, decibans + self.weight * (learned - decibans))

    def _weighted(self, shipped: float, learned: float) -> float:
        return min(learned, shipped + self.weight * (learned - shipped))


def places_of(pairs: int, rising: NDArray[np.int64]) -> int:
    """Return how many of the last comparisons hold `pairs` different pairs of subjects, all where there are fewer."""
    _, first = np.unique(pairs_as_numbers(rising[::-1]), return_index=True)
    return int(np.sort(first)[pairs - 1]) + 1 if len(first) >= pairs else len(rising)


def pairs_as_numbers(subjects: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return one number for each pair of subjects (numbers below 2**31), the same in both orders: shape (n,)."""
    numbers: NDArray[np.int64] = (subjects.min(axis=1) << 31) | subjects.max(axis=1)
    return numbers


def _pairs_of_subjects(subjects: NDArray[np.int64]) -> int:
    """Return how many different pairs of subjects there are."""
    return len(np.unique(pairs_as_numbers(subjects)))


def _slope(excess: NDArray[np.float64], independent: int, prior: float) -> float:
    """Return the slope of an exponential tail: decibans for each shipped deciban.

    The mean excess is estimated by maximum likelihood from excesses that are censored at _CENSORED times the mean, for
    which the median stands, so that a few mated comparisons among them hardly matter.
    """
    limit = _CENSORED * float(np.median(excess)) / math.log(2.0)
    uncensored = max(1, int(np.count_nonzero(excess < limit)))
    mean = float(np.minimum(excess, limit).sum()) / uncensored
    return (prior + independent * _A_NATURAL / mean) / (prior + independent)
