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
from index.feature_sets.bit_planes import (
    BLOCK,
    COUNT_BITS,
    FOUND,
    LANES,
    TABLE,
    WORD,
    find_near,
    tabulate,
    trailing_zeros,
)

_PLACE_BITS = np.uint64(8)  # of the number of the probe's nearest feature, below the number of differing bits
_PLACE = np.uint64(255)
FARTHEST = np.uint64(CODE_BITS << 8 | MOST)
_BINS, _BIN = 32, np.uint8(3)  # of how far the one print is turned against the other: 32 of 11 degrees
_TOGETHER = WORD // LANES  # codes of the probe
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
    probe: FeatureSets,
    offsets: NDArray[np.uint32],
    start: NDArray[np.uint64],
    segment: SegmentArrays,
    wanted: NDArray[np.bool_],
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
        probe: the features searched with.
        offsets: `offsets_of` the probe's codes.
        start: `start_of(parameters.reach)`.
        segment: the prints.
        wanted: which slots to score, shape (slots,). A block of codes without a wanted print is passed over.
        first_slot: the first slot to score.
        last_slot: the slot after the last one.
        parameters: what makes two sets alike.
        scores: written, shape (slots,); 0 where nothing is within reach.
    """
    by_chance = ((np.arange(256) + parameters.crowd) ** parameters.growth).astype(np.float32)
    table, matches = np.empty(TABLE, np.uint64), np.empty((_TOGETHER, FOUND), np.uint64)
    nearest = np.full(BLOCK, FARTHEST, np.uint64)
    touched, votes = np.zeros(LANES, np.uint64), np.zeros(_BINS + 2 * parameters.spread, np.int32)
    any_vote = False  # for the print in `slot`
    begins, slot = segment.begins, first_slot
    for block in range(begins[first_slot] // BLOCK, -(-begins[last_slot] // BLOCK)):
        start_of_block, end_of_block = block * BLOCK, (block + 1) * BLOCK
        at, any_wanted = slot, False
        while at < last_slot and begins[at] < end_of_block:
            any_wanted |= wanted[at]
            at += 1
        if any_wanted:
            _nearest_in_block(segment.planes, block, offsets, start, parameters.reach, table, matches, touched, nearest)
        while slot < last_slot and begins[slot] < end_of_block:
            if wanted[slot]:
                begin = max(begins[slot], start_of_block) - start_of_block
                end = min(begins[slot + 1], end_of_block) - start_of_block
                any_vote |= _vote(
                    probe, segment.directions, start_of_block, begin, end, parameters, touched, nearest, votes
                )
            if begins[slot + 1] > end_of_block:
                break
            if any_vote:
                most = _most_in_a_row(votes, parameters.spread)
                scores[slot] = np.float32(most) / by_chance[begins[slot + 1] - begins[slot]]
                any_vote = False
            slot += 1
        if any_wanted:
            _forget(touched, nearest)


@njit(cache=True, nogil=True)
def _nearest_in_block(
    planes: NDArray[np.uint64],
    block: int,
    offsets: NDArray[np.uint32],
    start: NDArray[np.uint64],
    reach: int,
    table: NDArray[np.uint64],
    matches: NDArray[np.uint64],
    touched: NDArray[np.uint64],
    nearest: NDArray[np.uint64],
) -> None:
    """Find which codes of a block are within reach of any of the probe's, and the nearest of these.

    `touched` has a bit for each code: 0 before. `nearest` has for each code the number of differing bits, and below it
    the probe's place: FARTHEST before, where nothing is written. The hits of some codes of the probe are taken
    together, because the processor cannot foresee whether a code has any.
    """
    tabulate(planes, block, table)
    for first in range(0, len(offsets), _TOGETHER):
        lanes = np.uint64(0)  # for each of these codes 8 bits, one for each word of 64 codes
        for i in range(first, min(first + _TOGETHER, len(offsets))):
            lanes |= find_near(table, offsets[i], start, matches[i - first]) << np.uint64(LANES * (i - first))
        while lanes:
            code, lane = divmod(np.int64(trailing_zeros(lanes)), LANES)
            lanes &= lanes - np.uint64(1)
            word = matches[code, lane]
            touched[lane] |= word
            while word:
                bit = trailing_zeros(word)
                word &= word - np.uint64(1)
                differing = np.int64(reach - CODE_BITS)
                for weight in range(COUNT_BITS):
                    differing += np.int64((matches[code, (1 + weight) * LANES + lane] >> bit) & np.uint64(1)) << weight
                place = lane * WORD + np.int64(bit)
                nearest[place] = min(nearest[place], np.uint64(differing) << _PLACE_BITS | np.uint64(first + code))


@njit(cache=True, nogil=True)
def _vote(
    probe: FeatureSets,
    directions: NDArray[np.uint8],
    start_of_block: int,
    begin: int,
    end: int,
    parameters: QuickParameters,
    touched: NDArray[np.uint64],
    nearest: NDArray[np.uint64],
    votes: NDArray[np.int32],
) -> bool:
    """Add up by rotation what the codes of a block from `begin` to `end` are within reach; say whether any is."""
    any_vote = False
    for lane in range(begin // WORD, -(-end // WORD)):
        low, high = max(begin - lane * WORD, 0), min(end - lane * WORD, WORD)
        word = touched[lane] >> np.uint64(low) << np.uint64(low)
        word = word << np.uint64(WORD - high) >> np.uint64(WORD - high)
        while word:
            place = lane * WORD + np.int64(trailing_zeros(word))
            word &= word - np.uint64(1)
            code = nearest[place]
            turned = np.uint8(directions[start_of_block + place] - probe.directions[code & _PLACE])
            votes[turned >> _BIN] += parameters.reach - np.int64(code >> _PLACE_BITS)
            any_vote = True
    return any_vote


@njit(cache=True, nogil=True)
def _forget(touched: NDArray[np.uint64], nearest: NDArray[np.uint64]) -> None:
    """Undo what `_nearest_in_block` wrote."""
    nearest[:] = FARTHEST
    touched[:] = 0


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


@njit(cache=True, nogil=True)
def _most_in_a_row(votes: NDArray[np.int32], spread: int) -> np.int32:
    """Return the largest sum of the votes in 2 * spread + 1 bins in a row, around the circle, and clear them."""
    votes[_BINS:] = votes[: 2 * spread]
    most = np.int32(0)
    for first in range(_BINS):
        total = np.int32(0)
        for other in range(2 * spread + 1):
            total += votes[first + other]
        most = max(most, total)
    votes[:] = 0
    return most
