"""How alike two palms are, or a latent and a palm: the finger's matcher, over the whole palm at once.

A comparison takes time in proportion to the product of the numbers of minutiae, of which a template has at most
`MOST_MINUTIAE`. The matcher finds by itself which region of one lies on which of the other: pairs of minutiae that lie
on each other in the same way support each other, the best dozen make the score, and ridges are compared only where they
say so. docs/palms.md has the figures.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fingerprint.matching.cylinders import PreparedPrint, prepare_all
from fingerprint.matching.matcher import match
from palm.template import PalmTemplate


def prepare(templates: Sequence[PalmTemplate]) -> list[PreparedPrint]:
    """Make templates ready to be compared many times: some 220 bytes a minutia and 18 a tile."""
    return prepare_all(templates)


def similarities(probe: PreparedPrint, candidates: Sequence[PreparedPrint]) -> NDArray[np.float64]:
    """Return how alike a palm is to others: shape (len(candidates),), 0 to 1, the same with sides changed."""
    return match(probe, candidates)
