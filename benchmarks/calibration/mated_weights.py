"""What mated comparisons of several sets add to a scale of false match rates, for likelihood ratios.

`MatedWeights` says what a weight is. The density of mated comparisons is a histogram over the scores of
all sets, each set counting the same; the lower end of its interval counts, which follows from which sets there were.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Scores
from benchmarks.runs.protocols import SEED
from biometrics.matching.calibration import Curve

SHARES = (0.0, 0.01, 0.025, 0.05, *np.linspace(0.1, 1.0, 10).tolist())  # of mated comparisons, between bins
REPLICATES = 500
LOWER = 0.05
LEAST_RATIO = -2.0  # power of ten: a score that is too low for a mate may be a poor image's
_LEAST = 1e-4


def mated_weights(low: Curve, supported: float, mated: Sequence[Scores]) -> list[tuple[float, float]]:
    """Return the weights of a scale as pairs of raw score and power of ten.

    Args:
        low: the low end of the scale.
        supported: the raw score up to which its data support it.
        mated: the raw scores of each set's mated comparisons.

    Raises:
        ValueError: there are too few.
    """
    all_scores = np.concatenate(mated)
    if len(all_scores) < 10 * len(SHARES):
        raise ValueError(f"{len(all_scores)} mated comparisons are too few for likelihood ratios")
    sample_weights = np.concatenate([np.full(len(scores), 1.0 / len(scores)) for scores in mated])
    order = np.argsort(all_scores)
    edges = np.unique(np.interp(SHARES, np.cumsum(sample_weights[order]) / len(mated), all_scores[order]))
    edges[0] = min(edges[0], float(low.raws[0]))
    shares = np.array([np.histogram(scores, edges)[0] / len(scores) for scores in mated])
    rng = np.random.default_rng(SEED)
    drawn = rng.multinomial(len(mated), np.full(len(mated), 1.0 / len(mated)), REPLICATES) / len(mated)
    densities = np.maximum(np.quantile(drawn @ shares, LOWER, axis=0), _LEAST) / np.diff(edges)
    centres = (edges[1:] + edges[:-1]) / 2.0
    raws = np.unique(np.concatenate([low.raws, centres, np.linspace(supported, float(edges[-1]), 60)]))
    density = np.exp(np.interp(raws, centres, np.log(densities)))
    weights = np.log10(np.minimum(1.0, density / _speed(low, supported, raws)))
    beyond = raws >= supported
    weights[beyond] = np.maximum.accumulate(weights[beyond])
    claimed = low.at_each(np.minimum(raws, supported)) / 10.0
    ratios = np.minimum.accumulate(np.maximum(claimed + weights, LEAST_RATIO)[::-1])[::-1]  # so that none falls
    weights = np.minimum(ratios - claimed, 0.0)
    return [(float(raw), math.floor(1e4 * weight) / 1e4) for raw, weight in zip(raws, weights.tolist(), strict=True)]


def _speed(low: Curve, supported: float, raws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how fast strangers thin out: the share of those who score as high that is lost for each unit of raw score.

    Beyond `supported` it is no more than one over the distance from there, as their density does not grow.
    """
    step = 0.02 * (supported - float(low.raws[0]))
    at, next_to = low.at_each(np.minimum(raws, supported)), low.at_each(np.minimum(raws, supported) - step)
    speed = np.maximum((at - next_to) / step, 1e-9) * math.log(10.0) / 10.0
    return np.where(raws > supported, np.minimum(speed, 1.0 / np.maximum(raws - supported, 1e-12)), speed)
