"""A quick look at the ridges around some pairs of minutiae, compiled.

Where they do not agree, those of the whole prints will not either.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.compiler import njit
from fingerprint.matching.kernels.batch import PrintArrays
from fingerprint.matching.kernels.consolidation import AlignmentSpace
from fingerprint.matching.kernels.motion import FROM_X, FROM_Y, WEIGHT, Motion, carry
from fingerprint.matching.kernels.ridge_windows import (
    PATCH_ROWS,
    SHIFT,
    LocalFrame,
    RidgeGrid,
    patch_agreement,
    patch_covered,
    read_window,
)
from fingerprint.matching.parameters import RidgeParameters, SkinParameters
from fingerprint.ridge_map import TILE, TILE_CELLS


class SpotSpace(NamedTuple):
    """Room for two windows of ridges, a row a word, and for which of their cells lie on a tile."""

    patch_bits: NDArray[np.uint32]
    patch_coverage: NDArray[np.uint32]
    bits: NDArray[np.uint32]
    covered: NDArray[np.uint32]
    points: NDArray[np.float32]  # shape (2, room)


def spot_space(room: int) -> SpotSpace:
    """Return room for the spots around `room` pairs."""
    patch_bits, patch_coverage, bits, covered = (np.zeros(PATCH_ROWS, np.uint32) for _ in range(4))
    return SpotSpace(patch_bits, patch_coverage, bits, covered, np.zeros((2, room), np.float32))


@njit(error_model="numpy")
def _least_agreement(spots: int, agreement: float) -> float:
    """Return the least sum that the agreements of `spots` places must reach."""
    return spots * agreement * (1.0 - 0.3 / spots)


@njit(error_model="numpy")
def patches_agree(
    a: PrintArrays, b: PrintArrays, pairs: NDArray[np.int32], parameters: RidgeParameters, spot: SpotSpace
) -> bool:
    """Say whether the ridges around each pair agree, each turned as its minutiae point."""
    spots, total = 0, 0.0
    for t in range(len(pairs)):
        patch, other = a.patches[pairs[t, 0]], b.patches[pairs[t, 1]]
        patch_covered(patch, spot.patch_coverage)
        patch_covered(other, spot.covered)
        best, cells = patch_agreement(patch, spot.patch_coverage, other, spot.covered)
        if cells < parameters.min_shared:
            continue
        spots += 1
        total += best / cells
        if total < _least_agreement(spots, parameters.patch_agreement):
            return False
    return spots > 0


@njit(error_model="numpy")
def promising(
    a: PrintArrays,
    b: PrintArrays,
    count: int,
    skin: SkinParameters,
    parameters: RidgeParameters,
    space: AlignmentSpace,
    spot: SpotSpace,
) -> bool:
    """Look at the ridges around the surest pairs, moved as all of them together say."""
    rows, frames, grid = space.motion, space.frames, a.ridges
    remaining, tiles = space.values[:count], space.cells
    lines, columns = grid.present.shape
    for t in range(count):
        remaining[t] = rows[WEIGHT, t]
        column = np.int32(np.floor((rows[FROM_X, t] - grid.x) / TILE + 0.5))
        row = np.int32(np.floor((grid.y - rows[FROM_Y, t]) / TILE + 0.5))
        if not (0 < row < lines - 1 and 0 < column < columns - 1):
            row, column, remaining[t] = np.int32(0), np.int32(0), -1.0
        tiles[2 * t], tiles[2 * t + 1] = row, column
        spot.points[0, t], spot.points[1, t] = grid.x + TILE * column, grid.y - TILE * row
    carry(spot.points, count, Motion(rows, count), skin, space.sums, frames)
    spots, total = 0, 0.0
    for _ in range(count):
        surest = int(remaining.argmax())
        if remaining[surest] < 0.0:
            break
        row, column = tiles[2 * surest], tiles[2 * surest + 1]
        for t in range(count):
            if abs(tiles[2 * t] - row) <= 1 and abs(tiles[2 * t + 1] - column) <= 1:
                remaining[t] = -1.0
        frame = LocalFrame(
            frames[0, surest],
            frames[1, surest],
            frames[2, surest],
            frames[3, surest],
            frames[4, surest],
            frames[5, surest],
        )
        if not read_window(b.ridges, frame, PATCH_ROWS, spot.bits, spot.covered):
            continue
        _lay_out_patch(grid, row, column, spot.patch_bits, spot.patch_coverage)
        best, cells = patch_agreement(spot.patch_bits, spot.patch_coverage, spot.bits, spot.covered)
        if cells < parameters.min_shared:
            continue
        spots += 1
        total += best / cells
        if total < _least_agreement(spots, parameters.spot_agreement):
            return False
        if spots == parameters.spots:
            return True
    return spots > 0


@njit(error_model="numpy")
def _lay_out_patch(
    grid: RidgeGrid, row: int, column: int, bits: NDArray[np.uint32], covered: NDArray[np.uint32]
) -> None:
    """Lay a tile and those around it out as a patch."""
    for i in range(3):
        for j in range(3):
            word, on_tile = grid.words[row - 1 + i, column - 1 + j], grid.present[row - 1 + i, column - 1 + j]
            at = np.uint32(SHIFT + TILE_CELLS * j)
            known_cells = np.uint32(np.uint32(0xFF * on_tile) << at)
            for line in range(TILE_CELLS):
                k = SHIFT + TILE_CELLS * i + line
                part = np.uint32(np.uint32((word >> np.uint64(8 * line)) & np.uint64(0xFF)) << at)
                bits[k] = part if j == 0 else bits[k] | part
                covered[k] = known_cells if j == 0 else covered[k] | known_cells
