"""The outlines of pupil and iris in a photo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Map = NDArray[np.float32]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Circle:
    """A circle in pixels of the photo, x to the right and y down."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, eq=False)
class Outline:
    """A closed curve about a centre: its radius is a Fourier series of the angle.

    `series`: (2 k + 1,) float64, the mean radius in pixels, then cosine and sine of each multiple of the angle.
    Source: J. Daugman, New methods in iris recognition, IEEE Trans. SMC-B 37(5), 2007.
    """

    x: float
    y: float
    series: Floats

    @property
    def radius(self) -> float:
        """The mean radius in pixels."""
        return float(self.series[0])

    def radii(self, angles: Floats) -> Floats:
        """Return the radius at each angle, from the right clockwise as seen, in radians."""
        return np.asarray(harmonics(angles, len(self.series) // 2) @ self.series)

    def contains(self, shape: tuple[int, int]) -> Mask:
        """Return which pixels of a photo of this shape lie inside."""
        rows, columns = np.mgrid[: shape[0], : shape[1]]
        dx, dy = columns - self.x, rows - self.y
        angles = np.arctan2(dy, dx)
        return np.asarray(np.hypot(dx, dy) < self.radii(angles.ravel()).reshape(shape))

    @property
    def roundness(self) -> float:
        """How little it differs from a circle, 1 for a circle: 1 minus the deviation of the radius from its mean."""
        return float(max(0.0, 1 - np.sqrt(0.5 * (self.series[1:] ** 2).sum()) / self.radius))


def harmonics(angles: Floats, order: int) -> Floats:
    """Return the terms of a Fourier series at some angles, shape (angles, 2 order + 1)."""
    multiples = angles[:, None] * np.arange(1, order + 1)
    pairs = np.stack([np.cos(multiples), np.sin(multiples)], axis=2).reshape(len(angles), 2 * order)
    return np.concatenate([np.ones((len(angles), 1)), pairs], axis=1)


@dataclass(frozen=True, eq=False)
class EyeParts:
    """Where pupil and limbus are, and what can be seen of the iris between them, a mask of the photo's shape."""

    pupil: Outline
    limbus: Outline
    usable: Mask
