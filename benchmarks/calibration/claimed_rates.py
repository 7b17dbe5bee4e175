"""How often strangers reach a score, against what the score claims: by set, group, and scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.calibration.fitting import NonMated
from benchmarks.metrics import Scores
from benchmarks.metrics.intervals import RULE_OF_3, interval, resample
from biometrics.kernel.recognition.modality import Modality

CLAIMED = (10.0, 20.0, 30.0, 40.0)  # decibans
SHIPPED = "shipped"
DRAWS = 500  # of the subjects, for an interval
_CLOSE = 1e-9  # decibans: a score equal to a claim counts


@dataclass(frozen=True)
class ClaimedRateRow:
    """What one set shows at one claim, in decibans.

    `seen` is None if no stranger reached the score. `low` and `high` are the 95 % interval over people; `high` is None
    if it may be that nobody reaches the score. `pairs` is the number of comparisons of two people.
    """

    set: str
    modality: Modality
    scale: str
    claimed: float
    seen: float | None
    low: float
    high: float | None
    pairs: int

    def content(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        rounded = {name: None if value is None else round(value, 2) for name, value in self._decibans().items()}
        return asdict(self) | rounded | {"modality": self.modality}

    @property
    def cell(self) -> str:
        """What is seen, for a table."""
        if self.seen is None:
            return f"none (> {self.low:.1f})"
        return f"{self.seen:.1f} ({self.low:.1f} to {'-' if self.high is None else f'{self.high:.1f}'})"

    def _decibans(self) -> dict[str, float | None]:
        return {"seen": self.seen, "low": self.low, "high": self.high}


def rate_rows(
    name: str, modality: Modality, scale: str, decibans: Scores, subjects: NDArray[np.int64]
) -> list[ClaimedRateRow]:
    """Return what a scale that states these decibans shows at each claim; `subjects` as in `NonMated`."""
    rows = []
    for claimed in CLAIMED:
        reaches_claim = decibans >= claimed - _CLOSE
        rates = _drawn_rates(subjects, reaches_claim)
        observed, low, high = _in_decibans(
            float(reaches_claim.mean()), rates, len(np.unique(subjects)), len(reaches_claim)
        )
        rows.append(ClaimedRateRow(name, modality, scale, claimed, observed, low, high, len(reaches_claim)))
    return rows


def group_rows(
    name: str, modality: Modality, decibans: Scores, compared: NonMated, groups: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    """Return what the shipped scale shows among images of one group, for each kind of group of the images."""
    rows = []
    for kind, labels in groups.items():
        first, second = np.array(labels)[compared.pairs].T
        for label in sorted(set(labels)):
            within = (first == label) & (second == label)
            if within.any():
                rates = rate_rows(name, modality, SHIPPED, decibans[within], compared.subjects[within])
                rows += [row.content() | {"group": f"{kind}: {label}"} for row in rates]
    return rows


def _drawn_rates(subjects: NDArray[np.int64], reaches_claim: NDArray[np.bool_]) -> Scores:
    """Return the rate in DRAWS draws of the subjects; a comparison counts as often as both its subjects were drawn."""
    numbers, places = np.unique(subjects, return_inverse=True)
    count, places = len(numbers), places.reshape(-1, 2)

    def matrix(chosen: NDArray[np.int64]) -> sparse.csr_matrix:
        return sparse.csr_matrix((np.ones(len(chosen)), (chosen[:, 0], chosen[:, 1])), shape=(count, count))

    of_all, of_reached = matrix(places), matrix(places[reaches_claim])

    def rate(weights: NDArray[np.int64]) -> Scores:
        drawn = float(weights @ (of_all @ weights))
        return np.array([float(weights @ (of_reached @ weights)) / drawn if drawn else np.nan])

    return resample(count, rate, DRAWS)[:, 0]


def _in_decibans(rate: float, drawn: Scores, subjects: int, pairs: int) -> tuple[float | None, float, float | None]:
    """Return a rate and its interval in decibans; without a false match the rule of 3, over independent pairs."""
    if rate == 0.0:
        return None, _decibans(min(1.0, RULE_OF_3 / min(pairs, max(1, subjects // 2)))), None
    low_rate, high_rate = interval(drawn[:, None])[:, 0]
    return (
        _decibans(rate),
        _decibans(max(float(high_rate), rate)),
        _decibans(min(float(low_rate), rate)) if low_rate > 0 else None,
    )


def _decibans(rate: float) -> float:
    return float(-10.0 * np.log10(rate)) + 0.0
