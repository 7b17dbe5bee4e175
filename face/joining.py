"""Two embedders' vectors of one face as one vector.

Vectors laid side by side have the mean of both cosines as theirs, and a projection onto their main directions makes
them short again. dlib's vectors are compared by distance, not by angle; lifted onto a sphere, they can be compared by
angle too: points near each other on it are as far apart as they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import ModelMismatch

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Joining:
    """How a vector compared by angle, and one compared by distance, become one of unit length.

    `centre`, shape (second,), is taken off the second vector before it is lifted onto a sphere of `radius`; the columns
    of `axes`, shape (first + second + 1, dimension), are the main directions of both side by side.
    """

    centre: Vector
    radius: float
    axes: Vector

    @classmethod
    def load(cls, path: Path) -> Joining:
        """Read it from a file of numpy's form.

        Raises:
            ModelMismatch: the file is absent or not one.
        """
        try:
            with np.load(path) as arrays:
                centre, radius, axes = (np.asarray(arrays[name], np.float32) for name in ("centre", "radius", "axes"))
        except (OSError, ValueError, KeyError) as error:
            raise ModelMismatch(
                f"{path} does not say how two embedders are joined: {error}. Install it again."
            ) from error
        return cls(centre, float(radius), axes)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of its numbers."""
        return sha256(self.centre.tobytes() + np.float32(self.radius).tobytes() + self.axes.tobytes()).hexdigest()

    def join(self, first: Vector, second: Vector) -> Vector:
        """Join two vectors of any length: shape (dimension,) float32, unit length."""
        joined = side_by_side(first, second, self.centre, self.radius) @ self.axes
        return np.asarray(joined / np.linalg.norm(joined), dtype=np.float32)


def side_by_side(first: Vector, second: Vector, centre: Vector, radius: float) -> Vector:
    """Concatenate two vectors, each of unit length, the second lifted: shape (..., first + second + 1) float32."""
    offset = second - centre
    height = np.sqrt(np.maximum(0, radius**2 - (offset**2).sum(axis=-1, keepdims=True)))
    lifted = np.concatenate([offset, height], axis=-1)
    parts = [part / np.linalg.norm(part, axis=-1, keepdims=True) for part in (first, lifted)]
    return np.asarray(np.concatenate(parts, axis=-1), dtype=np.float32)
