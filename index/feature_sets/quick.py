"""How alike two sets of local features are at first sight, compiled: quick enough for every print of a gallery.

numba's on-disk cache notices a change of a kernel's own file only: after editing `lanes.py`, remove `__pycache__`.
"""

from __future__ import annotations

from math import pi
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from biometrics.kernel.bits import popcount
from biometrics.matching.local_features import CODE_BITS, DIRECTIONS, MOST, MOST_HELD
from index.feature_sets.cells import CELLS, ProbeCells
from index.feature_sets.lanes import LANES, WORD, near_lanes, set_bytes, trailing_zeros

_PLACE_BITS = np.uint64(8)  # of the number of the probe's nearest feature, below the number of differing bits
_PLACE = np.uint64(255)
FARTHEST = np.uint64(CODE_BITS << 8 | MOST)
_BINS, _BIN = 32, np.uint8(3)  # of how far the one print is turned against the other: 32 of 11 degrees
_SPREAD = 1  # bins to either side of a rotation that agree with it
_STRIDE = MOST_HELD + WORD  # bytes; one for each feature of a print: which codes of a part are near
TURN = 2 * pi / DIRECTIONS  # radians a step


class QuickParameters(NamedTuple):
    """What makes two sets alike at first sight; one setting for every gallery."""

    reach: int = 43  # differing bits, of 128, from which on two codes say nothing; others differ in 64 +- 6
    crowd: float = 10.0  # features; a print of n finds by chance as many partners as (n + crowd) ** growth
    growth: float = 0.75


class FeatureSets(NamedTuple):
    """Features of many prints one after the other: the halves of their codes; `points` of shape (n, 2), x and y."""

    first: NDArray[np.uint64]
    second: NDArray[np.uint64]
    points: NDArray[np.int16]
    directions: NDArray[np.uint8]


class SegmentArrays(NamedTuple):
    """The prints of a segment in compiled code: see `index.feature_sets.segment.Segment`."""

    first: NDArray[np.uint64]
    second: NDArray[np.uint64]
    cells: NDArray[np.uint8]
    points: NDArray[np.int16]
    directions: NDArray[np.uint8]
    begins: NDArray[np.int64]


@njit(cache=True, nogil=True)
def quick_likeness(
    probe: ProbeCells,
    segment: SegmentArrays,
    rows: NDArray[np.int32],
    met: NDArray[np.bool_],
    first_slot: int,
    last_slot: int,
    parameters: QuickParameters,
    scores: NDArray[np.float32],
) -> None:
    """Write the quick score of the prints in some slots: how far the probe's nearest feature to each is within reach.

    Of the probe only the features near a cell are compared with those of prints that lie there; see `cells`.
    Only features count that agree on how far the one print is turned against the other: the best such angle decides.
    The sum is divided by what chance alone gives a print of so many features, or small mates would be lost among large
    strangers.

    Args:
        probe: what of the probe to compare in each cell.
        segment: the prints.
        rows: of the prints by slot, shape (slots,); negative where there is none.
        met: which rows to score.
        first_slot: the first slot to score.
        last_slot: the slot after the last one.
        parameters: what makes two sets alike.
        scores: written, shape (slots,); 0 where nothing is within reach.
    """
    by_chance = ((np.arange(MOST_HELD + 1) + parameters.crowd) ** parameters.growth).astype(np.float32)
    parts = len(probe.directions) // (CELLS * LANES)
    near, votes = np.zeros(parts * _STRIDE, np.uint8), np.zeros(_BINS, np.int32)
    reach, begins = np.uint64(parameters.reach), segment.begins
    for slot in range(first_slot, last_slot):
        if rows[slot] < 0 or not met[rows[slot]]:
            continue
        begin, end = begins[slot], begins[slot + 1]
        for part in range(parts):
            of_part = near[part * _STRIDE : (part + 1) * _STRIDE]
            for j in range(begin, end):  # without a branch: the processor could not foresee which features are near
                at = 2 * LANES * (np.int64(segment.cells[j]) * parts + part)
                of_part[j - begin] = near_lanes(probe.codes, at, segment.first[j], segment.second[j], reach)
            of_part[end - begin : end - begin + WORD] = 0
        most = np.int32(0)
        for word in range(0, end - begin, WORD):
            waiting = np.uint64(0)
            for part in range(parts):
                waiting |= set_bytes(near, part * _STRIDE + word)
            while waiting:
                place = word + np.int64(trailing_zeros(waiting))
                waiting &= waiting - np.uint64(1)
                differing, direction = _nearest(probe, parts, near, place, segment, begin + place)
                turned = np.int64(np.uint8(segment.directions[begin + place] - direction) >> _BIN)
                for other in range(-_SPREAD, _SPREAD + 1):
                    around = (turned + other) & (_BINS - 1)
                    votes[around] += np.int32(reach - differing)
                    most = max(most, votes[around])
        if most > 0:
            scores[slot] = np.float32(most) / by_chance[end - begin]
            votes[:] = 0


@njit(cache=True, nogil=True)
def _nearest(
    probe: ProbeCells, parts: int, near: NDArray[np.uint8], place: np.int64, segment: SegmentArrays, j: np.int64
) -> tuple[np.uint64, np.uint8]:
    """Return in how many bits the nearest code of the probe differs from that of feature `j`, and its direction.

    `near` has a bit, at `place` of each part, for each code of the probe that is within reach; there is one.
    """
    nearest, direction = np.uint64(CODE_BITS + 1), np.uint8(0)
    for part in range(parts):
        of_cell = np.int64(segment.cells[j]) * parts + part
        lanes = np.uint64(near[part * _STRIDE + place])
        while lanes:
            lane = np.int64(trailing_zeros(lanes))
            lanes &= lanes - np.uint64(1)
            at = 2 * LANES * of_cell + lane
            differing = popcount(probe.codes[at] ^ segment.first[j])
            differing += popcount(probe.codes[at + LANES] ^ segment.second[j])
            if differing < nearest:
                nearest, direction = differing, probe.directions[LANES * of_cell + lane]
    return nearest, direction


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
