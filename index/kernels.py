"""The two loops over compact codes that NumPy would take too long for, compiled by Numba; see `index.compact`."""

from __future__ import annotations

from math import sqrt

import numpy as np

from biometrics.kernel.technique.compiler import njit

GROUP = 32  # rows whose nibbles FAISS's fast scan keeps side by side
HALF = 16  # rows in the lower halves of a group's bytes; the others are in the upper halves

# A number x of a rotated unit vector, in units of 1 / sqrt(dimension), is close to normal, N(0, 1). Its two coarse bits
# say its sign and whether |x| >= EDGE; the cells and centroids are those of the best four-level quantiser (J. Max,
# Quantizing for Minimum Distortion, 1960, table I). Its fine bits, 8 or 16, are t, 0 <= t < 1, which says where it is
# in its cell: evenly in the inner one, |x| = EDGE * t, and in the outer one at steps that grow with |x|, up to LARGEST:
# |x| = EDGE + FIRST * t + MORE * t^2. The first 8 of 16 fine bits are the 8.
EDGE = 0.9816
CENTROIDS = np.array([-1.5104, -0.4528, 0.4528, 1.5104], np.float32)
LARGEST = 5.0
FIRST, MORE = 0.8, LARGEST - EDGE - 0.8
# Of each cell, what is added up to x: a constant, and factors of t and of its square.
CELLS = np.array([(-EDGE, -FIRST, -MORE), (0, -EDGE, 0), (0, EDGE, 0), (EDGE, FIRST, MORE)], np.float32)

_FINE = ("uint8", "uint16")


@njit(
    [f"void(float32[:,::1], int64[::1], uint8[:,::1], {fine}[:,::1], int64)" for fine in _FINE],
)
def encode(numbers, rows, coarse, fine, levels):  # type: ignore[no-untyped-def]
    """Write vectors' codes to some rows.

    Args:
        numbers: rotated vectors in units of 1 / sqrt(dimension), shape (n, dimension), the dimension a multiple of 4.
        rows: where each goes, shape (n,).
        coarse: nibbles of two coarse codes, in the layout of FAISS's fast scan: shape (groups, 8 * dimension).
        fine: fine codes by row, shape (rows, dimension), uint8 or uint16.
        levels: fine codes there are, 256 or 65536.
    """
    for i in range(len(rows)):
        row = rows[i]
        group, lane = row // GROUP, row % GROUP
        half_lane = lane % HALF
        half_lane = 2 * half_lane if half_lane < HALF // 2 else 2 * half_lane - HALF + 1
        shift = 0 if lane < HALF else 4
        for pair in range(numbers.shape[1] // 2):
            nibble = 0
            for second in range(2):
                x = numbers[i, 2 * pair + second]
                size = min(abs(x), LARGEST)
                if size < EDGE:
                    t, cell = size / EDGE, 2 if x >= 0 else 1
                else:
                    t = (sqrt(FIRST * FIRST + 4 * MORE * (size - EDGE)) - FIRST) / (2 * MORE)
                    cell = 3 if x >= 0 else 0
                fine[row, 2 * pair + second] = min(int(t * levels), levels - 1)
                nibble |= cell << (2 * second)
            byte = HALF * pair + half_lane
            coarse[group, byte] = (coarse[group, byte] & (0xF0 >> shift)) | (nibble << shift)


@njit(
    [f"void(float32[::1], int64[::1], uint8[:,::1], {fine}[:,::1], int64, float32[::1])" for fine in _FINE],
    cache=True,
    nogil=True,
)
def score(query, rows, coarse, fine, levels, scores):  # type: ignore[no-untyped-def]
    """Write the inner product of a query with what the codes of some rows stand for.

    Args:
        query: rotated, and divided by sqrt(dimension); shape (dimension,).
        rows: which rows, shape (n,).
        coarse: as for `encode`.
        fine: as for `encode`.
        levels: as for `encode`.
        scores: written, shape (n,).
    """
    half, step = np.float32(0.5), np.float32(1 / levels)
    for i in range(len(rows)):
        row = rows[i]
        group, lane = row // GROUP, row % GROUP
        half_lane = lane % HALF
        half_lane = 2 * half_lane if half_lane < HALF // 2 else 2 * half_lane - HALF + 1
        shift = 0 if lane < HALF else 4
        total = np.float32(0)
        for pair in range(len(query) // 2):
            nibble = coarse[group, HALF * pair + half_lane] >> shift
            for second in range(2):
                cell = (nibble >> (2 * second)) & 3
                t = (np.float32(fine[row, 2 * pair + second]) + half) * step
                x = CELLS[cell, 0] + t * (CELLS[cell, 1] + t * CELLS[cell, 2])
                total += query[2 * pair + second] * x
        scores[i] = total
