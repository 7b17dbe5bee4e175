"""How alike two sets of local features are at first sight, compiled: quick enough for every print of a gallery.

numba's on-disk cache notices a change of a kernel's own file only.
"""

from __future__ import annotations

from math import pi
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from biometrics.common.bits import popcount
from biometrics.matching.local_features import CODE_BITS, DIRECTIONS, MOST
from index.feature_sets.prefetch import prefetch

CHUNK = 1024  # features compared at a time: with their nearest, what the processor's nearest cache holds
_AHEAD = 4  # prints between asking for one and comparing it
_LINE = 8  # codes that the processor fetches at once
_PLACE_BITS = np.uint64(8)  # of the number of the probe's nearest feature, below the number of differing bits
_PLACE = np.uint64(255)
_FARTHEST = np.uint64(CODE_BITS << 8 | MOST)
_BINS, _BIN = 32, np.uint8(3)  # of how far the one print is turned against the other: 32 of 11 degrees
TURN = 2 * pi / DIRECTIONS  # radians a step


class QuickParameters(NamedTuple):
    """What makes two sets alike at first sight; one setting for every gallery."""

    reach: int = 43  # differing bits, of 128, from which on two codes say nothing; others differ in 64 +- 6
    spread: int = 1  # bins to either side of a rotation that agree with it
    crowd: float = 10.0  # features; a print of n finds by chance as many partners as (n + crowd) ** growth
    growth: float = 0.75


class FeatureSets(NamedTuple):
    """Features of many prints one after the other: the halves of their codes; `points` of shape (n, 2), x and y."""

    first: NDArray[np.uint64]
    second: NDArray[np.uint64]
    points: NDArray[np.int16]
    directions: NDArray[np.uint8]


@njit(cache=True, nogil=True)
def quick_likeness(
    probe: FeatureSets,
    sets: FeatureSets,
    starts: NDArray[np.int64],
    counts: NDArray[np.uint8],
    rows: NDArray[np.int64],
    parameters: QuickParameters,
    scores: NDArray[np.float32],
) -> None:
    """Write the quick score of some rows: how far the probe's nearest feature to each is within reach, summed.

    Only features count that agree on how far the one print is turned against the other: the best such angle decides.
    The sum is divided by what chance alone gives a print of so many features, or small mates would be lost among large
    strangers.
    """
    by_chance = ((np.arange(256) + parameters.crowd) ** parameters.growth).astype(np.float32)
    first, second = np.empty(CHUNK, np.uint64), np.empty(CHUNK, np.uint64)
    directions, nearest = np.empty(CHUNK, np.uint8), np.empty(CHUNK, np.uint64)
    votes = np.empty(_BINS, np.int64)
    at = 0
    while at < len(rows):
        beyond, size = at, 0
        while beyond < len(rows) and size + counts[rows[beyond]] <= CHUNK:
            if beyond + _AHEAD < len(rows):
                _ask_for(sets, starts[rows[beyond + _AHEAD]], counts[rows[beyond + _AHEAD]])
            begin, count = starts[rows[beyond]], counts[rows[beyond]]
            for j in range(count):
                first[size + j], second[size + j] = sets.first[begin + j], sets.second[begin + j]
            for j in range(count):
                directions[size + j] = sets.directions[begin + j]
            size += count
            beyond += 1
        _find_nearest(probe, first[:size], second[:size], nearest)
        end = 0
        for i in range(at, beyond):
            votes[:] = 0
            begin, end = end, end + counts[rows[i]]
            for j in range(begin, end):
                code = nearest[j]
                differing = np.int64(code >> _PLACE_BITS)
                if differing < parameters.reach:
                    turned = np.uint8(directions[j] - probe.directions[code & _PLACE])
                    votes[turned >> _BIN] += parameters.reach - differing
            scores[i] = np.float32(_most_in_a_row(votes, parameters.spread)) / by_chance[counts[rows[i]]]
        at = beyond


@njit(cache=True, nogil=True)
def _ask_for(sets: FeatureSets, begin: int, count: int) -> None:
    """Have a print's features on their way while others are compared: prints of one finger lie far apart."""
    for j in range(begin, begin + count + _LINE - 1, _LINE):
        prefetch(sets.first, j)
        prefetch(sets.second, j)
    prefetch(sets.directions, begin)
    prefetch(sets.directions, begin + count)


@njit(cache=True, nogil=True)
def likely_pairs(
    probe: FeatureSets,
    sets: FeatureSets,
    begin: int,
    end: int,
    reach: int,
    pairs: NDArray[np.int64],
    weights: NDArray[np.float32],
) -> int:
    """Write the pairs (feature of the probe, of a print), each feature with its nearest; return how many."""
    nearest = np.empty(MOST, np.uint64)
    _find_nearest(probe, sets.first[begin:end], sets.second[begin:end], nearest)
    count = 0
    for j in range(begin, end):
        code = nearest[j - begin]
        differing = np.int64(code >> _PLACE_BITS)
        if differing < reach:
            pairs[count, 0], pairs[count, 1] = code & _PLACE, j
            weights[count] = reach - differing
            count += 1
    return count


@njit(cache=True, nogil=True)
def _find_nearest(
    probe: FeatureSets, first: NDArray[np.uint64], second: NDArray[np.uint64], nearest: NDArray[np.uint64]
) -> None:
    """Find for each code the nearest of the probe's: the number of differing bits, and below it the probe's place.

    Four of the probe's codes at a time, in a loop without branches, so that it becomes vector instructions.
    """
    count, n = len(first), len(probe.first)
    nearest[:count] = _FARTHEST
    i = 0
    while i + 4 <= n:
        a0, b0, c0, d0 = probe.first[i], probe.first[i + 1], probe.first[i + 2], probe.first[i + 3]
        a1, b1, c1, d1 = probe.second[i], probe.second[i + 1], probe.second[i + 2], probe.second[i + 3]
        a2, b2, c2, d2 = np.uint64(i), np.uint64(i + 1), np.uint64(i + 2), np.uint64(i + 3)
        for j in range(count):
            x, y = first[j], second[j]
            a = ((popcount(a0 ^ x) + popcount(a1 ^ y)) << _PLACE_BITS) | a2
            b = ((popcount(b0 ^ x) + popcount(b1 ^ y)) << _PLACE_BITS) | b2
            c = ((popcount(c0 ^ x) + popcount(c1 ^ y)) << _PLACE_BITS) | c2
            d = ((popcount(d0 ^ x) + popcount(d1 ^ y)) << _PLACE_BITS) | d2
            nearest[j] = min(min(nearest[j], min(a, b)), min(c, d))
        i += 4
    while i < n:
        a0, a1, a2 = probe.first[i], probe.second[i], np.uint64(i)
        for j in range(count):
            a = ((popcount(a0 ^ first[j]) + popcount(a1 ^ second[j])) << _PLACE_BITS) | a2
            nearest[j] = min(nearest[j], a)
        i += 1


@njit(cache=True, nogil=True)
def _most_in_a_row(votes: NDArray[np.int64], spread: int) -> np.int64:
    """Return the largest sum of 2 * spread + 1 bins in a row, around the circle."""
    total = np.int64(0)
    for i in range(-spread, spread + 1):
        total += votes[i]
    most = total
    for i in range(1, _BINS):
        total += votes[(i + spread) % _BINS] - votes[(i - spread - 1) % _BINS]
        most = max(most, total)
    return most
