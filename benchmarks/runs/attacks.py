"""Photos of people and of attacks, by the operator's detector of presentation attacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.metrics import Scores
from benchmarks.runs.datasets import SUFFIXES, UnusableDataset, read_image
from biometrics.kernel.errors import UnusableSample
from face.recogniser import FaceRecogniser

BONA_FIDE = "bona_fide"  # the folder of photos of people; every other folder is a kind of attack instrument


@dataclass(frozen=True)
class Presentations:
    """The photos of one folder: how likely each is an attack, and how many show no face that could be looked at."""

    likely: Scores
    no_response: int


@dataclass(frozen=True)
class AttackRun:
    """What a detector, which reports attacks above its `limit`, said of bona fide photos and of each kind of attack."""

    limit: float
    bona_fide: Presentations
    attacks: Mapping[str, Presentations]


def run_attacks(recogniser: FaceRecogniser, folder: Path) -> AttackRun:
    """Ask the detector about every photo of `bona_fide/` and of `<kind>/`, one folder a kind of attack instrument.

    Raises:
        UnusableDataset: a folder is missing, has no photo with a face, or holds a file that cannot be read.
        ModelMissing: the installation has no detector.
    """
    kinds = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    if len(kinds) < 2 or BONA_FIDE not in {path.name for path in kinds}:
        raise UnusableDataset(f"{folder} needs a folder {BONA_FIDE} and one for each kind of attack, such as screen.")
    limits: set[float] = set()
    presentations = {path.name: _presentations(recogniser, path, limits) for path in kinds}
    return AttackRun(limits.pop(), presentations.pop(BONA_FIDE), presentations)


def _presentations(recogniser: FaceRecogniser, folder: Path, limits: set[float]) -> Presentations:
    likely, no_response = [], 0
    for path in sorted(file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES):
        try:
            assessed = recogniser.attack(read_image(path))
        except UnusableSample:
            no_response += 1
        else:
            likely.append(assessed.likely)
            limits.add(assessed.limit)
    if not likely:
        raise UnusableDataset(f"{folder} has no photo in which a face is found.")
    return Presentations(np.array(likely), no_response)
