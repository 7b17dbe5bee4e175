"""Raw scores of an evaluation, with all that figures are made of later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Indices, Scores
from benchmarks.metrics.identification import Searches
from benchmarks.metrics.verification import ScoredSide, VerificationScores

OURS = "Pehchan"


@dataclass(frozen=True)
class Samples:
    """The images of a set, m of them, in an order that their subjects' first images are those of enrolment.

    `subjects` are names, `unit` is their kind ("finger", "person"); `subject`, shape (m,), numbers the subject of each
    image; `failed`, shape (m,), marks images without a template; `groups` has, for a kind of group ("sensor", "sex"),
    each image's; `files` are the images' files, none where they are not known.
    """

    unit: str
    subjects: tuple[str, ...]
    subject: Indices
    failed: NDArray[np.bool_]
    groups: Mapping[str, tuple[str, ...]]
    files: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The file of each image, its number where none is kept."""
        return self.files or tuple(map(str, range(len(self.subject))))

    @property
    def first(self) -> Indices:
        """The place of each subject's first image, shape (subjects,)."""
        return np.asarray(np.unique(self.subject, return_index=True)[1], dtype=np.int64)


@dataclass(frozen=True)
class ScoreSet:
    """What one system scored in one part of an evaluation.

    `pairs`, shape (n, 2), are places of images, each pair once; `scores`, shape (n,), raw: more is more alike, -inf
    where an image gave no template. `decibans`, shape (n,), are the same scores calibrated, where there is a
    calibration.
    `model` and `calibration` are SHA-256 (hex), or another version.
    """

    part: str
    system: str
    model: str
    calibration: str
    protocol: str
    samples: Samples
    pairs: Indices
    scores: Scores
    decibans: Scores | None = None
    searches: Searches | None = None

    @property
    def sides(self) -> tuple[Indices, Indices]:
        """The subjects of each pair's two images, each of shape (n,)."""
        first, second = self.samples.subject[self.pairs].T
        return first, second

    @property
    def mated(self) -> NDArray[np.bool_]:
        """Which pairs are mated, shape (n,)."""
        first, second = self.sides
        return np.asarray(first == second)

    @property
    def subject_count(self) -> int:
        """How many subjects there are."""
        return len(self.samples.subjects)

    def verification(self) -> VerificationScores:
        """Return the comparisons, sorted, with the subjects that they rest on."""
        first, second = self.sides
        mated = first == second
        return VerificationScores(
            ScoredSide(self.scores[mated], first[mated]), ScoredSide(self.scores[~mated], first[~mated], second[~mated])
        )


@dataclass(frozen=True)
class StoredEvaluation:
    """One run: its command and date (ISO 8601, UTC), and the scores.

    `absent` are the systems that could not be run: the part, the system, and why. `provenance` is what
    `benchmarks.runs.provenance` gave; files of earlier versions have none.
    """

    command: str
    date: str
    absent: tuple[tuple[str, str, str], ...]
    sets: tuple[ScoreSet, ...]
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def part(self, name: str) -> list[ScoreSet]:
        """Return the sets of a part, in the order they were made; none where the part was not run."""
        return [score_set for score_set in self.sets if score_set.part == name]
