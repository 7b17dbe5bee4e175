"""What mated comparisons add to a false match rate to make it a likelihood ratio.

The ratio of a score is the density of mated comparisons there over that of strangers. Strangers thin out with the
score, so their density is their false match rate times how fast they thin out. So the ratio is the false match rate's
inverse times a weight, which is the density of mated comparisons over that speed. The weight is at most 1: a ratio is
never above the inverse of the rate, and at most one stranger in x can reach a ratio of x (Markov's inequality).

Beyond the last point that the data support, strangers who score as high may lie anywhere, but do not grow denser: their
density is at most the rate at that point over the distance from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class MatedWeights:
    """Weights as powers of ten, 0 or below, over the raw score, straight between them; each of shape (n,)."""

    raws: NDArray[np.float64]
    weights: NDArray[np.float64]

    @classmethod
    def parse(cls, knots: Sequence[Sequence[float]]) -> Self:
        """Read the pairs of raw score and weight of a calibration file.

        Raises:
            ValueError: they do not rise, or a weight is above 0.
        """
        raws, weights = np.array(knots, dtype=np.float64).reshape(-1, 2).T
        if len(raws) < 2 or not np.isfinite([raws, weights]).all() or not (np.diff(raws) > 0).all():
            raise ValueError("the scores of mated comparisons must rise")
        if (weights > 0.0).any():
            raise ValueError("mated comparisons cannot weigh more than 1")
        return cls(raws, weights)

    def at(self, raw: float) -> float:
        """Return the weight at a raw score, as a power of ten."""
        return float(np.interp(raw, self.raws, self.weights))
