"""A generated finger: drawn from a seed, with as many impressions as wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fingerprint.synthetic.impressions import Capture, impress
from fingerprint.synthetic.orientation import NATURAL_PROPORTIONS, Pattern, draw_flow
from fingerprint.synthetic.ridges import GRID, grow_master

DEFAULT_CAPTURE = Capture()


@dataclass(frozen=True, eq=False)
class Finger:
    """A finger of nobody.

    `master` is its whole ridge pattern: uint8 of shape (448, 352), read-only, at 500 ppi, dark ridges.
    """

    seed: int
    pattern: Pattern
    master: NDArray[np.uint8]

    @classmethod
    def generate(cls, seed: int, proportions: Mapping[Pattern, float] = NATURAL_PROPORTIONS) -> Finger:
        """Generate the finger of a seed (not negative): the same one every time, under the same library versions.

        `proportions` gives the relative frequency of each class, and need not sum to one; `{Pattern.WHORL: 1}` makes
        whorls only. The class depends on `proportions`, the rest of the finger on the seed alone.
        """
        choosing, drawing, growing = (np.random.default_rng((seed, stream)) for stream in range(3))
        shares = np.array(list(proportions.values()), dtype=np.float64)
        pattern = list(proportions)[int(choosing.choice(len(shares), p=shares / shares.sum()))]
        master = grow_master(draw_flow(pattern, drawing, GRID), growing)
        master.setflags(write=False)
        return cls(seed, pattern, master)

    def impression(self, seed: int, capture: Capture = DEFAULT_CAPTURE) -> NDArray[np.uint8]:
        """Make impression number `seed` (not negative) of this finger: uint8 of shape (400, 300), at 500 ppi."""
        return impress(self.master, capture, np.random.default_rng((self.seed, 3, seed)))
