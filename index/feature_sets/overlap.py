"""The close score of two sets of local features, compiled: all features in their overlap count.

The pairs that fit together determine how one print lies on the other; then every feature of the overlap finds a partner
there, even with a half similar code, or counts against the pair of prints. This separates mates with few minutiae from
large prints that have many chance pairs.

numba's on-disk cache notices a change of a kernel's own file only: after editing `quick.py`, remove `__pycache__`.
"""

from __future__ import annotations

from math import atan2, cos, sin, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.bits import popcount
from biometrics.kernel.technique.compiler import njit
from biometrics.matching.local_features import DIRECTIONS, MOST, MOST_HELD
from index.feature_sets.cells import ProbeCells
from index.feature_sets.lanes import ONE, WORD_PLACES, fetch, near_points, trailing_zeros
from index.feature_sets.quick import TURN, FeatureSets, SegmentArrays, fetch_codes, find_pairs, room

_FILLED = np.uint64(16)  # pairs in a vector
_PLACES, _LAST = np.int32(2048), np.int32(MOST_HELD)  # of pairs, more than there are; one that is beyond all of them
_COSINES = np.array([cos(turned * TURN) for turned in range(DIRECTIONS)])
_SINES = np.array([sin(turned * TURN) for turned in range(DIRECTIONS)])
_FAR = np.float32(1e6)  # pixels: nothing is near


class OverlapParameters(NamedTuple):
    """What counts, first for how two prints lie on each other, then in their overlap."""

    pair_reach: int = 48  # differing bits, of 128, from which on two features are no pair
    anchors: int = 4  # pairs, the most similar, each tried as the alignment; the best one determines the overlap
    slack: float = 10.0  # pixels that another pair may then be off
    stretch: float = 0.12  # of its distance, that it may be off besides
    turn: int = 26  # steps of 1/256 turn that its direction may be off: 37 degrees
    firmness: float = 400.0  # square pixels: how firmly the anchor's own turn is held against that of the pairs
    distance: float = 16.0  # pixels between partners in the overlap, at most
    reach: int = 60  # differing bits from which on a partner counts nothing
    missing: float = 4.0  # taken off for a feature in the overlap without a partner
    margin: float = 10.0  # pixels around the probe's features that still belong to the overlap
    crowd: float = 10.0  # features; as for `QuickParameters`
    growth: float = 0.75


class Layout(NamedTuple):
    """How a probe lies on another print: turned by the angle of which these are the cosine and sine, then moved."""

    cosine: float
    sine: float
    x: float
    y: float


@njit()
def close_likeness(
    probe: FeatureSets,
    cells: ProbeCells,
    segment: SegmentArrays,
    slots: NDArray[np.int64],
    in_overlap: bool,
    parameters: OverlapParameters,
    scores: NDArray[np.float32],
) -> None:
    """Write the scores of the prints in some slots of a segment, 0 and more: those of their overlap, or only of pairs.

    The latter take a third of the time: how much the pairs weigh that fit together, for one such pair by chance.
    `cells` are those of the probe.
    """
    near = room(cells)
    pairs, weights = np.empty((2, MOST_HELD), np.uint64), np.empty(MOST_HELD, np.float32)
    places, turns = np.empty((4, MOST_HELD), np.float32), np.empty(MOST_HELD, np.uint8)
    ranks, terms = np.empty(MOST_HELD, np.int32), np.empty(MOST_HELD, np.float32)
    x, y, headings = np.empty(MOST + 1, np.float32), np.empty(MOST + 1, np.float32), np.empty(MOST + 1, np.uint8)
    for i in range(len(slots)):
        slot = np.uint64(slots[i])
        begin, end = np.uint64(segment.begins[slot]), np.uint64(segment.begins[slot + ONE])
        _fetch_print(segment, np.uint64(slots[min(i + 1, len(slots) - 1)]))
        count = find_pairs(cells, segment, slot, parameters.pair_reach, near, pairs, weights)
        if count > 0:
            step = np.float32(segment.steps[slot])
            for t in range(count):
                probe_feature, other = pairs[0, t], pairs[1, t]
                places[0, t], places[1, t] = probe.points[probe_feature, 0], probe.points[probe_feature, 1]
                places[2, t] = step * np.float32(segment.points[other, 0])
                places[3, t] = step * np.float32(segment.points[other, 1])
                turns[t] = np.uint8(segment.directions[other] - probe.directions[probe_feature])
            anchor, weight = _best_anchor(places, turns, weights, count, parameters, ranks, terms)
            if in_overlap:
                layout = _layout(places, turns, weights, count, anchor, parameters)
                scores[i] = max(0.0, _in_overlap(probe, segment, begin, end, step, layout, parameters, x, y, headings))
            else:
                scores[i] = weight / (np.int64(end - begin) + parameters.crowd) ** parameters.growth


@njit(forceinline=True)
def _fetch_print(segment: SegmentArrays, slot: np.uint64) -> None:
    """Have the processor fetch a print from memory while it does something else."""
    begin, end = np.uint64(segment.begins[slot]), np.uint64(segment.begins[slot + ONE])
    fetch_codes(segment, begin, end)
    for j in range(begin, end, np.uint64(32)):
        fetch(segment.points, np.uint64(2) * j)
    fetch(segment.directions, begin)


@njit(forceinline=True)
def _best_anchor(
    places: NDArray[np.float32],
    turns: NDArray[np.uint8],
    weights: NDArray[np.float32],
    count: np.uint64,
    parameters: OverlapParameters,
    ranks: NDArray[np.int32],
    terms: NDArray[np.float32],
) -> tuple[np.uint64, np.float32]:
    """Return the pair, of the most similar of `count` pairs, that most other pairs fit, and what they weigh together.

    See `_together`. `ranks` and `terms` are room to work in. The pairs are filled up to whole vectors with some that
    have no weight. Of equally similar pairs the first ones are taken.
    """
    filled = np.uint64((count + _FILLED - ONE) // _FILLED * _FILLED)
    for t in range(count, filled):
        weights[t], turns[t], places[0, t], places[1, t], places[2, t], places[3, t] = 0, 0, 0, 0, 0, 0
    for t in range(filled):
        ranks[t] = np.int32(weights[t]) * _PLACES + _LAST - np.int32(t)
    best, best_total = np.uint64(0), np.float32(-1)
    for _ in range(min(np.uint64(parameters.anchors), count)):
        highest = np.int32(0)
        for block in range(filled // _FILLED):
            for lane in range(_FILLED):
                highest = max(highest, ranks[block * _FILLED + lane])
        anchor = np.uint64(_LAST - highest % _PLACES)
        ranks[anchor] = 0
        total = _total_weight(places, turns, weights, filled, anchor, parameters, terms)
        if total > best_total:
            best, best_total = anchor, total
    return best, best_total


@njit(error_model="numpy", forceinline=True)
def _total_weight(
    places: NDArray[np.float32],
    turns: NDArray[np.uint8],
    weights: NDArray[np.float32],
    filled: np.uint64,
    anchor: np.uint64,
    parameters: OverlapParameters,
    terms: NDArray[np.float32],
) -> np.float32:
    """Sum the weights of the pairs that lie together when the anchor's two features are laid on each other.

    Args:
        places: x and y of the probe's feature of each pair, then x and y of the print's: shape (4, pairs or more).
        turns: how far the directions of the two differ.
        weights: how similar the two are.
        filled: how many pairs, a multiple of `_FILLED`; the last ones may have no weight.
        anchor: one of them.
        parameters: what lies together.
        terms: room to work in, shape (filled or more,).
    """
    turned = turns[anchor]
    right, up = np.float32(_COSINES[turned]), np.float32(_SINES[turned])
    ax, ay, bx, by = places[0, anchor], places[1, anchor], places[2, anchor], places[3, anchor]
    slack, stretch = np.float32(parameters.slack), np.float32(parameters.stretch)
    wide, nothing = np.float32(parameters.turn**2), np.float32(0)
    for block in range(filled // _FILLED):  # without a branch, so that it becomes vector instructions
        for lane in range(_FILLED):
            t = block * _FILLED + lane
            off = np.float32(np.int8(np.uint8(turns[t] - turned)))
            aligned = np.float32(1) - off * off / wide
            x, y = places[0, t] - ax, places[1, t] - ay
            dx, dy = right * x - up * y + bx - places[2, t], up * x + right * y + by - places[3, t]
            allowed = slack + stretch * np.float32(sqrt(x * x + y * y))
            close = np.float32(1) - (dx * dx + dy * dy) / (allowed * allowed)
            terms[t] = weights[t] * max(close, nothing) * max(aligned, nothing)
    total = nothing
    for pair in range(filled):
        total += terms[pair]
    return total


@njit(forceinline=True)
def _layout(
    places: NDArray[np.float32],
    turns: NDArray[np.uint8],
    weights: NDArray[np.float32],
    count: np.uint64,
    anchor: np.uint64,
    parameters: OverlapParameters,
) -> Layout:
    """Return the motion that suits best the pairs that lie together with an anchor (weighted least squares).

    The arguments are those of `_together`.
    """
    turned = turns[anchor]
    right, up = _COSINES[turned], _SINES[turned]
    ax, ay, bx, by = places[0, anchor], places[1, anchor], places[2, anchor], places[3, anchor]
    total = sx = sy = tx = ty = along = across = 0.0  # sums of places off the anchor, and of their products
    for t in range(count):
        if abs(np.int8(np.uint8(turns[t] - turned))) > parameters.turn:
            continue
        x, y = places[0, t] - ax, places[1, t] - ay
        u, v = places[2, t] - bx, places[3, t] - by
        dx, dy = right * x - up * y - u, up * x + right * y - v
        allowed = parameters.slack + parameters.stretch * sqrt(x * x + y * y)
        close = 1.0 - (dx * dx + dy * dy) / (allowed * allowed)
        if close > 0.0:
            weight = weights[t] * close
            total, sx, sy, tx, ty = total + weight, sx + weight * x, sy + weight * y, tx + weight * u, ty + weight * v
            along += weight * (x * u + y * v)
            across += weight * (x * v - y * u)
    sx, sy, tx, ty = sx / total, sy / total, tx / total, ty / total
    along += total * (right * parameters.firmness - sx * tx - sy * ty)
    across += total * (up * parameters.firmness - sx * ty + sy * tx)
    length = max(sqrt(along * along + across * across), 1e-9)
    cosine, sine = along / length, across / length
    x, y = ax + sx, ay + sy
    return Layout(cosine, sine, bx + tx - cosine * x + sine * y, by + ty - sine * x - cosine * y)


@njit(forceinline=True)
def _in_overlap(
    probe: FeatureSets,
    segment: SegmentArrays,
    begin: np.uint64,
    end: np.uint64,
    step: np.float32,
    layout: Layout,
    parameters: OverlapParameters,
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    headings: NDArray[np.uint8],
) -> float:
    """Sum what a print's features, `begin` to `end`, in the probe's overlap say, once the probe is laid on it.

    `step` is of the grid on which their points lie, in pixels.
    `x`, `y` and `headings` are room for the probe's features where they lie on the print, filled up to whole vectors
    with some that are far away.
    """
    n = np.uint64(len(probe.first))
    filled = (n + WORD_PLACES - ONE) // WORD_PLACES * WORD_PLACES
    cosine, sine = np.float32(layout.cosine), np.float32(layout.sine)
    turned = np.uint8(np.int64(np.rint(atan2(layout.sine, layout.cosine) / TURN)))
    left = low = _FAR
    right = high = -_FAR
    for i in range(n):
        px, py = np.float32(probe.points[i, 0]), np.float32(probe.points[i, 1])
        its_x = cosine * px - sine * py + np.float32(layout.x)
        its_y = sine * px + cosine * py + np.float32(layout.y)
        x[i], y[i], headings[i] = its_x, its_y, probe.directions[i] + turned
        left, right, low, high = min(left, its_x), max(right, its_x), min(low, its_y), max(high, its_y)
    x[n:filled] = _FAR
    square, turn = np.float32(parameters.distance**2), np.uint8(parameters.turn)
    wide, margin, total = np.float32(parameters.turn**2), parameters.margin, 0.0
    for j in range(begin, end):
        at_x, at_y = step * np.float32(segment.points[j, 0]), step * np.float32(segment.points[j, 1])
        if not (left - margin <= at_x <= right + margin and low - margin <= at_y <= high + margin):
            continue
        best, has_partner = np.float32(0), False
        for word in range(np.uint64(0), filled, WORD_PLACES):
            near = near_points(x, y, headings, word, at_x, at_y, segment.directions[j], square, turn)
            while near:
                probe_feature = word + trailing_zeros(near)
                near &= near - ONE
                dx, dy = x[probe_feature] - at_x, y[probe_feature] - at_y
                gap = np.float32(np.int8(segment.directions[j] - headings[probe_feature]))
                differing = popcount(probe.first[probe_feature] ^ segment.first[j])
                differing += popcount(probe.second[probe_feature] ^ segment.second[j])
                alike = np.float32(parameters.reach) - np.float32(differing)
                near_by = np.float32(1) - (dx * dx + dy * dy) / square
                worth = alike * (np.float32(1) - gap * gap / wide) * near_by
                if worth > best:
                    best, has_partner = worth, True
        total += float(best) if has_partner else -parameters.missing
    return total
