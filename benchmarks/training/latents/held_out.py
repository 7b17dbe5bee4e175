"""Latents that are never trained on: other fingers on other surfaces, with their known minutiae."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics.minutiae import Minutiae
from fingerprint.synthetic.finger.minutiae import master_minutiae, minutiae_in
from fingerprint.synthetic.generator import DEFAULT_CAPTURE, Finger
from fingerprint.synthetic.latent import leave
from fingerprint.synthetic.randomness import random_numbers

FIRST, COUNT = 98_000_000, 30  # seed of the first, and how many a training is followed by
STRANGERS = 1_000_003  # seeds further on is the finger whose print may lie across it

_IMPRESSION, _STREAM = 1, 7

KnownLatent = tuple[NDArray[np.uint8], Minutiae]


def held_out(first: int = FIRST, count: int = COUNT) -> Iterator[KnownLatent]:
    """Make latents of the fingers of some seeds, with their known minutiae."""
    for seed in range(first, first + count):
        finger, other = Finger.generate(seed), Finger.generate(seed + STRANGERS)
        left = leave(finger.impression(_IMPRESSION), other.impression(_IMPRESSION), random_numbers(seed, _STREAM))
        placement = DEFAULT_CAPTURE.draw_placement(random_numbers(seed, 3, _IMPRESSION))
        minutiae = minutiae_in(master_minutiae(finger.master), placement, left.part)
        yield left.pixels, np.array([minutia[:3] for minutia in minutiae], np.float64).reshape(-1, 3)
