"""A fingerprint as its minutiae."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fingerprint.ridge_map import NO_RIDGES, TILE, RidgeMap

MAX_MINUTIAE = 255  # as many as ISO/IEC 19794-2 can hold in one view
MAX_SIDE = 8191  # pixels at 500 ppi: 16 inches, more than any card

RidgeMapKind: TypeAlias = type[RidgeMap]


class MinutiaType(IntEnum):
    """What the ridge does at the minutia (ISO/IEC 19794-2, minutia type)."""

    OTHER = 0
    ENDING = 1
    BIFURCATION = 2


@dataclass(frozen=True)
class Minutia:
    """A point where a ridge ends or parts.

    `x` and `y` are pixels at 500 ppi from the image's upper left corner, y down. `direction` is in radians,
    counter-clockwise from the x axis as seen on the image. `quality` is 0 to 1: how sure the extractor is of it.
    """

    x: float
    y: float
    direction: float
    quality: float
    type: MinutiaType


@dataclass(frozen=True, eq=False)
class FingerprintTemplate:
    """The minutiae of one print, as arrays of the same length in the units of `Minutia`; read-only.

    `width` and `height` are those of the image at 500 ppi. The arrays are float32, `type` uint8. `ridges` is empty
    where only the minutiae are known.

    Raises:
        ValueError: arrays of different lengths, too many minutiae, a size or a value out of range.
    """

    width: int
    height: int
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    direction: NDArray[np.float32]
    quality: NDArray[np.float32]
    type: NDArray[np.uint8]
    ridges: RidgeMap = NO_RIDGES
    MOST: ClassVar[int] = MAX_MINUTIAE
    RIDGES: ClassVar[RidgeMapKind] = RidgeMap

    def __post_init__(self) -> None:
        """Check the values and close the arrays to writing."""
        for name in ("x", "y", "direction", "quality", "type"):
            array = np.array(getattr(self, name), dtype=np.uint8 if name == "type" else np.float32)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
            if array.shape != (len(self.x),):
                raise ValueError(f"{name} has the shape {array.shape}, x has {self.x.shape}")
        if len(self.x) > self.MOST:
            raise ValueError(f"{len(self.x)} minutiae; at most {self.MOST} fit")
        if not (1 <= self.width <= MAX_SIDE and 1 <= self.height <= MAX_SIDE):
            raise ValueError(f"an image of {self.width} x {self.height} pixels; sides are 1 to {MAX_SIDE}")
        self._check_range("x", 0, self.width)
        self._check_range("y", 0, self.height)
        self._check_range("direction", -10, 10)
        self._check_range("quality", 0, 1)
        self._check_range("type", 0, max(MinutiaType))
        rows, columns = self.ridges.rows, self.ridges.columns
        if np.any(TILE * rows >= self.height) or np.any(TILE * columns >= self.width):
            raise ValueError("ridges lie outside the image")

    def _check_range(self, name: str, low: float, high: float) -> None:
        values = getattr(self, name)
        if not np.all((values >= low) & (values <= high)):  # false for NaN, too
            raise ValueError(f"{name} is not within {low:g} and {high:g}")

    def __len__(self) -> int:
        """Count the minutiae."""
        return len(self.x)

    def minutiae(self) -> list[Minutia]:
        """Return the minutiae one by one, in the order of the arrays."""
        columns = (self.x, self.y, self.direction, self.quality, self.type)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [Minutia(x, y, direction, quality, MinutiaType(kind)) for x, y, direction, quality, kind in rows]
