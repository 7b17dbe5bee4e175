"""Rates of comparisons one to one: FMR, FNMR, EER, DET, ROC.

Each rate may be taken with a weight a subject (`benchmarks/metrics/intervals.py`): a comparison then counts as often as
the product of the weights of the subjects that it rests on, and without weights once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Indices, Scores

Weights = NDArray[np.int64]

_ROUNDING = 1e-9  # share of all comparisons that the product of a rate and a count may err by


class ScoredSide:
    """Scores of one kind of comparisons, mated or non-mated, in rising order."""

    def __init__(self, scores: Scores, *subjects: Indices) -> None:
        """Sort the scores, shape (n,), n > 0; each of `subjects`, shape (n,), numbers a subject of each comparison."""
        order = np.argsort(scores, kind="stable")
        self.scores = scores[order]
        self._subjects = [numbers[order] for numbers in subjects]

    def __len__(self) -> int:
        """Count the comparisons."""
        return len(self.scores)

    def counts_below(self, weights: Weights | None) -> NDArray[np.int64]:
        """Return how many comparisons are before each place, and all, shape (n + 1,)."""
        if weights is None:
            return np.arange(len(self.scores) + 1)
        counts = np.ones(len(self.scores), dtype=np.int64)
        for numbers in self._subjects:
            counts *= weights[numbers]
        return np.concatenate([[0], np.cumsum(counts)])

    def share_reaching(self, thresholds: Scores, weights: Weights | None = None) -> Scores:
        """Return the share of comparisons that score at least each threshold; NaN where no comparison counts."""
        return self.share_from(np.searchsorted(self.scores, thresholds, side="left"), weights)

    def share_from(self, places: NDArray[np.intp], weights: Weights | None = None) -> Scores:
        """Return the share of comparisons at each place in `scores` and after it."""
        below = self.counts_below(weights)
        return _share(below[-1] - below[places], below[-1])


@dataclass(frozen=True)
class VerificationScores:
    """Mated and non-mated comparisons."""

    mated: ScoredSide
    non_mated: ScoredSide

    def fmr(self, thresholds: Scores, weights: Weights | None = None) -> Scores:
        """Return the false match rate at each threshold."""
        return self.non_mated.share_reaching(thresholds, weights)

    def fnmr(self, thresholds: Scores, weights: Weights | None = None) -> Scores:
        """Return the false non-match rate at each threshold."""
        return 1.0 - self.mated.share_reaching(thresholds, weights)

    def fnmr_at_fmr(self, fmr: Scores, weights: Weights | None = None) -> Scores:
        """Return, for each false match rate, the lowest FNMR that keeps it; 0 means no false match at all."""
        below = self.mated.counts_below(weights)
        refused = np.searchsorted(self.mated.scores, self.refused_at_fmr(fmr, weights), side="right")
        return _share(below[refused], below[-1])

    def refused_at_fmr(self, fmr: Scores, weights: Weights | None = None) -> Scores:
        """Return, for each false match rate, the highest score that must be refused to keep it; -inf for none."""
        below = self.non_mated.counts_below(weights)
        refused = np.searchsorted(below, below[-1] * (1.0 - fmr - _ROUNDING), side="left")
        return np.where(refused > 0, self.non_mated.scores[refused - 1], -np.inf)

    def eer(self, weights: Weights | None = None) -> float:
        """Return the equal error rate: the middle of the interval where the curves of FMR and FNMR cross.

        With t1 the highest threshold where FNMR <= FMR and t2 the lowest where FNMR >= FMR, the interval is the two
        rates at t1 or at t2, whichever sum is smaller. NaN where no comparison of a kind counts.
        Source: Maio, Maltoni, Cappelli, Wayman, Jain: FVC2000: Fingerprint Verification Competition, TPAMI 24(3), 2002.
        """
        fmr, fnmr = self.det(weights)
        if np.isnan(fmr[0]) or np.isnan(fnmr[0]):
            return float("nan")
        t1 = int(np.flatnonzero(fnmr <= fmr)[-1])
        t2 = int(np.flatnonzero(fnmr >= fmr)[0])
        return float(min(fnmr[t1] + fmr[t1], fnmr[t2] + fmr[t2]) / 2)

    def det(self, weights: Weights | None = None) -> tuple[Scores, Scores]:
        """Return FMR, falling, and FNMR, rising, at every score that occurs and at one above them all."""
        mated, non_mated = self._places
        return self.non_mated.share_from(non_mated, weights), 1.0 - self.mated.share_from(mated, weights)

    @cached_property
    def _places(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        thresholds = np.append(np.unique(np.concatenate([self.mated.scores, self.non_mated.scores])), np.inf)
        mated, non_mated = (np.searchsorted(side.scores, thresholds) for side in (self.mated, self.non_mated))
        return mated, non_mated


@dataclass(frozen=True)
class ErrorRates:
    """FVC's figures, as shares; `fmr100` is the lowest FNMR where FMR <= 1/100, and so on."""

    eer: float
    fmr100: float
    fmr1000: float
    zero_fmr: float


def error_rates(genuine: Scores, impostor: Scores) -> ErrorRates:
    """Return FVC's figures for one set of comparisons: scores of mated and of non-mated ones, shape (n,)."""
    both = VerificationScores(ScoredSide(genuine), ScoredSide(impostor))
    fmr100, fmr1000, zero_fmr = both.fnmr_at_fmr(np.array([1 / 100, 1 / 1000, 0.0])).tolist()
    return ErrorRates(both.eer(), fmr100, fmr1000, zero_fmr)


def eer(genuine: Scores, impostor: Scores) -> float:
    """Return the equal error rate; see `VerificationScores.eer`."""
    return VerificationScores(ScoredSide(genuine), ScoredSide(impostor)).eer()


def fnmr_at_fmr(genuine: Scores, impostor: Scores, fmr: float) -> float:
    """Return the lowest FNMR where the false match rate is at most `fmr`."""
    return float(VerificationScores(ScoredSide(genuine), ScoredSide(impostor)).fnmr_at_fmr(np.array([fmr]))[0])


def tar_at_fmr(genuine: Scores, impostor: Scores, fmr: float) -> float:
    """Return the true accept rate, 1 - FNMR, where the false match rate is at most `fmr`."""
    return 1.0 - fnmr_at_fmr(genuine, impostor, fmr)


def _share(counts: NDArray[np.int64], of: np.int64) -> Scores:
    return counts / of if of else np.full(counts.shape, np.nan)
