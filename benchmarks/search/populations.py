"""Searches in galleries of real people: does the FPIR meet its target, and what does the first candidate's lead say?

A population is one or more blocks of images that are searched among each other: all photos of a set, those of one
look, the prints of one sensor, or of one finger. Its subjects are divided into galleries at random. Each image searches
each gallery, once without its mate, which shows the FPIR, and once with it, which shows the FNIR.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Indices, Scores
from benchmarks.metrics.intervals import MIN_ERRORS, RULE_OF_3, interval, resample
from benchmarks.runs.protocols import SEED
from biometrics.domain.types import Modality
from biometrics.matching.calibration import threshold_for_fpir
from biometrics.matching.learned_scale import LearnedScale

TARGETS = (0.01, 0.001)
GALLERIES = (25, 100, 400)  # people
SHIPPED, LEARNED = "shipped", "learned"
LEADS = (5.0, 10.0, 15.0, 20.0)  # decibans
# What a hint may rest on: its name, the least lead in decibans, and how much the lead counts beside the score.
RULES = (
    ("score", -math.inf, 0.0),
    ("score, lead of 5", 5.0, 0.0),
    ("score, lead of 10", 10.0, 0.0),
    ("score plus half the lead", -math.inf, 0.5),
    ("score plus the lead", -math.inf, 1.0),
    ("lead", -math.inf, 1000.0),
)
WITHIN = 2.0  # times the target, or a part of it, that is still as requested
SPLITS = 5  # of the subjects into halves, to learn from one and search among the other
MOST_GALLERIES = 8  # images of each subject that are used, one after the other, as the one on record
DRAWS = 500  # of the subjects, for an interval
LEARNED_PAIRS = 250_000  # non-mated comparisons of a block that a scale is learned from, drawn at random


@dataclass(frozen=True)
class ScoreBlock:
    """Images that are searched among each other.

    `subjects` numbers the subject of each, shape (n,); `decibans`, shape (n, n), are the scores of the shipped scale,
    -inf where an image gave no template.
    """

    subjects: Indices
    decibans: NDArray[Any]

    def of(self, chosen: NDArray[np.bool_]) -> ScoreBlock:
        """Keep some of the images."""
        return ScoreBlock(self.subjects[chosen], self.decibans[np.ix_(chosen, chosen)])


@dataclass(frozen=True)
class Population:
    """Blocks under a name; a subject has the same number in all of them."""

    name: str
    modality: Modality
    blocks: tuple[ScoreBlock, ...]

    @property
    def subjects(self) -> Indices:
        """The numbers of its subjects."""
        return np.unique(np.concatenate([block.subjects for block in self.blocks]))

    def among(self, chosen: Indices) -> Population:
        """Keep the images of some subjects."""
        return Population(
            self.name, self.modality, tuple(block.of(np.isin(block.subjects, chosen)) for block in self.blocks)
        )


@dataclass(frozen=True)
class SearchScores:
    """What searches found, one place for each search, all of shape (n,).

    Without the mate: `first` and `second` are the two highest scores, `of` is the subject of the first. `mated` is the
    score of the mate, NaN where the gallery has none. `people` counts the gallery without the mate.
    """

    subjects: Indices
    of: Indices
    first: Scores
    second: Scores
    mated: Scores
    people: Indices

    @classmethod
    def joined(cls, parts: Sequence[SearchScores]) -> SearchScores:
        """Return all searches of several parts."""
        names = ("subjects", "of", "first", "second", "mated", "people")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    @property
    def lead(self) -> Scores:
        """How far the first candidate is ahead of the second in searches without the mate, in decibans."""
        return self.first - self.second

    @property
    def mated_lead(self) -> Scores:
        """How far the mate is ahead of the best of the others; NaN without a mate, negative where it is not first."""
        return self.mated - self.first


@dataclass(frozen=True)
class Observed:
    """All that galleries of one population show."""

    fpir: list[FpirRow]
    leads: list[LeadRow]
    rules: list[RuleRow]


def observed_in(population: Population, galleries: Sequence[int]) -> Observed:
    """Search galleries of several sizes; sizes beyond the population's are left out, but the smallest."""
    largest = max(len(np.unique(block.subjects)) for block in population.blocks)
    sizes = [size for place, size in enumerate(sorted(galleries)) if place == 0 or size <= largest]
    seen = Observed([], [], [])
    for size in sizes:
        scores = search(population, size)
        seen.fpir.extend(_row(population, SHIPPED, scores, target) for target in TARGETS)
        seen.leads.extend(lead_rows(population, SHIPPED, scores))
        if parts := search_learned(population, size):
            joined = SearchScores.joined(parts)
            seen.fpir.extend(_row(population, LEARNED, joined, target, len(parts)) for target in TARGETS)
            seen.leads.extend(lead_rows(population, LEARNED, joined, len(parts)))
        seen.rules.extend(rule_rows(population, scores))
    return seen


def search(population: Population, people: int) -> SearchScores:
    """Search galleries of about so many people; a block of fewer is one gallery."""
    rng = np.random.default_rng(SEED)
    parts = []
    for block in population.blocks:
        subjects, place = np.unique(block.subjects, return_inverse=True)
        if len(subjects) < 3:
            continue
        order = rng.permutation(len(subjects))
        galleries = np.array_split(order, max(1, round(len(subjects) / people)))
        images = [np.flatnonzero(place == subject) for subject in range(len(subjects))]
        rounds = min(MOST_GALLERIES, int(np.median([len(of_one) for of_one in images])))
        for gallery in galleries:
            parts += [_searched(block, [images[subject] for subject in gallery], turn) for turn in range(rounds)]
    return SearchScores.joined(parts)


def _searched(block: ScoreBlock, images: Sequence[Indices], turn: int) -> SearchScores:
    """Search a gallery that holds one image of each subject, another one each turn, with all images of the block."""
    columns = np.array([of_one[turn % len(of_one)] for of_one in images])
    scores = block.decibans[:, columns].astype(np.float64)
    own = block.subjects[:, None] == block.subjects[columns][None, :]
    with_mate = own.any(axis=1)
    mated = np.where(with_mate, np.where(own, scores, -np.inf).max(axis=1), np.nan)
    mated[columns] = np.nan  # an image is not searched among itself
    others = np.where(own, -np.inf, scores)
    usable = np.isfinite(block.decibans).any(axis=1)
    best = others.argmax(axis=1)
    highest = np.partition(others, -2, axis=1)[:, -2:]
    result = SearchScores(
        block.subjects,
        block.subjects[columns][best],
        np.maximum(highest[:, 1], 0.0),
        np.maximum(highest[:, 0], 0.0),
        np.where(np.isneginf(mated), 0.0, mated),
        len(columns) - with_mate.astype(np.int64),
    )
    return SearchScores(*(values[usable] for values in vars(result).values()))


@dataclass(frozen=True)
class FpirRow:
    """What one population shows at one target.

    `seen` is the FPIR with its 95 % interval over people; `fnir` the share of searches with a mate on record that miss
    it at the same thresholds, None without such searches. `expected` counts the false positives that the target allows.
    """

    set: str
    modality: Modality
    scale: str
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
        return vars(self) | rates | {"modality": self.modality.value, "verdict": self.verdict}


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else float(f"{rate:.4g}")


def search_learned(population: Population, people: int) -> list[SearchScores]:
    """Search with a scale that is learned from half of the people, among the others, SPLITS times by other splits.

    There is none if half of the people are too few to learn from.
    """
    subjects = population.subjects
    rng = np.random.default_rng(SEED)
    parts = []
    for _ in range(SPLITS):
        chosen = rng.permutation(subjects)[: len(subjects) // 2]
        own, others = population.among(chosen), population.among(np.setdiff1d(subjects, chosen))
        try:
            scale = learned_from(own)
        except ValueError:
            continue
        relearned = tuple(ScoreBlock(block.subjects, scale_at(scale, block.decibans)) for block in others.blocks)
        parts.append(search(Population(population.name, population.modality, relearned), people))
    return parts


def learned_from(population: Population) -> LearnedScale:
    """Learn a scale from the non-mated comparisons of a population; LearnedScale.fit says when it raises."""
    scores, subjects = [], []
    rng = np.random.default_rng(SEED)
    for block in population.blocks:
        first, second = np.triu_indices(len(block.subjects), k=1)
        if len(first) > LEARNED_PAIRS:
            drawn = rng.choice(len(first), LEARNED_PAIRS, replace=False)
            first, second = first[drawn], second[drawn]
        values = block.decibans[first, second]
        kept = (block.subjects[first] != block.subjects[second]) & np.isfinite(values)
        scores.append(values[kept].astype(np.float64))
        subjects.append(np.stack([block.subjects[first[kept]], block.subjects[second[kept]]], axis=1))
    return LearnedScale.fit(np.concatenate(scores), np.concatenate(subjects))


def scale_at(scale: LearnedScale, decibans: NDArray[Any]) -> Scores:
    """Return learned decibans of a matrix of shipped ones; -inf stays."""
    learned = np.full(decibans.shape, -np.inf)
    finite = np.isfinite(decibans)
    learned[finite] = scale.at(decibans[finite].astype(np.float64))
    return learned


def _row(population: Population, scale: str, scores: SearchScores, target: float, splits: int = 1) -> FpirRow:
    thresholds = _thresholds(scores.people, target)
    false = scores.first >= thresholds
    seen, low, high = rate_with_interval(scores, false)
    has_mate = np.isfinite(scores.mated)
    fnir = float(np.mean(scores.mated[has_mate] < thresholds[has_mate])) if has_mate.any() else None
    return FpirRow(
        population.name,
        population.modality,
        scale,
        round(float(np.mean(scores.people))),
        target,
        len(scores.first) // splits,
        seen,
        low,
        high,
        fnir,
        int(np.count_nonzero(has_mate)) // splits,
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
    scale: str
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
        return vars(self) | rounded | {"modality": self.modality.value}


def lead_rows(population: Population, scale: str, scores: SearchScores, splits: int = 1) -> list[LeadRow]:
    """Return how rare leads of LEADS decibans are, among searches without the mate."""
    rows = []
    people = round(float(np.mean(scores.people)))
    for claimed in LEADS:
        rate, low, high = rate_with_interval(scores, scores.lead >= claimed)
        seen = None if rate == 0.0 else _decibans(rate)
        most = _decibans(low) if low > 0.0 else None
        rows.append(
            LeadRow(
                population.name,
                population.modality,
                scale,
                people,
                claimed,
                len(scores.first) // splits,
                seen,
                _decibans(high),
                most,
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
        return vars(self) | rates | {"modality": self.modality.value}


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
        for name, least, weight in RULES:
            values = np.where(scores.lead >= least, scores.first + weight * scores.lead, -np.inf)
            threshold = float(np.quantile(values, 1.0 - fpir, method="higher"))
            missed = ~((mate + weight * top > threshold) & (top >= least))
            base = missed if base is None else base
            more = np.bincount(places, missed.astype(np.float64) - base, minlength=len(numbers))
            per_person = np.asarray(more, dtype=np.float64)
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
