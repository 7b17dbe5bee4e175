"""Figures of searches in galleries of real people: FPIR and FNIR at the targets, how rare leads are, hint rules."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Indices, Scores
from benchmarks.metrics.intervals import MIN_ERRORS, RULE_OF_3, interval, resample
from benchmarks.search.populations import Population, SearchScores, search
from biometrics.kernel.recognition.modality import Modality
from biometrics.matching.calibration import threshold_for_fpir

TARGETS = (0.01, 0.001)
LEADS = (5.0, 10.0, 15.0, 20.0)  # decibans
# What a hint may rest on: its name, the least lead in decibans, and the weight of the lead relative to the score.
RULES = (
    ("score", -math.inf, 0.0),
    ("score, lead of 5", 5.0, 0.0),
    ("score, lead of 10", 10.0, 0.0),
    ("score plus half the lead", -math.inf, 0.5),
    ("score plus the lead", -math.inf, 1.0),
    ("lead", -math.inf, 1000.0),
)
WITHIN = 2.0  # times the target, or a part of it, that is still as requested
DRAWS = 500  # of the subjects, for an interval


@dataclass(frozen=True)
class Observed:
    """All that galleries of one population show."""

    fpir: list[FpirRow]
    leads: list[LeadRow]
    rules: list[RuleRow]


def observed_in(population: Population, galleries: Sequence[int]) -> Observed:
    """Search galleries of several sizes; sizes beyond the population's are left out, but the smallest."""
    largest = max(len(np.unique(block.subjects)) for block in population.blocks)
    sizes = [size for index, size in enumerate(sorted(galleries)) if index == 0 or size <= largest]
    observed = Observed([], [], [])
    for size in sizes:
        scores = search(population, size)
        observed.fpir.extend(_row(population, scores, target) for target in TARGETS)
        observed.leads.extend(lead_rows(population, scores))
        observed.rules.extend(rule_rows(population, scores))
    return observed


@dataclass(frozen=True)
class FpirRow:
    """What one population shows at one target.

    `seen` is the FPIR with its 95 % interval over people; `fnir` the share of searches with a mate on record that miss
    it at the same thresholds, None without such searches. `expected` counts the false positives that the target allows.
    """

    set: str
    modality: Modality
    people: int
    target: float
    searches: int
    seen: float
    low: float
    high: float
    fnir: float | None
    mated_searches: int
    subjects: int = field(default=0)

    @property
    def supported(self) -> bool:
        """Whether the searches are enough to see the target."""
        return self.searches * self.target >= MIN_ERRORS

    @property
    def verdict(self) -> str:
        """How the seen rate compares with the target."""
        if self.low <= WITHIN * self.target and self.high >= self.target / WITHIN and not self.supported:
            return "too few searches"
        if self.seen > WITHIN * self.target:
            return "ABOVE"
        return "within a factor of two" if self.seen >= self.target / WITHIN else "below"

    def content(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        rates = {name: _rounded(getattr(self, name)) for name in ("seen", "low", "high", "fnir")}
        return vars(self) | rates | {"modality": self.modality, "verdict": self.verdict}


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else float(f"{rate:.4g}")


def _row(population: Population, scores: SearchScores, target: float) -> FpirRow:
    thresholds = _thresholds(scores.people, target)
    false = scores.first >= thresholds
    fpir, low, high = rate_with_interval(scores, false)
    has_mate = np.isfinite(scores.mated)
    fnir = float(np.mean(scores.mated[has_mate] < thresholds[has_mate])) if has_mate.any() else None
    return FpirRow(
        population.name,
        population.modality,
        round(float(np.mean(scores.people))),
        target,
        len(scores.first),
        fpir,
        low,
        high,
        fnir,
        int(np.count_nonzero(has_mate)),
        len(np.unique(scores.subjects)),
    )


@dataclass(frozen=True)
class LeadRow:
    """How rarely the first candidate of searches without the mate is so far ahead of the second.

    `claimed` and `seen`, with its 95 % interval over people, are decibans; `seen` is None if no search shows such a
    lead, and `high` if it may be that none does.
    """

    set: str
    modality: Modality
    people: int
    claimed: float
    searches: int
    seen: float | None
    low: float
    high: float | None

    def content(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        rounded = {
            name: None if value is None else round(value, 2)
            for name, value in (("seen", self.seen), ("low", self.low), ("high", self.high))
        }
        return vars(self) | rounded | {"modality": self.modality}


def lead_rows(population: Population, scores: SearchScores) -> list[LeadRow]:
    """Return how rare leads of LEADS decibans are, among searches without the mate."""
    rows = []
    people = round(float(np.mean(scores.people)))
    for claimed in LEADS:
        rate, low, high = rate_with_interval(scores, scores.lead >= claimed)
        decibans = None if rate == 0.0 else _decibans(rate)
        upper = _decibans(low) if low > 0.0 else None
        rows.append(
            LeadRow(
                population.name,
                population.modality,
                people,
                claimed,
                len(scores.first),
                decibans,
                _decibans(high),
                upper,
            )
        )
    return rows


def _decibans(rate: float) -> float:
    return -10.0 * math.log10(rate) + 0.0


@dataclass(frozen=True)
class RuleRow:
    """How many mates a rule misses where as many searches without the mate meet it as others do.

    `rule` asks for a score alone, for a score and a lead of so many decibans, or for their weighted sum. `missed` is
    the share of mates that do not meet it, `low` and `high` the 95 % interval of how many more they are than by the
    score alone.
    """

    set: str
    modality: Modality
    people: int
    fpir: float
    rule: str
    missed: float
    low: float
    high: float

    def content(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        rates = {name: _rounded(getattr(self, name)) for name in ("missed", "low", "high")}
        return vars(self) | rates | {"modality": self.modality}


def rule_rows(population: Population, scores: SearchScores) -> list[RuleRow]:
    """Compare what makes a hint at equal FPIR: the score, the score with a least lead, and score and lead added up."""
    has_mate = np.isfinite(scores.mated)
    if not has_mate.any():
        return []
    rows = []
    people = round(float(np.mean(scores.people)))
    top = scores.mated_lead[has_mate]
    mate, of = scores.mated[has_mate], scores.subjects[has_mate]
    numbers, places = np.unique(of, return_inverse=True)
    for fpir in TARGETS:
        if len(scores.first) * fpir < MIN_ERRORS:
            continue
        base = None
        for name, min_lead, weight in RULES:
            values = np.where(scores.lead >= min_lead, scores.first + weight * scores.lead, -np.inf)
            threshold = float(np.quantile(values, 1.0 - fpir, method="higher"))
            missed = ~((mate + weight * top > threshold) & (top >= min_lead))
            base = missed if base is None else base
            extra_misses = np.bincount(places, missed.astype(np.float64) - base, minlength=len(numbers))
            per_person = np.asarray(extra_misses, dtype=np.float64)
            counts = np.bincount(places, minlength=len(numbers))

            def difference(
                weights: NDArray[np.int64], per_person: Scores = per_person, counts: Indices = counts
            ) -> Scores:
                return np.array([float(weights @ per_person) / float(weights @ counts)])

            low, high = interval(resample(len(numbers), difference, DRAWS))[:, 0]
            rows.append(
                RuleRow(
                    population.name,
                    population.modality,
                    people,
                    fpir,
                    name,
                    float(missed.mean()),
                    float(low),
                    float(high),
                )
            )
    return rows


def _thresholds(people: Indices, target: float) -> Scores:
    sizes, places = np.unique(people, return_inverse=True)
    return np.array([threshold_for_fpir(target, int(size)) for size in sizes])[places]


def rate_with_interval(scores: SearchScores, events: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Return the share of searches without the mate with an event, and its 95 % interval over people.

    A draw weighs each search by its probe's subject, and an event by that of the first candidate too, because people of
    the gallery are drawn as well. Without an event, the bound is the rule of 3 over the subjects.
    """
    numbers, places = np.unique(np.concatenate([scores.subjects, scores.of]), return_inverse=True)
    probe, candidate = places.reshape(2, -1)
    searches = np.bincount(probe, minlength=len(numbers))
    probe_of_event, candidate_of_event = probe[events], candidate[events]
    rate = len(probe_of_event) / len(probe)
    if not len(probe_of_event):
        return 0.0, 0.0, min(1.0, RULE_OF_3 / len(np.unique(probe)))

    def drawn(weights: NDArray[np.int64]) -> Scores:
        hits = float(weights[probe_of_event] @ weights[candidate_of_event])
        return np.array([hits / float(weights @ searches)])

    low, high = interval(resample(len(numbers), drawn, DRAWS))[:, 0]
    return rate, min(float(low), rate), max(float(high), rate)
