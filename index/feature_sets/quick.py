"""How alike two sets of local features are at first sight, compiled: quick enough for every print of a gallery.

numba's on-disk cache notices a change of a kernel's own file only: after editing `lanes.py`, remove `__pycache__`.
"""

from __future__ import annotations

from math import pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.bits import popcount
from biometrics.kernel.technique.compiler import njit
from biometrics.matching.local_features import CODE_BITS, DIRECTIONS, MOST_HELD
from index.feature_sets.cells import CELLS, ProbeCells
from index.feature_sets.lanes import LANES, ONE, WORD, WORD_PLACES, fetch, near_lanes, set_bytes, trailing_zeros

_BINS, _BIN = 32, np.uint8(3)  # of how far the one print is turned against the other: 32 of 11 degrees
_SPREAD = 1  # bins to either side of a rotation that agree with it
_SHARE = np.uint64(3)  # one in so many of a print's features is compared at least
_AHEAD = np.uint64(4)  # prints: so far ahead they are fetched from memory
_OF_LINE = np.uint64(8)  # halves of codes in a line of the processor's cache
_LANES, _OF_LANES = np.uint64(LANES), np.uint64(2 * LANES)
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


@njit()
def quick_likeness(
    probe: ProbeCells,
    segment: SegmentArrays,
    rows: NDArray[np.int32],
    meets_filter: NDArray[np.bool_],
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
        meets_filter: which rows to score.
        first_slot: the first slot to score.
        last_slot: the slot after the last one.
        parameters: what makes two sets alike.
        by_chance: what `partners_by_chance` gave.
        scores: written, shape (slots,); 0 where nothing is within reach.
    """
    near, votes = room(probe), np.zeros(_BINS, np.int32)
    reach, begins = np.uint64(parameters.reach), segment.begins
    for slot in range(np.uint64(first_slot), np.uint64(last_slot)):
        row = rows[slot]
        if row < 0 or not meets_filter[np.uint64(row)]:
            continue
        begin, end = np.uint64(begins[slot]), np.uint64(begins[slot + ONE])
        ahead = np.uint64(begins[min(slot + _AHEAD, np.uint64(last_slot))])
        fetch_codes(segment, ahead, ahead + np.uint64(parameters.features))
        examined = min(end - begin, max(np.uint64(parameters.features), (end - begin) // _SHARE))
        _find_near(probe, segment, begin, begin + examined, reach, near)
        most_votes = np.int32(0)
        for word in range(np.uint64(0), examined, WORD_PLACES):
            waiting = _with_some(near, np.uint64(word))
            while waiting:
                offset = word + trailing_zeros(waiting)
                waiting &= waiting - ONE
                differing, lane = _nearest(probe, near, offset, segment, begin + offset)
                turned = np.int64(np.uint8(segment.directions[begin + offset] - probe.directions[lane]) >> _BIN)
                for other in range(-_SPREAD, _SPREAD + 1):
                    around = (turned + other) & (_BINS - 1)
                    votes[around] += np.int32(reach - differing)
                    most_votes = max(most_votes, votes[around])
        if most_votes > 0:
            scores[slot] = np.float32(most_votes) / by_chance[examined]
            votes[:] = 0


@njit(forceinline=True)
def find_pairs(
    probe: ProbeCells,
    segment: SegmentArrays,
    slot: np.uint64,
    reach: int,
    near: NDArray[np.uint8],
    pairs: NDArray[np.uint64],
    weights: NDArray[np.float32],
) -> np.uint64:
    """Write the pairs (feature of the probe, of a print), each of the print's with the nearest one; return how many.

    Args:
        probe: what of the probe to compare in each cell.
        segment: the prints.
        slot: of the print.
        reach: differing bits from which on two features are no pair.
        near: what `room` gave, written.
        pairs: written, shape (2, MOST_HELD); the print's feature by its place in the segment.
        weights: written, shape (MOST_HELD,): how many bits less than `reach` differ.
    """
    begin, end, count = np.uint64(segment.begins[slot]), np.uint64(segment.begins[slot + ONE]), np.uint64(0)
    _find_near(probe, segment, begin, end, np.uint64(reach), near)
    for word in range(np.uint64(0), end - begin, WORD_PLACES):
        waiting = _with_some(near, np.uint64(word))
        while waiting:
            offset = word + trailing_zeros(waiting)
            waiting &= waiting - ONE
            differing, lane = _nearest(probe, near, offset, segment, begin + offset)
            pairs[0, count], pairs[1, count] = np.uint64(probe.numbers[lane]), begin + offset
            weights[count] = reach - np.int32(differing)
            count += ONE
    return count


@njit(forceinline=True)
def fetch_codes(segment: SegmentArrays, begin: np.uint64, end: np.uint64) -> None:
    """Have the processor fetch some features' codes and cells from memory while it does something else."""
    for j in range(begin, end, _OF_LINE):
        fetch(segment.first, j)
        fetch(segment.second, j)
    fetch(segment.cells, begin)


@njit()
def room(probe: ProbeCells) -> NDArray[np.uint8]:
    """Return room to say which codes are near each feature of a print: a row for each part of the probe."""
    return np.zeros((len(probe.numbers) // (CELLS * LANES), MOST_HELD + WORD), np.uint8)


@njit(inline="always")
def _find_near(
    probe: ProbeCells,
    segment: SegmentArrays,
    begin: np.uint64,
    end: np.uint64,
    reach: np.uint64,
    near: NDArray[np.uint8],
) -> None:
    """Write which of the codes compared in its cell are near each feature: a bit for each of a part of the probe."""
    parts = np.uint64(len(near))
    for part in range(parts):
        for j in range(begin, end):  # without a branch: the processor could not foresee which features are near
            at = _OF_LANES * (np.uint64(segment.cells[j]) * parts + part)
            near[part, j - begin] = near_lanes(probe.codes, at, segment.first[j], segment.second[j], reach)
        for offset in range(end - begin, end - begin + WORD_PLACES):
            near[part, offset] = 0


@njit(inline="always")
def _with_some(near: NDArray[np.uint8], word: np.uint64) -> np.uint64:
    """Return a bit for each of 64 features that is near some code."""
    waiting = np.uint64(0)
    for part in range(np.uint64(near.shape[0])):
        waiting |= set_bytes(near, part * np.uint64(near.shape[1]) + word)
    return waiting


@njit(forceinline=True)
def _nearest(
    probe: ProbeCells, near: NDArray[np.uint8], offset: np.uint64, segment: SegmentArrays, j: np.uint64
) -> tuple[np.uint64, np.uint64]:
    """Return in how many bits the nearest code of the probe differs from that of feature `j`, and its place in `probe`.

    `near` has a bit, at `offset` of each part, for each code of the probe that is within reach; there is one.
    """
    nearest, its_place, parts = np.uint64(CODE_BITS + 1), np.uint64(0), np.uint64(len(near))
    for part in range(parts):
        of_cell = np.uint64(segment.cells[j]) * parts + part
        lanes = np.uint64(near[part, offset])
        while lanes:
            lane = trailing_zeros(lanes)
            lanes &= lanes - ONE
            at = _OF_LANES * of_cell + lane
            differing = popcount(probe.codes[at] ^ segment.first[j])
            differing += popcount(probe.codes[at + _LANES] ^ segment.second[j])
            if differing < nearest:
                nearest, its_place = differing, _LANES * of_cell + lane
    return nearest, its_place
