"""The comparison of two prints' ridges once their minutiae say how they lie on each other, compiled.

Each tile of one print is carried onto the other by the pairs of minutiae around it, compared there under small shifts,
and takes the shift that suits it and its neighbours best. Ridges of one finger agree all over the overlap; those of two
fingers agree only by chance, however well some minutiae fit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.bits import popcount
from biometrics.kernel.technique.compiler import njit
from fingerprint.matching.kernels.bits import LANES, padded
from fingerprint.matching.kernels.motion import Motion, carried
from fingerprint.matching.kernels.ridge_windows import SHIFT, SHIFTS, LocalFrame, RidgeGrid, read_window
from fingerprint.matching.parameters import RidgeParameters, SkinParameters
from fingerprint.ridge_map import CELL, TILE, TILE_CELLS

_NEAR = 2  # tiles to either side that a tile follows
_ROOM = padded(SHIFTS * SHIFTS)  # of which those beyond the shifts are always 0
_WINDOW = TILE_CELLS + 2 * SHIFT  # cells along the side of what a tile and its shifts cover


@njit(error_model="numpy")
def ridge_agreement(
    a: RidgeGrid, b: RidgeGrid, motion: Motion, skin: SkinParameters, parameters: RidgeParameters
) -> float:
    """Return how well the ridges of `a`, moved onto `b`, agree with those there: 0 by chance, towards 1.

    It is the mean agreement of the tiles (agreeing less differing cells, by all cells) at their best shifts, with some
    tiles of no agreement added so that a small overlap counts less.
    """
    tiles = _tiles(a)
    frames = carried(_middles(a, tiles), motion, skin)
    agreement, cells = _agreement(a, b, tiles, frames)
    best, shift = _best_shifts(a, tiles, agreement, cells, parameters)
    first = _shrunk_mean(best, parameters)
    if not parameters.promising < first < parameters.settled:
        return first
    _follow(a, tiles, frames, best, shift, parameters)
    agreement, cells = _agreement(a, b, tiles, frames)
    best, shift = _best_shifts(a, tiles, agreement, cells, parameters)
    return max(first, _shrunk_mean(best, parameters))


@njit(error_model="numpy")
def _shrunk_mean(best: NDArray[np.float64], parameters: RidgeParameters) -> float:
    total, count = 0.0, 0
    for value in best:
        if value > -1.0:
            total += value
            count += 1
    return max(0.0, total / (count + parameters.prior_tiles))


@njit(error_model="numpy")
def _tiles(grid: RidgeGrid) -> NDArray[np.int64]:
    """Return row and column of every tile; shape (tiles, 2)."""
    tiles = np.empty((grid.present.size, 2), np.int64)
    count = 0
    for row in range(grid.present.shape[0]):
        for column in range(grid.present.shape[1]):
            if grid.present[row, column]:
                tiles[count, 0], tiles[count, 1] = row, column
                count += 1
    return tiles[:count]


@njit(error_model="numpy")
def _middles(grid: RidgeGrid, tiles: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the tiles' middles, shape (2, tiles): x and y, y up."""
    middles = np.empty((2, len(tiles)), np.float32)
    for t in range(len(tiles)):
        middles[0, t], middles[1, t] = grid.x + TILE * tiles[t, 1], grid.y - TILE * tiles[t, 0]
    return middles


@njit(error_model="numpy")
def _agreement(
    a: RidgeGrid, b: RidgeGrid, tiles: NDArray[np.int64], frames: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Compare each tile of `a` with what lies under it on `b`.

    Returns, for each tile and shift (first down, then right), agreeing less differing cells, and, for each tile, how
    many cells it has in common with `b` where it lies.
    """
    agreement = np.zeros((len(tiles), _ROOM), np.float32)
    cells = np.zeros(len(tiles), np.int64)
    bits, covered = np.zeros(LANES, np.uint32), np.zeros(LANES, np.uint32)
    ridges, common = np.zeros(_ROOM, np.uint64), np.zeros(_ROOM, np.uint64)
    for t in range(len(tiles)):
        frame = LocalFrame(frames[0, t], frames[1, t], frames[2, t], frames[3, t], frames[4, t], frames[5, t])
        if not read_window(b, frame, _WINDOW, bits, covered):
            continue
        tile_word = a.words[tiles[t, 0], tiles[t, 1]]
        _shifted(bits, ridges)
        _shifted(covered, common)
        agreeing = agreement[t]
        for s in range(_ROOM):
            differing = popcount((tile_word ^ ridges[s]) & common[s])
            agreeing[s] = np.float32(np.int32(np.int32(popcount(common[s])) - np.int32(2) * np.int32(differing)))
        cells[t] = np.int64(popcount(common[SHIFTS * SHIFT + SHIFT]))
    return agreement, cells


@njit(error_model="numpy")
def _shifted(rows: NDArray[np.uint32], words: NDArray[np.uint64]) -> None:
    """Cut a window's rows into words of 8 by 8 cells, one for each shift."""
    for right in range(SHIFTS):
        upper = lower = np.uint64(0)  # rows 0 to 7, and the others
        for i in range(TILE_CELLS):
            upper |= np.uint64((rows[i] >> np.uint32(right)) & np.uint32(0xFF)) << np.uint64(8 * i)
        for i in range(TILE_CELLS, _WINDOW):
            lower |= np.uint64((rows[i] >> np.uint32(right)) & np.uint32(0xFF)) << np.uint64(8 * (i - TILE_CELLS))
        for down in range(SHIFTS):
            words[down * SHIFTS + right] = (upper >> np.uint64(8 * down)) | (
                lower << np.uint64(56 - 8 * down)
            ) << np.uint64(8)


@njit(error_model="numpy")
def _best_shifts(
    a: RidgeGrid,
    tiles: NDArray[np.int64],
    agreement: NDArray[np.float32],
    cells: NDArray[np.int64],
    parameters: RidgeParameters,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for each tile the agreement, -1 to 1, at the shift that suits it and its neighbours best, and that shift.

    The agreement is -1 where too little of the tile lies on the other print. Shifts are in pixels, right and up.
    """
    tile_numbers = np.full(a.present.shape, -1, np.int64)
    for t in range(len(tiles)):
        if cells[t] >= parameters.min_cells:
            tile_numbers[tiles[t, 0], tiles[t, 1]] = t
    best, shift = np.full(len(tiles), -1.0), np.zeros((2, len(tiles)))
    total, cost = np.zeros(_ROOM, np.float32), np.empty(SHIFTS * SHIFTS, np.float32)
    for s in range(SHIFTS * SHIFTS):
        cost[s] = parameters.shift_cost * ((s // SHIFTS - SHIFT) ** 2 + (s % SHIFTS - SHIFT) ** 2)
    for t in range(len(tiles)):
        row, column = tiles[t]
        if tile_numbers[row, column] < 0:
            continue
        for s in range(_ROOM):
            total[s] = np.float32(0)
        shared = 0
        for i in range(row - 1, row + 2):
            for j in range(column - 1, column + 2):
                other = tile_numbers[i, j]
                if other >= 0:
                    shared += cells[other]
                    agreeing = agreement[other]
                    for s in range(_ROOM):
                        total[s] += agreeing[s]
        if shared < parameters.min_shared:
            continue
        highest, at, share = np.float32(-2), 0, np.float32(1 / shared)
        for s in range(SHIFTS * SHIFTS):
            value = total[s] * share - cost[s]
            if value > highest:
                highest, at = value, s
        shift[0, t], shift[1, t] = CELL * (at % SHIFTS - SHIFT), CELL * (SHIFT - at // SHIFTS)
        best[t] = max(float(highest), -0.99)
    return best, shift


@njit(error_model="numpy")
def _follow(
    a: RidgeGrid,
    tiles: NDArray[np.int64],
    frames: NDArray[np.float32],
    best: NDArray[np.float64],
    shift: NDArray[np.float64],
    parameters: RidgeParameters,
) -> None:
    """Move each tile as far as the tiles around it shifted, each counted by its agreement."""
    rows, columns = a.present.shape
    trusted = np.full((rows, columns), -1, np.int64)
    for t in range(len(tiles)):
        if best[t] > parameters.trusted:
            trusted[tiles[t, 0], tiles[t, 1]] = t
    for t in range(len(tiles)):
        row, column = tiles[t]
        weight = right = up = 0.0
        for i in range(max(0, row - _NEAR), min(rows, row + _NEAR + 1)):
            for j in range(max(0, column - _NEAR), min(columns, column + _NEAR + 1)):
                other = trusted[i, j]
                if other >= 0:
                    trust = (best[other] - parameters.trusted) / (1.0 + (i - row) ** 2 + (j - column) ** 2)
                    weight += trust
                    right, up = right + trust * shift[0, other], up + trust * shift[1, other]
        if weight > 0.0:
            right, up = right / weight, up / weight
            frames[0, t] += frames[2, t] * right + frames[3, t] * up
            frames[1, t] += frames[4, t] * right + frames[5, t] * up
