"""Minutiae that were found against known ones: precision, recall, and their harmonic mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEAR, TURNED = 9.0, 0.5  # pixels and radians between a minutia and what was found of it

Minutiae = NDArray[np.float64]  # shape (n, 3): x and y in pixels, direction in radians


@dataclass(frozen=True)
class Agreement:
    """How many minutiae were found, how many are known, and how many of the one are the other."""

    found: int = 0
    known: int = 0
    both: int = 0

    @classmethod
    def of(cls, detected: Minutiae, true_minutiae: Minutiae) -> Agreement:
        """Pair found minutiae with known ones, the nearest first, each with one at most."""
        away = np.hypot(*(true_minutiae[:, None, :2] - detected[None, :, :2]).transpose(2, 0, 1))
        turned = np.abs(np.angle(np.exp(1j * (true_minutiae[:, None, 2] - detected[None, :, 2]))))
        rows, columns = np.nonzero((away <= NEAR) & (turned <= TURNED))
        used: tuple[set[int], set[int]] = (set(), set())
        for pair_index in np.argsort(away[rows, columns], kind="stable"):
            row, column = int(rows[pair_index]), int(columns[pair_index])
            if row not in used[0] and column not in used[1]:
                used[0].add(row)
                used[1].add(column)
        return cls(len(detected), len(true_minutiae), len(used[0]))

    def __add__(self, other: Agreement) -> Agreement:
        """Add those of other prints."""
        return Agreement(self.found + other.found, self.known + other.known, self.both + other.both)

    @property
    def precision(self) -> float:
        """Return which share of what was found is known."""
        return self.both / max(self.found, 1)

    @property
    def recall(self) -> float:
        """Return which share of what is known was found."""
        return self.both / max(self.known, 1)

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        return 2 * self.both / max(self.found + self.known, 1)
