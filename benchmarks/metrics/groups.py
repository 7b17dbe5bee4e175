"""Error rates of groups (sex, age band, station, sensor) side by side, each tested against all the others together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Indices, Scores
from benchmarks.metrics.intervals import MIN_ERRORS, SEED, Figure, Unsupported, interval, rate, resample
from benchmarks.metrics.verification import Weights


@dataclass(frozen=True)
class Trials:
    """Comparisons at one threshold, all mated or all non-mated: whether each erred, its subjects, and its group.

    Each of shape (n,). `first` and `second` number the subjects, the same where mated; `group` numbers the groups, -1
    for a comparison between two of them, which is left out.
    """

    errors: NDArray[np.bool_]
    first: Indices
    second: Indices
    group: Indices


@dataclass(frozen=True)
class GroupRate:
    """The error rate of one group; where it was tested, the p-value of its difference, adjusted by Holm's method."""

    rate: Figure
    p: float | None


def by_group(trials: Trials, groups: int, draws: int, seed: int = SEED) -> list[GroupRate]:
    """Return the rate of each group, in the order of their numbers, with its difference from all the others tested.

    Mated: whole subjects are exchanged between the groups (a permutation test). Non-mated: an exchange would need
    comparisons between groups, which may score otherwise for that reason alone, so that subjects are drawn (bootstrap),
    and a group is tested only where it and the others have MIN_ERRORS errors each.
    """
    table = _Table.of(trials, groups)
    subjects = 1 + int(max(table.first.max(initial=-1), table.second.max(initial=-1)))
    drawn = resample(max(subjects, 1), table.sums, draws, seed).reshape(draws, 2, groups)
    observed = table.sums(None).reshape(2, groups)
    figures = [table.figure(g, observed, _rates(drawn)) for g in range(groups)]
    p = {}
    for g in np.flatnonzero((observed[1] > 0) & (observed[1] < observed[1].sum())):
        if table.mated:
            p[int(g)] = _p_exchanged(table, int(g), draws, seed)
        elif min(observed[0, g], observed[0].sum() - observed[0, g]) >= MIN_ERRORS:
            p[int(g)] = _p_drawn(_difference(drawn, int(g)))
    adjusted = dict(zip(p, holm(list(p.values())), strict=True))
    return [GroupRate(figure, adjusted.get(g)) for g, figure in enumerate(figures)]


def holm(p: Sequence[float]) -> list[float]:
    """Adjust p-values for there being several.

    Source: Holm: A simple sequentially rejective multiple test procedure, Scand. J. Statistics 6(2), 1979.
    """
    order = np.argsort(p, kind="stable")
    adjusted, highest = np.empty(len(p)), 0.0
    for i, at in enumerate(order):
        highest = max(highest, min(1.0, (len(p) - i) * p[at]))
        adjusted[at] = highest
    return adjusted.tolist()


@dataclass(frozen=True)
class _Table:
    """Errors and comparisons summed over each pair of subjects in a group, so that a draw costs little."""

    group: Indices
    first: Indices
    second: Indices
    errors: Scores
    trials: Scores
    groups: int

    @classmethod
    def of(cls, trials: Trials, groups: int) -> _Table:
        in_group = trials.group >= 0
        keys = np.stack([trials.group[in_group], trials.first[in_group], trials.second[in_group]])
        rows, row_of_trial = np.unique(keys, axis=1, return_inverse=True)
        errors = np.bincount(row_of_trial.ravel(), trials.errors[in_group], minlength=rows.shape[1])
        counts = np.bincount(row_of_trial.ravel(), minlength=rows.shape[1])
        return cls(rows[0], rows[1], rows[2], errors.astype(np.float64), counts.astype(np.float64), groups)

    @property
    def mated(self) -> bool:
        return bool((self.first == self.second).all())

    def sums(self, weights: Weights | None) -> Scores:
        """Return the errors of each group, then the comparisons of each, shape (2 * groups,)."""
        counts = np.ones(len(self.group))
        if weights is not None:
            counts = (weights[self.first] * (1 if self.mated else weights[self.second])).astype(np.float64)
        return np.concatenate(
            [np.bincount(self.group, counts * of, minlength=self.groups) for of in (self.errors, self.trials)]
        )

    def figure(self, group: int, observed: Scores, drawn: Scores) -> Figure:
        errors, trials = observed[:, group]
        if not trials:
            return Unsupported(1, 0, "comparisons")
        in_group = self.group == group
        people = len(np.unique(np.concatenate([self.first[in_group], self.second[in_group]])))
        independent = people if self.mated else max(1, people // 2)
        return rate(float(errors / trials), interval(drawn[:, [group]])[:, 0], int(trials), independent)


def _p_exchanged(table: _Table, group: int, draws: int, seed: int) -> float:
    """Exchange subjects between the group and the others; one who is in both counts as two."""
    rng, in_group = np.random.default_rng(seed), table.group == group

    def distance(chosen: NDArray[np.bool_]) -> float:
        rate, other_rate = (table.errors[of].sum() / table.trials[of].sum() for of in (chosen, ~chosen))
        return float(abs(rate - other_rate))

    observed = distance(in_group) - 1e-12
    as_far = sum(distance(rng.permutation(in_group)) >= observed for _ in range(draws))
    return (1 + as_far) / (1 + draws)


def _p_drawn(differences: Scores) -> float:
    """Return twice the share of draws in which the difference is on the other side of 0."""
    below, above = np.count_nonzero(differences <= 0), np.count_nonzero(differences >= 0)
    return float(min(1.0, 2 * (1 + min(below, above)) / (1 + len(differences))))


def _rates(drawn: Scores) -> Scores:
    errors, trials = drawn[:, 0], drawn[:, 1]
    rates: Scores = np.divide(errors, trials, out=np.full(errors.shape, np.nan), where=trials > 0)
    return rates


def _difference(drawn: Scores, group: int) -> Scores:
    """Return, for each draw, the group's rate less that of all the others together."""
    rest = drawn.sum(axis=2) - drawn[:, :, group]
    both = np.stack([drawn[:, :, group], rest], axis=2)
    rates = _rates(both)
    return np.asarray(rates[:, 0] - rates[:, 1], dtype=np.float64)
