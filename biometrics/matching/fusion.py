"""Several comparisons' scores to one score: of one source, where they depend on each other, and of several sources.

A source is one finger or the face of a person. Comparisons of one source say the same thing several times, however
many there are, so `agreed` assumes nothing of how they depend on each other. Different sources are nearly independent,
so `fused` adds up what they say, at the price of what was measured of their dependence (docs/accuracy.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from biometrics.matching.calibration import Score, decibans_of, log_fmr

ADDS = 20.0  # decibans from which a further source adds anything: one stranger in a hundred
# The share of strangers whose other finger reaches ADDS if one finger scores high, and by how many decibans more such
# fingers differ than independent ones. Measured by `pehchan bench evidence` on people with ten fingers.
ANOTHER = 0.02
STRETCH = 1.0
PERSON_BOUND = 60.0  # decibans: the most that the data show of several sources together


def agree(scores: Sequence[Score]) -> Score:
    """Combine the scores of several comparisons of one source of a person as `agreed` says."""
    return _combine(scores, agreed, _agreed_ratio)


def fuse(scores: Sequence[Score]) -> Score:
    """Combine the scores of several sources of a person as `fused` says.

    A source that is missing on either side is simply not in `scores`, and costs nothing.
    """
    return _combine(scores, fused, math.fsum)


def agreed(decibans: Sequence[float]) -> float:
    """Return the decibans of n comparisons of one source: of the k highest, for the best k.

    Of strangers, at most n / k times as many as claimed reach a score in k of n comparisons, whatever the dependence.
    For having chosen k, the price is 1 + 1/2 + ... + 1/n. So a copy of a sample adds nothing, and ten comparisons that
    agree cost 5 decibans instead of the 10 of their best one.
    Source: G. Hommel, Tests of the overall hypothesis for arbitrary dependence structures, Biometrical Journal, 1983.
    """
    return max(0.0, _agreed(decibans))


def _agreed(decibans: Sequence[float]) -> float:
    n = len(decibans)
    price = 10.0 * math.log10(n * math.fsum(1.0 / k for k in range(1, n + 1)))
    falling = sorted(decibans, reverse=True)
    return max(score + 10.0 * math.log10(k) for k, score in enumerate(falling, start=1)) - price


def _agreed_ratio(ratios: Sequence[float]) -> float:
    return _agreed([10.0 * ratio for ratio in ratios]) / 10.0


def fused(decibans: Sequence[float]) -> float:
    """Return the decibans of several sources together: those of the best, and of each other one what exceeds ADDS.

    With x_1 the highest of n, T = x_1 + sum(max(0, x_i - ADDS), i > 1). Strangers reach T with at most the chance that
    is returned: any of n is the best, any j of the others exceed ADDS, each with the chance ANOTHER, and the excesses
    of exponential tails add up to a gamma distribution. So a sample below ADDS never raises the score, and one that
    says nothing costs 10 log10((n + 1) / n).
    Source: D. V. Zaykin and others, Truncated product method for combining p-values, Genetic Epidemiology 22, 2002,
    with the best one not truncated.
    """
    best, *further = sorted(decibans, reverse=True)
    n = len(decibans)
    added = math.fsum(max(0.0, score - ADDS) for score in further) / STRETCH
    rarity, excess = -log_fmr(best + added), -log_fmr(max(0.0, best + added - ADDS))
    series, term, total = 0.0, 1.0, 0.0
    for j in range(n):
        series += term  # the sum of excess^i / i! up to j
        total += math.comb(n - 1, j) * ANOTHER**j * series
        term *= excess / (j + 1)
    return decibans_of(math.log(n * total) - rarity)


def _combine(
    scores: Sequence[Score],
    rule: Callable[[Sequence[float]], float],
    rule_of_ratios: Callable[[Sequence[float]], float],
) -> Score:
    """Combine scores, the ends of their intervals, and what may be stated of each, by one rule.

    No more than each score supports by itself enters what is stated, and never more than PERSON_BOUND.
    """
    if len(scores) == 1:
        return scores[0]
    capped = any(score.low > score.bound for score in scores)
    bound = rule([score.stated if capped else score.bound for score in scores])
    ratios = [score.ratio for score in scores if score.ratio is not None]
    return Score(
        rule([score.decibans for score in scores]),
        any(score.extrapolated for score in scores),
        rule([score.low for score in scores]),
        rule([score.high for score in scores]),
        min(bound, PERSON_BOUND),
        all(score.calibrated for score in scores),
        rule_of_ratios(ratios) if len(ratios) == len(scores) else None,
        max(scores, key=lambda score: score.decibans).seen,
        all(score.is_poor for score in scores),
    )
