"""The ridges of a print, one bit every 3 pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

CELL = 3  # pixels at 500 ppi from one bit to the next: a third of a ridge's period
TILE_CELLS = 8  # bits along a tile's side: a tile is one 64-bit word
TILE = CELL * TILE_CELLS  # pixels at 500 ppi along a tile's side
MAX_TILES = 192  # 7 cm2, a plain print; a rolled print keeps its middle
MAX_GRID = 255  # tiles along a side of the box around them


@dataclass(frozen=True, eq=False)
class RidgeMap:
    """Square tiles of a print, where its ridges can be seen; arrays of the same length, read-only.

    Tile (row, column) covers the pixels from (TILE * column, TILE * row) on, at 500 ppi, y down. In its word, bit
    8 * i + j is the cell in row i and column j: 1 where its centre lies on a ridge, 0 where it lies in a valley.

    Attributes:
        rows, columns: int64, in row-major order, each tile once.
        words: uint64.

    Raises:
        ValueError: arrays of different lengths, too many tiles, or tiles out of order or too far apart.
    """

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    words: NDArray[np.uint64]
    MOST: ClassVar[int] = MAX_TILES

    def __post_init__(self) -> None:
        """Check the values and close the arrays to writing."""
        for name, dtype in (("rows", np.int64), ("columns", np.int64), ("words", np.uint64)):
            array = np.array(getattr(self, name), dtype=dtype)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
            if array.shape != (len(self.rows),):
                raise ValueError(f"{name} has the shape {array.shape}, rows has {self.rows.shape}")
        if len(self) > self.MOST:
            raise ValueError(f"{len(self)} tiles; at most {self.MOST} fit")
        if len(self) == 0:
            return
        if min(self.rows.min(), self.columns.min()) < 0 or max(np.ptp(self.rows), np.ptp(self.columns)) >= MAX_GRID:
            raise ValueError(f"tiles lie outside the image or more than {MAX_GRID} apart")
        places = self.rows * (int(self.columns.max()) + 1) + self.columns
        if np.any(np.diff(places) <= 0):
            raise ValueError("tiles are not in row-major order")

    def __len__(self) -> int:
        """Count the tiles."""
        return len(self.words)


NO_RIDGES = RidgeMap(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint64))
