"""Figures of raw scores, each with its interval or the reason why it is not given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.metrics import Indices, Scores
from benchmarks.metrics.groups import GroupRate, Trials, by_group
from benchmarks.metrics.identification import Searches
from benchmarks.metrics.intervals import (
    MIN_ERRORS,
    RULE_OF_3,
    Figure,
    Rate,
    Unsupported,
    interval,
    rate,
    resample,
    unsupported,
)
from benchmarks.metrics.verification import ScoredSide, Weights
from benchmarks.runs.score_set import ScoreSet

FMRS = (1e-2, 1e-3, 1e-4)
FPIRS = (0.1, 0.01, 0.001)  # those of NIST's FRIF TE
PROMISES = (10.0, 20.0, 30.0, 40.0)  # decibans at which the calibration's promise is held against what was seen
GROUPS_FNMR_AT = 30.0  # decibans: close to what is used
GROUPS_FMR_AT = 20.0  # decibans: enough false matches for a test
_GRID = 50  # points of a DET curve

NON_MATED, SEARCHES = "non-mated comparisons", "non-mated searches"


@dataclass(frozen=True)
class RateCurve:
    """Points of a curve with their 95 % interval, each of shape (k,)."""

    x: Scores
    y: Scores
    low: Scores
    high: Scores


@dataclass(frozen=True)
class Accuracy:
    """One to one. `fnmr` are those at each of FMRS, `failing` counts the subjects with a false non-match there.

    `draws`, shape (draws, 1 + len(FMRS)), are the EER and the FNMRs drawn.
    """

    eer: Figure
    fnmr: tuple[Figure, ...]
    failing: tuple[int, ...]
    fta: Rate
    fte: Rate
    det: RateCurve
    draws: Scores
    mated: int
    non_mated: int


@dataclass(frozen=True)
class SearchRates:
    """One to many: the share of mates at rank 1, the CMC curve, and FNIR at each of FPIRS."""

    rank1: Rate
    cmc: RateCurve
    fnir: tuple[Figure, ...]
    searches: int
    gallery: int


def accuracy(scores: ScoreSet, draws: int) -> Accuracy:
    """Return the figures of comparisons one to one."""
    both, subjects = scores.verification(), scores.subject_count
    mated, non_mated = len(both.mated), len(both.non_mated)
    grid = np.geomspace(min(1.0, MIN_ERRORS / non_mated), 1.0, _GRID)
    at = np.concatenate([FMRS, grid])

    def statistic(weights: Weights | None) -> Scores:
        return np.concatenate([[both.eer(weights)], both.fnmr_at_fmr(at, weights)])

    values, drawn = statistic(None), resample(subjects, statistic, draws)
    bounds = interval(drawn)
    values[0] = 0.0 if values[0] * mated < 0.5 else values[0]  # then no false non-match is behind it
    subject, score = scores.sides[0][scores.mated], scores.scores[scores.mated]
    people = len(np.unique(subject))
    failing = tuple(len(np.unique(subject[score <= refused])) for refused in both.refused_at_fmr(np.array(FMRS)))
    k = 1 + len(FMRS)
    rates = [rate(float(values[i]), bounds[:, i], mated, people) for i in range(k)]
    fnmr = tuple(unsupported(fmr, non_mated, NON_MATED) or of for fmr, of in zip(FMRS, rates[1:], strict=True))
    det = RateCurve(grid, values[k:], bounds[0, k:], bounds[1, k:])
    images = np.arange(len(scores.samples.subject))
    fta, fte = (_failures(scores, of, draws) for of in (images, scores.samples.first))
    return Accuracy(rates[0], fnmr, failing, fta, fte, det, drawn[:, :k], mated, non_mated)


def _failures(scores: ScoreSet, images: Indices, draws: int) -> Rate:
    """Return the share of some images that gave no template."""
    of, failed = scores.samples.subject[images], scores.samples.failed[images]

    def share(weights: Weights) -> Scores:
        return np.array([weights[of] @ failed / weights[of].sum()])

    bounds = interval(resample(scores.subject_count, share, draws))[:, 0] if failed.any() else np.zeros(2)
    return rate(float(failed.mean()), bounds, len(images), len(np.unique(of)))


def finding(searches: Searches, draws: int) -> SearchRates:
    """Return the figures of searches one to many."""
    count, people = len(searches.ranks), len(np.unique(searches.subjects))
    opened = searches.open_set()

    def statistic(weights: Weights | None) -> Scores:
        return np.concatenate([opened.fnmr_at_fmr(np.array(FPIRS), weights), 1.0 - searches.cmc(weights)])

    values = statistic(None)
    bounds = interval(resample(int(searches.subjects.max()) + 1, statistic, draws))
    k = len(FPIRS)
    fnir = tuple(
        unsupported(fpir, count, SEARCHES) or rate(float(values[i]), bounds[:, i], count, people)
        for i, fpir in enumerate(FPIRS)
    )
    ranks = np.arange(1, searches.gallery + 1, dtype=np.float64)
    cmc = RateCurve(ranks, 1.0 - values[k:], 1.0 - bounds[1, k:], 1.0 - bounds[0, k:])
    missed = rate(float(values[k]), bounds[:, k], count, people)
    rank1 = Rate(1.0 - missed.value, 1.0 - missed.high, 1.0 - missed.low, count, people)
    return SearchRates(rank1, cmc, fnir, count, searches.gallery)


def reduction(alone: Accuracy, fused: Accuracy, fmr_index: int, label: str) -> Figure:
    """Return the share of the FNMR at FMRS[place] that fusion takes away; both of the same subjects, draw by draw.

    Where it takes all away, the lower bound is the rule of 3 over the subjects who had false non-matches.
    """
    before, after = alone.fnmr[fmr_index], fused.fnmr[fmr_index]
    if isinstance(before, Unsupported):
        return before
    assert isinstance(after, Rate)
    errors = round(before.value * before.trials)
    if errors < MIN_ERRORS:
        return Unsupported(MIN_ERRORS, errors, f"false non-matches of {label}")
    if after.value == 0.0:
        return Rate(1.0, max(0.0, 1.0 - RULE_OF_3 / alone.failing[fmr_index]), 1.0, before.trials, before.independent)
    drawn_before, drawn_after = alone.draws[:, [1 + fmr_index]], fused.draws[:, [1 + fmr_index]]
    drawn = 1.0 - np.divide(drawn_after, drawn_before, out=np.full(drawn_after.shape, np.nan), where=drawn_before > 0)
    low, high = interval(drawn)[:, 0]
    return Rate(1.0 - after.value / before.value, float(low), float(high), before.trials, before.independent)


def promises(scores: ScoreSet, draws: int) -> list[Figure]:
    """Return the FMR seen at each of PROMISES, for a set with calibrated scores."""
    assert scores.decibans is not None
    first, second = scores.sides
    non_mated = first != second
    side = ScoredSide(scores.decibans[non_mated], first[non_mated], second[non_mated])
    at = np.array(PROMISES)
    values = side.share_reaching(at)
    bounds = interval(resample(scores.subject_count, lambda weights: side.share_reaching(at, weights), draws))
    people = max(1, len(np.unique(np.concatenate([first[non_mated], second[non_mated]]))) // 2)
    return [
        unsupported(10.0 ** (-level / 10.0), len(side), NON_MATED)
        or rate(float(values[i]), bounds[:, i], len(side), people)
        for i, level in enumerate(PROMISES)
    ]


def groups(scores: ScoreSet, kind: str, draws: int) -> dict[str, tuple[GroupRate, GroupRate]]:
    """Return FNMR at GROUPS_FNMR_AT and FMR at GROUPS_FMR_AT of each group, of pairs with both images in it."""
    assert scores.decibans is not None
    names, numbers = np.unique(scores.samples.groups[kind], return_inverse=True)
    first_group, second_group = numbers[scores.pairs].T
    group = np.where(first_group == second_group, first_group, -1)
    first, second = scores.sides
    mated = scores.mated
    fnmr, fmr = (
        by_group(Trials(errors[of], first[of], second[of], group[of]), len(names), draws)
        for errors, of in ((scores.decibans < GROUPS_FNMR_AT, mated), (scores.decibans >= GROUPS_FMR_AT, ~mated))
    )
    return {str(name): (fnmr[i], fmr[i]) for i, name in enumerate(names)}
