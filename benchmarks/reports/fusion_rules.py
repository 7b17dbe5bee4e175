"""Which rule makes one score of several: each on the same comparisons of made-up people, and with a useless sample."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from rich.table import Table

from benchmarks.metrics import Scores
from benchmarks.runs.chimeras import PARTS
from benchmarks.runs.datasets import UnusableDataset
from benchmarks.runs.protocols import SEED
from benchmarks.runs.score_set import ScoreSet, StoredEvaluation
from biometrics.matching.calibration import decibans_of, log_fmr
from biometrics.matching.fusion import fused

ROUNDS = 50  # of Newton's method for the logistic rule
RIDGE = 1e-3  # of its weights
CAP = 60.0  # decibans from which on more says nothing more to the logistic rule, whose weights would follow outliers

Samples = Scores  # decibans, shape (comparisons, samples)
Rule = Callable[[Samples], Scores]


def fisher(together: float, count: int) -> float:
    """Return the logarithm of the chance that `count` false match rates multiply to exp(-together) or less.

    With y = -sum(ln FMR_i) it is the upper tail of a chi-square with 2n degrees of freedom at 2y, which for even
    degrees is exp(-y) * sum(y^i / i!, i < n). Source: R. A. Fisher, Statistical Methods for Research Workers, 4th ed.,
    section 21.1.
    """
    series, term = 1.0, 1.0
    for i in range(1, count):
        term *= together / i
        series += term
    return math.log(series) - together


def by_fisher(samples: Samples) -> Scores:
    """Combine all samples by Fisher's method."""
    return np.array([decibans_of(fisher(-sum(map(log_fmr, row)), len(row))) for row in samples.tolist()])


def by_the_engine(samples: Samples) -> Scores:
    """Combine them as `biometrics.matching.fusion` does."""
    return np.array([fused(row) for row in samples.tolist()])


def best_alone(samples: Samples) -> Scores:
    """Take the best sample, at the price of having chosen it."""
    best: Scores = np.maximum(samples.max(axis=1) - 10 * np.log10(samples.shape[1]), 0.0)
    return best


def logistic(samples: Samples, mated: np.ndarray) -> Rule:
    """Fit log-odds linear in the samples' decibans, by Newton's method; the classes weigh the same."""
    design = _design(samples)
    weight = np.where(mated, 0.5 / mated.sum(), 0.5 / (~mated).sum())
    beta = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        odds = 1 / (1 + np.exp(-np.clip(design @ beta, -500, 500)))
        slope = design.T @ (weight * (mated - odds)) - RIDGE * beta
        curvature = (design * (weight * odds * (1 - odds))[:, None]).T @ design + RIDGE * np.eye(len(beta))
        beta += np.linalg.solve(curvature, slope)
    return lambda others: _design(others) @ beta


def _design(samples: Samples) -> Scores:
    design: Scores = np.column_stack([np.minimum(samples, CAP) / CAP, np.ones(len(samples))])
    return design


@dataclass(frozen=True)
class RuleFigures:
    """The error rates of one rule; None where its scores are no decibans, so that nothing is claimed."""

    rule: str
    fnmr: float
    fnmr_as_claimed: float | None
    fmr_as_claimed: float | None
    fnmr_with_useless_photo: float
    decibans_taken: float | None


def table(compared: Sequence[RuleFigures], fmr: float) -> Table:
    """Show the figures of `compare`."""
    rules_table = Table("rule", "FNMR %", "claimed: FNMR %", "FMR", "useless photo: FNMR %", "decibans it takes")
    rules_table.title = f"one finger and a face, at FMR {fmr:g} as seen and as claimed"
    for figures in compared:
        rules_table.add_row(
            figures.rule,
            f"{100 * figures.fnmr:.2f}",
            "" if figures.fnmr_as_claimed is None else f"{100 * figures.fnmr_as_claimed:.2f}",
            "" if figures.fmr_as_claimed is None else f"{figures.fmr_as_claimed:.1e}",
            f"{100 * figures.fnmr_with_useless_photo:.2f}",
            "" if figures.decibans_taken is None else f"{figures.decibans_taken:.1f}",
        )
    return rules_table


def compare(evaluation: StoredEvaluation, fmr: float) -> list[RuleFigures]:
    """Compare the rules by FNMR at a false match rate, seen and claimed, with a good photo and with a useless one.

    What the useless one takes is the median, over mated comparisons, of the finger's own decibans less the fused ones.

    People are halved; the logistic rule is fitted on one half and judged, as all are, on the other, both ways round. A
    useless photo scores with its mate what photos of two people score, drawn by chance.

    Raises:
        UnusableDataset: the evaluation has no made-up people.
    """
    sets = {score_set.system: score_set for score_set in evaluation.part(PARTS[1])}
    if not sets:
        raise UnusableDataset("These scores hold no made-up people; make them with 'bench report --prints --faces'.")
    finger, face = sets["finger"], sets["face"]
    assert finger.decibans is not None
    assert face.decibans is not None
    usable = np.isfinite(finger.decibans) & np.isfinite(face.decibans)
    samples, mated = np.stack([finger.decibans, face.decibans], axis=1)[usable], finger.mated[usable]
    useless = _with_a_useless_photo(samples, mated)
    halves = _halves(finger)[usable]
    rules: dict[str, Callable[[Samples, np.ndarray], Rule]] = {
        "the finger alone": lambda *_: lambda pair_scores: pair_scores[:, 0],
        "the face alone": lambda *_: lambda pair_scores: pair_scores[:, 1],
        "the best alone": lambda *_: best_alone,
        "Fisher's method on all": lambda *_: by_fisher,
        "the best and what others exceed (the engine)": lambda *_: by_the_engine,
        "logistic": logistic,
    }
    compared = []
    for name, fitted in rules.items():
        scores, spoilt = np.full(len(samples), np.nan), np.full(len(samples), np.nan)
        for half in (0, 1):
            rule = fitted(samples[halves == half], mated[halves == half])
            scores[halves == 1 - half], spoilt[halves == 1 - half] = (
                rule(values[halves == 1 - half]) for values in (samples, useless)
            )
        judged = np.isfinite(scores)
        decibans_taken = float(np.median((samples[:, 0] - spoilt)[judged & mated]))
        figures = _figures(name, scores[judged], spoilt[judged], mated[judged], fmr, decibans_taken)
        if name == "logistic":  # its scores are no decibans
            figures = replace(figures, fnmr_as_claimed=None, fmr_as_claimed=None, decibans_taken=None)
        compared.append(figures)
    return compared


def _halves(score_set: ScoreSet) -> np.ndarray:
    """Say of each comparison in which half of the people both are; -1 where they are in two."""
    half = np.random.default_rng(SEED).permutation(score_set.subject_count) % 2
    first, second = (half[side] for side in score_set.sides)
    return np.where(first == second, first, -1)


def _with_a_useless_photo(samples: Samples, mated: np.ndarray) -> Samples:
    spoilt = samples.copy()
    spoilt[mated, 1] = np.random.default_rng(SEED).choice(samples[~mated, 1], int(mated.sum()))
    return spoilt


def _figures(
    rule: str, scores: Scores, spoilt: Scores, mated: np.ndarray, fmr: float, decibans_taken: float
) -> RuleFigures:
    non_mated = np.sort(scores[~mated])
    threshold = np.nextafter(non_mated[len(non_mated) - 1 - int(fmr * len(non_mated))], np.inf)
    claimed = -10 * np.log10(fmr)
    fnmr, useless = (float(np.mean(values[mated] < threshold)) for values in (scores, spoilt))
    at_claim = float(np.mean(scores[mated] < claimed))
    return RuleFigures(rule, fnmr, at_claim, float(np.mean(non_mated >= claimed)), useless, decibans_taken)
