"""A calibration that is learned from the strangers in a gallery, in the form of the files that are shipped.

The shipped calibration gives decibans that are safe for people who are not known. `LearnedScale` corrects them by what
the gallery's own people show, and `Blend` weighs the result by how many they are. Each block of people (see
`biometrics.matching.teaching`) is learned from by itself, and the median of the blocks counts, so that no unit or
account can move the scale. What is stated of a score is the low end of an interval, as always: the interval follows
from which people there were (a bootstrap over the people of each block).

The data support the learned scale up to where LAST_PAIRS pairs of people of a block score as high, and the shipped one
up to its own bound; the higher of the two counts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from hashlib import sha256
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from biometrics.matching.calibration import FORMAT, Calibration, Curve, Tail
from biometrics.matching.learned_scale import (
    MIN_COMPARISONS,
    MIN_SUBJECTS,
    Blend,
    LearnedScale,
    pairs_as_numbers,
    places_of,
)
from biometrics.matching.teaching import NotLearnable

LAST_PAIRS = 30  # pairs of people that score as high where the data end
REPLICATES = 60  # of the bootstrap
MATE_MARGIN = 20.0  # decibans beyond what chance brings about once: two records that agree so well may be one person
_SEED = 20261128  # any fixed number, so that the same comparisons give the same scale


@dataclass(frozen=True)
class Comparisons:
    """Non-mated comparisons within a gallery: raw scores, shape (n,), and the two people of each as numbers, (n, 2)."""

    scores: NDArray[np.float64]
    people: NDArray[np.int64]

    @property
    def person_count(self) -> int:
        """How many people there are."""
        return len(np.unique(self.people))

    def only(self, chosen: NDArray[np.bool_]) -> Comparisons:
        """Keep some comparisons."""
        return Comparisons(self.scores[chosen], self.people[chosen])


def learn(shipped: Calibration, blocks: Sequence[Comparisons]) -> dict[str, Any]:
    """Return the content of a calibration that is learned from the comparisons of each block.

    Raises:
        NotLearnable: `too_few_comparisons` in a block.
    """
    kept = [without_mates(shipped, compared) for compared in blocks]
    learners = [_Learner.of(shipped, compared) for compared, _ in kept]
    knots, tail = shipped.curve.decibans, shipped.curve.tail
    scales = [learner.fit() for learner in learners]
    curve = Curve(shipped.curve.raws, _middle([scale.at(knots) for scale in scales]), tail)
    slope = float(np.median([scale.slope for scale in scales]))
    drawn = _replicates(learners)
    at_knots = np.array([_middle([scale.at(knots) for scale in each]) for each in drawn])
    slopes = np.array([float(np.median([scale.slope for scale in each])) for each in drawn])
    low_dev, high_dev = np.quantile(at_knots, (0.025, 0.975), axis=0) - np.median(at_knots, axis=0)
    low_slope, high_slope = np.quantile(slopes, (0.025, 0.975)) - np.median(slopes)
    end = float(np.median([_end_of_data(shipped, learner) for learner in learners]))
    low = np.maximum.accumulate(np.clip(curve.decibans + low_dev, 0.0, curve.decibans))
    past = shipped.curve.raws > end  # there the shipped scale alone can support more
    reached = float(np.interp(end, shipped.curve.raws, low))
    low[past] = np.maximum(reached, np.minimum(low, shipped.low.decibans * shipped.spread[0])[past])
    low = np.minimum(np.maximum.accumulate(low), curve.decibans)
    high = np.maximum.accumulate(np.maximum(curve.decibans + high_dev, curve.decibans))
    rows = zip(curve.raws, curve.decibans, low, high, strict=True)
    return {
        "format": FORMAT,
        "modality": shipped.modality,
        "model": shipped.model,
        "knots": [(float(raw), *(round(float(value), 4) + 0.0 for value in values)) for raw, *values in rows],
        "tail": asdict(_steeper(tail, slope)),
        "tail_low": asdict(_steeper(tail, slope + float(low_slope))),
        "tail_high": asdict(_steeper(tail, slope + float(high_slope))),
        "spread": None,
        "supported": max(end, shipped.supported),
        "non_mated": sum(len(learner.decibans) for learner in learners),
        "subjects": sum(learner.person_count for learner in learners),
        "mated": None if shipped.mated is None else shipped.mated.content(),
        "corrects": shipped.digest,
        "weight": round(min(scale.weight for scale in scales), 4),
        "left_out": sum(left_out for _, left_out in kept),
    }


@dataclass(frozen=True)
class _Learner:
    """The comparisons of one block: shipped decibans, shape (n,), and the two people of each, (n, 2)."""

    decibans: NDArray[np.float64]
    people: NDArray[np.int64]
    person_count: int

    @classmethod
    def of(cls, shipped: Calibration, compared: Comparisons) -> Self:
        """Score the comparisons by the shipped scale.

        Raises:
            NotLearnable: they are too few.
        """
        people = compared.person_count
        if len(compared.scores) < MIN_COMPARISONS or people < MIN_SUBJECTS:
            raise NotLearnable(
                "too_few_comparisons",
                f"{len(compared.scores)} comparisons of {people} people of a group of units are too few to learn from.",
            )
        return cls(shipped.curve.at_each(compared.scores), compared.people, people)

    def fit(self, chosen: NDArray[np.int64] | None = None) -> Blend:
        """Fit a scale to the comparisons, or to chosen ones.

        Raises:
            NotLearnable: they are too few, or do not vary.
        """
        rows = slice(None) if chosen is None else chosen
        try:
            return Blend.of(LearnedScale.fit(self.decibans[rows], self.people[rows]), self.person_count)
        except ValueError as error:
            raise NotLearnable("too_few_comparisons", str(error)) from error


def _middle(of_blocks: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the median of the blocks at each place, which rises as each of them does."""
    return np.asarray(np.median(np.array(of_blocks), axis=0))


@lru_cache(maxsize=64)
def read_scale(text: str) -> Calibration:
    """Read a learned calibration from the text that it is stored as; its digest is that of the text."""
    return replace(Calibration.parse(json.loads(text)), digest=digest_of(text))


def written_scale(content: Mapping[str, Any]) -> str:
    """Return the text that a calibration is stored as."""
    return json.dumps(content, separators=(",", ":"), allow_nan=False)


def digest_of(text: str) -> str:
    """Return the SHA-256 (hex) of a stored calibration."""
    return sha256(text.encode()).hexdigest()


def without_mates(shipped: Calibration, compared: Comparisons) -> tuple[Comparisons, int]:
    """Leave out pairs of people who may be one person on two records; return how many pairs those are.

    The shipped scale claims too little rather than too much, so that chance brings about a score so high in one of a
    hundred galleries.
    """
    if not len(compared.scores):
        return compared, 0
    limit = 10.0 * math.log10(len(compared.scores)) + MATE_MARGIN
    pairs = pairs_as_numbers(compared.people)
    suspected = np.unique(pairs[compared.scores >= shipped.curve.raw_at(limit)])
    return compared.only(~np.isin(pairs, suspected)), len(suspected)


def _replicates(learners: Sequence[_Learner]) -> list[list[Blend]]:
    """Fit all blocks again, REPLICATES times, with people drawn with replacement.

    A comparison counts as often as both its people were drawn.
    """
    rng = np.random.default_rng(_SEED)
    fitted: list[list[Blend]] = []
    for _ in range(REPLICATES):
        try:
            fitted.append([learner.fit(_drawn(learner.people, rng)) for learner in learners])
        except NotLearnable:
            continue  # of a small gallery, a draw may hold too few
    if len(fitted) < REPLICATES // 2:
        raise NotLearnable("too_few_comparisons", "Most draws of these people hold too few comparisons to learn from.")
    return fitted


def _drawn(people: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the places of the comparisons between people drawn with replacement."""
    numbers, places = np.unique(people, return_inverse=True)
    places = places.reshape(-1, 2)
    times = rng.poisson(1.0, len(numbers))
    return np.repeat(np.arange(len(people)), times[places[:, 0]] * times[places[:, 1]])


def _end_of_data(shipped: Calibration, learner: _Learner) -> float:
    """Return the last knot that LAST_PAIRS pairs of people reach; a knot, so that it reveals no single score."""
    order = np.argsort(learner.decibans, kind="stable")
    end = float(learner.decibans[order][-places_of(LAST_PAIRS, learner.people[order])])
    reached = np.flatnonzero(shipped.curve.decibans <= end)
    return float(shipped.curve.raws[reached[-1]])


def _steeper(tail: Tail, slope: float) -> Tail:
    return tail.times(max(slope, 0.01))
