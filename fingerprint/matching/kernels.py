"""The comparison of two prepared prints, compiled; called by `matcher.py`.

Sources: Cappelli, Ferrara, Maltoni, "Minutia Cylinder-Code", TPAMI 32(12), 2010, for local similarity and relaxation
(its LSS-R, with one-to-one pairs); the other files' kernels name their own.

numba's on-disk cache notices a change of a kernel's own file only: after editing a file whose kernels another one
calls, remove the `__pycache__` folder beside them.
"""

from __future__ import annotations

from math import exp, pi, sqrt

import numpy as np
from numba import njit
from numpy.typing import NDArray

from fingerprint.matching.batch import Batch, Side
from fingerprint.matching.geometry import inside, wrapped
from fingerprint.matching.motion import Motion, backward, carried
from fingerprint.matching.parameters import (
    SECTIONS,
    ConsolidationParameters,
    MatchParameters,
    PairingParameters,
    RelaxationParameters,
    RidgeParameters,
)
from fingerprint.matching.ridges import RidgeGrid, popcount, promising, ridge_agreement

_STEPS = 1024  # similarities are ordered in steps of 1/1024
_FEW = 50  # cells that are faster put in order by insertion
_X, _Y, _DIRECTION = 0, 1, 2


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
    tile, beyond = batch.ridge_starts[i], batch.ridge_starts[i + 1]
    rows = SECTIONS + 1
    columns = batch.ridge_columns[i]
    lines = (beyond - tile) // max(1, columns)
    grid = RidgeGrid(
        batch.ridges[tile:beyond].reshape(lines, columns),
        batch.present[tile:beyond].reshape(lines, columns),
        batch.ridge_origins[i, 0],
        batch.ridge_origins[i, 1],
    )
    return Side(
        batch.words[rows * start : rows * end].reshape(rows, end - start),
        batch.points[3 * start : 3 * end].reshape(3, end - start),
        batch.hulls[2 * corner : 2 * last].reshape(2, last - corner),
        batch.cylinders[i],
        grid,
    )


@njit(cache=True, nogil=True)
def _score(a: Side, b: Side, parameters: MatchParameters) -> float:
    similarity = similarities(a, b, parameters.pairing)
    pairs = best_pairs(similarity, parameters.pairing.least_similarity)
    if len(pairs) < 2:
        return 0.0
    own = np.empty(len(pairs))
    for t in range(len(pairs)):
        own[t] = similarity[pairs[t, 0], pairs[t, 1]]
    motion, turns = _motion(a, b, pairs, own)
    support = _support(motion, turns, parameters.relaxation)
    relaxed = _relaxed(own, support, parameters.relaxation)
    agreement = _mean_of_best(relaxed, min(a.cylinders, b.cylinders), parameters.relaxation)
    shared, likeness = parameters.consolidation.chance_shared, 0.0
    left = relaxed.copy()
    for hypothesis in range(parameters.ridges.hypotheses):
        best = int(np.argmax(left))
        if left[best] <= 0.0 or likeness > parameters.ridges.settled:
            break
        anchors, motion = _anchors(a, b, pairs, relaxed, support[best], best, parameters.consolidation)
        counts = hypothesis == 0 and agreement >= parameters.consolidation.least_agreement
        if counts or promising(a.ridges, b.ridges, motion, parameters.skin, parameters.ridges):
            aligned, motion = _aligned(a, b, anchors, motion, parameters)
            if counts:
                shared = _shared_fraction(a, b, aligned, motion, parameters)
            likeness = max(likeness, ridge_agreement(a.ridges, b.ridges, motion, parameters.skin, parameters.ridges))
        left[support[best] > parameters.ridges.same] = 0.0
        left[best] = 0.0
    return _combined(agreement * shared, likeness, parameters.ridges)


@njit(cache=True, nogil=True)
def _combined(score: float, likeness: float, parameters: RidgeParameters) -> float:
    """Raise the score of the minutiae by the likeness of the ridges, as far as it is beyond chance; 0 to 1."""
    raised = (score + parameters.least_score) * exp(parameters.gain * max(0.0, likeness - parameters.chance))
    return (raised - parameters.least_score) / (1.0 + raised - parameters.least_score)


@njit(cache=True, nogil=True)
def _motion(
    a: Side, b: Side, pairs: NDArray[np.int64], weights: NDArray[np.float64]
) -> tuple[Motion, NDArray[np.float64]]:
    """Return what the pairs say of how `a` lies on `b`, and the turns of all pairs in [0, 2 pi)."""
    n = len(pairs)
    source, target, turns = np.empty((2, n)), np.empty((2, n)), np.empty(n)
    for t in range(n):
        i, j = pairs[t]
        source[_X, t], source[_Y, t] = a.points[_X, i], a.points[_Y, i]
        target[_X, t], target[_Y, t] = b.points[_X, j], b.points[_Y, j]
        turn = b.points[_DIRECTION, j] - a.points[_DIRECTION, i]
        turns[t] = turn if turn >= 0.0 else turn + 2 * pi
    return Motion(source, target, np.cos(turns), np.sin(turns), weights), turns


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
            differ = popcount((a0 ^ b0) & common) + popcount((a1 ^ b1) & common) + popcount((a2 ^ b2) & common)
            differ += popcount((a3 ^ b3) & common) + popcount((a4 ^ b4) & common) + popcount((a5 ^ b5) & common)
            in_a = popcount(a0 & common) + popcount(a1 & common) + popcount(a2 & common)
            in_a += popcount(a3 & common) + popcount(a4 & common) + popcount(a5 & common)
            in_b = popcount(b0 & common) + popcount(b1 & common) + popcount(b2 & common)
            in_b += popcount(b3 & common) + popcount(b4 & common) + popcount(b5 & common)
            norms = np.sqrt(np.float32(in_a)) + np.sqrt(np.float32(in_b))
            alike = one - np.sqrt(np.float32(differ)) / max(norms, one)
            gap = abs(direction - directions[j])
            turned = min(gap, 2 * pi - gap)
            comparable = (popcount(common) >= least) & (turned <= parameters.max_rotation) & (in_a + in_b > 0)
            row[j] = alike if comparable else none
    return table


@njit(cache=True, nogil=True)
def best_pairs(table: NDArray[np.float32], least: float) -> NDArray[np.int64]:
    """Return the most similar pairs (i, j), best first, each row and column at most once; shape (pairs, 2).

    Pairs of a similarity of `least` or less are left out.
    """
    rows, columns = table.shape
    cells, values = np.empty(rows * columns + 1, np.int32), np.empty(rows * columns + 1, np.float32)
    count, floor_ = 0, np.float32(least)
    for i in range(rows):
        for j in range(columns):  # without a branch, which could not be foretold
            cells[count], values[count] = i * columns + j, table[i, j]
            count += table[i, j] > floor_
    return _one_to_one(cells[:count], values[:count], rows, columns)


@njit(cache=True, nogil=True)
def _one_to_one(cells: NDArray[np.int32], values: NDArray[np.float32], rows: int, columns: int) -> NDArray[np.int64]:
    """Choose cells of a table by their values, each row and column at most once, as `best_pairs` does."""
    order = _best_first(cells, values) if len(cells) > _FEW else _best_first_of_few(cells, values)
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
def _best_first(cells: NDArray[np.int32], values: NDArray[np.float32]) -> NDArray[np.int32]:
    """Order cells by their values, in steps."""
    starts = np.zeros(_STEPS + 2, np.int32)
    steps = np.empty(len(cells), np.int32)
    for t in range(len(cells)):
        steps[t] = _STEPS - np.int32(values[t] * _STEPS)
        starts[steps[t] + 1] += 1
    for step in range(_STEPS + 1):
        starts[step + 1] += starts[step]
    order = np.empty(len(cells), np.int32)
    for t in range(len(cells)):
        order[starts[steps[t]]] = cells[t]
        starts[steps[t]] += 1
    return order


@njit(cache=True, nogil=True)
def _best_first_of_few(cells: NDArray[np.int32], values: NDArray[np.float32]) -> NDArray[np.int32]:
    """Do as `_best_first`, faster for some dozen cells: by insertion."""
    order, steps = np.empty(len(cells), np.int32), np.empty(len(cells), np.int32)
    for t in range(len(cells)):
        step = np.int32(values[t] * _STEPS)
        place = t
        while place > 0 and steps[place - 1] < step:
            steps[place], order[place] = steps[place - 1], order[place - 1]
            place -= 1
        steps[place], order[place] = step, cells[t]
    return order


@njit(cache=True, nogil=True)
def _sigmoid(value: float, mean: float, slope: float) -> float:
    return 1.0 / (1.0 + exp(-slope * (value - mean)))


@njit(cache=True, nogil=True)
def _support(motion: Motion, turns: NDArray[np.float64], parameters: RelaxationParameters) -> NDArray[np.float64]:
    """Return how far each pair is compatible with each other one, 0 to 1.

    Row k holds what pair k gives to the others. `turns` are those that the pairs show, in [0, 2 pi).
    """
    n = len(turns)
    support = np.zeros((n, n))
    mean, slope = parameters.angle_mean, parameters.angle_slope
    far = parameters.distance_mean - 7.0 / parameters.distance_slope  # beyond these the sigmoid is below 0.001
    wide = mean - 7.0 / slope
    stretched, turned = np.empty(n), np.empty(n)
    (ax, ay), (bx, by) = motion.source, motion.target
    for t in range(n):
        for k in range(t):
            from_a = np.sqrt((ax[t] - ax[k]) ** 2 + (ay[t] - ay[k]) ** 2)
            from_b = np.sqrt((bx[t] - bx[k]) ** 2 + (by[t] - by[k]) ** 2)
            stretched[k] = abs(from_a - from_b)
            gap = abs(turns[t] - turns[k])
            turned[k] = min(gap, 2 * pi - gap)
        for k in range(t):
            if stretched[k] > far or turned[k] > wide:
                continue
            ux, uy, vx, vy = ax[t] - ax[k], ay[t] - ay[k], bx[t] - bx[k], by[t] - by[k]
            bearing = np.arctan2(ux * vy - uy * vx, ux * vx + uy * vy)
            bent_t, bent_k = abs(wrapped(turns[t] - bearing)), abs(wrapped(turns[k] - bearing))
            if min(bent_t, bent_k) > wide:
                continue
            both = _sigmoid(stretched[k], parameters.distance_mean, parameters.distance_slope)
            both *= _sigmoid(turned[k], mean, slope)
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
    relaxed, before = own.copy(), np.empty(n)
    for _ in range(parameters.iterations):
        before, relaxed = relaxed, before
        relaxed[:] = parameters.own_weight * before
        for k in range(n):
            weight = given * before[k]
            for t in range(n):
                relaxed[t] += weight * support[k, t]
    return relaxed


@njit(cache=True, nogil=True)
def _mean_of_best(relaxed: NDArray[np.float64], smaller: int, parameters: RelaxationParameters) -> float:
    """Average the best n_P pairs; pairs that are missing count as zero."""
    share = _sigmoid(float(smaller), parameters.pairs_mean, parameters.pairs_slope)
    wanted = parameters.min_pairs + int(np.rint(share * (parameters.max_pairs - parameters.min_pairs)))
    left = relaxed.copy()
    total = 0.0
    for _ in range(min(wanted, len(left))):
        best = int(np.argmax(left))
        total += left[best]
        left[best] = 0.0
    return float(total / wanted)


@njit(cache=True, nogil=True)
def _anchors(
    a: Side,
    b: Side,
    pairs: NDArray[np.int64],
    relaxed: NDArray[np.float64],
    support: NDArray[np.float64],
    best: int,
    parameters: ConsolidationParameters,
) -> tuple[NDArray[np.int64], Motion]:
    """Return a pair and those that it supports, and the motion that they show."""
    weights = relaxed * support
    weights[best] = relaxed[best]
    chosen = np.nonzero(weights > parameters.anchor_weight * relaxed[best])[0]
    motion, _ = _motion(a, b, pairs[chosen], weights[chosen])
    return pairs[chosen], motion


@njit(cache=True, nogil=True)
def _aligned(
    a: Side, b: Side, pairs: NDArray[np.int64], motion: Motion, parameters: MatchParameters
) -> tuple[NDArray[np.int64], Motion]:
    """Extend some pairs over the whole overlap: return the pairs that lie together in the end, and their motion.

    The skin stretches, so the motion is a local one: each minutia is carried by the pairs around it.
    """
    for _ in range(parameters.consolidation.iterations):
        place = carried(a.points, motion, parameters.skin)
        found, closeness = _partners(a.points, place, b.points, parameters.consolidation)
        if len(found) < 2:
            break
        pairs = found
        motion, _ = _motion(a, b, pairs, closeness)
    return pairs, motion


@njit(cache=True, nogil=True)
def _partners(
    points: NDArray[np.float64],
    place: NDArray[np.float64],
    others: NDArray[np.float64],
    parameters: ConsolidationParameters,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Pair minutiae that came to lie together, the closest first; closeness is 1 for a perfect fit, 0 at the limits."""
    n, m = points.shape[1], others.shape[1]
    cells, values = np.empty(n * m, np.int32), np.empty(n * m, np.float32)
    near = np.empty(m + 1, np.int32)
    far = parameters.max_distance * parameters.max_distance
    count = 0
    for i in range(n):
        beside = 0
        for j in range(m):  # without a branch, which could not be foretold
            near[beside] = j
            beside += (place[_X, i] - others[_X, j]) ** 2 + (place[_Y, i] - others[_Y, j]) ** 2 < far
        if beside == 0:
            continue
        direction = points[_DIRECTION, i] + np.arctan2(place[4, i] - place[3, i], place[2, i] + place[5, i])
        for j in near[:beside]:
            square = ((place[_X, i] - others[_X, j]) ** 2 + (place[_Y, i] - others[_Y, j]) ** 2) / far
            turned = wrapped(direction - others[_DIRECTION, j]) / parameters.max_rotation
            if abs(turned) < 1.0:
                cells[count], values[count] = i * m + j, 1.0 - (square + turned * turned) / 2
                count += 1
    pairs = _one_to_one(cells[:count], values[:count], n, m)
    closeness = np.empty(len(pairs))
    for t in range(len(pairs)):
        cell = pairs[t, 0] * m + pairs[t, 1]
        closeness[t] = values[np.searchsorted(cells[:count], cell)]
    return pairs, closeness


@njit(cache=True, nogil=True)
def _shared_fraction(a: Side, b: Side, pairs: NDArray[np.int64], motion: Motion, parameters: MatchParameters) -> float:
    """Return which part of the minutiae in the overlap of two aligned prints has a partner, 0 to 1."""
    back = backward(motion)
    from_a = _overlapping(carried(a.points, motion, parameters.skin), b.hull, pairs[:, 0])
    from_b = _overlapping(carried(b.points, back, parameters.skin), a.hull, pairs[:, 1])
    believed = parameters.consolidation.prior_minutiae
    partners = len(pairs) + parameters.consolidation.prior_fraction * believed
    return min(1.0, partners / (sqrt(from_a * from_b) + believed))


@njit(cache=True, nogil=True)
def _overlapping(place: NDArray[np.float64], hull: NDArray[np.float64], paired: NDArray[np.int64]) -> int:
    """Count the minutiae that have a partner on the other print, or lie within its hull."""
    overlapping = np.zeros(place.shape[1], np.bool_)
    for m in paired:
        overlapping[m] = True
    count = 0
    for m in range(place.shape[1]):
        count += int(overlapping[m] or inside(place[_X, m], place[_Y, m], hull))
    return count
