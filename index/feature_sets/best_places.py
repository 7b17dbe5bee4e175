"""The best of many millions of scores, without putting them in order."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.compiler import njit

_SHIFT = 16  # bits of a score that its bin leaves out: a positive number of 32 bits grows with its bits
_BINS = 1 << (31 - _SHIFT)
_PIECE = 1 << 20  # scores that one thread looks at


def best_places(scores: Sequence[NDArray[np.float32]], count: int, threads: Executor) -> list[NDArray[np.int64]]:
    """Return the places of the `count` best positive scores of some arrays, or of all positive ones where fewer.

    The places are in their order. Of equal scores the first are taken: those of the first array, and there in order.
    """
    begins = [(part, begin) for part, part_scores in enumerate(scores) for begin in range(0, len(part_scores), _PIECE)]
    pieces = [scores[part][begin : begin + _PIECE] for part, begin in begins]
    bins = np.zeros((len(pieces), _BINS), np.int64)
    for _ in threads.map(_count, pieces, bins):
        pass
    from_best = np.cumsum(bins.sum(axis=0)[::-1])
    min_bin = max(_BINS - 1 - int(np.searchsorted(from_best, count)), 0)  # the bin of the last one
    places_found = [np.empty(int(counts[min_bin:].sum()) + 1, np.int64) for counts in bins]  # `_find` writes one more
    for _ in threads.map(_find, pieces, [min_bin] * len(pieces), places_found):
        pass
    places: list[list[NDArray[np.int64]]] = [[] for _ in scores]
    for (part, begin), piece_places in zip(begins, places_found, strict=True):
        places[part].append(piece_places[:-1] + begin)
    return _first_best(scores, [np.concatenate([np.empty(0, np.int64), *part_places]) for part_places in places], count)


def _first_best(
    scores: Sequence[NDArray[np.float32]], places: list[NDArray[np.int64]], count: int
) -> list[NDArray[np.int64]]:
    """Return the `count` best of some places, which have all that are better; of equal ones the first."""
    values = np.concatenate([np.empty(0, np.float32), *(part[at] for part, at in zip(scores, places, strict=True))])
    if len(values) <= count:
        return places
    worst = np.partition(values, len(values) - count)[len(values) - count]
    equal = count - int(np.count_nonzero(values > worst))
    best = []
    for part, at in zip(scores, places, strict=True):
        is_in = part[at] > worst
        ties = np.flatnonzero(part[at] == worst)[:equal]
        equal -= len(ties)
        is_in[ties] = True
        best.append(at[is_in])
    return best


@njit()
def _count(scores: NDArray[np.float32], bins: NDArray[np.int64]) -> None:
    """Count the positive scores in each bin."""
    bits = scores.view(np.uint32)
    for i in range(len(scores)):
        if scores[i] > 0:
            bins[bits[i] >> np.uint32(_SHIFT)] += 1


@njit()
def _find(scores: NDArray[np.float32], min_bin: int, places: NDArray[np.int64]) -> None:
    """Write the places of the positive scores of a bin and those above it, and one more."""
    bits, count = scores.view(np.uint32), 0
    for i in range(len(scores)):
        places[count] = i  # written over where it is not one: quicker than a branch that cannot be foreseen
        count += int(scores[i] > 0 and np.int64(bits[i] >> np.uint32(_SHIFT)) >= min_bin)
