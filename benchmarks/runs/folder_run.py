"""A run of a benchmark: raw scores and times first, figures later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Scores
from benchmarks.metrics.identification import Searches
from benchmarks.runs import protocols
from benchmarks.runs.datasets import LabelledImage, PairList
from benchmarks.runs.measure import Extraction, comparison_rate, extract_images, score_pairs, search_later
from biometrics.matching.ports import Recogniser

MAX_IMPOSTORS = 1_000_000  # non-mated face pairs; a folder with more is sampled (protocols.SEED)


@dataclass(frozen=True)
class FingerprintRun:
    """FVC's comparisons; `impostor` holds those of first impressions, `all_impostors` those of all impressions."""

    model: str
    extraction: Extraction
    genuine: Scores
    impostor: Scores
    all_impostors: Scores
    searches: Searches
    matches_per_s: float


@dataclass(frozen=True)
class FaceRun:
    """Comparisons of faces; `folds` numbers the fold of each of `scores`, None where no pairs list was given."""

    model: str
    extraction: Extraction
    scores: Scores
    same: NDArray[np.bool_]
    folds: NDArray[np.int64] | None
    searches: Searches

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
    searches = search_later(recogniser, extraction.templates, subjects, threads)
    rate = comparison_rate(recogniser, extraction.templates)
    return FingerprintRun(recogniser.model, extraction, genuine, impostor, everyone, searches, rate)


def run_faces(recogniser: Recogniser, images: Sequence[LabelledImage], threads: int) -> FaceRun:
    """Compare all mated pairs and up to MAX_IMPOSTORS non-mated ones, and search everyone's later photos.

    Raises:
        UnusableDataset: an image cannot be read, or none gave a template.
    """
    subjects = [image.subject for image in images]
    pairs = np.concatenate(
        [protocols.genuine_pairs(subjects), protocols.impostor_pairs(subjects, at_most=MAX_IMPOSTORS)]
    )
    return _run_pairs(recogniser, images, len(images), pairs, None, threads)


def run_face_pairs(
    recogniser: Recogniser, pair_list: PairList, several: Sequence[LabelledImage], threads: int
) -> FaceRun:
    """Compare the pairs of a list, and search the later photos of the people with several among the first ones.

    Raises:
        UnusableDataset: an image cannot be read, or none gave a template.
    """
    images = list(dict.fromkeys([*several, *pair_list.images]))
    index_of = {image: i for i, image in enumerate(images)}
    pairs = np.array([index_of[image] for image in pair_list.images], dtype=np.int64)[pair_list.pairs]
    return _run_pairs(recogniser, images, len(several), pairs, pair_list.folds, threads)


def _run_pairs(
    recogniser: Recogniser,
    images: Sequence[LabelledImage],
    searched: int,
    pairs: protocols.Pairs,
    folds: NDArray[np.int64] | None,
    threads: int,
) -> FaceRun:
    """Compare pairs of the images, and search the first `searched` of them."""
    subjects = [image.subject for image in images]
    extraction = extract_images(recogniser, images, threads)
    scores = score_pairs(recogniser, extraction.templates, pairs, threads)
    names = np.array(subjects)
    same = names[pairs[:, 0]] == names[pairs[:, 1]]
    searches = search_later(recogniser, extraction.templates[:searched], subjects[:searched], threads)
    return FaceRun(recogniser.model, extraction, scores, same, folds, searches)
