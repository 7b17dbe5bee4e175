"""How alike two sets of local features are at first sight, compiled: quick enough for every print of a gallery.

numba's on-disk cache notices a change of a kernel's own file only.
"""

from __future__ import annotations

from math import pi
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from biometrics.kernel.bits import popcount
from biometrics.matching.local_features import CODE_BITS, DIRECTIONS, MOST, MOST_HELD
from index.feature_sets.bit_planes import TABLE, find_nearest, tabulate
from index.feature_sets.vector_code import BLOCK, LANES, WORD, trailing_zeros

_PLACE_BITS = np.uint64(8)  # of the number of the probe's nearest feature, below the number of differing bits
_PLACE = np.uint64(255)
FARTHEST = np.uint64(CODE_BITS << 8 | MOST)
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


class SegmentArrays(NamedTuple):
    """The prints of a segment in compiled code: see `index.feature_sets.arena.Segment`."""

    planes: NDArray[np.uint64]
    points: NDArray[np.int16]
    directions: NDArray[np.uint8]
    begins: NDArray[np.int64]


@njit(cache=True, nogil=True)
def quick_likeness(
    offsets: NDArray[np.uint8],
    directions: NDArray[np.uint64],
    start: NDArray[np.uint64],
    segment: SegmentArrays,
    rows: NDArray[np.int32],
    met: NDArray[np.bool_],
    first_slot: int,
    last_slot: int,
    parameters: QuickParameters,
    scores: NDArray[np.float32],
) -> None:
    """Write the quick score of the prints in some slots: how far the probe's nearest feature to each is within reach.

    Only features count that agree on how far the one print is turned against the other: the best such angle decides.
    The sum is divided by what chance alone gives a print of so many features, or small mates would be lost among large
    strangers.

    Args:
        offsets: `offsets_of` the probe's codes.
        directions: `bits_of` the probe's directions.
        start: `start_of(parameters.reach)`.
        segment: the prints.
        rows: of the prints by slot, shape (slots,); negative where there is none.
        met: which rows to score. A block of codes without such a print is passed over.
        first_slot: the first slot to score.
        last_slot: the slot after the last one.
        parameters: what makes two sets alike.
        scores: written, shape (slots,); 0 where nothing is within reach.
    """
    by_chance = ((np.arange(MOST_HELD + 1) + parameters.crowd) ** parameters.growth).astype(np.float32)
    table, near = np.empty(TABLE, np.uint64), np.empty(LANES, np.uint64)
    weights, nearest = np.empty(BLOCK, np.uint8), np.empty(BLOCK, np.uint8)
    votes, spread = np.zeros(_BINS, np.int64), parameters.spread
    most = np.int64(0)  # of the votes for the print in `slot`
    begins, slot = segment.begins, first_slot
    for block in range(begins[first_slot] // BLOCK, -(-begins[last_slot] // BLOCK)):
        start_of_block, end_of_block = block * BLOCK, (block + 1) * BLOCK
        at, any_wanted = slot, False
        while at < last_slot and begins[at] < end_of_block:
            any_wanted |= rows[at] >= 0 and met[rows[at]]
            at += 1
        if any_wanted:
            tabulate(segment.planes, block, table)
            upcoming = min(block + 1, len(segment.planes) - 1)
            find_nearest(table, offsets, directions, start, near, weights, nearest, segment.planes, upcoming)
        while slot < last_slot and begins[slot] < end_of_block:
            if rows[slot] >= 0 and met[rows[slot]]:
                begin = max(begins[slot], start_of_block) - start_of_block
                end = min(begins[slot + 1], end_of_block) - start_of_block
                most = _vote(
                    segment.directions, start_of_block, begin, end, spread, near, weights, nearest, votes, most
                )
            if begins[slot + 1] > end_of_block:
                break
            if most > 0:
                scores[slot] = np.float32(most) / by_chance[begins[slot + 1] - begins[slot]]
                most = np.int64(0)
                for turned in range(_BINS):
                    votes[turned] = 0
            slot += 1


@njit(cache=True, nogil=True)
def _vote(
    directions: NDArray[np.uint8],
    start_of_block: int,
    begin: int,
    end: int,
    spread: int,
    near: NDArray[np.uint64],
    weights: NDArray[np.uint8],
    nearest: NDArray[np.uint8],
    votes: NDArray[np.int64],
    most: np.int64,
) -> np.int64:
    """Add up by rotation what the codes of a block from `begin` to `end` are within reach; return the largest sum."""
    for lane in range(begin // WORD, -(-end // WORD)):
        low, high = max(begin - lane * WORD, 0), min(end - lane * WORD, WORD)
        word = near[lane] >> np.uint64(low) << np.uint64(low)
        word = word << np.uint64(WORD - high) >> np.uint64(WORD - high)
        while word:
            place = lane * WORD + np.int64(trailing_zeros(word))
            word &= word - np.uint64(1)
            turned = np.uint8(directions[start_of_block + place] - nearest[place])
            for other in range(-spread, spread + 1):
                around = ((turned >> _BIN) + other) & (_BINS - 1)
                votes[around] += weights[place]
                most = max(most, votes[around])
    return most


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
    nearest = np.empty(MOST_HELD, np.uint64)
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
    nearest[:count] = FARTHEST
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
