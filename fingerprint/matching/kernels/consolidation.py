"""The best pairs of minutiae extended over the whole overlap of two prints, compiled; our own step, not the paper's."""

from __future__ import annotations

from math import sqrt, tan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.compiler import njit
from fingerprint.matching.kernels.batch import COS, DIRECTION, SIN, PrintArrays, X, Y
from fingerprint.matching.kernels.bits import padded
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
    backward,
    carry,
    carry_space,
)
from fingerprint.matching.kernels.pairing import PairingSpace, one_to_one
from fingerprint.matching.parameters import ConsolidationParameters, MatchParameters


class AlignmentSpace(NamedTuple):
    """Room for an alignment, used again for each comparison."""

    motion: NDArray[np.float32]  # shape (MOTION_ROWS, room): the rows of a `Motion`
    back: NDArray[np.float32]  # shape (MOTION_ROWS, room)
    pairs: NDArray[np.int32]  # shape (room, 2)
    frames: NDArray[np.float32]  # shape (6, room)
    sums: NDArray[np.float32]  # as `carry_space` makes it
    cells: NDArray[np.int32]  # shape (room * room,)
    values: NDArray[np.float32]  # shape (room * room,)
    order: NDArray[np.int64]  # shape (room * room,)
    hits: NDArray[np.int32]  # shape (room,)


def alignment_space(room: int) -> AlignmentSpace:
    """Return room for prints of `room` minutiae."""
    return AlignmentSpace(
        np.zeros((MOTION_ROWS, room), np.float32),
        np.zeros((MOTION_ROWS, room), np.float32),
        np.zeros((room, 2), np.int32),
        np.zeros((6, room), np.float32),
        carry_space(),
        np.zeros(room * room, np.int32),
        np.zeros(room * room, np.float32),
        np.zeros(room * room, np.int64),
        np.zeros(room, np.int32),
    )


@njit(error_model="numpy")
def show(
    a: NDArray[np.float32], b: NDArray[np.float32], i: int, j: int, weight: float, rows: NDArray[np.float32], t: int
) -> None:
    """Let point i of `a` and j of `b` be pair t of a motion."""
    rows[FROM_X, t], rows[FROM_Y, t] = a[X, i], a[Y, i]
    rows[TO_X, t], rows[TO_Y, t] = b[X, j], b[Y, j]
    cos_a, sin_a, cos_b, sin_b = a[COS, i], a[SIN, i], b[COS, j], b[SIN, j]
    rows[TURN_COS, t], rows[TURN_SIN, t] = cos_a * cos_b + sin_a * sin_b, cos_a * sin_b - sin_a * cos_b
    rows[WEIGHT, t] = weight


@njit(error_model="numpy")
def anchor(
    a: PrintArrays,
    b: PrintArrays,
    pairs: NDArray[np.int32],
    relaxed: NDArray[np.float64],
    support: NDArray[np.float64],
    best: int,
    parameters: ConsolidationParameters,
    space: AlignmentSpace,
) -> int:
    """Take a pair and those that it supports for the alignment; return how many they are."""
    min_weight = parameters.anchor_weight * relaxed[best]
    count = 0
    for t in range(len(relaxed)):
        weight = relaxed[best] if t == best else relaxed[t] * support[t]
        if weight > min_weight:
            space.pairs[count, 0], space.pairs[count, 1] = pairs[t, 0], pairs[t, 1]
            show(a.points, b.points, pairs[t, 0], pairs[t, 1], weight, space.motion, count)
            count += 1
    return count


@njit(error_model="numpy")
def align(
    a: PrintArrays,
    b: PrintArrays,
    count: int,
    parameters: MatchParameters,
    pairing: PairingSpace,
    space: AlignmentSpace,
) -> int:
    """Extend the first `count` pairs of `space` over the whole overlap; return how many lie together in the end.

    The skin stretches, so the motion is a local one: each minutia is carried by the pairs around it.
    """
    for _ in range(parameters.consolidation.iterations):
        carry(a.points, a.minutiae, Motion(space.motion, count), parameters.skin, space.sums, space.frames)
        near = _near(a, b, parameters.consolidation, space)
        pair_count = one_to_one(space.cells[:near], space.values, b.minutiae, pairing, space.order)
        if pair_count < 2:
            break
        count = pair_count
        for t in range(pair_count):
            at = space.order[t]
            i, j = space.cells[at] // b.minutiae, space.cells[at] % b.minutiae
            space.pairs[t, 0], space.pairs[t, 1] = i, j
            show(a.points, b.points, i, j, space.values[at], space.motion, t)
    return count


@njit(error_model="numpy")
def _near(a: PrintArrays, b: PrintArrays, parameters: ConsolidationParameters, space: AlignmentSpace) -> int:
    """Find minutiae that came to lie together; closeness is 1 for a perfect fit, 0 at the limits.

    Fills in cells and values, and returns their number.
    """
    far = np.float32(parameters.max_distance * parameters.max_distance)
    points, hits, frames = b.points, space.hits, space.frames
    widest = np.float32(tan(parameters.max_rotation))
    count = 0
    for i in range(a.minutiae):
        x, y, along, across = frames[0, i], frames[1, i], frames[2, i] + frames[5, i], frames[4, i] - frames[3, i]
        cos, sin = a.points[COS, i], a.points[SIN, i]
        cos, sin = along * cos - across * sin, across * cos + along * sin  # where it points to, at any length
        some = np.int32(0)
        for j in range(padded(b.minutiae)):
            u, v = x - points[X, j], y - points[Y, j]
            straight = cos * points[COS, j] + sin * points[SIN, j]
            bent = sin * points[COS, j] - cos * points[SIN, j]
            hit = np.int32((u * u + v * v < far) & (abs(bent) < widest * straight))
            hits[j] = hit
            some = np.int32(some | hit)
        if some == 0:
            continue
        direction = a.points[DIRECTION, i] + np.arctan2(across, along)
        for j in range(b.minutiae):
            if hits[j]:
                square = ((x - points[X, j]) ** 2 + (y - points[Y, j]) ** 2) / far
                turned = wrapped(direction - points[DIRECTION, j]) / parameters.max_rotation
                if abs(turned) < 1.0:
                    space.cells[count], space.values[count] = i * b.minutiae + j, 1.0 - (square + turned * turned) / 2
                    count += 1
    return count


@njit(error_model="numpy")
def shared_fraction(
    a: PrintArrays, b: PrintArrays, count: int, parameters: MatchParameters, space: AlignmentSpace
) -> float:
    """Return which part of the minutiae in the overlap of two aligned prints has a partner, 0 to 1."""
    motion = Motion(space.motion, count)
    carry(a.points, a.minutiae, motion, parameters.skin, space.sums, space.frames)
    from_a = _overlapping(space.frames, a.minutiae, b.hull, space.pairs[:count, 0], space.hits)
    carry(b.points, b.minutiae, backward(motion, space.back), parameters.skin, space.sums, space.frames)
    from_b = _overlapping(space.frames, b.minutiae, a.hull, space.pairs[:count, 1], space.hits)
    believed = parameters.consolidation.prior_minutiae
    partners = count + parameters.consolidation.prior_fraction * believed
    return min(1.0, partners / (sqrt(from_a * from_b) + believed))


@njit(error_model="numpy")
def _overlapping(
    frames: NDArray[np.float32],
    count: int,
    hull: NDArray[np.float32],
    paired: NDArray[np.int32],
    in_hull: NDArray[np.int32],
) -> int:
    """Count the minutiae that have a partner on the other print, or lie within its hull."""
    corners = hull.shape[1]
    xs, ys = frames[0], frames[1]
    for m in range(count):
        in_hull[m] = corners >= 3
    for k in range(corners):
        following = k + 1 if k + 1 < corners else 0
        x, y = hull[0, k], hull[1, k]
        edge_x, edge_y = hull[0, following] - x, hull[1, following] - y
        for m in range(padded(count)):
            in_hull[m] &= np.int32(edge_x * (ys[m] - y) >= edge_y * (xs[m] - x))
    for m in paired:
        in_hull[m] = 1
    overlapping = 0
    for m in range(count):
        overlapping += in_hull[m]
    return overlapping
