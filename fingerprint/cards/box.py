"""A turned rectangle of an image, and what it shows, upright."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class RotatedBox:
    """A rectangle in pixels of its image, y down.

    `x` and `y` are its centre; `width` and `height` those of the finger in it when upright. `angle` is in degrees: how
    far the finger is turned counter-clockwise from upright, as seen.
    """

    x: float
    y: float
    width: float
    height: float
    angle: float

    def corners(self) -> NDArray[np.float64]:
        """Return the corners, (4, 2) of x and y: the finger's upper left, upper right, lower right, lower left."""
        across, down = self._axes()
        signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) / 2
        return np.array([self.x, self.y]) + signs[:, :1] * self.width * across + signs[:, 1:] * self.height * down

    def cut(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the finger upright: grey, shape (height, width) rounded up, at the resolution of `pixels`.

        What lies outside the image is given the grey of its paper (the 90th percentile).
        """
        size = int(np.ceil(self.width)), int(np.ceil(self.height))
        across, down = self._axes()
        start = np.array([self.x, self.y]) - across * (size[0] - 1) / 2 - down * (size[1] - 1) / 2
        matrix = np.column_stack([across, down, start])
        paper = float(np.percentile(pixels[::4, ::4], 90))
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(pixels, matrix, size, flags=flags, borderValue=paper))

    def _axes(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the unit vectors that point to the upright finger's right and down."""
        turn = np.deg2rad(self.angle)
        return np.array([np.cos(turn), -np.sin(turn)]), np.array([np.sin(turn), np.cos(turn)])
