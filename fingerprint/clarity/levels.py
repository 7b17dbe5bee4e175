"""How clearly the ridges of a latent can be read, place by place, and where the print is.

A small network estimates from the numbers of `features.py` how far the ridges that show at a place are those of
the finger, and whether the place belongs to a print at all. It was trained on generated latents, whose fingers are
known (`benchmarks.training.clarity`); docs/latents.md says how the levels were set and checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from fingerprint.clarity.features import Field, features
from fingerprint.perceptron import Perceptron
from models.trained import read_weights

WEIGHTS = "clarity"

_LEAST = (0.2, 0.4, 0.6, 0.8)  # legibility from which on a place has the levels 1 to 4


class Clarity(IntEnum):
    """What an examiner can rely on at a place (ANSI/NIST-ITL 1-2011, field 9.308, ridge quality map).

    The field's next level, pores, cannot be told at 500 ppi.
    """

    BACKGROUND = 0
    FLOW_DEBATABLE = 1
    MINUTIAE_DEBATABLE = 2
    MINUTIAE_DEFINITIVE = 3
    EDGES_DEFINITIVE = 4


@dataclass(frozen=True, eq=False)
class ClarityMap:
    """The clarity of an image at 500 ppi, in squares of `STEP` pixels from its upper left corner on.

    Attributes:
        legibility: float32, shape (rows, columns): 0, the ridges say nothing of the finger, to 1, they are the
            finger's own.
        ridged: float32, the same shape: how likely the square belongs to a print.
    """

    legibility: Field
    ridged: Field

    @property
    def levels(self) -> NDArray[np.uint8]:
        """The level of each square, as `Clarity`."""
        return np.searchsorted(_LEAST, self.legibility, side="right").astype(np.uint8)


def clarity_map(pixels: NDArray[np.uint8]) -> ClarityMap:
    """Return how clear the ridges of a grey image at 500 ppi are, shape (height, width)."""
    return clarity_of(features(pixels))


def clarity_of(numbers: Field) -> ClarityMap:
    """Return how clear the ridges are at the places whose numbers `features` returned."""
    legibility, ridged = np.moveaxis(_perceptron().estimates(numbers), 2, 0)
    return ClarityMap(legibility, ridged)


@cache
def _perceptron() -> Perceptron:
    return read_weights(WEIGHTS, Perceptron.read)
