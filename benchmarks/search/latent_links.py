"""Latents against each other, as the service compares those of unsolved offences.

Every latent is searched among all others. One latent may be upside down against another, so that one of the two is
turned by half a circle for a second comparison. Turning one or the other gives slightly different scores, as the tiles
of the ridge maps lie differently; `RULES` are ways to combine them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from api.cli.progress_bars import progress
from benchmarks.runs.datasets import LabelledImage, UnusableDataset
from benchmarks.search.latents import RegionOfInterest, extracted_latent, image_in
from biometrics.kernel.recognition.types import Template
from biometrics.use_cases.search.link_latents import least_decibans
from fingerprint.recogniser import FingerprintRecogniser

FALSE_LINKS: Final = (0.01, 0.1, 1.0)  # a search, among the latents compared

Scores = NDArray[np.float64]  # shape (latents, latents)


@dataclass(frozen=True)
class LinkScores:
    """Raw scores of latents with each other: row i as it is, and turned by half a circle, with column j as it is.

    `fingers` has shape (latents,), equal for latents of one finger; `failed` counts latents without a template.
    """

    upright: Scores
    turned: Scores
    fingers: NDArray[np.int64]
    failed: int


RULES: Final[Mapping[str, Callable[[LinkScores], Scores]]] = {
    "one turned": lambda scores: np.maximum(scores.upright, scores.turned),
    "better of both": lambda scores: np.maximum(scores.upright, np.maximum(scores.turned, scores.turned.T)),
    "mean of both": lambda scores: np.maximum(scores.upright, (scores.turned + scores.turned.T) / 2),
}


def read_scenes(folders: Sequence[Path], same: Sequence[frozenset[str]]) -> tuple[list[LabelledImage], list[int]]:
    """Read `<finger>/latent.<ext>` and, where it is there, `<finger>/second.<ext>`; return a number for each finger.

    Each of `same` names folders of one finger.

    Raises:
        UnusableDataset: a folder is not there or holds no latents.
    """
    images, fingers, numbers = [], [], dict[tuple[Path, str], int]()
    for folder in folders:
        if not folder.is_dir():
            raise UnusableDataset(f"The folder {folder} cannot be read.")
        for finger in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
            name = next((min(names) for names in same if finger.name in names), finger.name)
            number = numbers.setdefault((folder, name), len(numbers))
            for kind in ("latent", *(["second"] if list(finger.glob("second.*")) else [])):
                images.append(image_in(finger, kind))
                fingers.append(number)
    if len(images) < 2:
        raise UnusableDataset("There are fewer than two latents; give folders of <finger>/latent.<ext>.")
    return images, fingers


def compare_all(
    recogniser: FingerprintRecogniser,
    images: Sequence[LabelledImage],
    fingers: Sequence[int],
    threads: int,
    cache: Path,
) -> LinkScores:
    """Compare every latent with every other one; one without a template scores nothing.

    Templates come from the folder `cache`, where it has them.
    """

    def ways(image: LabelledImage) -> tuple[Template, ...]:
        return extracted_latent(recogniser, image, RegionOfInterest.WHOLE, cache).templates

    with ThreadPoolExecutor(threads) as pool, progress("Extracting", len(images)) as advance:
        extracted = []
        for views in pool.map(ways, images):
            extracted.append(views)
            advance()
    usable = [number for number, views in enumerate(extracted) if views]
    as_they_are = [views[0] for views in extracted if views]
    upright, turned = (np.full((len(images), len(images)), -np.inf) for _ in range(2))

    def row(index: int) -> None:
        number, views = usable[index], extracted[usable[index]]
        upright[number, usable[index:]] = recogniser.compare(views[0], as_they_are[index:])
        turned[number, usable] = recogniser.compare(views[1], as_they_are)

    with ThreadPoolExecutor(threads) as pool, progress("Comparing", len(usable)) as advance:
        for _ in pool.map(row, range(len(usable))):
            advance()
    symmetric = np.triu(upright, 1)
    symmetric = np.where(np.isneginf(upright) & np.isneginf(upright.T), -np.inf, symmetric + symmetric.T)
    return LinkScores(symmetric, turned, np.array(fingers), len(images) - len(usable))


def figures(scores: LinkScores, decibans: Callable[[float], float]) -> dict[str, Any]:
    """Return the figures of each rule, rates in percent; `decibans` states a raw score on the scale of whole prints."""
    return {
        "latents": len(scores.fingers),
        "failed": scores.failed,
        "rules": {name: _figures_of(rule(scores), scores.fingers, decibans) for name, rule in RULES.items()},
    }


def _figures_of(scores: Scores, fingers: NDArray[np.int64], decibans: Callable[[float], float]) -> dict[str, Any]:
    mated = fingers[:, None] == fingers[None, :]
    same_finger = mated.copy()
    np.fill_diagonal(mated, False)
    searched = mated.any(axis=1)
    best_mate = np.where(mated, scores, -np.inf).max(axis=1)[searched]
    strangers = np.where(same_finger, -np.inf, scores)
    ranks = 1 + (strangers[searched] >= best_mate[:, None]).sum(axis=1)
    has_mate, latents = ~np.isneginf(best_mate), len(fingers)
    tops = np.sort(strangers[~np.isneginf(strangers)])[::-1]
    linked = np.vectorize(decibans)(tops[: 10 * latents]) >= least_decibans(latents)
    mates_linked = [bool(score > -np.inf) and decibans(score) >= least_decibans(latents) for score in best_mate]
    return {
        "n": int(searched.sum()),
        "gallery": latents - 1,
        **{f"rank{rank}": _percent((has_mate & (ranks <= rank)).mean()) for rank in (1, 5, 20)},
        "service": {
            "decibans": least_decibans(latents),
            "false_links_per_search": float(linked.sum()) / latents,
            "links_found": _percent(np.mean(mates_linked)),
        },
        "thresholds": [
            {
                "false_links_per_search": rate,
                "decibans": float(decibans(float(tops[int(rate * latents)]))),
                "links_found": _percent((best_mate > tops[int(rate * latents)]).mean()),
            }
            for rate in FALSE_LINKS
            if 1 <= int(rate * latents) < len(tops)
        ],
    }


def table(title: str, results: dict[str, Any]) -> Table:
    """Show the figures as a table, a row each rule."""
    heads = ("score", "n", "rank 1, %", "rank 5, %", "rank 20, %", "linked by the service, %")
    links_table = Table(*heads, *(f"found at {rate:g} false links a search, %" for rate in FALSE_LINKS), title=title)
    for name, rule in results["rules"].items():
        rows = rule["thresholds"]
        at = {row["false_links_per_search"]: f"{row['links_found']:.1f} ({row['decibans']:.1f})" for row in rows}
        ranks = (f"{rule[f'rank{rank}']:.1f}" for rank in (1, 5, 20))
        used = rule["service"]
        linked = f"{used['links_found']:.1f}, {used['false_links_per_search']:.2f} false ({used['decibans']:.1f})"
        links_table.add_row(name, str(rule["n"]), *ranks, linked, *(at.get(rate, "") for rate in FALSE_LINKS))
    links_table.caption = (
        f"each of {results['latents']} latents among the others; {results['failed']} gave no template; "
        "thresholds in decibans of the scale of whole prints"
    )
    return links_table


def _percent(share: Any) -> float:
    return round(100.0 * float(share), 4)
