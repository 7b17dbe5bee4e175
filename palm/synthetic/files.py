"""Generated palms as files: impressions, latents, and the minutiae that are known of each."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image as Pillow

from fingerprint.parameters import PPI
from palm.synthetic.palm import Palm, PalmImage

IMPRESSIONS = 2  # of a palm that has a latent
LATENT = "latent"  # in place of an impression's number


@dataclass(frozen=True)
class PalmOrder:
    """What to make: `count` palms with two impressions and a latent, then `others` with one impression each.

    The seed is that of the first palm, the others follow.
    """

    folder: Path
    count: int
    others: int
    seed: int


def write_palms(order: PalmOrder, workers: int) -> Iterator[None]:
    """Write `<palm>_<impression>.png` and `<palm>_latent.png` at 500 ppi, each with its minutiae beside it (.json).

    A file of minutiae has a row for each: x and y in pixels, y down, direction in radians, counter-clockwise, and type
    as in `MinutiaType`. Whatever the number of processes, the files are the same.
    """
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(partial(_write_palm, order), range(order.count + order.others))


def _write_palm(order: PalmOrder, number: int) -> None:
    palm = Palm.generate(order.seed + number)
    name = f"{number + 1:0{len(str(order.count + order.others))}d}"
    has_latent = number < order.count
    for impression in range(1, IMPRESSIONS + 1 if has_latent else 2):
        _write(order.folder / f"{name}_{impression}.png", palm.impression(impression))
    if has_latent:
        _write(order.folder / f"{name}_{LATENT}.png", palm.latent(1))


def _write(path: Path, image: PalmImage) -> None:
    Pillow.fromarray(image.pixels).save(path, dpi=(PPI, PPI))
    rows = [[round(x, 1), round(y, 1), round(turn, 3), int(kind)] for x, y, turn, kind in image.minutiae]
    path.with_suffix(".json").write_text(json.dumps(rows) + "\n", encoding="utf-8")
