"""Parts of a ridge map, read turned and stretched as needed, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.bits import popcount
from biometrics.kernel.technique.compiler import njit
from fingerprint.matching.kernels.bits import LANES
from fingerprint.ridge_map import CELL, TILE, TILE_CELLS, RidgeMap

RIM = 2  # empty tiles around a grid
SHIFT = 2  # cells that ridges may shift, either way, where they are compared
SHIFTS = 2 * SHIFT + 1
PATCH = 24  # cells along the side of a patch
PATCH_ROWS = PATCH + 2 * SHIFT  # and of what a patch and its shifts cover
_MIDDLE = (TILE - 1) / 2  # pixels from a tile's first pixel to its middle
_CORE = np.uint32((1 << PATCH) - 1)
_BLOCK = 4  # cells along the side of what is covered as a whole
_BLOCKS = PATCH_ROWS // _BLOCK
_ALL_BLOCKS = (1 << _BLOCKS) - 1
PATCH_WORDS = PATCH_ROWS + 2
_WHOLE, _LOW = np.uint64((1 << _BLOCK) - 1), np.uint64(0xFFFFFFFF)
_SPREAD = np.array(  # for each row of blocks the cells that they cover
    [sum(((1 << _BLOCK) - 1) << _BLOCK * j for j in range(_BLOCKS) if row >> j & 1) for row in range(_ALL_BLOCKS + 1)],
    np.uint32,
)


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


class LocalFrame(NamedTuple):
    """Where the middle of a window lies, in pixels at 500 ppi, y up, and how its right and up are turned, by rows."""

    x: float
    y: float
    xx: float
    xy: float
    yx: float
    yy: float


@njit(error_model="numpy", fastmath={"contract", "nnan", "nsz"})
def read_window(
    grid: RidgeGrid, frame: LocalFrame, size: int, bits: NDArray[np.uint32], covered: NDArray[np.uint32]
) -> bool:
    """Read a window of `size` by `size` cells, a row a word; `covered` marks the cells that lie on a tile.

    The length of both arrays is a multiple of `LANES`. Returns False if the place lies off the print, or is undefined.
    """
    rows, columns = grid.present.shape
    x, y = (frame.x - grid.x) / CELL + TILE_CELLS / 2, (grid.y - frame.y) / CELL + TILE_CELLS / 2
    reach = (abs(frame.xx) + abs(frame.xy) + abs(frame.yx) + abs(frame.yy)) * size
    if not (0.0 <= x < TILE_CELLS * columns and 0.0 <= y < TILE_CELLS * rows and reach < 1e4):
        return False
    half = np.float32((size - 1) / 2)
    xx, xy, yx, yy = np.float32(frame.xx), np.float32(frame.xy), np.float32(frame.yx), np.float32(frame.yy)
    left, top = np.float32(x), np.float32(y)
    last_column, last_row = np.float32(TILE_CELLS * columns - 1), np.float32(TILE_CELLS * rows - 1)
    none, line = np.float32(0), np.uint32(columns)
    words, on_tile, unity = grid.words.reshape(rows * columns), grid.present.reshape(rows * columns), np.uint64(1)
    present = _present(grid, x, y, abs(frame.xx) + abs(frame.xy), abs(frame.yx) + abs(frame.yy), size)
    if present == 0:
        return False
    all_cells = np.uint32((1 << size) - 1)
    wide = np.uint32(4 if size <= LANES else 5)  # bits of the number of cells in a line
    lines = 64 >> wide
    mask = np.uint32((1 << wide) - 1)
    for i in range(0, size, lines):
        column, row = left + xy * (half - np.float32(i)) - xx * half, top - yy * (half - np.float32(i)) + yx * half
        word, known_cells = np.uint64(0), np.uint64(0)
        for k in range(64):
            cell = np.uint32(k)
            right, down = np.float32(np.int32(cell & mask)), np.float32(np.int32(cell >> wide))
            at_column = np.uint32(np.int32(min(max(column + xx * right - xy * down, none), last_column)))
            at_row = np.uint32(np.int32(min(max(row - yx * right + yy * down, none), last_row)))
            tile = np.uint32((at_row >> np.uint32(3)) * line + (at_column >> np.uint32(3)))
            bit = np.uint64(((at_row & np.uint32(7)) << np.uint32(3)) | (at_column & np.uint32(7)))
            word |= ((words[tile] >> bit) & unity) << np.uint64(k)
        if present == 1:
            for k in range(64):
                cell = np.uint32(k)
                right, down = np.float32(np.int32(cell & mask)), np.float32(np.int32(cell >> wide))
                at_column = np.uint32(np.int32(min(max(column + xx * right - xy * down, none), last_column)))
                at_row = np.uint32(np.int32(min(max(row - yx * right + yy * down, none), last_row)))
                tile = np.uint32((at_row >> np.uint32(3)) * line + (at_column >> np.uint32(3)))
                known_cells |= np.uint64(on_tile[tile]) << np.uint64(k)
        else:
            known_cells = ~np.uint64(0)
        for j in range(lines):
            at = np.uint64(j << wide)
            bits[i + j], covered[i + j] = np.uint32(word >> at) & all_cells, np.uint32(known_cells >> at) & all_cells
    return True


@njit(error_model="numpy")
def _present(grid: RidgeGrid, x: float, y: float, wide: float, high: float, size: int) -> int:
    """Say whether none (0), some (1) or all (2) of the tiles in a rectangle of cells around a place are there."""
    rows, columns = grid.present.shape
    left, right = int(max(0.0, x - wide * size / 2)) >> 3, int(x + wide * size / 2) >> 3
    top, bottom = int(max(0.0, y - high * size / 2)) >> 3, int(y + high * size / 2) >> 3
    some, every = False, right < columns and bottom < rows
    for row in range(top, min(rows, bottom + 1)):
        for column in range(left, min(columns, right + 1)):
            if grid.present[row, column]:
                some = True
            else:
                every = False
    return int(some) + int(some and every)


@njit(error_model="numpy")
def patches(grid: RidgeGrid, points: NDArray[np.float64]) -> NDArray[np.uint32]:
    """Read the ridges around each minutia, turned so that it points to the right; shape (minutiae, PATCH_WORDS).

    For each minutia, its window's rows, then two words with a bit for each block of 4 by 4 cells that lies on tiles.
    """
    count = points.shape[1]
    read = np.zeros((count, PATCH_WORDS), np.uint32)
    bits, covered = np.zeros(PATCH_ROWS, np.uint32), np.zeros(PATCH_ROWS, np.uint32)
    for m in range(count):
        cos, sin = np.cos(points[2, m]), np.sin(points[2, m])
        if not read_window(
            grid, LocalFrame(points[0, m], points[1, m], cos, -sin, sin, cos), PATCH_ROWS, bits, covered
        ):
            continue
        for i in range(PATCH_ROWS):  # a loop: the assignment of a slice takes two seconds to compile
            read[m, i] = bits[i]
        blocks = np.uint64(0)
        for i in range(_BLOCKS):
            row = ~np.uint32(0)
            for k in range(_BLOCK):
                row &= covered[_BLOCK * i + k]
            for j in range(_BLOCKS):
                whole = (np.uint64(row) >> np.uint64(_BLOCK * j)) & _WHOLE == _WHOLE
                blocks |= np.uint64(whole) << np.uint64(_BLOCKS * i + j)
        read[m, PATCH_ROWS], read[m, PATCH_ROWS + 1] = np.uint32(blocks & _LOW), np.uint32(blocks >> np.uint64(32))
    return read


@njit(error_model="numpy")
def patch_covered(patch: NDArray[np.uint32], covered: NDArray[np.uint32]) -> None:
    """Fill in, row by row, which cells of a patch lie on tiles."""
    blocks = np.uint64(patch[PATCH_ROWS]) | np.uint64(patch[PATCH_ROWS + 1]) << np.uint64(32)
    for i in range(_BLOCKS):
        row = _SPREAD[(blocks >> np.uint64(_BLOCKS * i)) & np.uint64(_ALL_BLOCKS)]
        for k in range(_BLOCK):
            covered[_BLOCK * i + k] = row


@njit(error_model="numpy")
def patch_agreement(
    patch_bits: NDArray[np.uint32],
    patch_coverage: NDArray[np.uint32],
    bits: NDArray[np.uint32],
    covered: NDArray[np.uint32],
) -> tuple[int, int]:
    """Compare a patch with a window under every shift.

    Returns how many cells agree less those that differ, at the best shift, and how many are on both prints at rest.
    """
    best, at_rest = -(PATCH * PATCH), 0
    middle = np.uint32(SHIFT)
    for down in range(SHIFTS):
        for right in range(SHIFTS):
            shift = np.uint32(right)
            differing, cells = np.uint32(0), np.uint32(0)
            for i in range(PATCH):
                common = (
                    (patch_coverage[np.uint64(i + SHIFT)] >> middle) & (covered[np.uint64(i + down)] >> shift) & _CORE
                )
                differ = np.uint32(
                    ((patch_bits[np.uint64(i + SHIFT)] >> middle) ^ (bits[np.uint64(i + down)] >> shift)) & common
                )
                cells = np.uint32(cells + popcount(np.uint32(common)))
                differing = np.uint32(differing + popcount(differ))
            best = max(best, int(cells) - 2 * int(differing))
            if down == SHIFT and right == SHIFT:
                at_rest = int(cells)
    return best, at_rest
