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
from numba import njit
from numpy.typing import NDArray

from biometrics.kernel.bits import popcount
from biometrics.matching.local_features import DIRECTIONS, MOST, MOST_HELD
from index.feature_sets.cells import ProbeCells
from index.feature_sets.lanes import fetch, trailing_zeros
from index.feature_sets.quick import TURN, FeatureSets, SegmentArrays, find_pairs, room

_FILLED = 16  # features in a vector
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


@njit(cache=True, nogil=True)
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
    pairs, weights = np.empty((MOST_HELD, 2), np.int64), np.empty(MOST_HELD, np.float32)
    places, turns = np.empty((4, MOST_HELD), np.float32), np.empty(MOST_HELD, np.uint8)
    left, terms = np.empty(MOST_HELD, np.float32), np.empty(MOST_HELD, np.float32)
    x, y, eights = np.empty(MOST + 1, np.float32), np.empty(MOST + 1, np.float32), np.empty(-(-MOST // 8), np.uint64)
    for i in range(len(slots)):
        begin, end = segment.begins[slots[i]], segment.begins[slots[i] + 1]
        _fetch_print(segment, slots[min(i + 1, len(slots) - 1)])
        count = find_pairs(cells, segment, slots[i], parameters.pair_reach, near, pairs, weights)
        if count > 0:
            step = np.float32(segment.steps[slots[i]])
            for t in range(count):
                own, other = pairs[t]
                places[0, t], places[1, t] = probe.points[own, 0], probe.points[own, 1]
                places[2, t], places[3, t] = step * segment.points[other, 0], step * segment.points[other, 1]
                turns[t] = np.uint8(segment.directions[other] - probe.directions[own])
            anchor, weight = _best_anchor(places, turns, weights, count, parameters, left, terms)
            if in_overlap:
                layout = _layout(places, turns, weights, count, anchor, parameters)
                scores[i] = max(0.0, _in_overlap(probe, segment, begin, end, step, layout, parameters, x, y, eights))
            else:
                scores[i] = weight / (end - begin + parameters.crowd) ** parameters.growth


@njit(cache=True, nogil=True)
def _fetch_print(segment: SegmentArrays, slot: int) -> None:
    """Have the processor fetch a print from memory while it does something else."""
    begin, end = segment.begins[slot], segment.begins[slot + 1]
    for j in range(begin, end, 8):  # a line of memory holds so many halves of codes
        fetch(segment.first, j)
        fetch(segment.second, j)
    for j in range(begin, end, 32):
        fetch(segment.points, 2 * j)
    fetch(segment.cells, begin)
    fetch(segment.directions, begin)


@njit(cache=True, nogil=True)
def _best_anchor(
    places: NDArray[np.float32],
    turns: NDArray[np.uint8],
    weights: NDArray[np.float32],
    count: int,
    parameters: OverlapParameters,
    remaining: NDArray[np.float32],
    terms: NDArray[np.float32],
) -> tuple[int, np.float32]:
    """Return the pair, of the most similar of `count` pairs, that most other pairs fit, and what they weigh together.

    See `_together`.
    """
    best, most = 0, np.float32(-1)
    remaining[:count] = weights[:count]
    for _ in range(min(parameters.anchors, count)):
        anchor = 0
        for t in range(1, count):
            if remaining[t] > remaining[anchor]:
                anchor = t
        remaining[anchor] = -1.0
        total = _together(places, turns, weights, count, anchor, parameters, terms)
        if total > most:
            best, most = anchor, total
    return best, most


@njit(cache=True, nogil=True, error_model="numpy")
def _together(
    places: NDArray[np.float32],
    turns: NDArray[np.uint8],
    weights: NDArray[np.float32],
    count: int,
    anchor: int,
    parameters: OverlapParameters,
    terms: NDArray[np.float32],
) -> np.float32:
    """Sum the weights of the pairs that lie together when the anchor's two features are laid on each other.

    Args:
        places: x and y of the probe's feature of each pair, then x and y of the print's: shape (4, pairs or more).
        turns: how far the directions of the two differ.
        weights: how similar the two are.
        count: of the pairs.
        anchor: one of them.
        parameters: what lies together.
        terms: written, for nobody to read.
    """
    turned = turns[anchor]
    right, up = np.float32(_COSINES[turned]), np.float32(_SINES[turned])
    ax, ay, bx, by = places[0, anchor], places[1, anchor], places[2, anchor], places[3, anchor]
    slack, stretch = np.float32(parameters.slack), np.float32(parameters.stretch)
    wide, nothing = np.float32(parameters.turn**2), np.float32(0)
    for t in range(count):  # without a branch, so that it becomes vector instructions
        off = np.float32(np.int8(np.uint8(turns[t] - turned)))
        aligned = np.float32(1) - off * off / wide
        x, y = places[0, t] - ax, places[1, t] - ay
        dx, dy = right * x - up * y + bx - places[2, t], up * x + right * y + by - places[3, t]
        allowed = slack + stretch * np.float32(sqrt(x * x + y * y))
        close = np.float32(1) - (dx * dx + dy * dy) / (allowed * allowed)
        terms[t] = weights[t] * max(close, nothing) * max(aligned, nothing)
    total = nothing
    for t in range(count):
        total += terms[t]
    return total


@njit(cache=True, nogil=True)
def _layout(
    places: NDArray[np.float32],
    turns: NDArray[np.uint8],
    weights: NDArray[np.float32],
    count: int,
    anchor: int,
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


@njit(cache=True, nogil=True)
def _in_overlap(
    probe: FeatureSets,
    segment: SegmentArrays,
    begin: int,
    end: int,
    step: np.float32,
    layout: Layout,
    parameters: OverlapParameters,
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    eights: NDArray[np.uint64],
) -> float:
    """Sum what a print's features, `begin` to `end`, in the probe's overlap say, once the probe is laid on it.

    `step` is of the grid on which their points lie, in pixels.
    `x`, `y` and `eights` are written, for nobody to read: the probe's features where they lie on the print, filled up
    to whole vectors with some that are far away, and a byte for each of them that says whether it is near.
    """
    n = len(probe.first)
    filled = -(-n // _FILLED) * _FILLED
    near = eights.view(np.uint8)
    cosine, sine = np.float32(layout.cosine), np.float32(layout.sine)
    for i in range(n):
        px, py = np.float32(probe.points[i, 0]), np.float32(probe.points[i, 1])
        x[i] = cosine * px - sine * py + np.float32(layout.x)
        y[i] = sine * px + cosine * py + np.float32(layout.y)
    left, right = x[:n].min() - parameters.margin, x[:n].max() + parameters.margin
    low, high = y[:n].min() - parameters.margin, y[:n].max() + parameters.margin
    x[n:filled], y[n:filled] = _FAR, _FAR
    turned = np.uint8(np.int64(np.rint(atan2(layout.sine, layout.cosine) / TURN)))
    square, wide = np.float32(parameters.distance**2), np.float32(parameters.turn**2)
    total = 0.0
    for j in range(begin, end):
        at_x, at_y = np.float32(step * segment.points[j, 0]), np.float32(step * segment.points[j, 1])
        if not (left <= at_x <= right and low <= at_y <= high):
            continue
        for i in range(filled):  # without a branch, so that it becomes vector instructions
            dx, dy = x[i] - at_x, y[i] - at_y
            near[i] = dx * dx + dy * dy < square
        best, has_partner = np.float32(0), False
        for eight in range(filled // 8):
            word = eights[eight]
            while word:
                own = 8 * eight + (np.int64(trailing_zeros(word)) >> 3)
                word &= word - np.uint64(1)
                dx, dy = x[own] - at_x, y[own] - at_y
                gap = np.float32(np.int8(np.uint8(segment.directions[j] - probe.directions[own] - turned)))
                aligned = np.float32(1) - gap * gap / wide
                if aligned > 0:
                    differing = popcount(probe.first[own] ^ segment.first[j])
                    differing += popcount(probe.second[own] ^ segment.second[j])
                    alike = np.float32(parameters.reach) - np.float32(differing)
                    worth = alike * aligned * (np.float32(1) - (dx * dx + dy * dy) / square)
                    if worth > best:
                        best, has_partner = np.float32(worth), True
        total += float(best) if has_partner else -parameters.missing
    return total
