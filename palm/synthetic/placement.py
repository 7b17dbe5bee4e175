"""How a palm, or a part of it, is put down: which point of the palm is seen at each pixel of an impression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, pi

import numpy as np
from numpy.typing import NDArray

from fingerprint.synthetic.finger.frame import Field, smooth_noise
from fingerprint.synthetic.finger.minutiae import TrueMinutia
from palm.synthetic.flow import PALM_SHAPE

TURN, SHIFT = np.deg2rad(5.0), 20.0  # radians and pixels, one standard deviation
STRETCH = 0.012  # one standard deviation, of each side
PULL, PULL_SCALE = 5.0, 240.0  # pixels, one standard deviation, that the skin is pulled; over so many pixels
LATENT_TURN = pi / 4  # radians, at most, to either side
LATENT_WITHIN = 0.24  # of the palm's sides: no nearer to a rim is the middle of a latent
_AHEAD = 8.0  # pixels from a minutia to a second point, which tells its direction in an impression
_ROUNDS = 8  # of solving for where a point of the palm is seen


@dataclass(frozen=True, eq=False)
class Placement:
    """One touch: pixels around the middle are turned, stretched and pulled, and lie around `centre` of the palm.

    `matrix` has shape (2, 2), `pull` shape (2, rows, columns), `centre` is x and y in pixels of the palm.
    """

    matrix: NDArray[np.float64]
    pull: Field
    centre: NDArray[np.float64]

    def on_palm(self) -> tuple[Field, Field]:
        """Return x and y on the palm of every pixel: float32, pixels."""
        rows, columns = np.indices(self.pull.shape[1:], dtype=np.float32)
        height, width = self.pull.shape[1:]
        x, y = columns - 0.5 * width, rows - 0.5 * height
        (xx, xy), (yx, yy) = self.matrix.astype(np.float32)
        at_x, at_y = self.centre.astype(np.float32)
        return xx * x + xy * y + at_x + self.pull[0], yx * x + yy * y + at_y + self.pull[1]

    def project(self, minutiae: Sequence[TrueMinutia], visible: NDArray[np.bool_]) -> list[TrueMinutia]:
        """Return where minutiae of the palm lie in the impression, those that are shown."""
        if not minutiae:
            return []
        places = np.array([(minutia.x, minutia.y) for minutia in minutiae])
        turns = np.array([minutia.direction for minutia in minutiae])
        points, ahead = (
            self._to_image(places),
            self._to_image(places + _AHEAD * np.stack([np.cos(turns), -np.sin(turns)], 1)),
        )
        rows, columns = np.rint(points[:, 1]).astype(int), np.rint(points[:, 0]).astype(int)
        in_image = (rows >= 0) & (rows < visible.shape[0]) & (columns >= 0) & (columns < visible.shape[1])
        return [
            TrueMinutia(x, y, atan2(y - beyond_y, beyond_x - x) % (2 * pi), minutia.type)
            for minutia, (x, y), (beyond_x, beyond_y), is_in, row, column in zip(
                minutiae, points.tolist(), ahead.tolist(), in_image, rows, columns, strict=True
            )
            if is_in and visible[row, column]
        ]

    def _to_image(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the pixels that show points of the palm: shape (n, 2), perhaps outside the impression."""
        height, width = self.pull.shape[1:]
        middle, back = np.array([0.5 * width, 0.5 * height]), np.linalg.inv(self.matrix).T
        at: NDArray[np.float64] = (places - self.centre) @ back + middle
        for _ in range(_ROUNDS):
            columns, rows = np.clip(np.rint(at), 0, (width - 1, height - 1)).astype(int).T
            at = (places - self.centre - self.pull[:, rows, columns].T) @ back + middle
        return at


def place_palm(rng: np.random.Generator) -> Placement:
    """Draw how a whole palm is put down."""
    middle = 0.5 * np.array(PALM_SHAPE[::-1])
    return _placement(rng, PALM_SHAPE, TURN * float(rng.standard_normal()), middle + SHIFT * rng.standard_normal(2))


def place_latent(rng: np.random.Generator, shape: tuple[int, int]) -> Placement:
    """Draw which part of a palm leaves a latent of a shape (rows, columns), and how it is turned."""
    centre = rng.uniform(LATENT_WITHIN, 1 - LATENT_WITHIN, 2) * PALM_SHAPE[::-1]
    return _placement(rng, shape, rng.uniform(-LATENT_TURN, LATENT_TURN), centre)


def _placement(rng: np.random.Generator, shape: tuple[int, int], turn: float, centre: NDArray[np.float64]) -> Placement:
    cos, sin = np.cos(turn), np.sin(turn)
    stretch = np.diag(1 + STRETCH * rng.standard_normal(2))
    pull = np.stack([PULL * smooth_noise(rng, shape, PULL_SCALE) for _ in range(2)])
    return Placement(stretch @ np.array([[cos, -sin], [sin, cos]]), pull, centre)
