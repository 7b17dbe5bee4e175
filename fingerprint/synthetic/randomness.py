"""Random numbers that depend on seeds alone, not on the order in which things are made."""

from __future__ import annotations

import numpy as np


def random_numbers(seed: int, *stream: int) -> np.random.Generator:
    """Return the random numbers of one stage, independent of those of every other stage and seed.

    Raises:
        ValueError: a negative seed.
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=stream)))
