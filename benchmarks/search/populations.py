"""Searches in galleries of real people.

A population is one or more blocks of images that are searched among each other: all photos of a set, those of one
look, the prints of one sensor, or of one finger. Its subjects are divided into galleries at random. Each image searches
each gallery, once without its mate, which shows the FPIR, and once with it, which shows the FNIR.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Indices, Scores
from benchmarks.runs.protocols import SEED
from biometrics.kernel.recognition.modality import Modality

GALLERIES = (25, 100, 400)  # people
MOST_GALLERIES = 8  # images of each subject that are used, one after the other, as the one on record


@dataclass(frozen=True)
class ScoreBlock:
    """Images that are searched among each other.

    `subjects` numbers the subject of each, shape (n,); `decibans`, shape (n, n), are the scores of the shipped scale,
    -inf where an image gave no template.
    """

    subjects: Indices
    decibans: NDArray[Any]


@dataclass(frozen=True)
class Population:
    """Blocks under a name; a subject has the same number in all of them."""

    name: str
    modality: Modality
    blocks: tuple[ScoreBlock, ...]

    @property
    def subjects(self) -> Indices:
        """The numbers of its subjects."""
        return np.unique(np.concatenate([block.subjects for block in self.blocks]))


@dataclass(frozen=True)
class SearchScores:
    """What searches found, one place for each search, all of shape (n,).

    Without the mate: `first` and `second` are the two highest scores, `of` is the subject of the first. `mated` is the
    score of the mate, NaN where the gallery has none. `people` counts the gallery without the mate.
    """

    subjects: Indices
    of: Indices
    first: Scores
    second: Scores
    mated: Scores
    people: Indices

    @classmethod
    def joined(cls, parts: Sequence[SearchScores]) -> SearchScores:
        """Return all searches of several parts."""
        names = ("subjects", "of", "first", "second", "mated", "people")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    @property
    def lead(self) -> Scores:
        """How far the first candidate is ahead of the second in searches without the mate, in decibans."""
        return self.first - self.second

    @property
    def mated_lead(self) -> Scores:
        """How far the mate is ahead of the best of the others; NaN without a mate, negative where it is not first."""
        return self.mated - self.first


def search(population: Population, people: int) -> SearchScores:
    """Search galleries of about `people` people; a smaller block is one gallery."""
    rng = np.random.default_rng(SEED)
    parts = []
    for block in population.blocks:
        subjects, subject_index = np.unique(block.subjects, return_inverse=True)
        if len(subjects) < 3:
            continue
        order = rng.permutation(len(subjects))
        galleries = np.array_split(order, max(1, round(len(subjects) / people)))
        images = [np.flatnonzero(subject_index == subject) for subject in range(len(subjects))]
        rounds = min(MOST_GALLERIES, int(np.median([len(of_one) for of_one in images])))
        for gallery in galleries:
            parts += [_searched(block, [images[subject] for subject in gallery], turn) for turn in range(rounds)]
    return SearchScores.joined(parts)


def _searched(block: ScoreBlock, images: Sequence[Indices], turn: int) -> SearchScores:
    """Search a gallery that holds one image of each subject, another one each turn, with all images of the block."""
    columns = np.array([of_one[turn % len(of_one)] for of_one in images])
    scores = block.decibans[:, columns].astype(np.float64)
    is_mated = block.subjects[:, None] == block.subjects[columns][None, :]
    with_mate = is_mated.any(axis=1)
    mated = np.where(with_mate, np.where(is_mated, scores, -np.inf).max(axis=1), np.nan)
    mated[columns] = np.nan  # an image is not searched among itself
    non_mated = np.where(is_mated, -np.inf, scores)
    usable = np.isfinite(block.decibans).any(axis=1)
    best = non_mated.argmax(axis=1)
    highest = np.partition(non_mated, -2, axis=1)[:, -2:]
    result = SearchScores(
        block.subjects,
        block.subjects[columns][best],
        np.maximum(highest[:, 1], 0.0),
        np.maximum(highest[:, 0], 0.0),
        np.where(np.isneginf(mated), 0.0, mated),
        len(columns) - with_mate.astype(np.int64),
    )
    return SearchScores(*(values[usable] for values in vars(result).values()))
