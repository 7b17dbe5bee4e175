"""A generated finger: drawn from a seed, with as many impressions as wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fingerprint.synthetic.finger.orientation import NATURAL_PROPORTIONS, Pattern, draw_flow, draw_pattern
from fingerprint.synthetic.finger.ridges import GRID, grow_master
from fingerprint.synthetic.impressions import Capture, impress
from fingerprint.synthetic.look import LIVE_SCAN, ImpressionLook
from fingerprint.synthetic.randomness import random_numbers

DEFAULT_CAPTURE = Capture()


@dataclass(frozen=True, eq=False)
class Finger:
    """A generated finger, of no real person.

    `master` is its whole ridge pattern: uint8 of shape (448, 352), read-only, at 500 ppi, dark ridges.
    """

    seed: int
    pattern: Pattern
    master: NDArray[np.uint8]

    @classmethod
    def generate(cls, seed: int, proportions: Mapping[Pattern, float] = NATURAL_PROPORTIONS) -> Finger:
        """Generate the finger of a seed (not negative): the same one every time, under the same library versions.

        `proportions` gives the relative frequency of each class, and need not sum to one: `{Pattern.WHORL: 1}` makes
        whorls only.

        Raises:
            ValueError: a negative seed or proportion, or no proportion above zero.
        """
        choosing, drawing, growing = (random_numbers(seed, stream) for stream in (0, 1, 2))
        pattern = draw_pattern(proportions, choosing)
        master = grow_master(draw_flow(pattern, drawing, GRID), growing)
        master.setflags(write=False)
        return cls(seed, pattern, master)

    def impression(
        self, seed: int, capture: Capture = DEFAULT_CAPTURE, look: ImpressionLook = LIVE_SCAN
    ) -> NDArray[np.uint8]:
        """Make the impression of a seed (not negative): uint8 of shape (400, 300), at 500 ppi, dark ridges.

        The same seed gives every finger another impression, and one finger the same one every time.

        Raises:
            ValueError: a negative seed.
        """
        return impress(self.master, capture, look, random_numbers(self.seed, 3, seed))
