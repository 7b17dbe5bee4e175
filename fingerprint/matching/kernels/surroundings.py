"""The ridges around minutiae as numbers, turned to each minutia's direction, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.compiler import njit
from fingerprint.matching.kernels.ridge_windows import RidgeGrid
from fingerprint.ridge_map import CELL, TILE_CELLS

SIDE = 40  # cells along the side of what is read: 120 pixels at 500 ppi


class RidgeCells(NamedTuple):
    """The ridges of a print, a number for each cell.

    Attributes:
        values: float32, shape (rows, columns), y down: from 1, surely a ridge, to -1, surely a valley; 0 is unknown.
        left, top: pixels at 500 ppi, y up: the corner of the first cell.
    """

    values: NDArray[np.float32]
    left: float
    top: float


def ridge_cells(grid: RidgeGrid) -> RidgeCells:
    """Return the bits of a ridge map as numbers."""
    rows, columns = grid.words.shape
    bits = np.unpackbits(grid.words.astype("<u8").view(np.uint8), bitorder="little")
    tiles = (2 * bits.astype(np.float32) - 1).reshape(rows, columns, TILE_CELLS, TILE_CELLS)
    known_cells = np.where(grid.present[:, :, None, None], tiles, np.float32(0))
    values = np.ascontiguousarray(known_cells.transpose(0, 2, 1, 3).reshape(rows * TILE_CELLS, columns * TILE_CELLS))
    half = CELL * TILE_CELLS / 2
    return RidgeCells(values, grid.x - half, grid.y + half)


@njit(error_model="numpy")
def surroundings(cells: RidgeCells, points: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the ridges around each point, between the cells by their distance: shape (points, SIDE, SIDE).

    `points` has the shape (3, points): x and y in pixels at 500 ppi, y up, and direction in radians. Rows run along the
    direction, columns to its left.
    """
    rows, columns = cells.values.shape
    count, middle = points.shape[1], np.float32((SIDE - 1) / 2)
    last_row, last_column = np.float32(rows - 1), np.float32(columns - 1)
    read = np.zeros((count, SIDE, SIDE), np.float32)
    for m in range(count):
        cos, sin = np.float32(np.cos(points[2, m])), np.float32(np.sin(points[2, m]))
        x, y = (points[0, m] - cells.left) / CELL - 0.5, (cells.top - points[1, m]) / CELL - 0.5
        for i in range(SIDE):
            ahead = np.float32(i) - middle
            column, row = np.float32(x) + ahead * cos + middle * sin, np.float32(y) - ahead * sin + middle * cos
            for j in range(SIDE):
                across, down = column - np.float32(j) * sin, row - np.float32(j) * cos
                if not (0 <= down < last_row and 0 <= across < last_column):
                    continue
                u, v = int(down), int(across)
                below, right = down - np.float32(u), across - np.float32(v)
                upper = cells.values[u, v] + right * (cells.values[u, v + 1] - cells.values[u, v])
                lower = cells.values[u + 1, v] + right * (cells.values[u + 1, v + 1] - cells.values[u + 1, v])
                read[m, i, j] = upper + below * (lower - upper)
    return read
