"""Searches of latents: where the finger that left each one comes in a list of many prints.

Every latent is compared with every print, upright and turned by half a circle, as `POST /api/v1/identify/latent` does
with the prints that the index names; so the figures are those of the engine, without losses of an index. With generated
prints added, the gallery is too large for that: the index names the prints to compare, as it does in the service, and a
mate that it does not name counts as not found.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from api.cli.progress_bars import progress
from benchmarks.metrics.identification import Searches
from benchmarks.metrics.minutiae import Agreement
from benchmarks.runs.datasets import SUFFIXES, LabelledImage, UnusableDataset, read_image
from benchmarks.runs.template_cache import CachedTemplates, cached, cached_templates
from benchmarks.search.known_latents import class_of, known_minutiae, points
from benchmarks.search.latent_galleries import SHORTLIST, ComparedPrints, IndexedPrints
from biometrics.imaging.image import Image
from biometrics.kernel.errors import UnusableSample
from biometrics.kernel.recognition.types import Template
from fingerprint.codec import decode
from fingerprint.latents.layers import suggested_region_of
from fingerprint.parameters import PPI
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.ridge_map import TILE


@dataclass(frozen=True)
class LatentPairs:
    """Latents and the prints of the fingers that left them, in the same order."""

    latents: tuple[LabelledImage, ...]
    mates: tuple[LabelledImage, ...]

    @property
    def classes(self) -> list[str]:
        """Return what each latent was left on, by the `latent.json` of generated ones; empty without it."""
        return [class_of(image.path) for image in self.latents]


class RegionOfInterest(StrEnum):
    """Which part of a latent's image is searched with."""

    WHOLE = "whole"
    SUGGESTED = "suggested"
    BOTH = "both"  # the better score counts


@dataclass(frozen=True)
class LatentSettings:
    """How latents are searched.

    With `generated` prints added, only those are compared that an index names: `shortlist` for each orientation.
    `region` is the part of each image that is searched with. Each set of `same` names folders of one finger: none of
    them counts as a stranger of another.
    """

    generated: int = 0
    shortlist: int = SHORTLIST
    region: RegionOfInterest = RegionOfInterest.WHOLE
    same: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True)
class LatentRun:
    """The searches of all latents; `minutiae` counts those of each latent, 0 where it gave no template.

    `areas` are the square inches of each latent on which its ridges can be seen. `places`: where each latent's mate is
    in the shortlist of an orientation, from 1 on; 0 where it is in none, or where all prints are compared. `lost`
    counts mates that were not compared in every orientation, so not in their own, of latents with a template.
    `failed` counts latents without a template, `failed_mates` mates without one; a search with either fails.
    `agreements` compares the minutiae of each latent's first view with the known ones, where there is `minutiae.json`.
    `ms_per_search` is the time of one core, from the latent's pixels to the scores of the whole gallery;
    `ms_extraction` is the part of it until the latent's templates are there. `seconds` is the time that each stage of
    the run took.
    """

    searches: Searches
    minutiae: NDArray[np.int64]
    areas: NDArray[np.float64]
    places: NDArray[np.int64]
    agreements: tuple[Agreement | None, ...]
    failed: int
    failed_mates: int
    ms_per_search: float
    ms_extraction: float = 0.0
    lost: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


def read_latents(folder: Path) -> LatentPairs:
    """Read `<finger>/latent.<ext>` and `<finger>/sensor.<ext>`, by finger.

    Raises:
        UnusableDataset: no folder, a finger without one of the two, or fewer than two fingers.
    """
    if not folder.is_dir():
        raise UnusableDataset(f"The folder {folder} cannot be read.")
    fingers = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    if len(fingers) < 2:
        raise UnusableDataset(f"{folder} needs two folders or more, <finger>/latent.<ext> and <finger>/sensor.<ext>.")
    latents, mates = ([image_in(finger, kind) for finger in fingers] for kind in ("latent", "sensor"))
    return LatentPairs(tuple(latents), tuple(mates))


def image_in(finger: Path, kind: str) -> LabelledImage:
    """Return the one image of a kind in a finger's folder.

    Raises:
        UnusableDataset: there is none, or several.
    """
    files = [path for path in sorted(finger.glob(f"{kind}.*")) if path.suffix.lower() in SUFFIXES]
    if len(files) != 1:
        raise UnusableDataset(f"{finger} holds {len(files)} images named {kind}.<ext>; it needs one.")
    return LabelledImage(files[0], finger.name)


def run(
    recogniser: FingerprintRecogniser,
    pairs: LatentPairs,
    other_images: Sequence[LabelledImage],
    threads: int,
    cache: Path,
    settings: LatentSettings,
) -> LatentRun:
    """Search every latent among all mates and some prints of other people.

    Templates come from the folder `cache`, where it has them.

    Raises:
        UnusableDataset: a folder that the settings name is not there, or no print gave a template.
    """
    same = same_fingers(pairs, settings.same)
    seconds: dict[str, float] = {}
    with _timed(seconds, "prints"):
        stored = cached_templates(recogniser, [*pairs.mates, *other_images], threads, cache)
    with _timed(seconds, "gallery"):
        gallery = (
            IndexedPrints(recogniser, stored, settings.generated, settings.shortlist, threads)
            if settings.generated
            else ComparedPrints(recogniser, stored)
        )

    def search(number: int) -> _Outcome:
        latent = pairs.latents[number]
        extracted = extracted_latent(recogniser, latent, settings.region, cache)
        return _searched(gallery, latent, extracted, number, same[number])

    search(0)  # compiles the matcher and prepares the gallery, untimed
    outcomes = []
    with (
        _timed(seconds, "searches"),
        progress("Searching", len(pairs.latents)) as advance,
        ThreadPoolExecutor(threads) as pool,
    ):
        before = time.process_time()
        for outcome in pool.map(search, range(len(pairs.latents))):
            outcomes.append(outcome)
            advance()
        spent = time.process_time() - before
    *values, agreements = zip(*outcomes, strict=True)
    mated, best, ranks, minutiae, areas, places, extracting, in_this_run = map(np.array, values)
    spent += float(extracting.sum() - in_this_run.sum())
    mate_stored = np.array([template is not None for template in stored[: len(pairs.mates)]])
    return LatentRun(
        searches=Searches(np.arange(len(pairs.latents)), mated, best, ranks, len(gallery)),
        minutiae=minutiae,
        areas=areas,
        places=places,
        agreements=agreements,
        failed=int(np.count_nonzero(minutiae == 0)),
        failed_mates=int(np.count_nonzero(~mate_stored)),
        ms_per_search=1000.0 * spent / len(pairs.latents),
        ms_extraction=1000.0 * float(extracting.mean()),
        lost=int(np.count_nonzero(np.isneginf(mated) & (minutiae > 0) & mate_stored)),
        seconds=seconds,
    )


class _Outcome(NamedTuple):
    """The search of one latent; `extracting` is in seconds of one core, 0 of them `in_this_run` if it was kept."""

    mated: float
    best: float
    rank: int
    minutiae: int
    area: float
    place: int
    extracting: float
    in_this_run: float
    agreement: Agreement | None


def _searched(
    gallery: ComparedPrints | IndexedPrints,
    latent: LabelledImage,
    extracted: CachedTemplates,
    mate: int,
    same: set[int],
) -> _Outcome:
    """Search a latent whose mate has a number; the prints `same` are of its finger."""
    true_minutiae = known_minutiae(latent.path)
    seconds = extracted.seconds, extracted.seconds if extracted.is_new else 0.0
    if not extracted.templates:
        agreement = None if true_minutiae is None else Agreement(0, len(true_minutiae), 0)
        return _Outcome(-np.inf, -np.inf, len(gallery), 0, 0.0, 0, *seconds, agreement)
    views = [decode(template.data) for template in extracted.templates]
    scores = gallery.scores(extracted.templates)
    mated = scores.best.get(mate, -np.inf)
    strangers = np.array([score for number, score in scores.best.items() if number not in same])
    return _Outcome(
        mated,
        strangers.max(initial=-np.inf),
        len(gallery) if np.isneginf(mated) else 1 + int(np.count_nonzero(strangers >= mated)),
        max(len(template) for template in views),
        max(len(template.ridges) for template in views) * (TILE / PPI) ** 2,
        scores.places.get(mate, 0),
        *seconds,
        None if true_minutiae is None else Agreement.of(points(views[0]), true_minutiae),
    )


def extracted_latent(
    recogniser: FingerprintRecogniser, latent: LabelledImage, region: RegionOfInterest, cache: Path
) -> CachedTemplates:
    """Return the templates that a latent is searched with, from the folder `cache` where it has them."""

    def ways() -> list[Template]:
        return _ways(recogniser, read_image(latent.path, latent.ppi), region)

    made_by = f"{recogniser.model} latent {recogniser.latent_network} {region} {latent.ppi}"
    return cached(cache, recogniser.modality, made_by, latent.path, ways)


def _ways(recogniser: FingerprintRecogniser, image: Image, region: RegionOfInterest) -> list[Template]:
    """Return the templates that a latent is searched with."""
    corners = None if region is RegionOfInterest.WHOLE else suggested_region_of(image)
    ways: list[Template] = []
    refusals: list[UnusableSample] = []
    for part in [None, corners] if region is RegionOfInterest.BOTH and corners else [corners]:
        try:
            ways += recogniser.extract_latent_both_ways(image, part).values()
        except UnusableSample as error:
            refusals.append(error)
    if not ways:
        raise refusals[0]
    return ways


def same_fingers(pairs: LatentPairs, same: Sequence[frozenset[str]]) -> list[set[int]]:
    """Return for each latent the numbers of the mates that are of its finger, its own among them."""
    numbers = {image.subject: number for number, image in enumerate(pairs.latents)}
    fingers = [{number} for number in range(len(pairs.latents))]
    for names in same:
        if absent := names - numbers.keys():
            raise UnusableDataset(f"There is no folder called {', '.join(sorted(absent))}; correct the name.")
        of_finger = {numbers[name] for name in names}
        for number in of_finger:
            fingers[number] |= of_finger
    return fingers


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    """Note how long a stage took."""
    began = time.perf_counter()
    yield
    seconds[stage] = round(time.perf_counter() - began, 1)
