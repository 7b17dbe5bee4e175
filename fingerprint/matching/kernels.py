"""The comparison of two prepared prints, compiled; called by `matcher.py`.

Sources: Cappelli, Ferrara, Maltoni, "Minutia Cylinder-Code", TPAMI 32(12), 2010, for local similarity and relaxation
(its LSS-R, with one-to-one pairs); Schaefer, McPhail, Warren, "Image Deformation Using Moving Least Squares", SIGGRAPH
2006, rigid case, for the alignment.
All of it is in one file because numba's on-disk cache does not notice when a kernel called from another file changes.
"""

from __future__ import annotations

from math import exp, pi, sqrt
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from fingerprint.matching.batch import Batch, Side
from fingerprint.matching.geometry import distance_outside, wrapped
from fingerprint.matching.parameters import (
    SECTIONS,
    ConsolidationParameters,
    MatchParameters,
    PairingParameters,
    RelaxationParameters,
)

_STEPS = 1024  # similarities are ordered in steps of 1/1024
_X, _Y, _DIRECTION = 0, 1, 2


def _count_bits(_typing_context: Any, _word: Any) -> Any:
    """Count the set bits of a 64-bit word: one machine instruction."""

    def generate(_context: Any, builder: ir.IRBuilder, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


_popcount: Any = intrinsic(_count_bits)


@njit(cache=True, nogil=True)
def match_many(probe: Batch, candidates: Batch, parameters: MatchParameters) -> NDArray[np.float64]:
    """Score the one print in `probe` against every candidate; (a, b) and (b, a) give the same score, bit by bit."""
    count = len(candidates.cylinders)
    scores = np.zeros(count)
    a = _side(probe, 0)
    for i in range(count):
        b = _side(candidates, i)
        if (a.points.shape[1], probe.keys[0]) <= (b.points.shape[1], candidates.keys[i]):
            scores[i] = _score(a, b, parameters)
        else:
            scores[i] = _score(b, a, parameters)
    return scores


@njit(cache=True, nogil=True)
def _side(batch: Batch, i: int) -> Side:
    start, end = batch.starts[i], batch.starts[i + 1]
    corner, last = batch.hull_starts[i], batch.hull_starts[i + 1]
    rows = SECTIONS + 1
    return Side(
        batch.words[rows * start : rows * end].reshape(rows, end - start),
        batch.points[3 * start : 3 * end].reshape(3, end - start),
        batch.hulls[2 * corner : 2 * last].reshape(2, last - corner),
        batch.cylinders[i],
    )


@njit(cache=True, nogil=True)
def _score(a: Side, b: Side, parameters: MatchParameters) -> float:
    similarity = similarities(a, b, parameters.pairing)
    pairs = best_pairs(similarity)
    if len(pairs) < 2:
        return 0.0
    own = np.empty(len(pairs))
    for t in range(len(pairs)):
        own[t] = similarity[pairs[t, 0], pairs[t, 1]]
    support = _support(a, b, pairs, parameters.relaxation)
    relaxed = _relaxed(own, support, parameters.relaxation)
    agreement = _mean_of_best(relaxed, min(a.cylinders, b.cylinders), parameters.relaxation)
    return agreement * _shared_fraction(a, b, pairs, relaxed, support, parameters.consolidation)


@njit(cache=True, nogil=True)
def similarities(a: Side, b: Side, parameters: PairingParameters) -> NDArray[np.float32]:
    """Return the similarity of every cylinder of `a` to every one of `b`, 0 to 1."""
    wa, wb, directions = a.words, b.words, b.points[_DIRECTION]
    one, none, least = np.float32(1), np.float32(0), np.uint64(parameters.min_common_cells)
    table = np.zeros((a.cylinders, b.cylinders), np.float32)
    for i in range(a.cylinders):
        row, direction = table[i], a.points[_DIRECTION, i]
        a0, a1, a2, a3, a4, a5, valid = wa[0, i], wa[1, i], wa[2, i], wa[3, i], wa[4, i], wa[5, i], wa[6, i]
        for j in range(b.cylinders):  # no branches and no inner loop, so that it becomes vector instructions
            common = valid & wb[6, j]
            b0, b1, b2, b3, b4, b5 = wb[0, j], wb[1, j], wb[2, j], wb[3, j], wb[4, j], wb[5, j]
            differ = _popcount((a0 ^ b0) & common) + _popcount((a1 ^ b1) & common) + _popcount((a2 ^ b2) & common)
            differ += _popcount((a3 ^ b3) & common) + _popcount((a4 ^ b4) & common) + _popcount((a5 ^ b5) & common)
            in_a = _popcount(a0 & common) + _popcount(a1 & common) + _popcount(a2 & common)
            in_a += _popcount(a3 & common) + _popcount(a4 & common) + _popcount(a5 & common)
            in_b = _popcount(b0 & common) + _popcount(b1 & common) + _popcount(b2 & common)
            in_b += _popcount(b3 & common) + _popcount(b4 & common) + _popcount(b5 & common)
            norms = np.sqrt(np.float32(in_a)) + np.sqrt(np.float32(in_b))
            alike = one - np.sqrt(np.float32(differ)) / max(norms, one)
            gap = abs(direction - directions[j])
            turned = min(gap, 2 * pi - gap)
            comparable = (_popcount(common) >= least) & (turned <= parameters.max_rotation) & (in_a + in_b > 0)
            row[j] = alike if comparable else none
    return table


@njit(cache=True, nogil=True)
def best_pairs(table: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the most similar pairs (i, j), best first, each row and column at most once; shape (pairs, 2)."""
    rows, columns = table.shape
    starts = np.zeros(_STEPS + 2, np.int64)
    for i in range(rows):
        for j in range(columns):
            starts[_STEPS - np.int64(table[i, j] * _STEPS) + 1] += 1
    starts = np.cumsum(starts)
    alike = starts[_STEPS]  # those in the last step have no similarity
    order = np.empty(alike, np.int64)
    for i in range(rows):
        for j in range(columns):
            step = _STEPS - np.int64(table[i, j] * _STEPS)
            if step < _STEPS:
                order[starts[step]] = i * columns + j
                starts[step] += 1
    pairs = np.empty((min(rows, columns), 2), np.int64)
    row_free, column_free = np.ones(rows, np.bool_), np.ones(columns, np.bool_)
    count = 0
    for cell in order:
        i, j = cell // columns, cell % columns
        if row_free[i] and column_free[j]:
            row_free[i] = column_free[j] = False
            pairs[count, 0], pairs[count, 1] = i, j
            count += 1
            if count == len(pairs):
                break
    return pairs[:count]


@njit(cache=True, nogil=True)
def _sigmoid(value: float, mean: float, slope: float) -> float:
    return 1.0 / (1.0 + exp(-slope * (value - mean)))


@njit(cache=True, nogil=True)
def _support(a: Side, b: Side, pairs: NDArray[np.int64], parameters: RelaxationParameters) -> NDArray[np.float64]:
    """Return how far each pair is compatible with each other one, 0 to 1.

    Row k holds what pair k gives to the others.
    """
    n = len(pairs)
    support = np.zeros((n, n))
    mean, slope = parameters.angle_mean, parameters.angle_slope
    far = parameters.distance_mean - 7.0 / parameters.distance_slope  # beyond these the sigmoid is below 0.001
    wide = mean - 7.0 / slope
    for t in range(n):
        at, bt = pairs[t]
        for k in range(t):
            ak, bk = pairs[k]
            turn_a = a.points[_DIRECTION, at] - a.points[_DIRECTION, ak]
            turn_b = b.points[_DIRECTION, bt] - b.points[_DIRECTION, bk]
            turned = abs(wrapped(turn_a - turn_b))
            if turned > wide:
                continue
            ax, ay = a.points[_X, at] - a.points[_X, ak], a.points[_Y, at] - a.points[_Y, ak]
            bx, by = b.points[_X, bt] - b.points[_X, bk], b.points[_Y, bt] - b.points[_Y, bk]
            stretched = abs(np.sqrt(ax * ax + ay * ay) - np.sqrt(bx * bx + by * by))
            if stretched > far:
                continue
            bearing = np.arctan2(ay, ax) - np.arctan2(by, bx)
            bent_t = abs(wrapped(a.points[_DIRECTION, at] - b.points[_DIRECTION, bt] - bearing))
            bent_k = abs(wrapped(a.points[_DIRECTION, ak] - b.points[_DIRECTION, bk] - bearing))
            both = _sigmoid(stretched, parameters.distance_mean, parameters.distance_slope)
            both *= _sigmoid(turned, mean, slope)
            support[k, t] = both * _sigmoid(bent_t, mean, slope)
            support[t, k] = both * _sigmoid(bent_k, mean, slope)
    return support


@njit(cache=True, nogil=True)
def _relaxed(
    own: NDArray[np.float64], support: NDArray[np.float64], parameters: RelaxationParameters
) -> NDArray[np.float64]:
    """Return the pairs' similarities after some rounds of support by the others."""
    n = len(own)
    given = (1.0 - parameters.own_weight) / (max(n, parameters.min_supporters) - 1)
    relaxed = own.copy()
    for _ in range(parameters.iterations):
        before = relaxed
        relaxed = parameters.own_weight * before
        for k in range(n):
            relaxed += given * before[k] * support[k]
    return relaxed


@njit(cache=True, nogil=True)
def _mean_of_best(relaxed: NDArray[np.float64], smaller: int, parameters: RelaxationParameters) -> float:
    """Average the best n_P pairs; pairs that are missing count as zero."""
    share = _sigmoid(float(smaller), parameters.pairs_mean, parameters.pairs_slope)
    wanted = parameters.min_pairs + int(np.rint(share * (parameters.max_pairs - parameters.min_pairs)))
    left = relaxed.copy()
    total = 0.0
    for _ in range(min(wanted, len(left))):
        best = np.argmax(left)
        total += left[best]
        left[best] = 0.0
    return float(total / wanted)


@njit(cache=True, nogil=True)
def _shared_fraction(
    a: Side,
    b: Side,
    pairs: NDArray[np.int64],
    relaxed: NDArray[np.float64],
    support: NDArray[np.float64],
    parameters: ConsolidationParameters,
) -> float:
    """Align the prints by their pairs, and return which part of the minutiae in the overlap has a partner, 0 to 1.

    The skin stretches, so the alignment is a local one: each minutia is carried by the pairs around it.
    """
    pairs, weights = _anchors(pairs, relaxed, support, parameters.anchor_weight)
    for _ in range(parameters.iterations):
        carried = _carried(a.points, b.points, pairs, weights, parameters.skin_stretch)
        found, closeness = _partners(carried, b.points, parameters)
        if len(found) < 2:
            break
        pairs, weights = found, closeness
    backward = np.ascontiguousarray(pairs[:, ::-1])
    from_a = _overlapping(_carried(a.points, b.points, pairs, weights, parameters.skin_stretch), b.hull, pairs[:, 0])
    from_b = _overlapping(_carried(b.points, a.points, backward, weights, parameters.skin_stretch), a.hull, pairs[:, 1])
    believed = parameters.prior_minutiae
    partners = len(pairs) + parameters.prior_fraction * believed
    return min(1.0, partners / (sqrt(from_a * from_b) + believed))


@njit(cache=True, nogil=True)
def _anchors(
    pairs: NDArray[np.int64], relaxed: NDArray[np.float64], support: NDArray[np.float64], least: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the best pair and those that it supports, with their weights."""
    best = np.argmax(relaxed)
    weights = relaxed * support[best]
    weights[best] = relaxed[best]
    chosen = np.nonzero(weights > least * relaxed[best])[0]
    return pairs[chosen], weights[chosen]


@njit(cache=True, nogil=True)
def _carried(
    points: NDArray[np.float64],
    onto: NDArray[np.float64],
    pairs: NDArray[np.int64],
    weights: NDArray[np.float64],
    stretch: float,
) -> NDArray[np.float64]:
    """Carry minutiae onto the other print: each by the rigid motion that fits the pairs around it best.

    A pair's pull falls with the square of its distance (moving least squares).
    """
    carried = np.empty_like(points)
    pull = np.empty(len(pairs))
    for m in range(points.shape[1]):
        x, y = points[_X, m], points[_Y, m]
        total = px = py = qx = qy = 0.0
        for t in range(len(pairs)):
            i, j = pairs[t]
            square = (points[_X, i] - x) ** 2 + (points[_Y, i] - y) ** 2
            pull[t] = weights[t] / (1.0 + square / (stretch * stretch))
            total += pull[t]
            px, py = px + pull[t] * points[_X, i], py + pull[t] * points[_Y, i]
            qx, qy = qx + pull[t] * onto[_X, j], qy + pull[t] * onto[_Y, j]
        px, py, qx, qy = px / total, py / total, qx / total, qy / total
        cos = sin = 0.0
        for t in range(len(pairs)):
            i, j = pairs[t]
            ux, uy, vx, vy = points[_X, i] - px, points[_Y, i] - py, onto[_X, j] - qx, onto[_Y, j] - qy
            cos += pull[t] * (ux * vx + uy * vy)
            sin += pull[t] * (ux * vy - uy * vx)
        length = np.sqrt(cos * cos + sin * sin)
        cos, sin = (cos / length, sin / length) if length > 0.0 else (1.0, 0.0)
        carried[_X, m] = qx + cos * (x - px) - sin * (y - py)
        carried[_Y, m] = qy + sin * (x - px) + cos * (y - py)
        carried[_DIRECTION, m] = points[_DIRECTION, m] + np.arctan2(sin, cos)
    return carried


@njit(cache=True, nogil=True)
def _partners(
    carried: NDArray[np.float64], points: NDArray[np.float64], parameters: ConsolidationParameters
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Pair minutiae that came to lie together, the closest first; closeness is 1 for a perfect fit, 0 at the limits."""
    n, m = carried.shape[1], points.shape[1]
    table = np.zeros((n, m), np.float32)
    for i in range(n):
        for j in range(m):
            dx, dy = carried[_X, i] - points[_X, j], carried[_Y, i] - points[_Y, j]
            square = (dx * dx + dy * dy) / (parameters.max_distance * parameters.max_distance)
            if square > 1.0:
                continue
            turned = wrapped(carried[_DIRECTION, i] - points[_DIRECTION, j]) / parameters.max_rotation
            if abs(turned) <= 1.0:
                table[i, j] = 1.0 - (square + turned * turned) / 2
    pairs = best_pairs(table)
    closeness = np.empty(len(pairs))
    for t in range(len(pairs)):
        closeness[t] = table[pairs[t, 0], pairs[t, 1]]
    return pairs, closeness


@njit(cache=True, nogil=True)
def _overlapping(carried: NDArray[np.float64], hull: NDArray[np.float64], paired: NDArray[np.int64]) -> int:
    """Count the minutiae that have a partner on the other print, or lie within its hull."""
    overlapping = np.zeros(carried.shape[1], np.bool_)
    for m in range(carried.shape[1]):
        overlapping[m] = distance_outside(carried[_X, m], carried[_Y, m], hull) <= 0.0
    for m in paired:
        overlapping[m] = True
    return int(overlapping.sum())
