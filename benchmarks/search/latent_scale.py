"""A scale of latents from their scores with other people's prints, and its check on latents that had no part in it.

What is stated of a score is the larger of two upper ends, each of 97.5 %, of the set of prints where they are largest:
of the share of latents that any stranger's print of the set reaches, spread over its comparisons; and of the share of
the comparisons, the latents with such comparisons being counted as fewer where some have many more than others. Where
prints of a small set reach it more often than that, by so much less is stated of this score and of all higher ones.
Sources: C. J. Clopper, E. S. Pearson, The use of confidence or fiducial limits, Biometrika 26, 1934; L. Kish, Survey
Sampling, 1965 (effective number).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from scipy.special import betaincinv, gammaincinv

from benchmarks.search.latent_scores import WAYS, LatentScores
from biometrics.matching.latent_scale import FEW, LatentKind, LatentScale

BANDS = (4, 8, FEW, 42)  # least number of minutiae of each kind; generated latents on surfaces have at most 41
LEVELS = (10.0, 20.0, 30.0, 40.0)  # decibans at which a scale is checked
LEAST_LATENTS = 20  # that a kind is made of
LEAST_REACHED = 10  # comparisons that say how a small set of prints differs
LEAST_PRINTS = 300  # smaller sets of prints count as one
_SURE = 0.975
_PARTS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999)  # of the comparisons: where the curve has knots
_PAST = 1.02  # times the highest score of a stranger, from which on none was seen
_DIGITS = 6


def kinds_of(scores: Sequence[LatentScores], sets: Sequence[int]) -> list[dict[str, Any]]:
    """Return the kinds of a scale as its file has them; `sets` are the numbers of prints of each set.

    Raises:
        ValueError: too few latents of every kind.
    """
    kinds = []
    for marked in (False, True):
        of_way = [latent for latent in scores if latent.content.marked == marked]
        for min_minutiae, following in zip(BANDS, (*BANDS[1:], np.inf), strict=True):
            latents = [latent for latent in of_way if min_minutiae <= latent.content.minutiae < following]
            if len(latents) >= LEAST_LATENTS:
                max_minutiae = int(min(following - 1, max(latent.content.minutiae for latent in of_way)))
                kinds.append(_kind(latents, _joined(sets), marked=marked, minutiae=(min_minutiae, max_minutiae)))
    if not kinds:
        raise ValueError(f"a scale takes {LEAST_LATENTS} latents of a kind")
    return kinds


def _kind(
    latents: Sequence[LatentScores], groups: Sequence[Sequence[int]], *, marked: bool, minutiae: tuple[int, int]
) -> dict[str, Any]:
    """Return one kind; `groups` are the places of the sets that count as one."""
    of_groups = [_matrix(latents, group) for group in groups]
    everything = np.concatenate(of_groups, axis=1)
    tops = np.sort(everything.max(axis=1))
    raws = np.unique(
        np.round([*np.quantile(everything, _PARTS), *np.concatenate([g.max(axis=1) for g in of_groups])], _DIGITS)
    )
    raws = np.append(raws[raws > 0.0], np.round(_PAST * raws[-1], _DIGITS))
    claimed = np.min([_supported_decibans(scores, raws) for scores in of_groups], axis=0)
    gaps = [claimed - _observed_decibans(_matrix(latents, [index]), raws) for group in groups for index in group]
    claimed = np.maximum(0.0, claimed - np.maximum.accumulate(np.max([np.zeros(len(raws)), *gaps], axis=0)))
    claimed = np.minimum.accumulate(claimed[::-1])[::-1]  # never more for a lower score
    knots = [(0.0, 0.0), *zip(raws.tolist(), np.floor(100.0 * claimed) / 100.0, strict=True)]
    return {
        "marked": marked,
        "minutiae": minutiae,
        "latents": len(latents),
        "prints": everything.shape[1] // WAYS,
        "knots": [[raw, float(decibans)] for raw, decibans in knots],
        "tops": [round(float(top), _DIGITS) for top in tops],
    }


def _supported_decibans(scores: NDArray[np.float32], raws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the decibans that the comparisons with one group of prints support at scores: shape (n,)."""
    latents, comparisons = scores.shape
    decibans = []
    for raw in raws:
        counts = np.count_nonzero(scores >= raw, axis=1)
        rate = upper_share(int(np.count_nonzero(counts)), latents) / comparisons
        if total := int(counts.sum()):
            effective = total**2 / float((counts.astype(np.float64) ** 2).sum())
            rate = max(rate, total / (latents * comparisons) * gammaincinv(effective + 1.0, _SURE) / effective)
        decibans.append(max(0.0, -10.0 * np.log10(min(rate, 1.0))))
    return np.array(decibans)


def _observed_decibans(scores: NDArray[np.float32], raws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the decibans that a set of prints shows at scores: shape (n,), infinite where too few reached it."""
    counts = np.array([np.count_nonzero(scores >= raw) for raw in raws])
    return np.where(counts < LEAST_REACHED, np.inf, -10.0 * np.log10(np.maximum(counts, 1) / scores.size))


def upper_share(count: int, of: int) -> float:
    """Return the upper 97.5 % limit of a share that was observed as `count` of a total (Clopper and Pearson)."""
    return 1.0 if count >= of else float(betaincinv(count + 1.0, float(of - count), _SURE))


def _joined(sets: Sequence[int]) -> list[list[int]]:
    """Return the places of the sets, those of few prints as one."""
    small = [index for index, prints in enumerate(sets) if prints < LEAST_PRINTS]
    large = [[index] for index, prints in enumerate(sets) if prints >= LEAST_PRINTS]
    return [*large, small] if small else large


def _matrix(latents: Sequence[LatentScores], places: Sequence[int]) -> NDArray[np.float32]:
    """Return the scores of latents with the prints of some sets, both ways: shape (latents, comparisons)."""
    return np.array([np.concatenate([latent.strangers[index].ravel() for index in places]) for latent in latents])


@dataclass(frozen=True)
class LatentCheck:
    """What was seen where a scale states `level` decibans of a comparison: `reached` of so many comparisons.

    `latents` had `strangers` among them that reach it, and `mates` of `mated` do. `where` is the set of prints.
    """

    marked: bool
    least: int
    most: int
    level: float
    where: str
    comparisons: int
    reached: int
    latents: int
    strangers: int
    mates: int
    mated: int

    @property
    def seen(self) -> float | None:
        """What was seen, in decibans; None where no comparison reached the score."""
        return -10.0 * float(np.log10(self.reached / self.comparisons)) if self.reached else None

    @property
    def holds(self) -> bool:
        """Whether no more comparisons reached the score than are stated."""
        return bool(self.reached <= self.comparisons * 10.0 ** (-self.level / 10.0))

    def content(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {**vars(self), "seen": self.seen, "holds": self.holds}


def checks_of(scale: LatentScale, scores: Sequence[LatentScores], names: Sequence[str]) -> list[LatentCheck]:
    """Check a scale on latents that had no part in it, for all sets of prints together and for each of `names`."""
    checks = []
    for kind in scale.kinds:
        latents = [latent for latent in scores if kind.holds(latent.content)]
        for level in [level for level in LEVELS if level <= kind.bound] if latents else ():
            raw = _raw_at(kind, level)
            parts = [("all", range(len(names))), *((name, [index]) for index, name in enumerate(names))]
            checks += [_check(kind, latents, level, raw, name, places) for name, places in parts]
    return checks


def _check(
    kind: LatentKind, latents: Sequence[LatentScores], level: float, raw: float, where: str, places: Sequence[int]
) -> LatentCheck:
    counts = np.count_nonzero(_matrix(latents, places) >= raw, axis=1)
    mated = [latent.mated for latent in latents if latent.mated is not None]
    return LatentCheck(
        kind.marked,
        kind.least,
        kind.most,
        level,
        where,
        sum(latents[0].strangers[index].size for index in places) * len(latents),
        int(counts.sum()),
        len(latents),
        int(np.count_nonzero(counts)),
        sum(score >= raw for score in mated),
        len(mated),
    )


def _raw_at(kind: LatentKind, level: float) -> float:
    """Return the lowest raw score whose stated decibans reach `level`."""
    knot = int(np.argmax(kind.decibans >= level))
    low, high = kind.decibans[knot - 1], kind.decibans[knot]
    share = (level - low) / (high - low)
    return float(kind.raws[knot - 1] + share * (kind.raws[knot] - kind.raws[knot - 1]))


def table(checks: Sequence[LatentCheck]) -> Table:
    """Show the checks with all prints, and with the set where most strangers reached the score."""
    checks_table = Table(
        "latents", "stated", "seen", "reached", "latents with a stranger", "mates", "hardest set", "seen there"
    )
    for check in (overall for overall in checks if overall.where == "all"):
        same = [part for part in checks if _same(part, check) and part.where != "all" and part.comparisons]
        hardest = max(same, key=lambda part: part.reached / part.comparisons)
        checks_table.add_row(
            f"{check.least} to {check.most} minutiae{', marked' * check.marked}",
            f"{check.level:.0f}",
            _figure(check),
            f"{check.reached} of {check.comparisons:,}",
            f"{check.strangers} of {check.latents}",
            f"{check.mates} of {check.mated}",
            hardest.where,
            _figure(hardest),
        )
    return checks_table


def _same(one: LatentCheck, other: LatentCheck) -> bool:
    return (one.marked, one.least, one.level) == (other.marked, other.least, other.level)


def _figure(check: LatentCheck) -> str:
    return "none" if check.seen is None else f"{check.seen:.1f}{' *' * (not check.holds)}"
