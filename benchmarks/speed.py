"""How fast the fingerprint engine is: extraction beside LEADER as published, and comparisons."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from benchmarks.datasets import LabelledImage, read_image
from benchmarks.measure import comparison_rate, extract_images
from benchmarks.progress import progress
from biometrics.ports import Recogniser
from fingerprint.leader import MinutiaNetwork, detect
from fingerprint.parameters import MIN_QUALITY

IMAGES = 20  # of a folder, evenly spread: enough for a median
ROUNDS = 5  # of each image, one after the other

_EXPLANATIONS = {
    "published_ms": "ms of one core an image, LEADER's file as published",
    "leader_ms": "ms of one core an image, ours, on the same images in turn",
    "leader_ratio": "how many times faster",
    "extract_ms": "ms of one core, file to template, an image",
    "matches_per_s": "exact comparisons a second on one core",
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
    matches_per_s: float
    n_images: int

    def figures(self) -> dict[str, float]:
        """Return what a program reads."""
        return {name: round(getattr(self, name), 4) for name in _EXPLANATIONS}

    def table(self, title: str) -> Table:
        """Show the figures to a person, each with what it is."""
        shown = Table("figure", "value", "what it is", title=title)
        for name, explanation in _EXPLANATIONS.items():
            value = getattr(self, name)
            shown.add_row(name, f"{value:,.2f}" if value % 1 and value < 1000 else f"{value:,.0f}", explanation)
        return shown


def measure_speed(
    recogniser: Recogniser,
    ours: MinutiaNetwork,
    published: MinutiaNetwork,
    images: Sequence[LabelledImage],
    ppi: float | None,
) -> Speed:
    """Time some of the images with both networks in turn, then the whole extraction and the comparisons.

    The networks get the pixels as they are in the files.

    Raises:
        UnusableDataset: an image cannot be read, or none gave a template.
    """
    chosen = [images[i] for i in np.unique(np.linspace(0, len(images) - 1, IMAGES).round().astype(int))]
    times = _alternated([published, ours], [read_image(image.path, ppi).grey() for image in chosen])
    extraction = extract_images(recogniser, chosen, 1, ppi)
    published_ms, leader_ms = 1000.0 * np.median(times, axis=2).mean(axis=1)
    return Speed(
        published_ms=float(published_ms),
        leader_ms=float(leader_ms),
        leader_ratio=float(np.median(times[0] / times[1])),
        extract_ms=extraction.ms,
        matches_per_s=comparison_rate(recogniser, extraction.templates),
        n_images=len(chosen),
    )


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
