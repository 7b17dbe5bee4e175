"""How populations differ: the tail of strangers of each set as a line over one base scale, and what follows for others.

Above START decibans of the base, the rate of strangers of any set falls along a line in decibans over the base: an
offset (the decibans seen at START) and a slope. Sets differ in both, more than which fingers or people each has
explains. So each set's line is drawn from one distribution, around which the set's own fingers or people scatter:

    (offset, log slope) of a set ~ Normal(mean, between);  what is observed of it ~ Normal(its own, within)

`within` follows from a bootstrap over fingers or people, mean and `between` from restricted maximum likelihood. What a
population that was not seen shows is a draw from the predictive distribution, with Student's t for the few sets.
Sources: Raudenbush, Bryk, Hierarchical Linear Models, 2nd ed., 2002, chapter 7 (known within-set variances); Higgins,
Thompson, Spiegelhalter, A re-evaluation of random-effects meta-analysis, JRSS A 172, 2009, for the predictive t.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from benchmarks.calibration.fitting import NonMated
from benchmarks.metrics import Scores
from benchmarks.runs.protocols import SEED
from biometrics.matching.calibration import Curve

START = 8.0  # decibans of the base from which on the tails are lines
LEAST = 20  # comparisons in the tail of a set
REPLICATES = 200  # of the bootstrap
DRAWS = 20_000  # from the predictive distribution
LOW, MIDDLE, HIGH = 0.015, 0.5, 0.985  # of populations that were not seen
_A_NATURAL = 10.0 / math.log(10.0)  # decibans


@dataclass(frozen=True)
class Line:
    """The tail of a set's strangers: (offset, log slope), shape (2,), and the covariance of its estimate, (2, 2).

    `generated`: the set is of generated people.
    """

    at: NDArray[np.float64]
    within: NDArray[np.float64]
    generated: bool = False

    def seen(self, base: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the decibans that the set shows at decibans of the base, shape (n,), from START on."""
        return np.asarray(self.at[0] + math.exp(self.at[1]) * (base - START))


@dataclass(frozen=True)
class Populations:
    """The distribution of lines: mean, shape (2,), its covariance and that between sets, (2, 2); `count` of sets."""

    mean: NDArray[np.float64]
    uncertainty: NDArray[np.float64]
    between: NDArray[np.float64]
    count: int

    def ends(self, base: NDArray[np.float64], shares: Sequence[float] = (LOW, MIDDLE, HIGH)) -> NDArray[np.float64]:
        """Return what these shares of populations that were not seen fall below, at decibans of the base: (k, n).

        Below START it is straight from 0.
        """
        rng = np.random.default_rng(SEED)
        freedom = max(self.count - 1, 1)
        root = np.linalg.cholesky(self.between + self.uncertainty + 1e-9 * np.eye(2))
        scale = np.sqrt(freedom / rng.chisquare(freedom, DRAWS))
        offset, log_slope = self.mean[:, None] + (root @ rng.standard_normal((2, DRAWS))) * scale
        above = np.maximum(base - START, 0.0)
        drawn = np.quantile(np.maximum(offset, 0.0) + np.exp(log_slope) * above[:, None], shares, axis=1)
        return np.asarray(drawn * np.minimum(base / START, 1.0))


def line_of(base: Curve, compared: NonMated, generated: bool = False) -> Line:
    """Fit the line of a set's strangers, with its scatter over subjects.

    Raises:
        ValueError: too few comparisons lie in the tail.
    """
    decibans = base.at_each(compared.scores)
    drawn = replicates(decibans, compared.subjects, START)
    return Line(fitted(decibans, START), np.cov(drawn.T), generated)


def fitted(decibans: Scores, start: float, weights: Scores | None = None) -> NDArray[np.float64]:
    """Return the decibans seen at `start` decibans of the base and the log slope from there on: shape (2,).

    Raises:
        ValueError: too few comparisons lie in the tail.
    """
    weights = np.ones(len(decibans)) if weights is None else weights
    tail = decibans >= start
    in_tail = float(weights[tail].sum())
    if in_tail < LEAST:
        raise ValueError(f"{in_tail:.0f} comparisons reach {start:g} decibans, and {LEAST} are needed")
    mean_excess = float(weights[tail] @ (decibans[tail] - start)) / in_tail
    return np.array([-10.0 * math.log10(in_tail / weights.sum()), math.log(_A_NATURAL / mean_excess)])


def replicates(decibans: Scores, subjects: NDArray[np.int64], start: float) -> NDArray[np.float64]:
    """Fit with subjects drawn with replacement: shape (replicates, 2).

    A comparison counts as often as both its subjects were drawn; draws with too few in the tail are left out.
    """
    numbers, places = np.unique(subjects, return_inverse=True)
    places = places.reshape(-1, 2)
    rng = np.random.default_rng(SEED)
    drawn = []
    for _ in range(REPLICATES):
        times = rng.multinomial(len(numbers), np.full(len(numbers), 1.0 / len(numbers)))
        weights = (times[places[:, 0]] * times[places[:, 1]]).astype(np.float64)
        try:
            drawn.append(fitted(decibans, start, weights))
        except ValueError:
            continue
    return np.array(drawn)


def fit_populations(lines: Sequence[Line]) -> Populations:
    """Fit the distribution by restricted maximum likelihood.

    Raises:
        ValueError: fewer than three sets.
    """
    if len(lines) < 3:
        raise ValueError("how populations differ takes three sets or more")
    points = np.array([line.at for line in lines])
    start = np.linalg.cholesky(np.cov(points.T) + 1e-6 * np.eye(2))

    def cost(parameters: NDArray[np.float64]) -> float:
        between = _between(parameters)
        inverses = [np.linalg.inv(between + line.within + 1e-9 * np.eye(2)) for line in lines]
        total = np.sum(inverses, axis=0)
        mean = np.linalg.solve(total, np.sum([inverse @ at for inverse, at in zip(inverses, points, strict=True)], 0))
        far = sum(float((at - mean) @ inverse @ (at - mean)) for inverse, at in zip(inverses, points, strict=True))
        logs = -sum(float(np.linalg.slogdet(inverse)[1]) for inverse in inverses)
        return 0.5 * (far + logs + float(np.linalg.slogdet(total)[1]))

    first = np.array([math.log(start[0, 0]), start[1, 0], math.log(start[1, 1])])
    optimum = optimize.minimize(
        cost, first, method="Nelder-Mead", options={"maxiter": 2000, "xatol": 1e-4, "fatol": 1e-6}
    )
    between = _between(optimum.x)
    inverses = [np.linalg.inv(between + line.within + 1e-9 * np.eye(2)) for line in lines]
    uncertainty = np.linalg.inv(np.sum(inverses, axis=0))
    mean = uncertainty @ np.sum([inverse @ at for inverse, at in zip(inverses, points, strict=True)], axis=0)
    return Populations(mean, uncertainty, between, len(lines))


def _between(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
    root = np.array([[math.exp(parameters[0]), 0.0], [parameters[1], math.exp(parameters[2])]])
    return np.asarray(root @ root.T)


def left_out(lines: Mapping[str, Line]) -> dict[str, Populations]:
    """Return for each measured set what follows from all others; generated sets are not left out."""
    return {
        name: fit_populations([line for other, line in lines.items() if other != name])
        for name, line in lines.items()
        if not line.generated
    }
