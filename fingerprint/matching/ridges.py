"""The comparison of two prints' ridges once their minutiae say how they lie on each other, compiled.

Each tile of one print is carried onto the other by the pairs of minutiae around it, compared there under small shifts,
and takes the shift that suits it and its neighbours best. Ridges of one finger agree all over the overlap; those of two
fingers agree only by chance, however well some minutiae fit.

numba's on-disk cache notices a change of a kernel's own file only: after editing this one, remove the `__pycache__`
folder of `kernels.py` beside it.
"""

from __future__ import annotations

from math import floor
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from fingerprint.matching.motion import Motion, carried
from fingerprint.matching.parameters import RidgeParameters, SkinParameters
from fingerprint.ridge_map import CELL, TILE, TILE_CELLS, RidgeMap

RIM = 2  # empty tiles around a grid
_NEAR = 2  # tiles to either side that a tile follows
_SHIFT = 2  # cells that a tile may shift, either way
_SHIFTS = 2 * _SHIFT + 1
_WINDOW = TILE_CELLS + 2 * _SHIFT  # cells along the side of what a tile and its shifts cover
_MIDDLE = (TILE - 1) / 2  # pixels from a tile's first pixel to its middle
_ALL = np.uint64((1 << _WINDOW) - 1)

# positions in cells as fixed-point numbers, for the innermost loop: 20 bits of fraction, 3 of the cell in its tile
_FRACTION = 1 << 20
_TO_CELL, _TO_LINE, _TO_TILE = np.uint64(20), np.uint64(17), np.uint64(23)
_CELLS, _LINES, _ONE = np.uint64(7), np.uint64(56), np.uint64(1)


def _count_bits(_typing_context: Any, _word: Any) -> Any:
    """Count the set bits of a 64-bit word: one machine instruction."""

    def generate(_context: Any, builder: ir.IRBuilder, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


popcount: Any = intrinsic(_count_bits)


class RidgeGrid(NamedTuple):
    """A ridge map on a grid of tiles with a rim of empty ones; the words are those of `RidgeMap`.

    Attributes:
        words: uint64, shape (rows, columns); 0 where there is no tile.
        present: uint8, the same shape: 1 where there is a tile.
        x, y: pixels at 500 ppi, y up: the middle of the tile in row and column 0.
    """

    words: NDArray[np.uint64]
    present: NDArray[np.uint8]
    x: float
    y: float


def ridge_grid(ridges: RidgeMap) -> RidgeGrid:
    """Lay a ridge map out as a grid."""
    if len(ridges) == 0:
        return RidgeGrid(np.zeros((0, 0), np.uint64), np.zeros((0, 0), np.uint8), 0.0, 0.0)
    top, left = int(ridges.rows.min()) - RIM, int(ridges.columns.min()) - RIM
    shape = (int(ridges.rows.max()) - top + RIM + 1, int(ridges.columns.max()) - left + RIM + 1)
    words, present = np.zeros(shape, np.uint64), np.zeros(shape, np.uint8)
    places = (ridges.rows - top, ridges.columns - left)
    words[places], present[places] = ridges.words, 1
    return RidgeGrid(words, present, TILE * left + _MIDDLE, -(TILE * top + _MIDDLE))


@njit(cache=True, nogil=True)
def ridge_agreement(
    a: RidgeGrid, b: RidgeGrid, motion: Motion, skin: SkinParameters, parameters: RidgeParameters
) -> float:
    """Return how well the ridges of `a`, moved onto `b`, agree with those there: 0 by chance, towards 1.

    It is the mean agreement of the tiles (agreeing less differing cells, by all cells) at their best shifts, with some
    tiles of no agreement added so that a small overlap counts less.
    """
    if not promising(a, b, motion, skin, parameters):
        return 0.0
    tiles = _tiles(a)
    place = carried(_middles(a, tiles), motion, skin)
    agreement, cells = _agreement(a, b, tiles, place)
    best, shift = _best_shifts(a, tiles, agreement, cells, parameters)
    first = _shrunk_mean(best, parameters)
    if not parameters.promising < first < parameters.settled:
        return first
    _follow(a, tiles, place, best, shift, parameters)
    agreement, cells = _agreement(a, b, tiles, place)
    best, shift = _best_shifts(a, tiles, agreement, cells, parameters)
    return max(first, _shrunk_mean(best, parameters))


@njit(cache=True, nogil=True)
def promising(a: RidgeGrid, b: RidgeGrid, motion: Motion, skin: SkinParameters, parameters: RidgeParameters) -> bool:
    """Look at the ridges around the surest pairs only; where they do not agree, the rest will not either."""
    looked_at = np.zeros(a.present.shape, np.bool_)
    spots, total = 0, 0.0
    weight = motion.weight.copy()
    for _ in range(len(weight)):
        surest = np.argmax(weight)
        weight[surest] = -1.0
        column = floor((motion.source[0, surest] - a.x) / TILE + 0.5)
        row = floor((a.y - motion.source[1, surest]) / TILE + 0.5)
        if not (0 < row < a.present.shape[0] - 1 and 0 < column < a.present.shape[1] - 1) or looked_at[row, column]:
            continue
        looked_at[row - 1 : row + 2, column - 1 : column + 2] = True
        around = _tiles_around(a, row, column)
        agreement, cells = _agreement(a, b, around, carried(_middles(a, around), motion, skin))
        if cells.sum() < parameters.min_shared:
            continue
        spots += 1
        total += agreement.sum(axis=0).max() / cells.sum()
        if total < spots * parameters.spot_agreement * (1.0 - 0.3 / spots):
            return False
        if spots == parameters.spots:
            return True
    return spots > 0


@njit(cache=True, nogil=True)
def _tiles_around(grid: RidgeGrid, row: int, column: int) -> NDArray[np.int64]:
    tiles = np.empty((9, 2), np.int64)
    count = 0
    for i in range(row - 1, row + 2):
        for j in range(column - 1, column + 2):
            if grid.present[i, j]:
                tiles[count, 0], tiles[count, 1] = i, j
                count += 1
    return tiles[:count]


@njit(cache=True, nogil=True)
def _shrunk_mean(best: NDArray[np.float64], parameters: RidgeParameters) -> float:
    total, count = 0.0, 0
    for value in best:
        if value > -1.0:
            total += value
            count += 1
    return max(0.0, total / (count + parameters.prior_tiles))


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _middles(grid: RidgeGrid, tiles: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the tiles' middles, shape (2, tiles): x and y, y up."""
    middles = np.empty((2, len(tiles)))
    for t in range(len(tiles)):
        middles[0, t], middles[1, t] = grid.x + TILE * tiles[t, 1], grid.y - TILE * tiles[t, 0]
    return middles


@njit(cache=True, nogil=True)
def _agreement(
    a: RidgeGrid, b: RidgeGrid, tiles: NDArray[np.int64], place: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Compare each tile of `a` with what lies under it on `b`.

    Returns, for each tile and shift (first down, then right), agreeing less differing cells, and, for each tile, how
    many cells it has in common with `b` where it lies.
    """
    agreement = np.zeros((len(tiles), _SHIFTS * _SHIFTS), np.float32)
    cells = np.zeros(len(tiles), np.int64)
    bits, covered = np.zeros(_WINDOW, np.uint64), np.zeros(_WINDOW, np.uint64)
    ridges, common = np.empty(_SHIFTS * _SHIFTS, np.uint64), np.empty(_SHIFTS * _SHIFTS, np.uint64)
    for t in range(len(tiles)):
        if not _looked_up(b, place[:, t], bits, covered):
            continue
        own = a.words[tiles[t, 0], tiles[t, 1]]
        _shifted(bits, ridges)
        _shifted(covered, common)
        for s in range(_SHIFTS * _SHIFTS):
            differing = popcount((own ^ ridges[s]) & common[s])
            agreement[t, s] = np.float32(np.int32(popcount(common[s])) - np.int32(2 * differing))
        cells[t] = np.int64(popcount(common[_SHIFTS * _SHIFT + _SHIFT]))
    return agreement, cells


@njit(cache=True, nogil=True)
def _shifted(rows: NDArray[np.uint64], words: NDArray[np.uint64]) -> None:
    """Cut a window's rows into words of 8 by 8 cells, one for each shift."""
    for right in range(_SHIFTS):
        upper = lower = np.uint64(0)  # rows 0 to 7, and the others
        for i in range(TILE_CELLS):
            upper |= ((rows[i] >> np.uint64(right)) & np.uint64(0xFF)) << np.uint64(8 * i)
        for i in range(TILE_CELLS, _WINDOW):
            lower |= ((rows[i] >> np.uint64(right)) & np.uint64(0xFF)) << np.uint64(8 * (i - TILE_CELLS))
        for down in range(_SHIFTS):
            words[down * _SHIFTS + right] = (upper >> np.uint64(8 * down)) | (
                lower << np.uint64(56 - 8 * down)
            ) << np.uint64(8)


@njit(cache=True, nogil=True)
def _looked_up(
    grid: RidgeGrid, place: NDArray[np.float64], bits: NDArray[np.uint64], covered: NDArray[np.uint64]
) -> bool:
    """Read the window of cells around a place, turned and stretched as the motion there says, a row a word.

    Returns False where the place lies off the print.
    """
    rows, columns = grid.present.shape
    x, y, xx, xy, yx, yy = place
    half = (_WINDOW - 1) / 2
    wide, high = (abs(xx) + abs(xy)) * half, (abs(yx) + abs(yy)) * half
    column, row = (x - grid.x) / CELL + TILE_CELLS / 2, (grid.y - y) / CELL + TILE_CELLS / 2  # of a cell's far edge
    if not (wide <= column < TILE_CELLS * columns - wide and high <= row < TILE_CELLS * rows - high):
        return False
    present = _present(grid, row - high, row + high, column - wide, column + wide)
    if present == 0:
        return False
    words, there, line = grid.words.ravel(), grid.present.ravel(), np.uint64(columns)
    right, down = _fixed(xx), _fixed(-yx)
    covered[:] = _ALL
    for i in range(_WINDOW):
        first_column = _fixed(column + xy * (half - i) - xx * half)
        first_row = _fixed(row - yy * (half - i) + yx * half)
        word = np.uint64(0)
        for j in range(_WINDOW):
            at_column, at_row = first_column + np.uint64(j) * right, first_row + np.uint64(j) * down
            tile = (at_row >> _TO_TILE) * line + (at_column >> _TO_TILE)
            cell = ((at_row >> _TO_LINE) & _LINES) | ((at_column >> _TO_CELL) & _CELLS)
            word |= ((words[tile] >> cell) & _ONE) << np.uint64(j)
        bits[i] = word
        if present < 2:
            seen = np.uint64(0)
            for j in range(_WINDOW):
                at_column, at_row = first_column + np.uint64(j) * right, first_row + np.uint64(j) * down
                seen |= np.uint64(there[(at_row >> _TO_TILE) * line + (at_column >> _TO_TILE)]) << np.uint64(j)
            covered[i] = seen
    return True


@njit(cache=True, nogil=True)
def _fixed(cells: float) -> np.uint64:
    """Return a number of cells as a fixed-point number, modulo 2 to the 64th."""
    return np.uint64(np.int64(cells * _FRACTION))


@njit(cache=True, nogil=True)
def _present(grid: RidgeGrid, top: float, bottom: float, left: float, right: float) -> int:
    """Say whether none (0), some (1) or all (2) of the tiles in a rectangle of cells are there."""
    some, every = False, True
    for row in range(int(top) >> 3, (int(bottom) >> 3) + 1):
        for column in range(int(left) >> 3, (int(right) >> 3) + 1):
            if grid.present[row, column]:
                some = True
            else:
                every = False
    return int(some) + int(some and every)


@njit(cache=True, nogil=True)
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
    place = np.full(a.present.shape, -1, np.int64)
    for t in range(len(tiles)):
        if cells[t] >= parameters.min_cells:
            place[tiles[t, 0], tiles[t, 1]] = t
    best, shift = np.full(len(tiles), -1.0), np.zeros((2, len(tiles)))
    total = np.empty(_SHIFTS * _SHIFTS, np.float32)
    for t in range(len(tiles)):
        row, column = tiles[t]
        if place[row, column] < 0:
            continue
        total[:] = 0.0
        shared = 0
        for i in range(row - 1, row + 2):
            for j in range(column - 1, column + 2):
                other = place[i, j]
                if other >= 0:
                    shared += cells[other]
                    total += agreement[other]
        if shared < parameters.min_shared:
            continue
        best[t] = -np.inf
        for down in range(_SHIFTS):
            for right in range(_SHIFTS):
                off = (down - _SHIFT) ** 2 + (right - _SHIFT) ** 2
                value = total[down * _SHIFTS + right] / shared - parameters.shift_cost * off
                if value > best[t]:
                    best[t], shift[0, t], shift[1, t] = value, CELL * (right - _SHIFT), CELL * (_SHIFT - down)
        best[t] = max(best[t], -0.99)
    return best, shift


@njit(cache=True, nogil=True)
def _follow(
    a: RidgeGrid,
    tiles: NDArray[np.int64],
    place: NDArray[np.float64],
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
            place[0, t] += place[2, t] * right + place[3, t] * up
            place[1, t] += place[4, t] * right + place[5, t] * up
