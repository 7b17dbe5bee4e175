"""Images with their templates, and what compares and calibrates them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.metrics import Scores
from benchmarks.metrics.identification import Searches
from benchmarks.runs.datasets import LabelledImage
from benchmarks.runs.measure import extract_images, score_pairs, search_later
from benchmarks.runs.protocols import Pairs
from benchmarks.runs.score_set import OURS, Samples, ScoreSet
from biometrics.kernel.recognition.types import Template
from biometrics.matching.calibration import Calibration, Score
from biometrics.matching.ports import Recogniser


@dataclass(frozen=True)
class Extracted:
    """The images of a data set after extraction; `templates` has None where an image gave none."""

    recogniser: Recogniser
    calibration: Calibration
    images: tuple[LabelledImage, ...]
    templates: tuple[Template | None, ...]
    threads: int

    @classmethod
    def of(
        cls, recogniser: Recogniser, calibration: Calibration, images: Sequence[LabelledImage], threads: int
    ) -> Extracted:
        """Extract images, each at its own resolution.

        Raises:
            UnusableDataset: a file cannot be read or decoded, or no image gave a template.
        """
        templates = extract_images(recogniser, images, threads).templates
        return cls(recogniser, calibration, tuple(images), templates, threads)

    @property
    def subjects(self) -> list[str]:
        """The subject of each image."""
        return [image.subject for image in self.images]

    def of_images(self, places: Sequence[int]) -> Extracted:
        """Keep some of the images, by their places."""
        images = tuple(self.images[i] for i in places)
        return replace(self, images=images, templates=tuple(self.templates[i] for i in places))

    def compare(self, pairs: Pairs) -> Scores:
        """Return the raw scores of pairs of images, shape (n,), -inf where one gave no template."""
        return score_pairs(self.recogniser, self.templates, pairs, self.threads)

    def calibrated(self, raw: Scores) -> list[Score | None]:
        """Return the calibrated scores, None where there was no comparison."""
        return [self.calibration.score(float(score)) if np.isfinite(score) else None for score in raw]

    def search(self) -> Searches:
        """Search every later image of a subject among everyone's first images."""
        return search_later(self.recogniser, self.templates, self.subjects, self.threads)

    def samples(self, unit: str, groups: Mapping[str, tuple[str, ...]]) -> Samples:
        """Describe the images."""
        names, numbers = np.unique(self.subjects, return_inverse=True)
        failed = np.array([template is None for template in self.templates])
        files = tuple("/".join(image.path.parts[-2:]) for image in self.images)
        return Samples(unit, tuple(names.tolist()), numbers.astype(np.int64), failed, groups, files)

    def score_set(
        self, part: str, protocol: str, pairs: Pairs, samples: Samples, searches: Searches | None = None
    ) -> ScoreSet:
        """Compare pairs of the images."""
        raw = self.compare(pairs)
        decibans = decibans_of(self.calibrated(raw))
        model, calibration = self.recogniser.model, self.calibration.digest
        return ScoreSet(part, OURS, model, calibration, protocol, samples, pairs, raw, decibans, searches)


def decibans_of(scores: Sequence[Score | None]) -> Scores:
    """Return scores as an array, -inf where there is none."""
    return np.array([score.decibans if score else -np.inf for score in scores], dtype=np.float64)
