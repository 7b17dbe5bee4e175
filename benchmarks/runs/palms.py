"""Images of palms: later impressions compared with all first ones, and latents searched among these."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from api.cli.progress_bars import progress
from benchmarks.metrics.identification import Searches
from benchmarks.metrics.verification import ScoredSide, VerificationScores
from benchmarks.runs.datasets import SUFFIXES, UnusableDataset, read_image
from benchmarks.runs.palm_index import IndexRun, run_index
from biometrics.kernel.errors import UnusableSample
from fingerprint.matching.cylinders import PreparedPrint
from models.session import ModelSession
from palm.codec import decode, encode
from palm.extractor import extract
from palm.latents import extract_both_ways
from palm.matcher import prepare, similarities
from palm.synthetic.files import LATENT
from palm.template import PalmTemplate

THREADS = 2
_NAME = re.compile(rf"(?P<palm>\w+)_(?P<capture>\d+|{LATENT}\d*)")


@dataclass(frozen=True)
class PalmFile:
    """An image of a palm: `palm` says whose, `is_latent` whether it is a latent."""

    path: Path
    palm: str
    is_latent: bool


@dataclass(frozen=True)
class PalmRun:
    """What a folder gave; images that failed count in every comparison, with the score -inf.

    `comparisons` are those of later impressions with all first ones; `searches` those of latents among these.
    """

    images: int
    faults: Counter[str]
    comparisons: VerificationScores
    searches: Searches
    extract_ms: float
    compare_ms: float
    index: IndexRun | None


def read_palms(folder: Path) -> tuple[PalmFile, ...]:
    """Read `<palm>_<impression>.<ext>` and `<palm>_latent<number>.<ext>` in a folder; by path.

    Raises:
        UnusableDataset: no folder, a name of another form, or no two palms of which one has a second impression and one
            a latent.
    """
    files = []
    for path in sorted(file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES):
        name = _NAME.fullmatch(path.stem)
        if name is None:
            raise UnusableDataset(f"{path} is not named <palm>_<impression>.png or <palm>_latent.png; rename it.")
        files.append(PalmFile(path, name["palm"], name["capture"].startswith(LATENT)))
    first, later, latents = _divided(files)
    if len(first) < 2 or not later or not latents:
        raise UnusableDataset(
            f"{folder} needs impressions of two palms, and of one of them a second impression and a latent, such as "
            "01_1.png, 01_2.png, 01_latent.png, 02_1.png."
        )
    return tuple(files)


def _divided(files: Sequence[PalmFile]) -> tuple[dict[str, int], list[int], list[int]]:
    """Return the place of each palm's first impression, and those of later ones and of latents of such palms."""
    first: dict[str, int] = {}
    for index, file in enumerate(files):
        if not file.is_latent:
            first.setdefault(file.palm, index)
    further = [index for index, file in enumerate(files) if file.palm in first and first[file.palm] != index]
    later, latents = ([p for p in further if files[p].is_latent == is_latent] for is_latent in (False, True))
    return first, later, latents


def run_palms(session: ModelSession, files: Sequence[PalmFile], palms: int = 0) -> PalmRun:
    """Extract all images, compare, and search; with `palms` also in an index that holds so many generated ones.

    Raises:
        UnusableDataset: an image cannot be read.
    """
    before = time.process_time()
    with progress("Extracting", len(files)) as advance, ThreadPoolExecutor(THREADS) as pool:
        extracted = []
        for result in pool.map(partial(_extracted, session), files):
            extracted.append(result)
            advance()
    extract_ms = 1000 * (time.process_time() - before) / len(files)
    templates = [ways for ways, _ in extracted]
    prepared = [prepare(ways) for ways in templates]
    first, later, latents = _divided(files)
    gallery, column = list(first.values()), {palm: number for number, palm in enumerate(first)}
    before = time.process_time()
    scores = _scores(prepared, later + latents, gallery)
    compare_ms = 1000 * (time.process_time() - before) / scores.size
    mates = np.array([column[files[index].palm] for index in later + latents])
    probes = [(templates[index], column[files[index].palm]) for index in latents]
    return PalmRun(
        len(files),
        Counter(fault for _, fault in extracted if fault),
        _comparisons(scores[: len(later)], mates[: len(later)]),
        Searches.of(scores[len(later) :], mates[len(later) :], mates[len(later) :]),
        extract_ms,
        compare_ms,
        run_index(palms, [next(iter(templates[index]), None) for index in gallery], probes) if palms else None,
    )


def _extracted(session: ModelSession, file: PalmFile) -> tuple[list[PalmTemplate], str]:
    """Return the palm as it is stored and read again, or why there is none; a latent both ways, as the desk does."""
    try:
        image = read_image(file.path)
        palms = extract_both_ways(image, session).values() if file.is_latent else [extract(image, session)]
        return [decode(encode(palm)) for palm in palms], ""
    except UnusableSample as error:
        return [], error.message


def _scores(
    prepared: Sequence[Sequence[PreparedPrint]], probes: Sequence[int], gallery: Sequence[int]
) -> NDArray[np.float64]:
    """Return how alike each probe is to each palm of the gallery, by its best way, -inf where one failed."""
    scores = np.full((len(probes), len(gallery)), -np.inf)
    columns_and_palms = [(column, palm) for column, index in enumerate(gallery) for palm in prepared[index]]
    columns, palms = [column for column, _ in columns_and_palms], [palm for _, palm in columns_and_palms]

    def compare(row: int) -> None:
        for probe in prepared[probes[row]]:
            scores[row, columns] = np.maximum(scores[row, columns], similarities(probe, palms))

    with progress("Comparing", len(probes)) as advance, ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(compare, range(len(probes))):
            advance()
    return scores


def _comparisons(scores: NDArray[np.float64], mates: NDArray[np.int64]) -> VerificationScores:
    is_mate = np.zeros(scores.shape, np.bool_)
    is_mate[np.arange(len(scores)), mates] = True
    rows, columns = np.nonzero(~is_mate)
    return VerificationScores(
        ScoredSide(scores[is_mate], mates), ScoredSide(scores[rows, columns], mates[rows], columns)
    )
