"""A run of a benchmark: raw scores and times first, figures later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks import protocols
from benchmarks.datasets import LabelledImage, PairList
from benchmarks.measure import Extraction, comparison_rate, extract_images, score_identification, score_pairs
from biometrics.ports import Recogniser

MAX_IMPOSTORS = 1_000_000  # non-mated face pairs; a folder with more is sampled (protocols.SEED)

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Ranking:
    """Raw scores of probes with the whole gallery, shape (probes, gallery), and each probe's mated column."""

    scores: Scores
    mates: NDArray[np.int64]


@dataclass(frozen=True)
class FingerprintRun:
    """FVC's comparisons; `impostor` holds those of first impressions, `all_impostors` those of all impressions."""

    model: str
    extraction: Extraction
    genuine: Scores
    impostor: Scores
    all_impostors: Scores
    ranking: Ranking
    matches_per_s: float


@dataclass(frozen=True)
class FaceRun:
    """Comparisons of faces; `folds` numbers the fold of each of `scores`, None where no pairs list was given."""

    model: str
    extraction: Extraction
    scores: Scores
    same: NDArray[np.bool_]
    folds: NDArray[np.int64] | None
    ranking: Ranking

    @property
    def genuine(self) -> Scores:
        """Scores of mated pairs."""
        return self.scores[self.same]

    @property
    def impostor(self) -> Scores:
        """Scores of non-mated pairs."""
        return self.scores[~self.same]


def run_fingerprints(
    recogniser: Recogniser, images: Sequence[LabelledImage], ppi: float | None, threads: int
) -> FingerprintRun:
    """Compare prints by FVC's protocol, and search every later impression among the first ones.

    Raises:
        UnusableDataset: an image cannot be read, or none gave a template.
    """
    subjects = [image.subject for image in images]
    extraction = extract_images(recogniser, images, threads, ppi)
    sets = (
        protocols.genuine_pairs(subjects),
        protocols.first_impressions(subjects),
        protocols.impostor_pairs(subjects, at_most=MAX_IMPOSTORS),
    )
    genuine, impostor, everyone = (score_pairs(recogniser, extraction.templates, pairs, threads) for pairs in sets)
    ranking = _rank(recogniser, extraction, subjects, threads)
    rate = comparison_rate(recogniser, extraction.templates)
    return FingerprintRun(recogniser.model, extraction, genuine, impostor, everyone, ranking, rate)


def run_faces(recogniser: Recogniser, images: Sequence[LabelledImage], threads: int) -> FaceRun:
    """Compare all mated pairs and up to MAX_IMPOSTORS non-mated ones, and search everyone's later photos.

    Raises:
        UnusableDataset: an image cannot be read, or none gave a template.
    """
    subjects = [image.subject for image in images]
    pairs = np.concatenate(
        [protocols.genuine_pairs(subjects), protocols.impostor_pairs(subjects, at_most=MAX_IMPOSTORS)]
    )
    return _run_pairs(recogniser, images, pairs, None, threads)


def run_face_pairs(recogniser: Recogniser, listed: PairList, threads: int) -> FaceRun:
    """Compare the pairs of a list, and search the later photos that it mentions among the first ones it mentions.

    Raises:
        UnusableDataset: an image cannot be read, or none gave a template.
    """
    return _run_pairs(recogniser, listed.images, listed.pairs, listed.folds, threads)


def _run_pairs(
    recogniser: Recogniser,
    images: Sequence[LabelledImage],
    pairs: protocols.Pairs,
    folds: NDArray[np.int64] | None,
    threads: int,
) -> FaceRun:
    subjects = [image.subject for image in images]
    extraction = extract_images(recogniser, images, threads)
    scores = score_pairs(recogniser, extraction.templates, pairs, threads)
    names = np.array(subjects)
    same = names[pairs[:, 0]] == names[pairs[:, 1]]
    return FaceRun(recogniser.model, extraction, scores, same, folds, _rank(recogniser, extraction, subjects, threads))


def _rank(recogniser: Recogniser, extraction: Extraction, subjects: Sequence[str], threads: int) -> Ranking:
    search = protocols.identification(subjects)
    return Ranking(score_identification(recogniser, extraction.templates, search, threads), search.mates)
