"""A calibration that is learned from the strangers in a gallery, in the form of the files that are shipped.

The shipped calibration gives decibans that are safe for people who are not known. `LearnedScale` corrects them by what
the gallery's own people show, and `Blend` weighs the result by how many they are. What is stated of a score is
the low end of an interval, as always: the interval follows from which people there were (a bootstrap over people).

The data support the learned scale up to where LAST_PAIRS pairs of people score as high, and the shipped one up to its
own bound; the higher of the two counts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometrics.matching.calibration import FORMAT, Calibration, Tail
from biometrics.matching.learned_scale import (
    MIN_COMPARISONS,
    MIN_SUBJECTS,
    Blend,
    LearnedScale,
    pairs_as_numbers,
    places_of,
)

LAST_PAIRS = 30  # pairs of people that score as high where the data end
REPLICATES = 60  # of the bootstrap
MATE_MARGIN = 20.0  # decibans beyond what chance brings about once: two records that agree so well may be one person
_SEED = 20261128  # any fixed number, so that the same comparisons give the same scale


class NotLearnable(ValueError):
    """The comparisons are too few, or vary too little."""


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


def learn(shipped: Calibration, compared: Comparisons) -> dict[str, Any]:
    """Return the content of a calibration that is learned from comparisons.

    Raises:
        NotLearnable: they are too few.
    """
    compared, left_out = without_mates(shipped, compared)
    people = compared.person_count
    if len(compared.scores) < MIN_COMPARISONS or people < MIN_SUBJECTS:
        raise NotLearnable(f"{len(compared.scores)} comparisons of {people} people are too few to learn from.")
    decibans = shipped.curve.at_each(compared.scores)
    try:
        blend = Blend.of(LearnedScale.fit(decibans, compared.people), people)
    except ValueError as error:
        raise NotLearnable(str(error)) from error
    curve = shipped.curve.corrected(blend)
    drawn = _replicates(decibans, compared.people, people)
    at_knots = np.array([each.at(shipped.curve.decibans) for each in drawn])
    slopes = np.array([each.slope for each in drawn])
    low_dev, high_dev = np.quantile(at_knots, (0.025, 0.975), axis=0) - np.median(at_knots, axis=0)
    low_slope, high_slope = np.quantile(slopes, (0.025, 0.975)) - np.median(slopes)
    end = _end_of_data(shipped, decibans, compared.people)
    low = np.maximum.accumulate(np.clip(curve.decibans + low_dev, 0.0, curve.decibans))
    past = shipped.curve.raws > end  # there the shipped scale alone can support more
    reached = float(np.interp(end, shipped.curve.raws, low))
    low[past] = np.maximum(reached, np.minimum(low, shipped.low.decibans * shipped.spread[0])[past])
    low = np.minimum(np.maximum.accumulate(low), curve.decibans)
    high = np.maximum.accumulate(np.maximum(curve.decibans + high_dev, curve.decibans))
    knots = zip(curve.raws, curve.decibans, low, high, strict=True)
    return {
        "format": FORMAT,
        "modality": shipped.modality.value,
        "model": shipped.model,
        "knots": [(float(raw), *(round(float(value), 4) + 0.0 for value in values)) for raw, *values in knots],
        "tail": asdict(curve.tail),
        "tail_low": asdict(_steeper(shipped.curve.tail, blend.slope + float(low_slope))),
        "tail_high": asdict(_steeper(shipped.curve.tail, blend.slope + float(high_slope))),
        "spread": None,
        "supported": max(end, shipped.supported),
        "non_mated": len(compared.scores),
        "subjects": people,
        "corrects": shipped.digest,
        "weight": round(blend.weight, 4),
        "left_out": left_out,
    }


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


def _replicates(decibans: NDArray[np.float64], people: NDArray[np.int64], count: int) -> list[Blend]:
    """Fit again with people drawn with replacement: a comparison counts as often as both its people were drawn."""
    numbers, places = np.unique(people, return_inverse=True)
    places = places.reshape(-1, 2)
    rng = np.random.default_rng(_SEED)
    fitted: list[Blend] = []
    for _ in range(REPLICATES):
        times = rng.poisson(1.0, len(numbers))
        weights = times[places[:, 0]] * times[places[:, 1]]
        chosen = np.repeat(np.arange(len(decibans)), weights)
        try:
            fitted.append(Blend.of(LearnedScale.fit(decibans[chosen], people[chosen]), count))
        except ValueError:
            continue  # of a small gallery, a draw may hold too few
    if len(fitted) < REPLICATES // 2:
        raise NotLearnable("Most draws of these people hold too few comparisons to learn from.")
    return fitted


def _end_of_data(shipped: Calibration, decibans: NDArray[np.float64], people: NDArray[np.int64]) -> float:
    """Return the last knot that LAST_PAIRS pairs of people reach; a knot, so that it reveals no single score."""
    order = np.argsort(decibans, kind="stable")
    end = float(decibans[order][-places_of(LAST_PAIRS, people[order])])
    reached = np.flatnonzero(shipped.curve.decibans <= end)
    return float(shipped.curve.raws[reached[-1]])


def _steeper(tail: Tail, slope: float) -> Tail:
    return tail.times(max(slope, 0.01))
