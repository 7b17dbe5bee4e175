"""Minutiae with numbers that describe the ridges around them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

DIMENSION: Final = 64  # numbers of a description
NETWORK_BYTES: Final = 8  # of the SHA-256 of the weights that described some minutiae


class Described(NamedTuple):
    """Those minutiae of a print that have clear ridges around them.

    Attributes:
        points: float64, shape (3, n): x and y in pixels at 500 ppi, y up, and direction in radians.
        descriptions: float32, shape (n, DIMENSION), of unit length.
        network: the first NETWORK_BYTES of the SHA-256 of the weights; only descriptions by the same are comparable.
    """

    points: NDArray[np.float64]
    descriptions: NDArray[np.float32]
    network: bytes


NOT_DESCRIBED: Final = Described(np.zeros((3, 0)), np.zeros((0, DIMENSION), np.float32), bytes(NETWORK_BYTES))
