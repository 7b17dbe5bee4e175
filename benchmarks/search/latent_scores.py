"""Scores of latents with the prints of other people and with their mates, from which a scale of latents is made.

Each latent is compared as the service does it: its views in every aspect, upright and turned by half a circle. It is
also compared by minutiae that are marked, where the finger's own are known: those nearest to a place in the latent, as
many as its file's hash says, so that there are latents with few. No index chooses the prints: all are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from api.cli.progress_bars import progress
from benchmarks.runs.datasets import LabelledImage
from benchmarks.search.latents import LatentPairs, RegionOfInterest, extracted_latent
from biometrics.kernel.errors import UnusableSample
from biometrics.kernel.recognition.types import Template
from biometrics.kernel.technique.atomic_file import replacing_file
from biometrics.matching.latent_scale import LatentContent
from fingerprint.latents.marked import MIN_MARKED, MarkedPrint, read_json
from fingerprint.recogniser import FingerprintRecogniser

CACHE = "bench-latent-scores"  # folder in the data folder
WAYS = 2  # each print is compared with a latent upright, and turned by half a circle

Scores = NDArray[np.float32]  # shape (WAYS, prints)


@dataclass(frozen=True)
class PrintSet:
    """Prints of other people, from one folder."""

    name: str
    prints: tuple[Template, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of all templates, in their order."""
        return sha256(b"".join(sha256(template.data).digest() for template in self.prints)).hexdigest()


@dataclass(frozen=True)
class LatentScores:
    """The comparisons of one latent, by its image or by marked minutiae: with the prints of each set.

    `mated` is the better score with the print of its own finger; None without one.
    """

    content: LatentContent
    strangers: tuple[Scores, ...]
    mated: float | None


def scores_of(
    recogniser: FingerprintRecogniser,
    pairs: LatentPairs,
    mates: Sequence[Template | None],
    sets: Sequence[PrintSet],
    cache: Path,
) -> list[LatentScores]:
    """Compare every latent with its mate and with all prints, of other people; what `cache` has is not done again.

    Latents that give no template are left out.
    """
    cache.mkdir(parents=True, exist_ok=True)
    latent_scores = []
    with progress("Comparing", len(pairs.latents)) as advance:
        for latent, mate in zip(pairs.latents, mates, strict=True):
            mate_set = PrintSet("mate", () if mate is None else (mate,))
            for marked in (False, True):
                if marked and not latent.path.with_name("minutiae.json").exists():
                    continue
                probe = _Latent(recogniser, latent, marked, cache)
                compared = [_cached(probe, print_set, cache) for print_set in (mate_set, *sets)]
                if (content := compared[0][0]) is not None:
                    mated, *strangers = (scores for _, scores in compared)
                    best = float(mated.max()) if mated.size else None
                    latent_scores.append(LatentScores(content, tuple(strangers), best))
            advance()
    return latent_scores


@dataclass(frozen=True)
class _Latent:
    """A latent to compare by its image or by marked minutiae; its templates are made when they are first needed."""

    recogniser: FingerprintRecogniser
    image: LabelledImage
    marked: bool
    cache: Path

    @cached_property
    def file(self) -> bytes:
        return (self.image.path.with_name("minutiae.json") if self.marked else self.image.path).read_bytes()

    @cached_property
    def ways(self) -> tuple[Template, ...]:
        """Its templates, upright and turned; none where it is not usable."""
        try:
            if self.marked:
                marks = _some_marks(read_json(self.file), self.file)
                return tuple(self.recogniser.marked_both_ways(marks).values())
            return extracted_latent(self.recogniser, self.image, RegionOfInterest.WHOLE, self.cache).templates
        except UnusableSample:
            return ()


def _cached(latent: _Latent, prints: PrintSet, cache: Path) -> tuple[LatentContent | None, Scores]:
    recogniser = latent.recogniser
    made_by = f"{recogniser.model} {recogniser.latent_network} {latent.marked} {prints.digest} "
    file = cache / f"{sha256(made_by.encode() + latent.file).hexdigest()}.npz"
    if not file.exists():
        content = recogniser.latent_content(latent.ways[0]) if latent.ways else None
        scores = np.array([recogniser.compare(way, prints.prints) for way in latent.ways], np.float32)
        with replacing_file(file, file.with_suffix(".part"), 0o600) as out:
            np.savez(out, minutiae=np.nan if content is None else content.minutiae, scores=scores)
    with np.load(file) as arrays:
        minutiae = float(arrays["minutiae"])
        return None if np.isnan(minutiae) else LatentContent(minutiae, latent.marked), arrays["scores"]


def _some_marks(marks: MarkedPrint, seed: bytes) -> MarkedPrint:
    """Return those of a latent's minutiae that are nearest to one of them, between four and all."""
    if len(marks.minutiae) <= MIN_MARKED:
        return marks
    rng = np.random.default_rng(int.from_bytes(sha256(seed).digest()[:8]))
    count = int(rng.integers(MIN_MARKED, len(marks.minutiae) + 1))
    middle = marks.minutiae[int(rng.integers(len(marks.minutiae)))]
    nearest = sorted(marks.minutiae, key=lambda mark: (mark.x - middle.x) ** 2 + (mark.y - middle.y) ** 2)
    return replace(marks, minutiae=tuple(nearest[:count]))
