"""The coarse grid on which a network looks at how ridges run: a square of 1.5 inches around the middle of a print."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GRID = 24  # squares along its side
SQUARE = 32.0  # pixels at 500 ppi along the side of each

Planes = NDArray[np.float32]
"""Shape (3 * GRID * GRID,): cosine and sine of twice the angle across the ridges, and how much is known there."""
