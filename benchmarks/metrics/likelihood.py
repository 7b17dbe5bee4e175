"""Likelihood ratios of scores, and how good they are: Cllr, Cllr-min, Tippett, ECE and the bounds of Vergeer (ELUB).

Ratios are logarithms to base 10: 2 means that a score is 100 times more likely from one source than from two.

Sources: Brümmer, du Preez, Application-independent evaluation of speaker detection, Computer Speech and Language 20,
2006 (Cllr); Ramos, Gonzalez-Rodriguez, Reliable support: measuring calibration of likelihood ratios, Forensic Science
International 230, 2013 (ECE); Vergeer and others, Numerical likelihood ratios outputted by LR systems are often based
on extrapolation: when to stop extrapolating?, Science and Justice 56, 2016 (ELUB). The package `lir` of the Netherlands
Forensic Institute is the reference that the tests compare with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from benchmarks.metrics import Indices, Scores

STEP = 0.01  # accuracy of the bounds, in powers of ten
PRIORS = np.linspace(-3.0, 3.0, 61)  # logarithms of the prior odds at which the cross-entropy is shown
EXTREME = 9.0  # no ratio counts as more than 10 to this power
SPLIT_SEED = 20090619  # any fixed number, so that subjects are divided alike at every run
_RIDGE = 1e-4  # of the slope, so that a fit exists where mated and non-mated scores do not overlap
_ITERATIONS = 50
_ACCURATE = 1e-8
_LN10 = math.log(10.0)


@dataclass(frozen=True)
class Form:
    """How a score becomes the variable of a regression.

    It is the score itself, or, with a `unit`, the logarithm of its distance from `centre` in such units, which suits
    scores that hardly vary among strangers and much among mates.
    """

    centre: float
    unit: float

    def transform(self, scores: Scores) -> Scores:
        """Return the variable of scores, each of shape (n,)."""
        if not self.unit:
            return scores - self.centre
        distance = (scores - self.centre) / self.unit
        return np.asarray(np.sign(distance) * np.log1p(np.abs(distance)))

    def back(self, values: Scores) -> Scores:
        """Return the scores of values of the variable."""
        if not self.unit:
            return values + self.centre
        return np.asarray(self.centre + self.unit * np.sign(values) * np.expm1(np.abs(values)))


@dataclass(frozen=True)
class Logistic:
    """A straight line from a score, in some form, to the logarithm of its likelihood ratio, by logistic regression."""

    intercept: float
    slope: float
    form: Form

    @classmethod
    def fit(cls, mated: Scores, non_mated: Scores) -> Logistic:
        """Fit to scores; mated and non-mated ones count the same together, whatever their numbers.

        Of the two forms of the score the one is taken with which the ratios of these scores cost less.

        Raises:
            ValueError: there are none of a kind, or they do not vary.
        """
        if not len(mated) or not len(non_mated) or np.ptp(np.concatenate([mated, non_mated])) == 0.0:
            raise ValueError("likelihood ratios need mated and non-mated scores that vary")
        centre = float(np.median(non_mated))
        spread = float(np.median(np.abs(non_mated - centre)))
        weights = (np.ones(len(mated)), np.ones(len(non_mated)))
        forms = [Form(centre, 0.0), *([Form(centre, spread)] if spread else [])]
        lines = [cls.fitted(form, mated, non_mated, weights) for form in forms]
        return min(lines, key=lambda line: cllr(line.at(mated), line.at(non_mated)))

    @classmethod
    def fitted(cls, form: Form, mated: Scores, non_mated: Scores, weights: tuple[Scores, Scores]) -> Logistic:
        """Fit to scores in a form, each with a weight; the weights of each kind must not all be 0."""
        x = form.transform(np.concatenate([mated, non_mated]))
        unit = float(np.std(x)) or 1.0
        y = np.concatenate([np.ones(len(mated)), np.zeros(len(non_mated))])
        w = np.concatenate([weight / weight.sum() for weight in weights])
        beta = np.zeros(2)
        design = np.stack([np.ones(len(x)), x / unit], axis=1)
        penalty = np.diag([0.0, _RIDGE])
        for _ in range(_ITERATIONS):
            p = 1.0 / (1.0 + np.exp(-np.clip(design @ beta, -500.0, 500.0)))
            gradient = design.T @ (w * (y - p)) - penalty @ beta
            hessian = (design * (w * p * (1.0 - p))[:, None]).T @ design + penalty + 1e-12 * np.eye(2)
            step = np.linalg.solve(hessian, gradient)
            step *= min(1.0, 5.0 / float(np.abs(step).max() or 1.0))
            beta += step
            if float(np.abs(step).max()) < _ACCURATE:
                break
        return cls(float(beta[0]) / _LN10, float(beta[1]) / unit / _LN10, form)

    def at(self, scores: Scores) -> Scores:
        """Return the logarithms of the ratios of scores, each of shape (n,)."""
        return np.asarray(np.clip(self.intercept + self.slope * self.form.transform(scores), -EXTREME, EXTREME))

    def back(self, ratios: Scores) -> Scores:
        """Return the scores of the logarithms of ratios."""
        return self.form.back((ratios - self.intercept) / self.slope)


def cllr(mated: Scores, non_mated: Scores) -> float:
    """Return the cost of likelihood ratios: 0 is perfect, 1 that of no information; more misleads."""
    of_mated = np.logaddexp(0.0, -_LN10 * mated).mean()
    of_others = np.logaddexp(0.0, _LN10 * non_mated).mean()
    return float((of_mated + of_others) / (2.0 * math.log(2.0)))


def pooled_adjacent(mated: Scores, non_mated: Scores) -> tuple[Scores, Scores]:
    """Return the ratios that are the best possible for this order of the scores (pool adjacent violators)."""
    x = np.concatenate([mated, non_mated])
    y = np.concatenate([np.ones(len(mated)), np.zeros(len(non_mated))])
    _, places, counts = np.unique(x, return_inverse=True, return_counts=True)
    shares = np.bincount(places, y) / counts
    p = isotonic_regression(shares, weights=counts.astype(np.float64)).x[places]
    with np.errstate(divide="ignore"):
        llrs = np.log10(p) - np.log10(1.0 - p) - math.log10(len(mated) / len(non_mated))
    return llrs[: len(mated)], llrs[len(mated) :]


def cllr_min(mated: Scores, non_mated: Scores) -> float:
    """Return the cost that is left if the ratios are the best possible for their order: how well scores tell apart."""
    return cllr(*pooled_adjacent(mated, non_mated))


def cross_entropy(mated: Scores, non_mated: Scores, priors: Scores = PRIORS) -> Scores:
    """Return the empirical cross-entropy in bits at logarithms of prior odds, shape (k,)."""
    odds = 10.0**priors
    p = odds / (1.0 + odds)
    of_mated = np.array([np.logaddexp(0.0, -_LN10 * (mated + prior)).mean() for prior in priors])
    of_others = np.array([np.logaddexp(0.0, _LN10 * (non_mated + prior)).mean() for prior in priors])
    return np.asarray((p * of_mated + (1.0 - p) * of_others) / math.log(2.0))


def bounds(mated: Scores, non_mated: Scores) -> tuple[float, float]:
    """Return the lowest and the highest ratio that these data support (ELUB).

    Within them, deciding by the ratios is better than deciding without them, even if one more comparison of each kind
    had misled.
    """
    low, high = min(mated.min(), non_mated.min()), max(mated.max(), non_mated.max())
    lowest = max(float(low), -math.log10(len(mated) + 1))
    highest = min(float(high), math.log10(len(non_mated) + 1))
    first, last = min(0, math.floor(lowest / STEP)), max(0, math.floor(highest / STEP) + 1)
    at = STEP * np.arange(first, last + 1)
    ratio = 10.0**at
    missed = (np.searchsorted(np.sort(mated), at, side="right") + 1) / (len(mated) + 1)
    accepted = (len(non_mated) - np.searchsorted(np.sort(non_mated), at, side="right") + 1) / (len(non_mated) + 1)
    better = np.minimum(1.0, ratio) / (missed + ratio * accepted)
    worse = better < 1.0
    lower = np.max(at[(at <= 0.0) & worse] + STEP, initial=float(at.min()))
    upper = np.min(at[(at >= 0.0) & worse] - STEP, initial=float(at.max()))
    return min(float(lower), 0.0), max(float(upper), 0.0)


def held_out(scores: Scores, sides: tuple[Indices, Indices]) -> Scores:
    """Return the ratio of each pair by a fit on the other half of the subjects, shape (n,).

    `sides` are the subjects of each pair. A pair with a subject in each half is NaN. A score of -inf, of an image
    without a template, counts as the lowest of all.

    Raises:
        ValueError: a half has no mated or no non-mated comparison.
    """
    first, second = sides
    usable = np.isfinite(scores)
    scores = np.where(usable, scores, scores[usable].min() if usable.any() else 0.0)
    subjects = np.unique(np.concatenate([first, second]))
    chosen = np.random.default_rng(SPLIT_SEED).permutation(subjects)[: len(subjects) // 2]
    in_chosen = np.isin(first, chosen) & np.isin(second, chosen)
    in_rest = ~np.isin(first, chosen) & ~np.isin(second, chosen)
    mated, ratios = first == second, np.full(len(scores), np.nan)
    for fitted_half, other in ((in_chosen, in_rest), (in_rest, in_chosen)):
        line = Logistic.fit(scores[fitted_half & mated], scores[fitted_half & ~mated])
        ratios[other] = line.at(scores[other])
    return ratios


@dataclass(frozen=True)
class Validation:
    """Likelihood ratios of comparisons that had no part in the fit, each of shape (n,)."""

    mated: Scores
    non_mated: Scores

    @classmethod
    def by_halves(cls, scores: Scores, sides: tuple[Indices, Indices]) -> Validation:
        """Fit on half of the subjects and look at the other half, both ways; `sides` are the subjects of each pair.

        Raises:
            ValueError: a half has no mated or no non-mated comparison.
        """
        ratios, mated = held_out(scores, sides), sides[0] == sides[1]
        looked_at = np.isfinite(ratios)
        return cls(ratios[looked_at & mated], ratios[looked_at & ~mated])

    @property
    def cllr(self) -> float:
        """The cost of the ratios."""
        return cllr(self.mated, self.non_mated)

    @property
    def cllr_min(self) -> float:
        """The part of the cost that no other scale of the same scores would take away."""
        return cllr_min(self.mated, self.non_mated)

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest ratio that the data support."""
        return bounds(self.mated, self.non_mated)

    def capped(self) -> Validation:
        """Return the ratios as they are stated: none beyond the bounds."""
        low, high = self.bounds
        return Validation(np.clip(self.mated, low, high), np.clip(self.non_mated, low, high))

    def tippett(self, at: Scores) -> tuple[Scores, Scores]:
        """Return the shares of mated and of non-mated comparisons whose ratio is at least each of `at`."""
        return _share_from(self.mated, at), _share_from(self.non_mated, at)

    def entropies(self) -> NDArray[np.float64]:
        """Return the cross-entropy at PRIORS of the ratios, of the best ones of the same order, and of none: (3, k)."""
        nothing = (np.zeros(1), np.zeros(1))
        return np.stack(
            [
                cross_entropy(self.mated, self.non_mated),
                cross_entropy(*pooled_adjacent(self.mated, self.non_mated)),
                cross_entropy(*nothing),
            ]
        )


def _share_from(llrs: Scores, at: Scores) -> Scores:
    return np.asarray(1.0 - np.searchsorted(np.sort(llrs), at, side="left") / len(llrs))
