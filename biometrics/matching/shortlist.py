"""Which of the templates that the indexes found are worth an exact comparison."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from biometrics.matching.ports import Hits


def most_alike(results: Sequence[Hits], limit: int) -> list[NDArray[np.int64]]:
    """Choose the templates to compare exactly: for each probe those of the people who rank best over all probes.

    About `limit` in all, and the first ones of each probe in any case. The scores of different people fall off
    exponentially in the tail where the hits lie, so that the excess over the last hit, in units of its mean, is the
    logarithm of how rare it is (as a generalised Pareto tail of shape 0), and adds up over probes.
    """
    people = np.concatenate([hits.people for hits in results])
    rarity = np.concatenate([_rarity(hits.scores) for hits in results])
    persons, of_person = np.unique(people, return_inverse=True)
    best = np.zeros((len(results), len(persons)))
    starts = np.cumsum([0, *(len(hits.ids) for hits in results)])
    for row, start, end in zip(best, starts[:-1], starts[1:], strict=True):
        np.maximum.at(row, of_person[start:end], rarity[start:end])
    order = np.argsort(-best.sum(axis=0), kind="stable")
    rank = np.empty(len(persons), np.int64)
    rank[order] = np.arange(len(persons))
    by_rank = np.cumsum(np.bincount(rank[of_person], minlength=len(persons)))
    last = int(np.searchsorted(by_rank, limit))  # of the people whose templates fit the limit
    first = limit // (2 * len(results))
    chosen = []
    for hits, start, end in zip(results, starts[:-1], starts[1:], strict=True):
        is_chosen = rank[of_person[start:end]] <= last
        is_chosen[:first] = True
        chosen.append(hits.ids[is_chosen])
    return chosen


def pieces(ids: NDArray[np.int64], at_most: int) -> list[NDArray[np.int64]]:
    """Divide templates among threads: into the fewest pieces within the limit, of even lengths.

    A short last piece would leave one of two threads waiting for the other.
    """
    return np.array_split(ids, -(-len(ids) // at_most)) if len(ids) else []


def _rarity(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the excess of each score over the last one, in units of their mean, which is at least a little."""
    excess = scores.astype(np.float64) - (scores[-1] if len(scores) else 0.0)
    typical = float(np.median(excess)) / np.log(2) if len(scores) else 1.0  # the mean would follow the mate
    return np.asarray(excess / max(typical, 1e-9 * float(np.abs(scores).max(initial=1.0))))
