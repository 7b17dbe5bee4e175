"""How the ridges run in an image of prints: one direction for each square, and where there are ridges.

A direction is written as the cosine and sine of twice its angle, so that a ridge is the same both ways, and is shorter
where the ridges around it disagree (Kass, Witkin, "Analyzing Oriented Patterns", CVGIP 37, 1987).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, hypot

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.several.grid import GRID, SQUARE, Planes

STEP = 12  # pixels at 500 ppi from one square to the next
_NARROW, _AGREED, _SCRAP = 9, 0.3, 0.3  # squares; share of agreement; share of the largest patch
_LEAST_PATCH = 25  # squares that hang together; less is dust

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class RidgeFlow:
    """The direction across the ridges, and where there are any.

    Attributes:
        across: complex128, shape (rows, columns): e to twice the angle, y down, times how far it is agreed on.
        shown: bool, of the same shape.
    """

    across: NDArray[np.complex128]
    mask: Mask

    def trimmed(self) -> RidgeFlow:
        """Return the part with ridges."""
        rows, columns = np.nonzero(self.mask)
        if len(rows) == 0:
            return RidgeFlow(self.across[:0, :0], self.mask[:0, :0])
        part = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        return RidgeFlow(self.across[part], self.mask[part])

    def mirrored(self) -> RidgeFlow:
        """Return it mirrored left to right."""
        return RidgeFlow(np.conj(self.across[:, ::-1]), self.mask[:, ::-1])

    def turned(self, degrees: float) -> RidgeFlow:
        """Return it turned counter-clockwise, the grid as large as it needs to be."""
        rows, columns = self.mask.shape
        side = ceil(hypot(rows, columns)) + 1
        matrix = cv2.getRotationMatrix2D(((columns - 1) / 2, (rows - 1) / 2), degrees, 1)
        matrix[:, 2] += [(side - columns) / 2, (side - rows) / 2]
        planes = [cv2.warpAffine(plane, matrix, (side, side)) for plane in self._planes()]
        across = (planes[0] + 1j * planes[1]) / np.maximum(planes[2], 1e-3)
        return RidgeFlow(across * np.exp(-2j * np.deg2rad(degrees)), planes[2] > 0.5)

    def without_lines(self) -> RidgeFlow:
        """Return it without letters, lines and scraps: what is narrow, points no one way, or is far smaller."""
        clear = (self.mask & (np.abs(self.across) > _AGREED)).astype(np.uint8)
        rim, disc = _NARROW, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_NARROW, _NARROW))
        padded = cv2.copyMakeBorder(clear, rim, rim, rim, rim, cv2.BORDER_REPLICATE)
        wide = np.asarray(cv2.morphologyEx(padded, cv2.MORPH_OPEN, disc)[rim:-rim, rim:-rim])
        _, labels, statistics, _ = cv2.connectedComponentsWithStats(wide, connectivity=4)
        areas = statistics[1:, cv2.CC_STAT_AREA]
        large = 1 + np.flatnonzero(areas >= _SCRAP * areas.max(initial=0))
        return RidgeFlow(self.across, np.isin(labels, large)).trimmed()

    def numbers(self) -> Planes:
        """Return what the network looks at: cosine, sine and presence on a coarse grid around the middle."""
        flow = RidgeFlow(self.across, _without_dust(self.mask)).trimmed()
        if flow.mask.size == 0:
            return np.zeros(3 * GRID * GRID, np.float32)
        (rows, columns), scale = flow.mask.shape, SQUARE / STEP
        shift = [GRID / 2 - 0.5 - (side / 2 - 0.5) / scale for side in (columns, rows)]
        matrix = np.array([[1 / scale, 0, shift[0]], [0, 1 / scale, shift[1]]])
        planes = [cv2.warpAffine(cv2.blur(plane, (3, 3)), matrix, (GRID, GRID)) for plane in flow._planes()]
        return np.concatenate([plane.ravel() for plane in planes]).astype(np.float32)

    def _planes(self) -> list[NDArray[np.float32]]:
        weight = self.mask.astype(np.float32)
        return [(plane * weight).astype(np.float32) for plane in (self.across.real, self.across.imag, weight)]


def flow_of_ridges(even: NDArray[np.float32], mask: Mask, pixels_a_step: int, sigma: float) -> RidgeFlow:
    """Return the flow in an image of even contrast, ridges positive, where ridges are `mask`.

    `pixels_a_step` of the image are `STEP`; `sigma`, in its pixels, is that of the structure tensor.
    """
    weights = mask.astype(np.float32)
    right, down = (cv2.Sobel(even, cv2.CV_32F, dx, 1 - dx, ksize=3) for dx in (1, 0))
    right, down = right * np.sqrt(weights), down * np.sqrt(weights)

    def blurred(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)

    energy = blurred(right * right + down * down) + 1e-3
    cosine, sine = blurred(right * right - down * down) / energy, blurred(2 * right * down) / energy
    rows, columns = (side // pixels_a_step for side in even.shape)

    def squares(values: NDArray[np.float32]) -> NDArray[np.float32]:
        whole = values[: rows * pixels_a_step, : columns * pixels_a_step]
        return np.asarray(cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)

    if min(rows, columns) == 0:
        return RidgeFlow(np.zeros((0, 0), np.complex128), np.zeros((0, 0), np.bool_))
    return RidgeFlow(squares(cosine) + 1j * squares(sine).astype(np.complex128), squares(weights) > 0.5)


def _without_dust(mask: Mask) -> Mask:
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    large = [number for number in range(1, count) if statistics[number, cv2.CC_STAT_AREA] >= _LEAST_PATCH]
    return np.isin(labels, large)
