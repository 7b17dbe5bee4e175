"""Sets of images, compared as scales need it: strangers with strangers, mates with mates, and people with people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from api.settings import Settings
from benchmarks.calibration.fitting import NonMated, looks_of
from benchmarks.metrics import Indices, Scores
from benchmarks.runs import datasets
from benchmarks.runs.datasets import LabelledImage, UnusableDataset
from benchmarks.runs.fingerprints import folder_and_ppi
from benchmarks.runs.measure import score_pairs
from benchmarks.runs.protocols import genuine_pairs, impostor_pairs
from benchmarks.runs.template_cache import CACHE, cached_templates
from biometrics.kernel.recognition.modality import Modality
from biometrics.matching.ports import Recogniser
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

ALL_PAIRS = 20_000_000  # more pairs of two subjects are drawn at random
SAME_FINGER = ", same finger"
MATED_PAIRS = 20_000


@dataclass(frozen=True)
class ComparedSet:
    """The comparisons of one set.

    `everyone` are all pairs of two subjects, `mated` the raw scores of pairs of one. Each image has its subject in
    `numbers`, its finger in `fingers` (None where names do not say it), and its look in `looks` (of a large set of
    photos).
    """

    name: str
    everyone: NonMated
    mated: Scores
    mated_pairs: NDArray[np.int64]
    numbers: Indices
    fingers: Indices | None
    looks: Indices | None

    @property
    def mated_subjects(self) -> Indices:
        """The subject of each mated pair, numbered as in `everyone`."""
        return self.numbers[self.mated_pairs[:, 0]]

    @property
    def strangers(self) -> NonMated:
        """The pairs that a search compares: of the same finger where names say which, of one look in a large set."""
        labels = self.fingers if self.fingers is not None else self.looks
        if labels is None:
            return self.everyone
        first, second = labels[self.everyone.pairs].T
        same_label = first == second
        return NonMated(
            self.everyone.scores[same_label], self.everyone.subjects[same_label], self.everyone.pairs[same_label]
        )


class ImageSet(NamedTuple):
    """A set before it is compared: what it is called, and its images."""

    modality: Modality
    called: str
    images: tuple[LabelledImage, ...]


def images_of_sets(prints: Sequence[str], faces: Sequence[str], leave_out: frozenset[str]) -> list[ImageSet]:
    """Return the sets of prints, given as DIR or DIR:PPI, and of photos.

    Raises:
        UnusableDataset: none is given, a folder cannot be used, or no set has an image to leave out.
    """
    sets = [_images_of(name, FINGERPRINT) for name in prints]
    sets += [_images_of(name, FACE) for name in faces]
    if not sets:
        raise UnusableDataset("Name a set with --prints or --faces.")
    if absent := leave_out - {image.path.stem for image_set in sets for image in image_set.images}:
        raise UnusableDataset(f"There is no image called {', '.join(sorted(absent))} to leave out.")
    return [
        image_set._replace(images=tuple(image for image in image_set.images if image.path.stem not in leave_out))
        for image_set in sets
    ]


def _images_of(name: str, modality: Modality) -> ImageSet:
    if modality is FACE:
        folder, images = Path(name), datasets.read_people(Path(name))
    else:
        folder, ppi = folder_and_ppi(name)
        images = tuple(replace(image, ppi=ppi or image.ppi or 500.0) for image in datasets.read_strangers(folder))
    return ImageSet(modality, "/".join(folder.parts[-2:]), tuple(images))


def compared_set(
    recogniser: Recogniser, settings: Settings, called: str, images: Sequence[LabelledImage], looks: int | None = None
) -> ComparedSet:
    """Compare all images of a set; `looks` clusters photos into so many looks, if there are enough.

    Raises:
        UnusableDataset: a file cannot be used, or there are no two subjects with a template.
    """
    folder = settings.data_folder / CACHE
    templates = cached_templates(recogniser, images, settings.threads, folder, called)
    subjects = [image.subject for image in images]
    numbers = np.unique(subjects, return_inverse=True)[1].astype(np.int64)
    pairs = impostor_pairs(subjects, ALL_PAIRS)
    scores = score_pairs(recogniser, templates, pairs, settings.threads, called)
    usable = np.isfinite(scores)
    if not usable.any():
        raise UnusableDataset(f"{called} has no two people with a template each.")
    labels = datasets.groups_of(images).get("finger")
    fingers = None if labels is None else np.unique(labels, return_inverse=True)[1].astype(np.int64)
    mates = _same(genuine_pairs(subjects), fingers)[:MATED_PAIRS]
    mated = score_pairs(recogniser, templates, mates, settings.threads, called) if len(mates) else np.empty(0)
    has_mate = np.isfinite(mated)
    of_look = None
    if looks is not None and len(images) >= 100 * looks:
        places = np.array([index for index, template in enumerate(templates) if template])
        assert recogniser.vectors is not None, "only prints and faces are compared so"
        vector_of = recogniser.vectors.vector_of
        vectors = np.array([vector_of(recogniser.features(template)) for template in templates if template])
        of_look = np.full(len(images), -1, np.int64)
        of_look[places] = looks_of(vectors, looks)
    return ComparedSet(
        called,
        NonMated(scores[usable], numbers[pairs[usable]], pairs[usable]),
        mated[has_mate],
        mates[has_mate],
        numbers,
        fingers,
        of_look,
    )


def _same(pairs: NDArray[np.int64], fingers: Indices | None) -> NDArray[np.int64]:
    """Keep the pairs of one finger."""
    if fingers is None or not len(pairs):
        return pairs
    first, second = fingers[pairs].T
    return np.asarray(pairs[first == second])
