"""The two loops over compact codes that NumPy would take too long for, compiled by Numba; see `index.compact`."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numba import njit
from numpy.typing import NDArray

GROUP = 32  # rows whose nibbles FAISS's fast scan keeps side by side
HALF = 16  # rows in the lower halves of a group's bytes; the others are in the upper halves

# A number x of a rotated unit vector, in units of 1 / sqrt(dimension), is close to normal, N(0, 1). Its two coarse bits
# say its sign and whether |x| >= EDGE; the cells and centroids are those of the best four-level quantiser (J. Max,
# Quantizing for Minimum Distortion, 1960, table I). Eight fine bits say where it is in its cell: evenly in the inner
# one, and in the outer one at steps that grow with |x|, from EDGE + FIRST * t + MORE * t^2, 0 <= t < 1, up to LARGEST.
EDGE = 0.9816
CENTROIDS = np.array([-1.5104, -0.4528, 0.4528, 1.5104], np.float32)
FINE = 256
LARGEST = 5.0
FIRST, MORE = 0.8, LARGEST - EDGE - 0.8


def fine_values() -> NDArray[np.float32]:
    """Return what each pair of a coarse and a fine code stands for, the middle of its interval: shape (4, 256)."""
    t = (np.arange(FINE) + 0.5) / FINE
    inner, outer = EDGE * t, EDGE + FIRST * t + MORE * t * t
    return np.stack([-outer, -inner, inner, outer]).astype(np.float32)


@njit("void(float32[:,::1], int64[::1], uint8[:,::1], uint8[:,::1])", cache=True, nogil=True)
def encode(numbers, rows, coarse, fine):  # type: ignore[no-untyped-def]
    """Write vectors' codes to some rows.

    Args:
        numbers: rotated vectors in units of 1 / sqrt(dimension), shape (n, dimension), the dimension a multiple of 4.
        rows: where each goes, shape (n,).
        coarse: nibbles of two coarse codes, in the layout of FAISS's fast scan: shape (groups, 8 * dimension).
        fine: fine codes by row, shape (rows, dimension).
    """
    for i in range(len(rows)):
        row = rows[i]
        group, lane = row // GROUP, row % GROUP
        place = lane % HALF
        place = 2 * place if place < HALF // 2 else 2 * place - HALF + 1
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
                fine[row, 2 * pair + second] = min(int(t * FINE), FINE - 1)
                nibble |= cell << (2 * second)
            byte = HALF * pair + place
            coarse[group, byte] = (coarse[group, byte] & (0xF0 >> shift)) | (nibble << shift)


@njit(
    "void(float32[::1], int64[::1], uint8[:,::1], uint8[:,::1], float32[:,::1], float32[::1])", cache=True, nogil=True
)
def score(query, rows, coarse, fine, values, scores):  # type: ignore[no-untyped-def]
    """Write the inner product of a query with what the codes of some rows stand for.

    Args:
        query: rotated, shape (dimension,).
        rows: which rows, shape (n,).
        coarse: as for `encode`.
        fine: as for `encode`.
        values: what the codes stand for, shape (4, 256).
        scores: written, shape (n,).
    """
    for i in range(len(rows)):
        row = rows[i]
        group, lane = row // GROUP, row % GROUP
        place = lane % HALF
        place = 2 * place if place < HALF // 2 else 2 * place - HALF + 1
        shift = 0 if lane < HALF else 4
        total = np.float32(0)
        for pair in range(len(query) // 2):
            nibble = coarse[group, HALF * pair + place] >> shift
            total += query[2 * pair] * values[nibble & 3, fine[row, 2 * pair]]
            total += query[2 * pair + 1] * values[(nibble >> 2) & 3, fine[row, 2 * pair + 1]]
        scores[i] = total
