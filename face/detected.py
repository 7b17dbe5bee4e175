"""A face in a photo: where it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class DetectedFace:
    """A face in a photo, in that photo's pixels; it may reach past the photo's edge.

    `box` is (x, y, width, height) from the top left corner. `landmarks`, shape (5, 2) float32, are (x, y) of the eye on
    the photo's left, the other eye, the tip of the nose, the corner of the mouth on the photo's left, and the other.
    `score` is the detector's confidence, 0 to 1.
    """

    box: tuple[float, float, float, float]
    landmarks: NDArray[np.float32]
    score: float

    @property
    def size(self) -> float:
        """Side in pixels of the square that is as large as the box."""
        return float(np.sqrt(self.box[2] * self.box[3]))

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the box."""
        x, y, width, height = self.box
        return x + width / 2, y + height / 2

    def distance(self, other: DetectedFace) -> float:
        """Return the pixels between the middles of two faces."""
        return math.dist(self.centre, other.centre)

    def overlap(self, other: DetectedFace) -> float:
        """Return the intersection of two boxes over their union, 0 to 1."""
        (x, y, width, height), (other_x, other_y, other_width, other_height) = self.box, other.box
        common_width = min(x + width, other_x + other_width) - max(x, other_x)
        common_height = min(y + height, other_y + other_height) - max(y, other_y)
        common = max(0.0, common_width) * max(0.0, common_height)
        return common / (width * height + other_width * other_height - common)

    def shifted(self, right: int, down: int) -> DetectedFace:
        """Return the face moved right and down by this many pixels."""
        x, y, width, height = self.box
        landmarks = self.landmarks + np.array([right, down], dtype=np.float32)
        return DetectedFace((x + right, y + down, width, height), landmarks, self.score)

    def turned_back(self, quarters: int, width: int, height: int) -> DetectedFace:
        """Return the same face in a photo of this size, which was turned anticlockwise by `quarters` to find it."""
        x, y, w, h = self.box
        landmarks = self.landmarks
        for quarter in range(quarters, 0, -1):
            side = width if quarter % 2 else height  # of the photo before this quarter turn
            x, y, w, h = side - y - h, x, h, w
            landmarks = np.stack([side - landmarks[:, 1], landmarks[:, 0]], axis=1)
        return DetectedFace((x, y, w, h), landmarks, self.score)
