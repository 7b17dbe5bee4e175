"""Which motion of one print onto another most pairs of similar minutiae agree on, compiled.

A generalised Hough transform whose cells are the pairs themselves (Ballard, 1981): each pair shows a motion, and the
pairs that it carries onto each other vote for it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.compiler import njit
from fingerprint.matching.kernels.geometry import wrapped
from fingerprint.matching.kernels.motion import (
    FROM_X,
    FROM_Y,
    MOTION_ROWS,
    TO_X,
    TO_Y,
    TURN_COS,
    TURN_SIN,
    WEIGHT,
    Motion,
)
from fingerprint.matching.parameters import VoteParameters


@njit(error_model="numpy")
def voted_motion(
    a: NDArray[np.float64], b: NDArray[np.float64], similar: NDArray[np.float32], parameters: VoteParameters
) -> tuple[float, Motion]:
    """Return the votes for the motion of `a` onto `b` that gets most, and the pairs that vote for it.

    `a` and `b` are points, shape (3, minutiae): x and y in pixels at 500 ppi, y up, and direction in radians. `similar`
    says for each point of `a` and of `b` how similar they are, at most 1; the pairs that vote are set to 0 in it, so
    that another call finds the next motion. A vote is 0 to 1; a point of `b` has one.
    """
    probe_minutiae, other, weight = _candidates(a, b, similar, parameters)
    count, points = len(probe_minutiae), b.shape[1]
    best, votes, of_point = 0.0, np.zeros(points), np.zeros(points, np.int64)
    chosen = np.full(points, -1)
    for k in range(count):
        i, j = probe_minutiae[k], other[k]
        turn = b[2, j] - a[2, i]
        cos, sin = np.cos(turn), np.sin(turn)
        for point in range(points):
            votes[point] = 0.0
        for m in range(count):
            across, up = a[0, probe_minutiae[m]] - a[0, i], a[1, probe_minutiae[m]] - a[1, i]
            off_x = b[0, other[m]] - b[0, j] - (cos * across - sin * up)
            off_y = b[1, other[m]] - b[1, j] - (sin * across + cos * up)
            reach = parameters.distance + parameters.slope * np.sqrt(across * across + up * up)
            if off_x * off_x + off_y * off_y > reach * reach:
                continue
            if abs(wrapped(b[2, other[m]] - a[2, probe_minutiae[m]] - turn)) > parameters.turn:
                continue
            if weight[m] > votes[other[m]]:
                votes[other[m]], of_point[other[m]] = weight[m], m
        total = votes.sum()
        if total > best:
            best = total
            for point in range(points):
                chosen[point] = of_point[point] if votes[point] > 0.0 else -1
    rows, pairs = np.zeros((MOTION_ROWS, points), np.float32), 0
    for point in range(points):
        m = chosen[point]
        if m < 0:
            continue
        turn = b[2, point] - a[2, probe_minutiae[m]]
        rows[FROM_X, pairs], rows[FROM_Y, pairs] = a[0, probe_minutiae[m]], a[1, probe_minutiae[m]]
        rows[TO_X, pairs], rows[TO_Y, pairs] = b[0, point], b[1, point]
        rows[TURN_COS, pairs], rows[TURN_SIN, pairs], rows[WEIGHT, pairs] = np.cos(turn), np.sin(turn), weight[m]
        similar[probe_minutiae[m], point] = np.float32(0)
        pairs += 1
    return best, Motion(rows, pairs)


@njit(error_model="numpy")
def _candidates(
    a: NDArray[np.float64], b: NDArray[np.float64], similar: NDArray[np.float32], parameters: VoteParameters
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the pairs that may vote: their places in `a` and `b`, and their weights, the most similar ones."""
    room = b.shape[1] * parameters.nearest
    probe_minutiae, other, weight = np.zeros(room, np.int64), np.zeros(room, np.int64), np.zeros(room)
    count = 0
    for j in range(b.shape[1]):
        first = count
        for i in range(a.shape[1]):
            value = (similar[i, j] - parameters.min_similarity) / (1.0 - parameters.min_similarity)
            if value <= 0.0 or abs(wrapped(b[2, j] - a[2, i])) > parameters.max_rotation:
                continue
            at = count
            if count - first < parameters.nearest:
                count += 1
            else:
                at = first + int(weight[first:count].argmin())
                if weight[at] >= value:
                    continue
            probe_minutiae[at], other[at], weight[at] = i, j, value
    strongest = np.argsort(-weight[:count], kind="mergesort")[: parameters.max_pairs]
    return probe_minutiae[strongest], other[strongest], weight[strongest]
