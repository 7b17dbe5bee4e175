"""How one print lies on another, and where that takes a point, compiled.

Source: Schaefer, McPhail, Warren, "Image Deformation Using Moving Least Squares", SIGGRAPH 2006, affine case.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.compiler import njit
from fingerprint.matching.kernels.bits import LANES, padded
from fingerprint.matching.parameters import SkinParameters

MOTION_ROWS = 8
FROM_X, FROM_Y, TO_X, TO_Y, TURN_COS, TURN_SIN, WEIGHT, TURN = range(MOTION_ROWS)

_SUMS = 14  # numbers that `carry` adds up for each point
_PLACES = 6


class Motion(NamedTuple):
    """Pairs of points that say how one print lies on the other.

    Attributes:
        rows: float32, shape (8, at least `pairs`): from and to x and y in pixels at 500 ppi, y up; cosine and sine of
            the turn that each pair shows; its weight; the turn itself in radians, only if requested.
        pairs: how many there are.
    """

    rows: NDArray[np.float32]
    pairs: int


@njit()
def backward(motion: Motion, rows: NDArray[np.float32]) -> Motion:
    """Return how the other print lies on the one, in `rows`."""
    for t in range(motion.pairs):
        rows[FROM_X, t], rows[FROM_Y, t] = motion.rows[TO_X, t], motion.rows[TO_Y, t]
        rows[TO_X, t], rows[TO_Y, t] = motion.rows[FROM_X, t], motion.rows[FROM_Y, t]
        rows[TURN_COS, t], rows[TURN_SIN, t] = motion.rows[TURN_COS, t], -motion.rows[TURN_SIN, t]
        rows[WEIGHT, t] = motion.rows[WEIGHT, t]
    return Motion(rows, motion.pairs)


@njit()
def carried(points: NDArray[np.float32], motion: Motion, skin: SkinParameters) -> NDArray[np.float32]:
    """Return where points, shape (2, n), go, and the affine motion there: shape (6, n), as for `carry`."""
    count = points.shape[1]
    all_points, frames = np.zeros((2, padded(count)), np.float32), np.empty((_PLACES, padded(count)), np.float32)
    for i in range(count):  # a loop: the assignment of a slice takes two seconds to compile
        all_points[0, i], all_points[1, i] = points[0, i], points[1, i]
    carry(all_points, count, motion, skin, carry_space(), frames)
    return frames[:, :count].copy()


@njit()
def carry_space() -> NDArray[np.float32]:
    """Return room for what `carry` adds up."""
    return np.zeros((_SUMS + 2) * LANES, np.float32)


@njit(error_model="numpy", fastmath={"contract"})  # multiply and add in one step; nothing is reordered
def carry(
    points: NDArray[np.float32],
    count: int,
    motion: Motion,
    skin: SkinParameters,
    sums: NDArray[np.float32],
    frames: NDArray[np.float32],
) -> None:
    """Fill in where points go, and the affine motion there: x, y, and the matrix by rows.

    `stiffness` limits the stretch of the skin, the turns of the pairs limit the turn. `points` and `frames` have room
    for a multiple of `LANES`. The inner loops use a single array, or else the compiler does not vectorise them.
    """
    unity, tiny, lever, stiffness = np.float32(1), np.float32(1e-9), np.float32(skin.lever), np.float32(skin.stiffness)
    near = np.float32(1.0 / (skin.reach * skin.reach))
    rows = motion.rows
    for block in range(0, count, LANES):
        for i in range(_SUMS * LANES):
            sums[i] = np.float32(0)
        for i in range(LANES):
            sums[14 * LANES + i] = points[0, np.uint64(block + i)]
        for i in range(LANES):
            sums[15 * LANES + i] = points[1, np.uint64(block + i)]
        for t in range(motion.pairs):
            from_x, from_y, to_x, to_y = rows[FROM_X, t], rows[FROM_Y, t], rows[TO_X, t], rows[TO_Y, t]
            cos, sin, weight = rows[TURN_COS, t], rows[TURN_SIN, t], rows[WEIGHT, t]
            for i in range(LANES):
                u, v = from_x - sums[14 * LANES + i], from_y - sums[15 * LANES + i]
                root = unity + (u * u + v * v) * near
                pull = weight / (root * root)
                pu, pv = pull * u, pull * v
                sums[i] += pull
                sums[LANES + i] += pu
                sums[2 * LANES + i] += pv
                sums[3 * LANES + i] += pull * to_x
                sums[4 * LANES + i] += pull * to_y
                sums[5 * LANES + i] += pu * u
                sums[6 * LANES + i] += pu * v
                sums[7 * LANES + i] += pv * v
                sums[8 * LANES + i] += pu * to_x
                sums[9 * LANES + i] += pv * to_x
                sums[10 * LANES + i] += pu * to_y
                sums[11 * LANES + i] += pv * to_y
                sums[12 * LANES + i] += pull * cos
                sums[13 * LANES + i] += pull * sin
        for i in range(LANES):
            total, su, sv = sums[i], sums[LANES + i], sums[2 * LANES + i]
            share = unity / total
            u, v, to_x, to_y = su * share, sv * share, sums[3 * LANES + i] * share, sums[4 * LANES + i] * share
            hold = stiffness * total
            uu = sums[5 * LANES + i] - u * su + hold
            uv = sums[6 * LANES + i] - u * sv
            vv = sums[7 * LANES + i] - v * sv + hold
            xu, xv = sums[8 * LANES + i] - to_x * su, sums[9 * LANES + i] - to_x * sv
            yu, yv = sums[10 * LANES + i] - to_y * su, sums[11 * LANES + i] - to_y * sv
            cos = xu + yv + lever * sums[12 * LANES + i]
            sin = yu - xv + lever * sums[13 * LANES + i]
            firm = hold / max(np.sqrt(cos * cos + sin * sin), tiny)
            xu, xv, yu, yv = xu + firm * cos, xv - firm * sin, yu + firm * sin, yv + firm * cos
            scale = unity / (uu * vv - uv * uv)
            xx, xy = (xu * vv - xv * uv) * scale, (xv * uu - xu * uv) * scale
            yx, yy = (yu * vv - yv * uv) * scale, (yv * uu - yu * uv) * scale
            sums[i], sums[LANES + i] = to_x - xx * u - xy * v, to_y - yx * u - yy * v
            sums[2 * LANES + i], sums[3 * LANES + i] = xx, xy
            sums[4 * LANES + i], sums[5 * LANES + i] = yx, yy
        for row in range(_PLACES):
            for i in range(LANES):
                frames[row, np.uint64(block + i)] = sums[np.uint64(row * LANES + i)]
