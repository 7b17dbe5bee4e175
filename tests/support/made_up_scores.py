"""Sets of raw scores as an evaluation has them, made up, so that their rates are known."""

from __future__ import annotations

import numpy as np

from benchmarks.metrics.identification import Searches
from benchmarks.runs.score_set import OURS, Samples, ScoreSet

SUBJECTS, EACH = 20, 3  # images: subject 0 three times, then subject 1, …


def score_set(part: str, system: str = OURS, worst: int = 0, seed: int = 0) -> ScoreSet:
    """Compare every image with every other.

    Mated pairs score 60 decibans, but 5 those of the first `worst` subjects; non-mated ones are exponential with the
    mean that decibans have, 10 / ln 10. Even subjects are women. The last image, of a man, failed.
    """
    subject = np.repeat(np.arange(SUBJECTS), EACH)
    pairs = np.stack(np.triu_indices(len(subject), k=1), axis=1).astype(np.int64)
    first, second = subject[pairs].T
    decibans = np.random.default_rng(seed).exponential(10 / np.log(10), len(pairs))
    decibans[first == second] = np.where(first[first == second] < worst, 5.0, 60.0)
    failed = np.arange(len(subject)) == len(subject) - 1
    decibans[failed[pairs].any(axis=1)] = -np.inf
    sexes = tuple("men" if item % 2 else "women" for item in subject)
    files = tuple(f"person {item}/{image % EACH}.png" for image, item in enumerate(subject.tolist()))
    names = tuple(f"person {i}" for i in range(SUBJECTS))
    samples = Samples("person", names, subject, failed, {"sex": sexes}, files)
    searches = Searches(np.arange(SUBJECTS), np.full(SUBJECTS, 9.0), np.zeros(SUBJECTS), np.ones(SUBJECTS, int), 20)
    return ScoreSet(part, system, "ab" * 32, "cd" * 32, "All pairs.", samples, pairs, decibans, decibans, searches)
