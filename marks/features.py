"""What a template of a mark holds: an embedding of the whole photo, and local features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EMBEDDING = 1280  # numbers that describe the whole
DESCRIPTOR = 64  # numbers of a local feature
MOST = 256  # local features of one photo, those that the network is surest of
STEPS = 65_535  # places are in so many steps of the photo's longer side


@dataclass(frozen=True, eq=False)
class LocalFeatures:
    """Points of a photo and what each looks like, the surest first.

    `places`: (n, 2) float32, x and y, from the upper left corner, in units of the longer side. `descriptors`: (n, 64)
    float32, of unit length.
    """

    places: NDArray[np.float32]
    descriptors: NDArray[np.float32]

    def __len__(self) -> int:
        """Count the points."""
        return len(self.places)


@dataclass(frozen=True, eq=False)
class MarkFeatures:
    """A photo of a mark: its `embedding`, (1280,) float32 of unit length, and its local features."""

    embedding: NDArray[np.float32]
    local: LocalFeatures
