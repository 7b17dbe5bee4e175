"""Does the FPIR of searches meet its target in galleries of any size?

Uses synthetic faces: a calibration from some people, searches by others in a gallery of yet others, compared in full.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from benchmarks.calibration.fitting import fit_curve
from benchmarks.search.faces import strangers
from biometrics.matching.calibration import threshold_for_fpir

CALIBRATED_ON = 12_000  # people, each compared with all others: data up to 63 decibans
TARGETS = (0.1, 0.01, 0.001)
WITHIN = 2.0  # factor above or below the target that still counts as reached
_CALIBRATION, _PROBES, _GALLERY = 7_000_000, 7_000_001, 7_000_002  # seeds
_CHUNK = 2000


@dataclass(frozen=True)
class ObservedFpir:
    """How many of `searches` by people who are not in the gallery returned a hit.

    `named` by the threshold for a target FPIR and this size, `decibans` of it; `named_fixed` by the raw score that is
    right for the smallest gallery.
    """

    gallery: int
    target: float
    searches: int
    decibans: float
    extrapolated: bool
    named: int
    named_fixed: int

    @property
    def reached(self) -> bool:
        """Whether the rate is within a factor of two of the target."""
        return bool(1 / WITHIN <= self.named / self.searches / self.target <= WITHIN)

    def content(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return asdict(self)


def observe(
    galleries: Sequence[int], searches: int, advance: Callable[[int], None] = lambda done: None
) -> list[ObservedFpir]:
    """Search galleries of several sizes, each the beginning of the next; `advance` is called for every search."""
    curve = fit_curve(_all_pairs(strangers(CALIBRATED_ON, _CALIBRATION)))
    sizes = sorted(galleries)
    best = _best_scores(sizes, searches, advance)
    observed = []
    for target in TARGETS:
        fixed = curve.raw_at(threshold_for_fpir(target, sizes[0]))
        for size in sizes:
            decibans = threshold_for_fpir(target, size)
            raw = curve.raw_at(decibans)
            hits, named_fixed = (int(np.count_nonzero(best[size] >= threshold)) for threshold in (raw, fixed))
            extrapolated = decibans > float(curve.decibans[-1])
            observed.append(ObservedFpir(size, target, searches, decibans, extrapolated, hits, named_fixed))
    return observed


def _all_pairs(faces: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the scores of all pairs, each once."""
    scores = np.empty(len(faces) * (len(faces) - 1) // 2)
    end = 0
    for i in range(1, len(faces)):
        scores[end : end + i] = faces[:i] @ faces[i]
        end += i
    return scores


def _best_scores(sizes: Sequence[int], searches: int, advance: Callable[[int], None]) -> dict[int, NDArray[np.float32]]:
    """Return the highest score of each search in each gallery."""
    gallery, probes = strangers(sizes[-1], _GALLERY), strangers(searches, _PROBES)
    best = {size: np.empty(searches, np.float32) for size in sizes}
    for start in range(0, searches, _CHUNK):
        part = slice(start, start + _CHUNK)
        highest, begun = np.full(len(probes[part]), -np.inf, np.float32), 0
        for size in sizes:
            highest = np.maximum(highest, (probes[part] @ gallery[begun:size].T).max(axis=1))
            best[size][part], begun = highest, size
        advance(len(probes[part]))
    return best


def table(rates: Sequence[ObservedFpir]) -> Table:
    """Show the rates and their targets."""
    rates_table = Table("target FPIR", "gallery", "threshold, decibans", "FPIR seen", "", "by one fixed raw threshold")
    for observed in rates:
        rates_table.add_row(
            f"{observed.target:g}",
            f"{observed.gallery:,}",
            f"{observed.decibans:.1f}{' extrapolated' * observed.extrapolated}",
            f"{observed.named / observed.searches:.5f}",
            "within a factor of two" if observed.reached else "MISSED",
            f"{observed.named_fixed / observed.searches:.5f}",
        )
    return rates_table
