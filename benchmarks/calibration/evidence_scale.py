"""One scale for everything that is stated of a score: rates of strangers and likelihood ratios, from one fit.

The base is the largest set, whose comparisons of all its people reach furthest. What other populations show is a line
over it (`populations.py`): for prints the lines of several sets, of which the middle is the score and the low end is
stated; for faces the line of strangers of one look, with its interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.calibration import populations
from benchmarks.calibration.checks import CalibrationCheck
from benchmarks.calibration.fitting import NonMated, fit_curve
from benchmarks.calibration.mated_weights import mated_weights
from benchmarks.calibration.populations import Line, fit_populations, left_out, line_of
from benchmarks.metrics import Scores
from biometrics.matching.calibration import FORMAT, LEVELS, Calibration, Curve

LOOK_START = 20.0  # decibans of the base from which on the tail of strangers of one look is a line
TOLERATED = 2.0  # decibans that a scale may claim too much on a set that had no part in it
_DECIMALS = 4


@dataclass(frozen=True)
class SetScores:
    """The comparisons of one set; `mated` are raw scores, shape (n,), perhaps none; `generated`: not of real people."""

    name: str
    non_mated: NonMated
    mated: Scores
    generated: bool = False


@dataclass(frozen=True)
class Ends:
    """The low end, the middle and the high end of a scale over the knots of its base: (3, n), and what was checked.

    `lines` are those of the sets that it follows from, by name.
    """

    base: Curve
    decibans: NDArray[np.float64]
    checks: tuple[CalibrationCheck, ...]
    lines: Mapping[str, Line] = field(default_factory=dict)

    def without(self, sets: Sequence[SetScores]) -> Callable[[str], Calibration]:
        """Return what makes the scale without one of the sets; of a scale of one look only its mates are left out."""

        def scale_without(name: str) -> Calibration:
            remaining = [set_scores for set_scores in sets if set_scores.name != name]
            of_others = [line for other, line in self.lines.items() if other != name]
            decibans = fit_populations(of_others).ends(self.base.decibans) if self.lines else self.decibans
            content = scale_content(
                Ends(self.base, decibans, ()), remaining, {"modality": "fingerprint", "model": ""}, f"without {name}"
            )
            return made_from(content)

        return scale_without


def of_populations(base: NonMated, sets: Sequence[SetScores]) -> Ends:
    """Make the ends of what a population that was not seen shows, from sets of several populations.

    Raises:
        ValueError: a set has too few comparisons in its tail, or there are too few sets.
    """
    curve = fit_curve(base.scores)
    lines = {set_scores.name: line_of(curve, set_scores.non_mated, set_scores.generated) for set_scores in sets}
    distribution = fit_populations(list(lines.values()))
    return Ends(curve, distribution.ends(curve.decibans), tuple(_left_out(curve, sets, lines)), lines)


def of_one_look(base: NonMated, within: NonMated, other_sets: Sequence[SetScores]) -> Ends:
    """Make the ends of what strangers of one look show, and look at other sets.

    Raises:
        ValueError: too few comparisons lie in the tail.
    """
    curve = fit_curve(base.scores)
    decibans = curve.at_each(within.scores)
    drawn = populations.replicates(decibans, within.subjects, LOOK_START)
    drawn = np.concatenate([populations.fitted(decibans, LOOK_START)[None], drawn])
    above = np.maximum(curve.decibans - LOOK_START, 0.0)
    lines = drawn[:, :1] + np.exp(drawn[:, 1:]) * above
    middle, deviation = lines[0], math.sqrt(2.0) * (lines[1:] - np.median(lines[1:], axis=0))
    ends = np.stack([middle + np.quantile(deviation, share, axis=0) for share in (populations.LOW, populations.HIGH)])
    ranks = np.searchsorted(np.sort(decibans), curve.decibans, side="left")
    below = -10.0 * np.log10(1.0 - ranks / (len(decibans) + 1.0)) + 0.0
    start = curve.decibans < LOOK_START
    low, high = (np.where(start, below * (end / middle), end) for end in ends)
    middle = np.where(start, below, middle)
    curves = np.maximum.accumulate(np.stack([np.minimum(low, middle), middle, np.maximum(high, middle)]), axis=1)
    curves[:, 0] = 0.0
    checks = [
        check
        for set_scores in other_sets
        for check in _check_levels(curve, curves[0], set_scores.name, set_scores.non_mated.scores)
    ]
    return Ends(curve, curves, tuple(checks))


def scale_content(ends: Ends, sets: Sequence[SetScores], identity: Mapping[str, str], command: str) -> dict[str, Any]:
    """Return the calibration file of a scale with these ends; `identity` are its modality and model."""
    base, (low, middle, high) = ends.base, ends.decibans
    knots = zip(base.raws, middle, low, high, strict=True)
    slopes = [float((end[-1] - end[-8]) / (base.decibans[-1] - base.decibans[-8])) for end in (middle, low, high)]
    supported = float(base.raws[-1])
    mated = [set_scores.mated for set_scores in sets if len(set_scores.mated)]
    return {
        "format": FORMAT,
        **identity,
        "knots": [(float(raw), *(round(float(end), _DECIMALS) + 0.0 for end in values)) for raw, *values in knots],
        **{
            name: asdict(base.tail.times(slope))
            for name, slope in zip(("tail", "tail_low", "tail_high"), slopes, strict=True)
        },
        "spread": None,
        "supported": supported,
        "mated": mated_weights(Curve(base.raws, low, base.tail.times(slopes[1])), supported, mated),
        "sets": [
            {
                "name": set_scores.name,
                "subjects": set_scores.non_mated.subject_count,
                "mated": len(set_scores.mated),
                "non_mated": len(set_scores.non_mated.scores),
                "generated": set_scores.generated,
            }
            for set_scores in sets
        ],
        "non_mated": sum(len(set_scores.non_mated.scores) for set_scores in sets),
        "subjects": sum(set_scores.non_mated.subject_count for set_scores in sets),
        "command": command,
        "checks": [check.content() for check in ends.checks],
    }


def made_from(content: Mapping[str, Any]) -> Calibration:
    """Return the scale that a file's content is."""
    return Calibration.parse(dict(content))


def _left_out(base: Curve, sets: Sequence[SetScores], lines: Mapping[str, Line]) -> list[CalibrationCheck]:
    """Look at each measured set by what follows from the others."""
    by_set = left_out(lines)
    return [
        check
        for set_scores in sets
        if set_scores.name in by_set
        for check in _check_levels(
            base,
            by_set[set_scores.name].ends(base.decibans, [populations.LOW])[0],
            f"{set_scores.name}, left out",
            set_scores.non_mated.scores,
        )
    ]


def _check_levels(base: Curve, low: NDArray[np.float64], name: str, scores: Scores) -> list[CalibrationCheck]:
    claimed = np.interp(scores, base.raws, low)
    return [
        CalibrationCheck(name, level, len(scores), int(np.count_nonzero(claimed >= level)), level - TOLERATED, 99.0)
        for level in LEVELS
    ]
