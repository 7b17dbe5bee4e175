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
from biometrics.matching.local_features import CODE_BITS, DIRECTIONS, MOST_HELD
from index.feature_sets.cells import CELLS, ProbeCells
from index.feature_sets.lanes import LANES, WORD, near_lanes, set_bytes, trailing_zeros

_BINS, _BIN = 32, np.uint8(3)  # of how far the one print is turned against the other: 32 of 11 degrees
_SPREAD = 1  # bins to either side of a rotation that agree with it
_SHARE = 3  # one in so many of a print's features is compared at least
TURN = 2 * pi / DIRECTIONS  # radians a step


class QuickParameters(NamedTuple):
    """What makes two sets alike at first sight; one setting for every gallery."""

    features: int = 24  # of a print that are compared, or a third where that is more
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
    points: NDArray[np.uint8]
    directions: NDArray[np.uint8]
    begins: NDArray[np.int64]
    steps: NDArray[np.uint16]


def partners_by_chance(parameters: QuickParameters) -> NDArray[np.float32]:
    """Return what a print of 0, 1, ... `MOST_HELD` features finds by chance alone, in proportion."""
    return ((np.arange(MOST_HELD + 1) + parameters.crowd) ** parameters.growth).astype(np.float32)


@njit(cache=True, nogil=True)
def quick_likeness(
    probe: ProbeCells,
    segment: SegmentArrays,
    rows: NDArray[np.int32],
    met: NDArray[np.bool_],
    first_slot: int,
    last_slot: int,
    parameters: QuickParameters,
    by_chance: NDArray[np.float32],
    scores: NDArray[np.float32],
) -> None:
    """Write the quick score of the prints in some slots: how far the probe's nearest feature to each is within reach.

    Of a print only the first features are compared, which lie anywhere on the finger, and of the probe only those near
    their cells; see `cells`.
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
        by_chance: what `partners_by_chance` gave.
        scores: written, shape (slots,); 0 where nothing is within reach.
    """
    near, votes = room(probe), np.zeros(_BINS, np.int32)
    reach, begins = np.uint64(parameters.reach), segment.begins
    for slot in range(first_slot, last_slot):
        if rows[slot] < 0 or not met[rows[slot]]:
            continue
        begin, count = begins[slot], begins[slot + 1] - begins[slot]
        seen = min(count, max(parameters.features, count // _SHARE))
        _find_near(probe, segment, begin, begin + seen, reach, near)
        most = np.int32(0)
        for word in range(0, seen, WORD):
            waiting = _with_some(near, word)
            while waiting:
                place = word + np.int64(trailing_zeros(waiting))
                waiting &= waiting - np.uint64(1)
                differing, lane = _nearest(probe, near, place, segment, begin + place)
                turned = np.int64(np.uint8(segment.directions[begin + place] - probe.directions[lane]) >> _BIN)
                for other in range(-_SPREAD, _SPREAD + 1):
                    around = (turned + other) & (_BINS - 1)
                    votes[around] += np.int32(reach - differing)
                    most = max(most, votes[around])
        if most > 0:
            scores[slot] = np.float32(most) / by_chance[seen]
            votes[:] = 0


@njit(cache=True, nogil=True)
def find_pairs(
    probe: ProbeCells,
    segment: SegmentArrays,
    slot: int,
    reach: int,
    near: NDArray[np.uint8],
    pairs: NDArray[np.int64],
    weights: NDArray[np.float32],
) -> int:
    """Write the pairs (feature of the probe, of a print), each of the print's with the nearest one; return how many.

    Args:
        probe: what of the probe to compare in each cell.
        segment: the prints.
        slot: of the print.
        reach: differing bits from which on two features are no pair.
        near: what `room` gave, written.
        pairs: written, shape (MOST_HELD, 2); the print's feature by its place in the segment.
        weights: written, shape (MOST_HELD,): how many bits less than `reach` differ.
    """
    begin, end, count = segment.begins[slot], segment.begins[slot + 1], 0
    _find_near(probe, segment, begin, end, np.uint64(reach), near)
    for word in range(0, end - begin, WORD):
        waiting = _with_some(near, word)
        while waiting:
            place = word + np.int64(trailing_zeros(waiting))
            waiting &= waiting - np.uint64(1)
            differing, lane = _nearest(probe, near, place, segment, begin + place)
            pairs[count, 0], pairs[count, 1] = probe.numbers[lane], begin + place
            weights[count] = reach - np.int64(differing)
            count += 1
    return count


@njit(cache=True, nogil=True)
def room(probe: ProbeCells) -> NDArray[np.uint8]:
    """Return room to say which codes are near each feature of a print: a row for each part of the probe."""
    return np.zeros((len(probe.numbers) // (CELLS * LANES), MOST_HELD + WORD), np.uint8)


@njit(cache=True, nogil=True, inline="always")
def _find_near(
    probe: ProbeCells, segment: SegmentArrays, begin: int, end: int, reach: np.uint64, near: NDArray[np.uint8]
) -> None:
    """Write which of the codes compared in its cell are near each feature: a bit for each of a part of the probe."""
    parts = len(near)
    for part in range(parts):
        for j in range(begin, end):  # without a branch: the processor could not foresee which features are near
            at = 2 * LANES * (np.int64(segment.cells[j]) * parts + part)
            near[part, j - begin] = near_lanes(probe.codes, at, segment.first[j], segment.second[j], reach)
        near[part, end - begin : end - begin + WORD] = 0


@njit(cache=True, nogil=True, inline="always")
def _with_some(near: NDArray[np.uint8], word: int) -> np.uint64:
    """Return a bit for each of 64 features that is near some code."""
    waiting = np.uint64(0)
    for part in range(len(near)):
        waiting |= set_bytes(near, part * near.shape[1] + word)
    return waiting


@njit(cache=True, nogil=True)
def _nearest(
    probe: ProbeCells, near: NDArray[np.uint8], place: np.int64, segment: SegmentArrays, j: np.int64
) -> tuple[np.uint64, np.int64]:
    """Return in how many bits the nearest code of the probe differs from that of feature `j`, and its place in `probe`.

    `near` has a bit, at `place` of each part, for each code of the probe that is within reach; there is one.
    """
    nearest, its_place, parts = np.uint64(CODE_BITS + 1), np.int64(0), len(near)
    for part in range(parts):
        of_cell = np.int64(segment.cells[j]) * parts + part
        lanes = np.uint64(near[part, place])
        while lanes:
            lane = np.int64(trailing_zeros(lanes))
            lanes &= lanes - np.uint64(1)
            at = 2 * LANES * of_cell + lane
            differing = popcount(probe.codes[at] ^ segment.first[j])
            differing += popcount(probe.codes[at + LANES] ^ segment.second[j])
            if differing < nearest:
                nearest, its_place = differing, LANES * of_cell + lane
    return nearest, its_place
