"""Faces: everyone with two photos or more, and the pairs of a list."""

from __future__ import annotations

import numpy as np

from benchmarks.runs.extracted import Extracted
from benchmarks.runs.protocols import genuine_pairs, impostor_pairs
from benchmarks.runs.score_set import ScoreSet

PART = "faces"
NON_MATED = 300_000  # pairs drawn at random: thirty false matches are expected at FMR 1/10,000


def pooled(photos: Extracted) -> ScoreSet:
    """Compare all mated pairs and NON_MATED others, and search everyone's later photos among the first ones."""
    pairs = np.concatenate([genuine_pairs(photos.subjects), impostor_pairs(photos.subjects, NON_MATED)])
    protocol = (
        f"All pairs of one person, and {NON_MATED:,} pairs of two, drawn at random, where there are more; searches: "
        "every later photo among the first photos of everyone."
    )
    return photos.score_set(PART, protocol, pairs, photos.samples("person", {}), photos.search())
