"""Compare prints of which there are several views: latents, which the extractor sees in several orientations."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, fsum, log

import numpy as np
from numpy.typing import NDArray

from fingerprint.matching.cylinders import PreparedPrint
from fingerprint.matching.kernels.batch import batch
from fingerprint.matching.matcher import match
from fingerprint.matching.parameters import LATENT, MatchParameters
from fingerprint.parameters import ASPECTS

Aspects = Sequence[Sequence[PreparedPrint]]  # the views of a print as it is; of a latent in each of `ASPECTS` as well

_PARAMETERS = MatchParameters()
_FIRST = 0.25  # of the weight of a latent's views, that goes to the first one alone (docs/latents.md)
_STRETCH = 0.5  # of the logarithm of the odds, for a latent stretched by a factor of e, and with the logarithm's square


def match_views(
    probe: Sequence[PreparedPrint],
    candidates: Sequence[Sequence[PreparedPrint]],
    parameters: MatchParameters = _PARAMETERS,
) -> NDArray[np.float64]:
    """Return the similarity of `probe` to each candidate: the mean of `match` over all pairs of their views.

    Shape (len(candidates),). It is exactly the same when probe and candidate change places.
    """
    pairs = _all_pairs(probe, candidates, parameters)
    if len(probe) == 1 and all(len(candidate) == 1 for candidate in candidates):
        return np.array([view_scores[0, 0] for view_scores in pairs])
    return np.array([_mean(view_scores) for view_scores in pairs])


def match_latent(
    probe: Aspects, candidates: Sequence[Aspects], parameters: MatchParameters = LATENT
) -> NDArray[np.float64]:
    """Return the similarity of `probe` to each candidate, one of the two being a latent: 0 to 1.

    A latent is compared in the aspect in which the first views are most alike. The odds of the pairs of views are
    averaged by their logarithms, so that a stranger does not come first by chance in one of them. The first view of a
    latent, which the network sees as it sees the print that the latent would lie on, counts more. Shape
    (len(candidates),). It is exactly the same when probe and candidate change places.
    """
    scores = np.zeros(len(candidates))
    best = best_aspects(probe, candidates, parameters)
    for pair in set(best):
        chosen = [number for number, aspects in enumerate(best) if aspects == pair]
        pairs = _all_pairs(probe[pair[0]], [candidates[number][pair[1]] for number in chosen], parameters)
        scores[chosen] = [
            _mean_of_logarithms(view_scores, _cost(pair), parameters.ridges.least_score) for view_scores in pairs
        ]
    return scores


def best_aspects(
    probe: Aspects, candidates: Sequence[Aspects], parameters: MatchParameters = LATENT
) -> list[tuple[int, int]]:
    """Return the aspects, of the probe and of each candidate, in which their first views are most alike.

    Only one of two latents is stretched at a time.
    """
    pairs = [(0, 0), *((aspect, 0) for aspect in range(1, len(probe)))]
    pairs += [(0, aspect) for aspect in range(1, max(map(len, candidates), default=0))]
    if len(pairs) == 1:
        return pairs * len(candidates)
    odds = np.full((len(pairs), len(candidates)), -np.inf)
    for row, (probe_aspect, other) in enumerate(pairs):
        usable = [number for number, candidate in enumerate(candidates) if other < len(candidate)]
        scores = match(probe[probe_aspect][0], [candidates[number][other][0] for number in usable], parameters)
        odds[row, usable] = np.log(scores / (1.0 - scores) + parameters.ridges.least_score) - _cost(
            (probe_aspect, other)
        )
    return [pairs[row] for row in odds.argmax(axis=0)]


def _cost(pair: tuple[int, int]) -> float:
    """Return what is taken off the logarithm of the odds: the more a latent is stretched, the less likely it is."""
    return _STRETCH * log(ASPECTS[max(pair)]) ** 2


def _mean_of_logarithms(scores: NDArray[np.float64], cost: float, least_odds: float) -> float:
    if scores.size == 1 and cost == 0.0:
        return float(scores[0, 0])
    rows, columns = (_weights(count) for count in scores.shape)
    weighted = np.log(scores / (1.0 - scores) + least_odds) * (rows[:, None] * columns)
    odds = exp(fsum(weighted.ravel()) - cost) - least_odds
    return max(0.0, odds / (1.0 + odds))


def _weights(views: int) -> NDArray[np.float64]:
    """Return the weights of views: a quarter by the first one, the rest by the mean of all."""
    weights = np.full(views, (1.0 - _FIRST) / views)
    weights[0] += _FIRST
    return weights


def _all_pairs(
    probe: Sequence[PreparedPrint], candidates: Sequence[Sequence[PreparedPrint]], parameters: MatchParameters
) -> list[NDArray[np.float64]]:
    """Return the scores of each candidate's views, a row each, with those of the probe."""
    if not candidates:
        return []
    candidate_views = batch([view for candidate in candidates for view in candidate])
    scores = np.stack([match(view, candidate_views, parameters) for view in probe], axis=1)
    ends = np.cumsum([len(candidate) for candidate in candidates])
    return np.split(scores, ends[:-1])


def _mean(values: NDArray[np.float64]) -> float:
    """Return the mean, the same to the bit in any order of the values."""
    return fsum(values.ravel()) / values.size
