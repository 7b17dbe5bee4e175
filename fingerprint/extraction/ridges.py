"""From an image to its ridge map.

The image is brought to even contrast; the ridges' orientation is the smoothed structure tensor's; each cell is then
seen through one filter, a cosine across the ridges under a Gaussian window, turned to the orientation there. Source:
Hong, Wan, Jain, "Fingerprint Image Enhancement: Algorithm and Performance Evaluation", TPAMI 20(8), 1998, with one
period for all, for only the filter's sign is kept.
"""

from __future__ import annotations

from functools import cache
from math import pi
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.compiler import njit
from fingerprint.parameters import RIDGE_PERIOD, RidgeMapParameters
from fingerprint.ridge_map import CELL, MAX_TILES, NO_RIDGES, TILE, TILE_CELLS, RidgeMap
from fingerprint.several.flow import STEP, RidgeFlow, flow_of_ridges
from fingerprint.trace import Stage, Trace, untraced

_PARAMETERS = RidgeMapParameters()
_SCALE = 2  # pixels at 500 ppi to one of the working image
_ORIENTATIONS = 32  # filters in the bank, over half a turn
_HALF = 6  # pixels of the working image from a filter's middle to its edge


class EvenPrint(NamedTuple):
    """A print at half of 500 ppi: zero mean and unit deviation everywhere, ridges positive; and where ridges are."""

    pixels: NDArray[np.float32]
    foreground: NDArray[np.bool_]


def even_print(pixels: NDArray[np.uint8], parameters: RidgeMapParameters = _PARAMETERS) -> EvenPrint:
    """Even the contrast of a grey image at 500 ppi, shape (height, width), dark ridges on light ground."""
    return _evened(_halved(pixels), parameters)


def ridge_map(
    pixels: NDArray[np.uint8],
    parameters: RidgeMapParameters = _PARAMETERS,
    trace: Trace = untraced,
) -> RidgeMap:
    """Return the ridges of a grey image at 500 ppi, shape (height, width), dark ridges on light ground.

    The images on the way go to `trace`: EVENED to RESPONSE of `fingerprint.trace.Stage`.
    """
    height, width = pixels.shape
    if min(height, width) < TILE:
        return NO_RIDGES
    even, foreground = even_print(pixels, parameters)
    trace(Stage.EVENED, even)
    trace(Stage.FOREGROUND, foreground)
    orientation = _orientation(even, parameters)
    trace(Stage.ORIENTATION, -orientation % _ORIENTATIONS * (pi / _ORIENTATIONS))
    rimmed = np.pad(even, _HALF, mode="edge")
    response = _response(rimmed, orientation, _filters(parameters))
    trace(Stage.RESPONSE, response)
    clear = np.minimum(np.abs(response) / parameters.clear_response, 1.0)
    return packed(response, clear, foreground, TILE // _SCALE, parameters.min_clear)


def ridge_flow(even: EvenPrint) -> RidgeFlow:
    """Return how the ridges of a print run."""
    return flow_of_ridges(even.pixels, even.foreground, STEP // _SCALE, _PARAMETERS.sigma_tensor / _SCALE)


def _halved(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    height, width = pixels.shape
    size = max(1, width // _SCALE), max(1, height // _SCALE)
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)


def _evened(image: NDArray[np.float32], parameters: RidgeMapParameters) -> EvenPrint:
    rest = _blurred(image, parameters.sigma_mean) - image
    square = rest * rest
    deviation = np.sqrt(_blurred(square, parameters.sigma_contrast))
    strongest = float(np.percentile(deviation, 95))
    even = rest / np.maximum(deviation, parameters.relative_floor * strongest + parameters.floor)
    local = np.sqrt(_blurred(square, parameters.sigma_foreground))
    threshold = max(parameters.relative_contrast * float(np.percentile(local, 95)), parameters.min_contrast)
    return EvenPrint(np.clip(even, -parameters.clip, parameters.clip), _opened(local > threshold, parameters))


def _blurred(image: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Blur by a Gaussian, sigma in pixels at 500 ppi."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma / _SCALE), dtype=np.float32)


def _opened(strong: NDArray[np.bool_], parameters: RidgeMapParameters) -> NDArray[np.bool_]:
    """Close the gaps between ridges, and take away what is narrower than a print: the sensor's rim, lines, dust."""
    gap, opening = (round(size / _SCALE) | 1 for size in (parameters.gap, parameters.min_width))
    mask = cv2.morphologyEx(strong.astype(np.uint8), cv2.MORPH_CLOSE, _disc(gap))
    mask = cv2.copyMakeBorder(mask, opening, opening, opening, opening, cv2.BORDER_REPLICATE)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, _disc(opening))
    return np.asarray(mask[opening:-opening, opening:-opening] > 0)


def _disc(size: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), dtype=np.uint8)


def _orientation(even: NDArray[np.float32], parameters: RidgeMapParameters) -> NDArray[np.int64]:
    """Return which filter of the bank looks along the ridges, at each pixel."""
    across, down = (cv2.Sobel(even, cv2.CV_32F, dx, 1 - dx, ksize=3) for dx in (1, 0))
    xx, yy, xy = (
        _blurred(product, parameters.sigma_tensor) for product in (across * across, down * down, across * down)
    )
    energy = xx + yy + 1e-3
    cos, sin = (_blurred(component / energy, parameters.sigma_orientation) for component in (xx - yy, 2 * xy))
    ridge = 0.5 * np.arctan2(sin, cos) + pi / 2
    return np.asarray(np.rint(ridge * (_ORIENTATIONS / pi)).astype(np.int64) % _ORIENTATIONS)


@cache
def _filters(parameters: RidgeMapParameters) -> NDArray[np.float32]:
    """Return the bank: shape (2, 2, orientations, side, side).

    Cells lie 1.5 pixels apart, so that their middles, down and to the right, lie a quarter of a pixel beyond a filter's
    middle tap (0, even cells) or before it (1, odd cells).
    """
    taps = np.arange(-_HALF, _HALF + 1, dtype=np.float64)
    bank = np.zeros((2, 2, _ORIENTATIONS, len(taps), len(taps)), np.float32)
    period, across_sigma, along_sigma = (
        size / _SCALE for size in (RIDGE_PERIOD, parameters.sigma_across, parameters.sigma_along)
    )
    for odd_row, odd_column, k in np.ndindex(bank.shape[:3]):
        y, x = np.meshgrid(taps - 0.25 + odd_row / 2, taps - 0.25 + odd_column / 2, indexing="ij")
        turn = pi * k / _ORIENTATIONS
        across, along = y * np.cos(turn) - x * np.sin(turn), x * np.cos(turn) + y * np.sin(turn)
        window = np.exp(-(across**2) / (2 * across_sigma**2) - along**2 / (2 * along_sigma**2))
        wave = window * np.cos(2 * pi * across / period)
        wave -= window * (wave.sum() / window.sum())
        bank[odd_row, odd_column, k] = wave / np.abs(wave).sum()
    return bank


@njit()
def _response(
    rimmed: NDArray[np.float32], orientation: NDArray[np.int64], bank: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the filter's answer at the middle of every cell; the image has a rim of half a filter."""
    height, width = orientation.shape
    rows, columns = height * _SCALE // CELL, width * _SCALE // CELL
    response = np.zeros((rows, columns), np.float32)
    for row in range(rows):
        y = (CELL * row + 1) // _SCALE  # the pixel nearest to the middle of the cell, which is at 1.5 row + 0.25
        for column in range(columns):
            x = (CELL * column + 1) // _SCALE
            taps = bank[row % 2, column % 2, orientation[y, x]]
            total = np.float32(0.0)
            for i in range(2 * _HALF + 1):
                for j in range(2 * _HALF + 1):
                    total += taps[i, j] * rimmed[y + i, x + j]
            response[row, column] = total
    return response


def packed(
    cells: NDArray[np.float32], clear: NDArray[np.float32], print_: NDArray[Any], print_side: int, min_clear: float
) -> RidgeMap:
    """Cut cells, shape (rows, columns), into tiles of 8 x 8, and keep those that show ridges.

    A bit is set where a cell is above 0. A tile is kept where the mean of `clear`, 0 to 1 for each cell, times the mean
    of `print_`, of whose rows and columns `print_side` lie in a tile, is `min_clear` or more.
    """
    rows, columns = (size // TILE_CELLS for size in cells.shape)
    tiles = _tiled(cells, rows, columns, TILE_CELLS)
    share = _tiled(print_, rows, columns, print_side).mean(axis=(2, 3))
    clear_tiles = _middle(np.argwhere(_tiled(clear, rows, columns, TILE_CELLS).mean(axis=(2, 3)) * share >= min_clear))
    bits = (tiles[clear_tiles[:, 0], clear_tiles[:, 1]] > 0).reshape(len(clear_tiles), TILE_CELLS * TILE_CELLS)
    words = np.packbits(bits, axis=1, bitorder="little").view("<u8").reshape(len(clear_tiles))
    return RidgeMap(clear_tiles[:, 0], clear_tiles[:, 1], words)


def _tiled(image: NDArray[Any], rows: int, columns: int, side: int) -> NDArray[Any]:
    """Return the tiles of an image: shape (rows, columns, side, side)."""
    return image[: rows * side, : columns * side].reshape(rows, side, columns, side).transpose(0, 2, 1, 3)


def _middle(tiles: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return as many tiles as a map holds, those around the middle, in the same order."""
    if len(tiles) <= MAX_TILES:
        return tiles
    away = ((tiles - tiles.mean(axis=0)) ** 2).sum(axis=1)
    return tiles[np.sort(np.argsort(away, kind="stable")[:MAX_TILES])]
