"""The parts of every run: templates of images, scores of pairs, and the time they took."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.cli.progress_bars import progress
from benchmarks.metrics.identification import Searches
from benchmarks.runs.datasets import LabelledImage, UnusableDataset, read_image
from benchmarks.runs.protocols import Identification, Pairs, identification
from biometrics.kernel.errors import BadImage, UnusableSample
from biometrics.kernel.recognition.types import Template
from biometrics.matching.ports import Recogniser

RATE_SECONDS = 1.0  # how long comparisons are repeated to time them


@dataclass(frozen=True)
class Extraction:
    """Templates in the order of the images, None where an image gave none; `failures` says which and why.

    `ms` is the CPU time an image, in milliseconds, from file to template, summed over all threads: what one image takes
    on one core.
    """

    templates: tuple[Template | None, ...]
    failures: tuple[str, ...]
    ms: float


def extract_images(
    recogniser: Recogniser, images: Sequence[LabelledImage], threads: int, ppi: float | None = None
) -> Extraction:
    """Extract every image; the first is done once before, so that compiling and loading are not timed.

    `ppi`, where given, wins over that of the images.

    Raises:
        UnusableDataset: a file cannot be read or decoded, or no image gave a template.
    """

    def extract_one(image: LabelledImage) -> Template | str:
        try:
            return recogniser.extract(read_image(image.path, ppi or image.ppi))
        except UnusableSample as error:
            return f"{image.path.name}: {error.message}"
        except BadImage as error:
            raise UnusableDataset(f"{image.path}: {error}") from error

    extract_one(images[0])
    with progress("Extracting", len(images)) as advance, ThreadPoolExecutor(threads) as pool:
        before = time.process_time()
        results = []
        for result in pool.map(extract_one, images):
            results.append(result)
            advance()
        spent = time.process_time() - before
    templates = tuple(result if isinstance(result, Template) else None for result in results)
    failures = tuple(result for result in results if isinstance(result, str))
    if not any(templates):
        raise UnusableDataset(f"No image gave a template. The first: {failures[0]}")
    return Extraction(templates, failures, 1000.0 * spent / len(images))


def score_pairs(
    recogniser: Recogniser, templates: Sequence[Template | None], pairs: Pairs, threads: int, called: str = ""
) -> NDArray[np.float64]:
    """Return the raw score of each pair, its first image as the probe; -inf where either gave no template.

    `called` is the name of the set, for the progress.
    """
    scores = np.full(len(pairs), -np.inf)
    usable = np.array([template is not None for template in templates])
    order = np.argsort(pairs[:, 0], kind="stable")
    order = order[usable[pairs[order]].all(axis=1)]
    probes, starts = np.unique(pairs[order, 0], return_index=True)

    def score(probe: int, places: NDArray[np.int64]) -> None:
        candidates = [template for at in pairs[places, 1] if (template := templates[at])]
        if template := templates[probe]:
            scores[places] = recogniser.compare(template, candidates)

    with progress(f"Comparing {called}".strip(), len(probes)) as advance, ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(score, probes, np.split(order, starts[1:])):
            advance()
    return scores


def score_identification(
    recogniser: Recogniser, templates: Sequence[Template | None], search: Identification, threads: int
) -> NDArray[np.float64]:
    """Return the raw scores of every probe with the whole gallery, shape (probes, gallery); -inf as for pairs."""
    pairs = np.stack(
        [np.repeat(search.probes, len(search.gallery)), np.tile(search.gallery, len(search.probes))], axis=1
    )
    return score_pairs(recogniser, templates, pairs, threads).reshape(len(search.probes), len(search.gallery))


def search_later(
    recogniser: Recogniser, templates: Sequence[Template | None], subjects: Sequence[str], threads: int
) -> Searches:
    """Search every later image of a subject among everyone's first images."""
    search = identification(subjects)
    scores = score_identification(recogniser, templates, search, threads)
    numbers = np.unique(subjects, return_inverse=True)[1].astype(np.int64)
    return Searches.of(scores, search.mates, numbers[search.probes])


def comparison_rate(recogniser: Recogniser, templates: Sequence[Template | None]) -> float:
    """Return exact comparisons a second of CPU time, each of one probe with all templates, after one such round."""
    usable = [template for template in templates if template]
    recogniser.compare(usable[0], usable)
    rounds, start = 0, time.process_time()
    while (spent := time.process_time() - start) < RATE_SECONDS:
        recogniser.compare(usable[rounds % len(usable)], usable)
        rounds += 1
    return rounds * len(usable) / spent
