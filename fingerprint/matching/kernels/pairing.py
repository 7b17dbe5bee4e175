"""Which minutiae of two prints may correspond, compiled.

Source: Cappelli, Ferrara, Maltoni, "Minutia Cylinder-Code", TPAMI 32(12), 2010, for the similarity of cylinders.
"""

from __future__ import annotations

from math import pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.bits import popcount
from biometrics.kernel.technique.compiler import njit
from fingerprint.matching.kernels.batch import DIRECTION, PrintArrays
from fingerprint.matching.kernels.bits import padded
from fingerprint.matching.parameters import PairingParameters

_STEPS = 1024  # similarities are ordered in steps of 1/1024
_FEW = 50  # cells that are faster put in order by insertion
_LOW = 0xFFFF  # the half of a key that says which column


class PairingSpace(NamedTuple):
    """Room for `best_pairs` and `one_to_one`, used again for each comparison; `room` is whole turns of `LANES`."""

    table: NDArray[np.float32]  # shape (room, room)
    keys: NDArray[np.int32]  # shape (room, room)
    tops: NDArray[np.int32]  # shape (room,)
    taken_columns: NDArray[np.int32]  # shape (room,)
    taken_rows: NDArray[np.int32]  # shape (room,)


def pairing_space(room: int) -> PairingSpace:
    """Return room for prints of `room` minutiae."""
    shape = (room, room)
    lines = (np.zeros(room, np.int32) for _ in range(3))
    return PairingSpace(np.zeros(shape, np.float32), np.zeros(shape, np.int32), *lines)


@njit(error_model="numpy")
def similarities(a: PrintArrays, b: PrintArrays, parameters: PairingParameters, table: NDArray[np.float32]) -> None:
    """Fill in the similarity of every cylinder of `a` to every one of `b`, 0 to 1, and 0 up to whole turns."""
    unity, none, min_common = np.float32(1), np.float32(0), np.uint64(parameters.min_common_cells)
    circle, half_circle, limit = np.float32(2 * pi), np.float32(pi), np.float32(parameters.max_rotation + 1e-6)
    words, directions = b.words, b.points[DIRECTION]
    for i in range(a.cylinders):
        row, direction = table[i], a.points[DIRECTION, i]
        a0, a1, a2, a3 = a.words[0, i], a.words[1, i], a.words[2, i], a.words[3, i]
        a4, a5, valid = a.words[4, i], a.words[5, i], a.words[6, i]
        for j in range(padded(b.cylinders)):  # no branches and no inner loop, so that it becomes vector instructions
            common = valid & words[6, j]
            b0, b1, b2, b3, b4, b5 = words[0, j], words[1, j], words[2, j], words[3, j], words[4, j], words[5, j]
            differ = popcount((a0 ^ b0) & common) + popcount((a1 ^ b1) & common) + popcount((a2 ^ b2) & common)
            differ += popcount((a3 ^ b3) & common) + popcount((a4 ^ b4) & common) + popcount((a5 ^ b5) & common)
            in_a = popcount(a0 & common) + popcount(a1 & common) + popcount(a2 & common)
            in_a += popcount(a3 & common) + popcount(a4 & common) + popcount(a5 & common)
            in_b = popcount(b0 & common) + popcount(b1 & common) + popcount(b2 & common)
            in_b += popcount(b3 & common) + popcount(b4 & common) + popcount(b5 & common)
            norms = np.sqrt(np.float32(np.int32(in_a))) + np.sqrt(np.float32(np.int32(in_b)))
            alike = unity - np.sqrt(np.float32(np.int32(differ))) / max(norms, unity)
            gap = abs(direction - directions[j])
            turned = half_circle - abs(half_circle - min(gap, circle))
            comparable = (popcount(common) >= min_common) & (turned <= limit) & (in_a + in_b > 0)
            row[j] = alike if comparable else none


@njit(error_model="numpy")
def best_pairs(rows: int, columns: int, min_similarity: float, space: PairingSpace, pairs: NDArray[np.int32]) -> int:
    """Choose the most similar pairs (i, j) of `space.table`, best first, each row and column at most once.

    Pairs of a similarity of `min_similarity` or less are left out. Returns how many `pairs` there are.
    """
    table, keys, tops, taken_columns = space.table, space.keys, space.tops, space.taken_columns
    floor, steps, nothing = np.float32(min_similarity), np.float32(_STEPS), np.int32(-1)
    for j in range(len(taken_columns)):
        taken_columns[j], tops[j] = 0, nothing
    for i in range(rows):
        top = nothing
        row, values = keys[i], table[i]
        for j in range(padded(columns)):
            value = values[j]
            key = np.int32(np.int32(value * steps) << 16) | np.int32(_LOW - j)
            key = np.int32(key) if value > floor else nothing
            row[j] = key
            top = max(top, key)
        tops[i] = top
    count = 0
    while True:
        first = nothing
        for j in range(padded(rows)):  # of equal ones the first row
            first = max(first, np.int32(np.int32(tops[j] | np.int32(_LOW)) - np.int32(j)))
        if first < 0:
            return count
        i = int(_LOW - (first & _LOW))
        j = int(_LOW - (tops[i] & _LOW))
        if taken_columns[j] == 0:
            pairs[count, 0], pairs[count, 1] = i, j
            count += 1
            taken_columns[j], tops[i] = nothing, nothing
            continue
        top, row = nothing, keys[i]
        for j in range(padded(columns)):
            top = max(top, np.int32(row[j] | taken_columns[j]))
        tops[i] = top


@njit(error_model="numpy")
def one_to_one(
    cells: NDArray[np.int32], values: NDArray[np.float32], columns: int, space: PairingSpace, order: NDArray[np.int64]
) -> int:
    """Choose among some cells (columns * i + j) of a table those of the highest values, each row and column once.

    `order` gets the places of the chosen ones, best first; the return value is their number.
    """
    count = len(cells)
    steps = np.float32(_STEPS)
    for t in range(count):
        order[t] = (_STEPS - np.int64(values[t] * steps)) << 32 | t
    if count > _FEW:
        order[:count] = np.sort(order[:count])
    else:
        for t in range(1, count):
            key, at = order[t], t
            while at > 0 and order[at - 1] > key:
                order[at] = order[at - 1]
                at -= 1
            order[at] = key
    for j in range(len(space.taken_columns)):
        space.taken_columns[j], space.taken_rows[j] = 0, 0
    chosen = 0
    for t in range(count):
        at = order[t] & 0xFFFFFFFF
        i, j = cells[at] // columns, cells[at] % columns
        if space.taken_rows[i] == 0 and space.taken_columns[j] == 0:
            space.taken_rows[i] = space.taken_columns[j] = 1
            order[chosen] = at
            chosen += 1
    return chosen
