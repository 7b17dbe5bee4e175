"""How pairs of minutiae that imply the same motion strengthen each other, compiled.

Source: Cappelli, Ferrara, Maltoni, "Minutia Cylinder-Code", TPAMI 32(12), 2010 (its LSS-R, with one-to-one pairs).
"""

from __future__ import annotations

from math import cos, exp, pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.compiler import njit
from fingerprint.matching.kernels.bits import padded
from fingerprint.matching.kernels.geometry import wrapped
from fingerprint.matching.kernels.motion import FROM_X, FROM_Y, TO_X, TO_Y, TURN, TURN_COS, TURN_SIN, Motion
from fingerprint.matching.parameters import RelaxationParameters


class Links(NamedTuple):
    """What pairs give to each other: `givers[t]` gives `takers[t]` so much of its similarity as `strengths[t]` says."""

    givers: NDArray[np.int32]
    takers: NDArray[np.int32]
    strengths: NDArray[np.float64]


def link_space(room: int) -> Links:
    """Return room for the links among `room` pairs."""
    return Links(np.zeros(room * room, np.int32), np.zeros(room * room, np.int32), np.zeros(room * room))


@njit(error_model="numpy")
def first(links: Links, count: int) -> Links:
    """Return the first links only."""
    return Links(links.givers[:count], links.takers[:count], links.strengths[:count])


@njit(error_model="numpy")
def sigmoid(value: float, mean: float, slope: float) -> float:
    """Return a number between 0 and 1, a half at the mean."""
    return 1.0 / (1.0 + exp(-slope * (value - mean)))


@njit(error_model="numpy")
def link(
    motion: Motion, parameters: RelaxationParameters, near: NDArray[np.int32], hits: NDArray[np.int32], links: Links
) -> int:
    """Find out how far each pair is compatible with each other one; return how many links there are.

    `motion` is what the pairs show, turns in [0, 2 pi) included, with room for whole turns of `LANES`.
    """
    mean, slope = parameters.angle_mean, parameters.angle_slope
    far = np.float32(parameters.distance_mean - 7.0 / parameters.distance_slope)  # beyond it the sigmoid is below 0.001
    wide = mean - 7.0 / slope
    aligned, bent = np.float32(cos(wide) - 1e-5), np.float32(wide)
    circle = np.float32(2 * pi)
    rows = motion.rows
    count = 0
    for t in range(1, motion.pairs):
        ax, ay, bx, by = rows[FROM_X, t], rows[FROM_Y, t], rows[TO_X, t], rows[TO_Y, t]
        turn, cos_t, sin_t = rows[TURN, t], rows[TURN_COS, t], rows[TURN_SIN, t]
        for k in range(padded(t)):
            ux, uy, vx, vy = ax - rows[FROM_X, k], ay - rows[FROM_Y, k], bx - rows[TO_X, k], by - rows[TO_Y, k]
            from_a, from_b = np.sqrt(ux * ux + uy * uy), np.sqrt(vx * vx + vy * vy)
            gap = abs(turn - rows[TURN, k])
            turned = min(gap, circle - gap)
            along, across = ux * vx + uy * vy, ux * vy - uy * vx
            straight = max(cos_t * along + sin_t * across, rows[TURN_COS, k] * along + rows[TURN_SIN, k] * across)
            hit = (abs(from_a - from_b) <= far) & (turned <= bent) & (straight >= aligned * from_a * from_b)
            hits[k] = np.int32(hit)
        link_count = 0
        for k in range(t):  # without a branch, which could not be foretold
            near[link_count] = k
            link_count += hits[k]
        for k in near[:link_count]:
            ux, uy, vx, vy = ax - rows[FROM_X, k], ay - rows[FROM_Y, k], bx - rows[TO_X, k], by - rows[TO_Y, k]
            stretched = abs(np.sqrt(ux * ux + uy * uy) - np.sqrt(vx * vx + vy * vy))
            gap = abs(turn - rows[TURN, k])
            bearing = np.arctan2(ux * vy - uy * vx, ux * vx + uy * vy)
            both = sigmoid(stretched, parameters.distance_mean, parameters.distance_slope)
            both *= sigmoid(min(gap, circle - gap), mean, slope)
            links.givers[count], links.takers[count] = k, t
            links.strengths[count] = both * sigmoid(abs(wrapped(turn - bearing)), mean, slope)
            links.givers[count + 1], links.takers[count + 1] = t, k
            links.strengths[count + 1] = both * sigmoid(abs(wrapped(rows[TURN, k] - bearing)), mean, slope)
            count += 2
    return count


@njit(error_model="numpy")
def relax(
    similarity: NDArray[np.float64],
    links: Links,
    parameters: RelaxationParameters,
    before: NDArray[np.float64],
    relaxed: NDArray[np.float64],
) -> None:
    """Fill in the pairs' similarities after some rounds of support by the others."""
    n = len(similarity)
    weight = (1.0 - parameters.own_weight) / (max(n, parameters.min_supporters) - 1)
    for t in range(n):
        relaxed[t] = similarity[t]
    for _ in range(parameters.iterations):
        for t in range(n):
            before[t] = weight * relaxed[t]
            relaxed[t] *= parameters.own_weight
        for t in range(len(links.strengths)):
            relaxed[links.takers[t]] += before[links.givers[t]] * links.strengths[t]


@njit(error_model="numpy")
def drop_far(motion: Motion, parameters: RelaxationParameters, relaxed: NDArray[np.float64]) -> None:
    """Let no pair count that lies farther from the best one, on either print, than two minutiae of a finger do.

    So the parts of a record that holds several prints do not add up.
    """
    best, far = int(relaxed.argmax()), np.float32(parameters.reach**2)
    rows = motion.rows
    for t in range(motion.pairs):
        ux, uy = rows[FROM_X, t] - rows[FROM_X, best], rows[FROM_Y, t] - rows[FROM_Y, best]
        vx, vy = rows[TO_X, t] - rows[TO_X, best], rows[TO_Y, t] - rows[TO_Y, best]
        if ux * ux + uy * uy > far or vx * vx + vy * vy > far:
            relaxed[t] = 0.0


@njit(error_model="numpy")
def mean_of_best(
    values: NDArray[np.float64], smaller: int, parameters: RelaxationParameters, best: NDArray[np.float64]
) -> float:
    """Average the best n_P values; values that are missing count as zero. `best` is room for max_pairs of them."""
    share = sigmoid(float(smaller), parameters.pairs_mean, parameters.pairs_slope)
    best_count = parameters.min_pairs + int(np.rint(share * (parameters.max_pairs - parameters.min_pairs)))
    filled = 0
    for value in values:
        if filled == best_count and value <= best[filled - 1]:
            continue
        at = filled if filled < best_count else filled - 1
        filled = at + 1
        while at > 0 and best[at - 1] < value:
            best[at] = best[at - 1]
            at -= 1
        best[at] = value
    total = 0.0
    for value in best[:filled]:
        total += value
    return total / best_count


@njit(error_model="numpy")
def supported(best: int, links: Links, support: NDArray[np.float64]) -> None:
    """Fill in how far each pair is supported by one of them."""
    for t in range(len(support)):
        support[t] = 0.0
    for t in range(len(links.strengths)):
        if links.givers[t] == best:
            support[links.takers[t]] = links.strengths[t]
