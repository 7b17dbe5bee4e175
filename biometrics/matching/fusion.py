"""Several samples' scores to one score a person."""

from __future__ import annotations

import math
from collections.abc import Sequence

from biometrics.matching.calibration import Score, decibans_of, log_fmr


def fuse(scores: Sequence[Score]) -> Score:
    """Combine independent scores as `combined` says, and the ends of their intervals likewise.

    The bound is the highest of theirs, not their combination: no data show that strangers' samples stay independent so
    far out.

    A sample that is missing on either side is simply not in `scores`, and costs nothing.
    """
    decibans, low, high = (
        combined(each)
        for each in (
            [score.decibans for score in scores],
            [score.low for score in scores],
            [score.high for score in scores],
        )
    )
    return Score(
        decibans,
        any(score.extrapolated for score in scores),
        low,
        high,
        max(score.bound for score in scores),
        all(score.calibrated for score in scores),
    )


def combined(decibans: Sequence[float]) -> float:
    """Return the decibans of several independent comparisons together: those of all, or of the best of them alone.

    Fisher's method on all samples asks each to say something: nine prints too poor to match take most of what the
    tenth says. So it is applied to the best k of n, too, for each k, at the price of having chosen: there are
    n over k ways to choose, half of the chance of a false match is left to the choice of all n, and the other half is
    shared by the others. A poor sample so takes some decibans at most, however much the others say; where all say
    something, 3 are lost against Fisher's method alone (docs/decisions/0013).
    Source: R. A. Fisher, Statistical Methods for Research Workers, 4th ed., section 21.1; the sum of the union bound is
    Bonferroni's.
    """
    rarities = sorted((-log_fmr(score) for score in decibans), reverse=True)
    n, together = len(rarities), 0.0
    if n == 1:
        return decibans[0]
    logs = []
    for k, rarity in enumerate(rarities, start=1):
        together += rarity
        share = 0.5 if k == n else 0.5 / (n - 1)
        logs.append(math.log(math.comb(n, k) / share) + fisher(together, k))
    return decibans_of(min(logs))


def fisher(together: float, count: int) -> float:
    """Return the logarithm of the chance that `count` false match rates multiply to exp(-together) or less.

    With y = -sum(ln FMR_i) it is the upper tail of a chi-square with 2n degrees of freedom at 2y, which for even
    degrees is exp(-y) * sum(y^i / i!, i < n).
    """
    series, term = 1.0, 1.0
    for i in range(1, count):
        term *= together / i
        series += term
    return math.log(series) - together
