"""Figures from raw scores: pure functions, rates as shares from 0 to 1.

`genuine` and `impostor` are float64 scores of mated and non-mated comparisons, shape (n,), at least one of each; more
is more alike. A pair is accepted at threshold t where its score >= t. A comparison with an image that gave no template
has the score -inf: it counts, and is accepted by no useful threshold, as FVC counts it (a score of 0 there).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class ErrorRates:
    """FVC's figures, as shares; `fmr100` is the lowest FNMR where FMR <= 1/100, and so on."""

    eer: float
    fmr100: float
    fmr1000: float
    zero_fmr: float


def error_rates(genuine: Scores, impostor: Scores) -> ErrorRates:
    """Return FVC's figures for one set of comparisons."""
    return ErrorRates(
        eer=eer(genuine, impostor),
        fmr100=fnmr_at_fmr(genuine, impostor, 1 / 100),
        fmr1000=fnmr_at_fmr(genuine, impostor, 1 / 1000),
        zero_fmr=fnmr_at_fmr(genuine, impostor, 0.0),
    )


def eer(genuine: Scores, impostor: Scores) -> float:
    """Return the equal error rate: the middle of the interval where the curves of FMR and FNMR cross.

    With t1 the highest threshold where FNMR <= FMR and t2 the lowest where FNMR >= FMR, the interval is the two rates
    at t1 or at t2, whichever sum is smaller.
    Source: Maio, Maltoni, Cappelli, Wayman, Jain: FVC2000: Fingerprint Verification Competition, TPAMI 24(3), 2002.
    """
    fmr, fnmr = _curves(genuine, impostor)
    t1 = int(np.flatnonzero(fnmr <= fmr)[-1])
    t2 = int(np.flatnonzero(fnmr >= fmr)[0])
    return float(min(fnmr[t1] + fmr[t1], fnmr[t2] + fmr[t2]) / 2)


def fnmr_at_fmr(genuine: Scores, impostor: Scores, fmr: float) -> float:
    """Return the lowest FNMR among the thresholds where the false match rate is at most `fmr` (0: no false match)."""
    reached, fnmr = _curves(genuine, impostor)
    return float(fnmr[reached <= fmr][0])


def tar_at_fmr(genuine: Scores, impostor: Scores, fmr: float) -> float:
    """Return the true accept rate, 1 - FNMR, where the false match rate is at most `fmr`."""
    return 1.0 - fnmr_at_fmr(genuine, impostor, fmr)


def _curves(genuine: Scores, impostor: Scores) -> tuple[Scores, Scores]:
    """Return FMR, falling, and FNMR, rising, at every score that occurs and at one above them all."""
    thresholds = np.append(np.unique(np.concatenate([genuine, impostor])), np.inf)
    accepted = len(impostor) - np.searchsorted(np.sort(impostor), thresholds, side="left")
    rejected = np.searchsorted(np.sort(genuine), thresholds, side="left")
    return accepted / len(impostor), rejected / len(genuine)


def rank1(scores: Scores, mates: NDArray[np.int64]) -> float:
    """Return the share of probes whose mate scores highest of the gallery (closed set).

    A tie with a non-mate is a miss, and so is a probe or a mate that gave no template.

    Args:
        scores: shape (probes, gallery).
        mates: each probe's column, shape (probes,).
    """
    rows = np.arange(len(scores))
    mated = scores[rows, mates]
    others = scores.copy()
    others[rows, mates] = -np.inf
    return float(np.mean(mated > others.max(axis=1)))


def lfw_accuracy(scores: Scores, same: NDArray[np.bool_], folds: NDArray[np.int64]) -> float:
    """Return the mean accuracy over the folds, each judged at the threshold that was best on all the others.

    Thresholds lie midway between two neighbouring scores; of equally good ones the lowest is taken. Where there is one
    fold only, its threshold is the best on itself, which flatters.
    Source: Huang, Ramesh, Berg, Learned-Miller: Labeled Faces in the Wild, UMass Amherst TR 07-49, 2007 (view 2).

    Args:
        scores: of each pair, shape (n,).
        same: whether each pair is mated, shape (n,).
        folds: number of each pair's fold, shape (n,).
    """
    numbers = np.unique(folds)
    accuracies = []
    for fold in numbers:
        tested = folds == fold
        learned = ~tested if len(numbers) > 1 else tested
        threshold = _best_threshold(scores[learned], same[learned])
        accuracies.append(np.mean((scores[tested] >= threshold) == same[tested]))
    return float(np.mean(accuracies))


def _best_threshold(scores: Scores, same: NDArray[np.bool_]) -> float:
    occurring = np.unique(scores)
    midway = (occurring[:-1] + occurring[1:]) / 2
    midway = np.where(np.isfinite(midway), midway, occurring[1:])  # the first, where some images gave no template
    thresholds = np.concatenate([occurring[:1], midway, [np.inf]])
    right = np.count_nonzero(same) - np.searchsorted(np.sort(scores[same]), thresholds, side="left")
    right = right + np.searchsorted(np.sort(scores[~same]), thresholds, side="left")
    return float(thresholds[np.argmax(right)])
