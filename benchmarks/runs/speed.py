"""How fast the fingerprint engine is: extraction, compared with LEADER as published, NFIQ 2, and comparisons."""

from __future__ import annotations

import time
import timeit
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from api.cli.progress_bars import progress
from benchmarks.runs.datasets import LabelledImage, read_image
from benchmarks.runs.measure import extract_images
from biometrics.matching.ports import Recogniser
from fingerprint.codec import decode
from fingerprint.extraction.leader import MinutiaNetwork, detect
from fingerprint.matching.cylinders import PreparedPrint, prepare
from fingerprint.matching.kernels.batch import Batch, batch
from fingerprint.matching.matcher import match, screen
from fingerprint.nfiq2 import Nfiq2
from fingerprint.parameters import MIN_QUALITY

IMAGES = 20  # of a folder, evenly spread: enough for a median
GALLERY = 2000  # prints that each is compared with
ROUNDS = 5  # of each image, one after the other

Comparison = Callable[[PreparedPrint, Batch], NDArray[np.float64]]

_EXPLANATIONS = {
    "published_ms": "ms of one core an image, LEADER's file as published",
    "leader_ms": "ms of one core an image, ours, alternating on the same images",
    "leader_ratio": "how many times faster",
    "extract_ms": "ms of one core, file to template, an image",
    "nfiq2_ms": "ms an image of NFIQ 2, at least, on the clock: it runs in another process",
    "matches_per_s": "exact comparisons a second on one core, of prints without mates, gallery laid out before",
    "screenings_per_s": "screening comparisons a second on one core, of the same",
    "minutiae": "minutiae a print",
    "n_images": "images",
}


@dataclass(frozen=True)
class Speed:
    """Milliseconds of one core an image, and comparisons a second of one core.

    `leader_ratio` is that of the published file to ours: the median over all pairs of runs of one image, so that it
    holds on a busy machine as well.
    """

    published_ms: float
    leader_ms: float
    leader_ratio: float
    extract_ms: float
    nfiq2_ms: float
    matches_per_s: float
    screenings_per_s: float
    minutiae: float
    n_images: int

    def figures(self) -> dict[str, float]:
        """Return what a program reads."""
        return {name: round(getattr(self, name), 4) for name in _EXPLANATIONS}

    def table(self, title: str) -> Table:
        """Show the figures to a person, each with what it is."""
        table = Table("figure", "value", "what it is", title=title)
        for name, explanation in _EXPLANATIONS.items():
            value = getattr(self, name)
            table.add_row(name, f"{value:,.2f}" if value % 1 and value < 1000 else f"{value:,.0f}", explanation)
        return table


def measure_speed(
    recogniser: Recogniser,
    service_network: MinutiaNetwork,
    published: MinutiaNetwork,
    images: Sequence[LabelledImage],
    ppi: float | None,
) -> Speed:
    """Time some of the images with both networks alternately, then the whole extraction and the comparisons.

    The networks get the pixels as they are in the files.

    Raises:
        UnusableDataset: an image cannot be read, or none gave a template.
    """
    chosen = [images[i] for i in np.unique(np.linspace(0, len(images) - 1, IMAGES).round().astype(int))]
    pixels = [read_image(image.path, ppi).grey() for image in chosen]
    times = _alternated([published, service_network], pixels)
    extraction = extract_images(recogniser, chosen, 1, ppi)
    usable = [
        (image.subject, template) for image, template in zip(chosen, extraction.templates, strict=True) if template
    ]
    subjects = [subject for subject, _ in usable]
    prints = [prepare(decode(template.data)) for _, template in usable]
    published_ms, leader_ms = 1000.0 * np.median(times, axis=2).mean(axis=1)
    return Speed(
        published_ms=float(published_ms),
        leader_ms=float(leader_ms),
        leader_ratio=float(np.median(times[0] / times[1])),
        extract_ms=extraction.ms,
        nfiq2_ms=1000.0 * float(np.mean(_nfiq2_seconds(pixels))),
        matches_per_s=_rate(match, prints, subjects),
        screenings_per_s=_rate(screen, prints, subjects),
        minutiae=float(np.mean([print_.points.shape[1] for print_ in prints])),
        n_images=len(chosen),
    )


def _nfiq2_seconds(images: Sequence[NDArray[np.uint8]]) -> list[float]:
    """Return the shortest time that NFIQ 2 takes for each image."""
    nfiq2 = Nfiq2()
    nfiq2.measure(images[0])
    return [min(timeit.Timer(partial(nfiq2.measure, pixels)).repeat(ROUNDS, 1)) for pixels in images]


def _rate(compare: Comparison, prints: Sequence[PreparedPrint], subjects: Sequence[str]) -> float:
    """Return comparisons a second of CPU time, of each print with a gallery of those of other subjects.

    The galleries are laid out before, as a search keeps them; each comparison is of two prints that have no mate.
    """
    compare(prints[0], batch(prints[:1]))
    comparisons, seconds = 0, 0.0
    for print_, subject in zip(prints, subjects, strict=True):
        other_prints = [
            other for other, other_subject in zip(prints, subjects, strict=True) if other_subject != subject
        ]
        gallery = batch((other_prints * (GALLERY // max(1, len(other_prints)) + 1))[:GALLERY])
        before = time.process_time()
        compare(print_, gallery)
        seconds += time.process_time() - before
        comparisons += len(gallery.keys)
    return comparisons / seconds


def _alternated(networks: Sequence[MinutiaNetwork], images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float64]:
    """Return seconds of CPU time, shape (networks, images, ROUNDS); each image is run once before, untimed."""
    times = np.empty((len(networks), len(images), ROUNDS))
    with progress("Timing LEADER", len(images)) as advance:
        for i, pixels in enumerate(images):
            for network in networks:
                detect(network, pixels, MIN_QUALITY)
            for turn in range(ROUNDS):
                for n, network in enumerate(networks):
                    before = time.process_time()
                    detect(network, pixels, MIN_QUALITY)
                    times[n, i, turn] = time.process_time() - before
            advance()
    return times
