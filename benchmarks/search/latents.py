"""Searches of latents: where the finger that left each one comes in a list of many prints.

Every latent is compared with every print, upright and turned by half a circle, as `POST /api/v1/identify/latent` does
with the prints that the index names; so the figures are those of the engine, without losses of an index. With generated
prints added, the gallery is too large for that: the index names the prints to compare, as it does in the service, and a
mate that it does not name counts as not found.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from api.cli.progress_bars import progress
from benchmarks.metrics.identification import Searches
from benchmarks.runs.datasets import SUFFIXES, LabelledImage, UnusableDataset, read_image
from benchmarks.runs.template_cache import cached_templates
from benchmarks.search.latent_galleries import SHORTLIST, ComparedPrints, IndexedPrints
from biometrics.domain.errors import UnusableSample
from fingerprint.codec import decode
from fingerprint.extraction.ridge_map import TILE
from fingerprint.parameters import PPI
from fingerprint.recogniser import FingerprintRecogniser

RANKS = (1, 5, 20)
FPIRS = {"fnir_at_fpir_1e2": 0.01, "fnir_at_fpir_1e1": 0.1}
MINUTIAE = (0, 20, 40, 60)  # the least number of each row of the table
AREAS = (0.0, 0.1, 0.2, 0.4)  # square inches with clear ridges, the least of each row
DECIMALS = 4  # of a percentage or a time in JSON


@dataclass(frozen=True)
class LatentPairs:
    """Latents and the prints of the fingers that left them, in the same order."""

    latents: tuple[LabelledImage, ...]
    mates: tuple[LabelledImage, ...]


@dataclass(frozen=True)
class LatentRun:
    """The searches of all latents; `minutiae` counts those of each latent, 0 where it gave no template.

    `areas` are the square inches of each latent on which its ridges can be seen. `lost` counts mates that the index did
    not name, of latents with a template.
    `failed` counts latents without a template, `failed_mates` mates without one; a search with either fails.
    `ms_per_search` is the time of one core, from the latent's pixels to the scores of the whole gallery.
    """

    searches: Searches
    minutiae: NDArray[np.int64]
    areas: NDArray[np.float64]
    failed: int
    failed_mates: int
    ms_per_search: float
    lost: int = 0


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
    latents, mates = ([_image(finger, kind) for finger in fingers] for kind in ("latent", "sensor"))
    return LatentPairs(tuple(latents), tuple(mates))


def _image(finger: Path, kind: str) -> LabelledImage:
    files = [path for path in sorted(finger.glob(f"{kind}.*")) if path.suffix.lower() in SUFFIXES]
    if len(files) != 1:
        raise UnusableDataset(f"{finger} holds {len(files)} images named {kind}.<ext>; it needs one.")
    return LabelledImage(files[0], finger.name)


def run(
    recogniser: FingerprintRecogniser,
    pairs: LatentPairs,
    others: Sequence[LabelledImage],
    threads: int,
    cache: Path,
    generated: int = 0,
    shortlist: int = SHORTLIST,
) -> LatentRun:
    """Search every latent among all mates and some prints of other people.

    The templates of the stored prints come from the folder `cache`, where it has them. With `generated` prints added,
    only those are compared that an index names: `shortlist` for each orientation.
    """
    stored = cached_templates(recogniser, [*pairs.mates, *others], threads, cache)
    gallery = (
        IndexedPrints(recogniser, stored, generated, shortlist, threads)
        if generated
        else ComparedPrints(recogniser, stored)
    )
    mated, best = (np.full(len(pairs.latents), -np.inf) for _ in range(2))
    ranks = np.full(len(pairs.latents), len(gallery), np.int64)
    minutiae, areas = np.zeros(len(pairs.latents), np.int64), np.zeros(len(pairs.latents))

    def search(number: int) -> None:
        image = pairs.latents[number]
        try:
            ways = recogniser.extract_latent_both_ways(read_image(image.path, image.ppi))
        except UnusableSample:
            return
        seen = [decode(template.data) for template in ways.values()]
        minutiae[number] = max(len(template) for template in seen)
        areas[number] = max(len(template.ridges) for template in seen) * (TILE / PPI) ** 2
        scores = gallery.scores(list(ways.values()))
        mated[number] = scores.pop(number, -np.inf)
        strangers = np.array(list(scores.values()))
        best[number] = strangers.max(initial=-np.inf)
        if not np.isneginf(mated[number]):
            ranks[number] = 1 + np.count_nonzero(strangers >= mated[number])

    search(0)  # compiles the matcher and prepares the gallery, untimed
    with progress("Searching", len(pairs.latents)) as advance, ThreadPoolExecutor(threads) as pool:
        before = time.process_time()
        for _ in pool.map(search, range(len(pairs.latents))):
            advance()
        spent = time.process_time() - before
    there = np.array([template is not None for template in stored[: len(pairs.mates)]])
    return LatentRun(
        searches=Searches(np.arange(len(pairs.latents)), mated, best, ranks, len(gallery)),
        minutiae=minutiae,
        areas=areas,
        failed=int(np.count_nonzero(minutiae == 0)),
        failed_mates=int(np.count_nonzero(~there)),
        ms_per_search=1000.0 * spent / len(pairs.latents),
        lost=int(np.count_nonzero(np.isneginf(mated) & (minutiae > 0) & there)),
    )


def figures(measured: LatentRun) -> dict[str, Any]:
    """Return the figures of a run, rates in percent."""
    return {
        "n": len(measured.minutiae),
        **_rates(measured.searches),
        "failed": measured.failed,
        "failed_mates": measured.failed_mates,
        "lost": measured.lost,
        "gallery": measured.searches.gallery,
        "ms_per_search": round(measured.ms_per_search, DECIMALS),
        "by_minutiae": _rows(measured, measured.minutiae, MINUTIAE),
        "by_area": _rows(measured, measured.areas, AREAS),
    }


def table(title: str, shown: dict[str, Any]) -> Table:
    """Show figures as a table: all latents, then those of each number of minutiae, and of each area."""
    rates = ("rank1", "rank5", "rank20", *FPIRS)
    heads = ("rank 1", "rank 5", "rank 20", "FNIR at FPIR 1 %", "FNIR at FPIR 10 %")
    made = Table("latents", "n", *(f"{head}, %" for head in heads), title=title)
    made.add_row("all", str(shown["n"]), *(f"{shown[name]:.1f}" for name in rates))
    labelled = [
        *((_minutiae_label(row["from"]), row) for row in shown["by_minutiae"]),
        *((_area_label(row["from"]), row) for row in shown["by_area"]),
    ]
    for label, row in labelled:
        made.add_row(label, str(row["n"]), *(f"{row[f'rank{rank}']:.1f}" for rank in RANKS), "", "")
    made.caption = (
        f"{shown['gallery']:,} prints in the gallery; {shown['failed']} latents and {shown['failed_mates']} mates gave "
        f"no template; {shown['lost']} mates were not named by the index; "
        f"{shown['ms_per_search']:,.0f} ms of one core a search"
    )
    return made


def _minutiae_label(least: int) -> str:
    above = [each for each in MINUTIAE if each > least]
    return f"{least} to {above[0] - 1} minutiae" if above else f"{least} minutiae or more"


def _area_label(least: float) -> str:
    above = [each for each in AREAS if each > least]
    return f"{least:g} to {above[0]:g} square inches" if above else f"{least:g} square inches or more"


def _rows(measured: LatentRun, values: NDArray[Any], limits: Sequence[float]) -> list[dict[str, Any]]:
    """Return a row of figures for each limit from which on, up to the next one, there are latents."""
    places = np.searchsorted(limits, values, side="right") - 1
    chosen = [(least, places == place) for place, least in enumerate(limits)]
    return [{"from": least, "n": int(of.sum()), **_ranks(measured.searches, of)} for least, of in chosen if of.any()]


def _rates(searches: Searches) -> dict[str, float]:
    fnir = searches.fnir_at_fpir(np.array(list(FPIRS.values())))
    everyone = np.ones(len(searches.ranks), np.bool_)
    return {**_ranks(searches, everyone), **dict(zip(FPIRS, map(_percent, fnir), strict=True))}


def _ranks(searches: Searches, chosen: NDArray[np.bool_]) -> dict[str, float]:
    """Return the share of some searches whose mate is among the first 1, 5 and 20."""
    seen = chosen & ~np.isneginf(searches.mated)
    return {f"rank{rank}": _percent((seen & (searches.ranks <= rank)).sum() / chosen.sum()) for rank in RANKS}


def _percent(share: float) -> float:
    return round(100.0 * float(share), DECIMALS)
