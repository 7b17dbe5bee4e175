"""A scale for people and sensors that are not known: it states no more than the most cautious of several sets shows.

One set of prints does not say how alike strangers are on another sensor. So each set corrects the scale that is made of
the largest one (`LearnedScale`), and of all corrections the lowest counts at each score. How far that holds on a
set that had no part in it is seen by leaving each set out in turn. The worst result, as a factor, reduces the scale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.calibration.checks import LEAST_SEEN, CalibrationCheck
from benchmarks.calibration.claimed_rates import shipped_decibans
from benchmarks.calibration.fitting import LAST_KNOT, NonMated
from benchmarks.metrics import Scores
from biometrics.matching.calibration import FORMAT, LEVELS, Calibration
from biometrics.matching.learned_scale import LearnedScale

TOLERATED = 2.0  # decibans that a scale may claim too much on a set that had no part in it
NO_PRIOR = 0.0  # what sets show of the slope is not drawn towards that of the first set, which may be too steep


@dataclass(frozen=True)
class CautiousScale:
    """The lowest of the corrections, and of none, times `factor`."""

    corrections: tuple[LearnedScale, ...]
    factor: float = 1.0

    @property
    def slope(self) -> float:
        """Decibans for each deciban of the corrected scale, where there are no data."""
        return self.factor * min(1.0, *(correction.slope for correction in self.corrections))

    def at(self, decibans: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the cautious decibans, each of shape (n,)."""
        lowest = np.min([decibans, *(correction.at(decibans) for correction in self.corrections)], axis=0)
        return np.asarray(self.factor * lowest)


@dataclass(frozen=True)
class Cautious:
    """The scale; up to which score of the first scale the data support it, in decibans; and the sets left out."""

    scale: CautiousScale
    supported: float
    left_out: tuple[CalibrationCheck, ...]


def fit_cautious(base: Calibration, sets: Mapping[str, NonMated]) -> Cautious:
    """Fit a cautious scale to several sets, by name.

    Raises:
        ValueError: a set is too small to learn from.
    """
    decibans = {name: shipped_decibans(base, compared.scores) for name, compared in sets.items()}
    fitted = {name: LearnedScale.fit(decibans[name], compared.subjects, NO_PRIOR) for name, compared in sets.items()}
    left_out = [
        check
        for name in sets
        for check in _seen(base, name, decibans[name], [scale for other, scale in fitted.items() if other != name])
    ]
    factors = [check.observed / check.level for check in left_out if check.false_matches >= LEAST_SEEN]
    scale = CautiousScale(tuple(fitted.values()), min(1.0, *factors))
    return Cautious(scale, _end_of_data(decibans, fitted), tuple(left_out))


def cautious_content(base: Calibration, fitted: Cautious, sets: Mapping[str, NonMated], command: str) -> dict[str, Any]:
    """Return the calibration file of a cautious scale.

    The low end of its interval is the scale itself, which is the lowest already; the high end is that of the base.
    """
    curve = base.curve.corrected(fitted.scale)
    high = np.maximum(curve.decibans, base.high.decibans * base.spread[1])
    knots = zip(curve.raws, curve.decibans, high, strict=True)
    rounded = [(float(raw), round(float(at), 4) + 0.0, round(float(most), 4) + 0.0) for raw, at, most in knots]
    return {
        "format": FORMAT,
        "modality": base.modality.value,
        "model": base.model,
        "knots": [(raw, at, at, most) for raw, at, most in rounded],
        "tail": asdict(curve.tail),
        "tail_low": asdict(curve.tail),
        "tail_high": asdict(base.high.tail.times(base.spread[1])),
        "spread": None,
        "supported": base.curve.raw_at(fitted.supported),
        "non_mated": sum(len(compared.scores) for compared in sets.values()),
        "subjects": sum(compared.subject_count for compared in sets.values()),
        "made_from": base.digest,
        "factor": round(fitted.scale.factor, 4),
        "command": command,
        "checks": [check.content() for check in fitted.left_out],
    }


def _seen(base: Calibration, name: str, decibans: Scores, others: Sequence[LearnedScale]) -> list[CalibrationCheck]:
    """Look at a set by the scale that is made of the others."""
    claimed, where = CautiousScale(tuple(others)).at(decibans), f"{name}, left out"
    reached = [int(np.count_nonzero(claimed >= level)) for level in LEVELS]
    return [
        CalibrationCheck(where, level, len(claimed), count, level - TOLERATED, level * base.spread[1])
        for level, count in zip(LEVELS, reached, strict=True)
    ]


def _end_of_data(decibans: Mapping[str, Scores], fitted: Mapping[str, LearnedScale]) -> float:
    """Return the score, in decibans of the first scale, at which LAST_KNOT comparisons of the lowest set are as high.

    Which set is the lowest depends on the score: the highest one counts at which the data of the lowest set suffice.
    """
    ends = {name: float(np.sort(each)[-LAST_KNOT]) for name, each in decibans.items()}
    sufficient = [
        end
        for name, end in ends.items()
        if float(fitted[name].at(np.array([end]))[0])
        <= min(float(scale.at(np.array([end]))[0]) for scale in fitted.values())
    ]
    return max(sufficient, default=min(ends.values()))
