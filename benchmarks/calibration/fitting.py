"""Make a calibration from non-mated comparisons; biometrics/matching/calibration.py defines the file and reads it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

from benchmarks.metrics import Scores
from benchmarks.runs.datasets import LabelledImage, UnusableDataset
from benchmarks.runs.measure import Extraction, score_pairs
from benchmarks.runs.protocols import SEED, impostor_pairs
from biometrics.matching.calibration import Curve, Tail
from biometrics.matching.ports import Recogniser

STEP = 0.5  # decibans between knots
LAST_KNOT = 30  # comparisons that score as high as the last knot; fewer say too little of a rate
TAIL = 1000  # highest scores that the tail is fitted on
MIN_COMPARISONS = 10 * TAIL
MIN_SUBJECTS = 40  # docs/decisions/0020-people-of-a-calibration.md
REPLICATES = 200  # of the bootstrap
FAR = 2.0  # times the last knot's decibans: where the tails of the interval are compared
BEYOND_CHANCE = 5.0  # times the way from the tail's start to the last knot: chance goes once so far beyond the knot


@dataclass(frozen=True)
class NonMated:
    """Raw scores of non-mated comparisons, shape (n,).

    `subjects` are the two subjects of each as numbers from 0 on, `pairs` the places of its images; both (n, 2).
    """

    scores: Scores
    subjects: NDArray[np.int64]
    pairs: NDArray[np.int64]

    @property
    def subject_count(self) -> int:
        """How many subjects there are."""
        return len(np.unique(self.subjects))

    def among(self, chosen: NDArray[np.bool_]) -> NonMated:
        """Keep the comparisons of two chosen subjects; shape (greatest number of a subject + 1,)."""
        both_chosen = chosen[self.subjects].all(axis=1)
        return NonMated(self.scores[both_chosen], self.subjects[both_chosen], self.pairs[both_chosen])

    @classmethod
    def joined(cls, sets: Sequence[NonMated]) -> NonMated:
        """Return the comparisons of several sets, whose subjects and images are numbered one after the other."""
        subjects = np.cumsum([0, *(compared.subjects.max() + 1 for compared in sets)])[:-1]
        images = np.cumsum([0, *(compared.pairs.max() + 1 for compared in sets)])[:-1]
        return cls(
            np.concatenate([compared.scores for compared in sets]),
            np.concatenate([compared.subjects + first for compared, first in zip(sets, subjects, strict=True)]),
            np.concatenate([compared.pairs + first for compared, first in zip(sets, images, strict=True)]),
        )

    def beyond_chance(self) -> NDArray[np.int64]:
        """Return the pairs that score higher than chance can explain, shape (m, 2): images of one subject, mislabelled.

        With a tail that falls exponentially, they lie more than 70 decibans beyond the last knot.
        """
        rising = np.sort(self.scores)
        last, start = rising[-LAST_KNOT], rising[-TAIL]
        beyond: NDArray[np.int64] = self.pairs[self.scores > last + BEYOND_CHANCE * (last - start)]
        return beyond


def within_looks(
    recogniser: Recogniser,
    images: Sequence[LabelledImage],
    extraction: Extraction,
    looks: int,
    comparisons: int,
    threads: int,
) -> NonMated:
    """Score up to `comparisons` random pairs of two subjects of one look; failed images are left out."""
    places = np.array([index for index, template in enumerate(extraction.templates) if template])
    assert recogniser.vectors is not None, "only prints and faces are compared so"
    vector_of = recogniser.vectors.vector_of
    vectors = np.array([vector_of(recogniser.features(template)) for template in extraction.templates if template])
    numbers = np.unique([image.subject for image in images], return_inverse=True)[1].astype(np.int64)
    pairs = places[pairs_of_one_look(looks_of(vectors, looks), numbers[places], comparisons)]
    return NonMated(score_pairs(recogniser, extraction.templates, pairs, threads), numbers[pairs], pairs)


def looks_of(vectors: NDArray[np.floating[Any]], looks: int) -> NDArray[np.int64]:
    """Return the look of each image: its cluster, by k-means of the search vectors, shape (images, dimension).

    Strangers of one look score higher with each other than strangers at random, as do people of one sex, age and
    origin, or prints of one pattern and sensor.

    Raises:
        UnusableDataset: fewer images than looks.
    """
    if len(vectors) < looks:
        raise UnusableDataset(f"{len(vectors)} images with a template are too few for {looks} looks.")
    labels: NDArray[np.int64] = kmeans2(vectors.astype(np.float64), looks, minit="++", seed=SEED)[1].astype(np.int64)
    return labels


def pairs_of_one_look(look: NDArray[np.int64], subjects: NDArray[np.int64], at_most: int) -> NDArray[np.int64]:
    """Return the pairs of images, by their places, that have one look and two subjects; a sample where there are more.

    `look` and `subjects` are those of each image, shape (images,).
    """
    pairs = []
    for label in np.unique(look):
        places = np.flatnonzero(look == label)
        first, second = np.triu_indices(len(places), k=1)
        within = np.stack([places[first], places[second]], axis=1)
        pairs.append(within[subjects[within[:, 0]] != subjects[within[:, 1]]])
    all_pairs = np.concatenate(pairs)
    if len(all_pairs) <= at_most:
        return all_pairs
    return all_pairs[np.sort(np.random.default_rng(SEED).choice(len(all_pairs), at_most, replace=False))]


@dataclass(frozen=True)
class Fit:
    """A curve, and the two that bound what as many other subjects would have given in 95 of 100 cases."""

    curve: Curve
    low: Curve
    high: Curve


def non_mated(
    recogniser: Recogniser, images: Sequence[LabelledImage], extraction: Extraction, comparisons: int, threads: int
) -> NonMated:
    """Score up to `comparisons` random pairs of two subjects; failed images are left out."""
    names, numbers = np.unique([image.subject for image in images], return_inverse=True)
    pairs = impostor_pairs([names[number] for number in numbers], comparisons)
    scores = score_pairs(recogniser, extraction.templates, pairs, threads)
    usable = np.isfinite(scores)
    return NonMated(scores[usable], numbers.astype(np.int64)[pairs[usable]], pairs[usable])


def require_subjects(compared: NonMated, min_subjects: int = MIN_SUBJECTS) -> None:
    """Refuse comparisons of so few people or fingers that a scale from them may claim too much of others.

    Raises:
        UnusableDataset: there are fewer than `min_subjects`.
    """
    if compared.subject_count < min_subjects:
        raise UnusableDataset(
            f"A calibration takes {min_subjects} people or fingers, and these images are of "
            f"{compared.subject_count}: others may resemble each other more than these do. "
            "Name more folders, or use the shipped calibration."
        )


def fit(compared: NonMated, replicates: int = REPLICATES, least_subjects: int = MIN_SUBJECTS) -> Fit:
    """Fit the curve and its interval.

    The interval comes from a bootstrap over subjects: a comparison counts as often as both its subjects were drawn
    (Davison, Hinkley, Bootstrap Methods and their Application, 1997, section 3.8; Poisson weights). Deviations are
    widened by the square root of two, since those who check it by other subjects will have drawn theirs by chance, too.

    Raises:
        UnusableDataset: fewer subjects or comparisons than a calibration takes, or scores that vary too little.
    """
    require_subjects(compared, least_subjects)
    if len(compared.scores) < MIN_COMPARISONS:
        raise UnusableDataset(
            f"A calibration takes {MIN_COMPARISONS:,} non-mated comparisons, and these images give "
            f"{len(compared.scores):,}; name more folders."
        )
    curve = fit_curve(compared.scores)
    order = np.argsort(compared.scores, kind="stable")
    rising, subjects = compared.scores[order], compared.subjects[order]
    at = np.searchsorted(rising, curve.raws, side="left")
    rng = np.random.default_rng(SEED)
    drawn = [_replicate(rising, subjects, at, float(curve.raws[-1]), rng) for _ in range(replicates)]
    logs, tails = np.array([log for log, _ in drawn]), [tail for _, tail in drawn]
    deviation = math.sqrt(2.0) * (np.quantile(logs, (0.025, 0.975), axis=0) - np.median(logs, axis=0))
    last = float(curve.decibans[-1])
    far = curve.raw_at(FAR * last) - float(curve.raws[-1])
    tail_decibans = [tail.decibans(far) for tail in tails]
    ends = np.argsort(tail_decibans)[[round(0.025 * (replicates - 1)), round(0.975 * (replicates - 1))]]
    low = np.maximum.accumulate(np.clip(curve.decibans + deviation[0], 0.0, curve.decibans))
    high = np.maximum.accumulate(np.maximum(curve.decibans + deviation[1], curve.decibans))
    return Fit(curve, Curve(curve.raws, low, tails[ends[0]]), Curve(curve.raws, high, tails[ends[1]]))


def _replicate(
    rising: Scores, subjects: NDArray[np.int64], at: NDArray[np.int64], last: float, rng: np.random.Generator
) -> tuple[Scores, Tail]:
    """Draw subjects; return the decibans at the knots, which are at places `at` of the rising scores, and the tail."""
    times = rng.poisson(1.0, int(subjects.max()) + 1)
    weights = times[subjects[:, 0]] * times[subjects[:, 1]]
    as_high = np.cumsum(weights[::-1])[::-1]
    shares = np.maximum(as_high[at], 0.5) / max(as_high[0], 1)
    top = slice(max(0, len(rising) - 2 * TAIL), None)  # where there are many copies, fewer scores make the tail
    highest = np.repeat(rising[top], weights[top])
    return -10.0 * np.log10(np.minimum(shares, 1.0)), fit_tail(highest[-TAIL:], last)


def fit_curve(scores: Scores) -> Curve:
    """Return the curve of non-mated scores.

    Knots run from the lowest score, 0 decibans, to where LAST_KNOT scores are as high. They lie at scores that occur,
    about STEP decibans apart, each with the share of scores at least as high. Between scores that many pairs share,
    knots lie wider apart, and the straight line there claims less than the data would.

    Raises:
        UnusableDataset: the scores vary too little.
    """
    rising = np.sort(scores)
    count = len(rising)
    steps = np.arange(0.0, 10.0 * math.log10(count / LAST_KNOT), STEP)
    as_high = np.append(np.ceil(count * 10.0 ** (-steps / 10.0)).astype(np.int64), LAST_KNOT)
    raws = np.unique(rising[count - as_high])
    shares = (count - np.searchsorted(rising, raws, side="left")) / count
    if len(raws) < 2:
        raise UnusableDataset("The non-mated scores hardly vary, so they say nothing of false match rates.")
    return Curve(raws, -10.0 * np.log10(shares) + 0.0, fit_tail(rising[-TAIL:], float(raws[-1])))


def fit_tail(highest: Scores, last_knot: float) -> Tail:
    """Fit a generalised Pareto distribution to the highest scores, rising, and carry it to the last knot.

    By probability-weighted moments; an estimate with a finite end (shape < 0) is replaced by the exponential of the
    same mean, which claims less. Past a higher start the scale is `scale + shape * (higher - start)`, the shape the
    same.
    Sources: Hosking, Wallis, Technometrics 29(3), 1987, section 3; Coles, An Introduction to Statistical Modeling of
    Extreme Values, 2001, section 4.2.

    Raises:
        UnusableDataset: the highest scores do not vary.
    """
    start = float(highest[0])
    excess = highest[highest > start] - start
    n = len(excess)
    if n < LAST_KNOT or excess[0] == excess[-1]:
        raise UnusableDataset("The highest non-mated scores hardly vary, so they cannot be extrapolated.")
    mean = float(excess.mean())
    weighted = float(np.mean(excess * (n - np.arange(1, n + 1)) / (n - 1)))  # estimates E[X (1 - F(X))]
    shape = 2.0 - mean / (mean - 2.0 * weighted)
    if shape <= 0.0:
        return Tail(mean, 0.0)
    scale = 2.0 * mean * weighted / (mean - 2.0 * weighted)
    return Tail(scale + shape * (last_knot - start), shape)


def fitted_content(fitted: Fit) -> dict[str, Any]:
    """Return the part of a calibration file that says what was fitted."""
    curve, low, high = fitted.curve, fitted.low, fitted.high
    knots = zip(curve.raws, curve.decibans, low.decibans, high.decibans, strict=True)
    return {
        "knots": [(float(raw), *(round(float(value), 4) + 0.0 for value in values)) for raw, *values in knots],
        "tail": asdict(curve.tail),
        "tail_low": asdict(low.tail),
        "tail_high": asdict(high.tail),
    }
