"""Which ridges of one print agree with those of another, tile by tile: to be looked at, not to be scored by."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.matching.kernels.motion import Motion, carried
from fingerprint.matching.kernels.ridge_windows import RidgeGrid
from fingerprint.matching.parameters import MatchParameters
from fingerprint.ridge_map import CELL, TILE, TILE_CELLS

_SHIFTS = [(down, right) for down in range(-2, 3) for right in range(-2, 3)]  # cells that a tile may shift


class TileAgreement(NamedTuple):
    """Tile (row, column) of the probe's ridge map, and how well it agrees with what it lies on.

    `agreement` is agreeing less differing cells by all that lie on both prints, the tiles around it included: 1 where
    the ridges are the same, about 0 where they have nothing to do with each other.
    """

    row: int
    column: int
    agreement: float


def tile_agreements(
    probe: RidgeGrid, candidate: RidgeGrid, motion: Motion, parameters: MatchParameters
) -> tuple[TileAgreement, ...]:
    """Return the agreement of the probe's tiles that lie on the candidate, once `motion` carries them there.

    Each tile takes the shift of up to two cells that suits it and its neighbours best, as in `ridges.ridge_agreement`,
    whose second round of shifts is left out.
    """
    rows, columns = np.nonzero(probe.present)
    if len(rows) == 0 or candidate.present.size == 0:
        return ()
    probe_bits = _bits(probe.words[rows, columns])
    middles = np.stack([probe.x + TILE * columns, probe.y - TILE * rows]).astype(np.float32)
    frames = carried(middles, motion, parameters.skin)
    agreeing = np.zeros((len(_SHIFTS), *probe.present.shape), np.float32)
    common = np.zeros_like(agreeing)
    for s, (down, right) in enumerate(_SHIFTS):
        bits, covered = _under(candidate, frames, down, right)
        agreeing[s, rows, columns] = np.where(bits == probe_bits, 1, -1).sum(axis=1, where=covered)
        common[s, rows, columns] = covered.sum(axis=1)
    around, shared = (
        np.stack([cv2.boxFilter(plane, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT) for plane in sums])
        for sums in (agreeing, common)
    )
    agreement = (around / np.maximum(shared, 1)).max(axis=0)
    at_rest = _SHIFTS.index((0, 0))
    counts = (common[at_rest] >= parameters.ridges.min_cells) & (shared[at_rest] >= parameters.ridges.min_shared)
    top = round(-(probe.y + (TILE - 1) / 2) / TILE)
    left = round((probe.x - (TILE - 1) / 2) / TILE)
    return tuple(
        TileAgreement(top + int(row), left + int(column), float(agreement[row, column]))
        for row, column in np.argwhere(counts & (probe.present > 0))
    )


def _bits(words: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return the cells of each word: shape (words, 64)."""
    cells = np.arange(TILE_CELLS * TILE_CELLS, dtype=np.uint64)
    return np.asarray((words[:, None] >> cells) & np.uint64(1) > 0)


def _under(
    grid: RidgeGrid, frames: NDArray[np.float32], down: int, right: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return what lies under the cells of the tiles at `frames`, shifted, and where a tile is: shape (tiles, 64)."""
    rows, columns = grid.present.shape
    i, j = np.divmod(np.arange(TILE_CELLS * TILE_CELLS), TILE_CELLS)
    u, v = CELL * (j + right - (TILE_CELLS - 1) / 2), CELL * ((TILE_CELLS - 1) / 2 - i - down)
    x, y, xx, xy, yx, yy = (component[:, None] for component in frames)
    column = np.floor((x + xx * u + xy * v - grid.x) / CELL + TILE_CELLS / 2).astype(np.int64)
    row = np.floor((grid.y - y - yx * u - yy * v) / CELL + TILE_CELLS / 2).astype(np.int64)
    on_grid = (row >= 0) & (row < TILE_CELLS * rows) & (column >= 0) & (column < TILE_CELLS * columns)
    row, column = np.where(on_grid, row, 0), np.where(on_grid, column, 0)
    tile = (row // TILE_CELLS, column // TILE_CELLS)
    cell = (TILE_CELLS * (row % TILE_CELLS) + column % TILE_CELLS).astype(np.uint64)
    return (grid.words[tile] >> cell) & np.uint64(1) > 0, on_grid & (grid.present[tile] > 0)
