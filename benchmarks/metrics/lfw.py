"""Accuracy on a pairs list of Labeled Faces in the Wild."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Scores


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
