"""Generated prints as files: folders of images, and archives of templates."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from fingerprint.codec import encode
from fingerprint.parameters import PPI
from fingerprint.synthetic.generator import Finger
from fingerprint.synthetic.latent import as_latent
from fingerprint.synthetic.orientation import Pattern
from fingerprint.synthetic.randomness import random_numbers
from fingerprint.synthetic.sensors import SENSORS, Sensor
from fingerprint.synthetic.templates import synthetic_template

_TEMPLATES_AT_ONCE = 500


@dataclass(frozen=True)
class FingerOrder:
    """What images of fingers to make; `sensor` None draws one for each impression.

    `latent`: the last impression of each finger is a latent. The seed is that of the first finger, the others follow.
    """

    count: int
    impressions: int
    folder: Path
    seed: int
    sensor: Sensor | None
    latent: bool
    proportions: Mapping[Pattern, float]


@dataclass(frozen=True)
class WrittenImpression:
    """One image file that was made."""

    file: str
    finger_seed: int
    pattern: Pattern
    sensor: str
    latent: bool


def write_fingers(order: FingerOrder, workers: int) -> Iterator[list[WrittenImpression]]:
    """Write `<finger>_<impression>.png` at 500 ppi into the folder, and yield each finger's impressions.

    Whatever the number of processes, the files are the same.
    """
    orders = [(order, number) for number in range(1, order.count + 1)]
    with _pool(workers) as pool:
        yield from pool.map(_write_finger, orders)


def write_templates(path: Path, count: int, seed: int, workers: int) -> int:
    """Write the templates of `count` seeds from `seed` on to a NumPy archive (.npz); return the bytes of all of them.

    It holds `seeds` (int64), `data` (uint8, the bytes of `fingerprint.codec.encode` one after the other) and `offsets`
    (int64, count + 1): template i is data[offsets[i]:offsets[i + 1]].
    """
    seeds = np.arange(seed, seed + count, dtype=np.int64)
    parts = [seeds[start : start + _TEMPLATES_AT_ONCE] for start in range(0, count, _TEMPLATES_AT_ONCE)]
    with _pool(workers) as pool:
        encoded = [each for part in pool.map(_encoded_templates, parts) for each in part]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    with path.open("wb") as file:
        np.savez(file, seeds=seeds, offsets=offsets, data=np.frombuffer(b"".join(encoded), np.uint8))
    return int(offsets[-1])


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


def _encoded_templates(seeds: NDArray[np.int64]) -> list[bytes]:
    return [encode(synthetic_template(int(seed))) for seed in seeds]


def _write_finger(task: tuple[FingerOrder, int]) -> list[WrittenImpression]:
    order, number = task
    finger = Finger.generate(order.seed + number - 1, order.proportions)
    digits = len(str(order.count))
    written = []
    for impression in range(1, order.impressions + 1):
        rng = random_numbers(finger.seed, 6, impression)
        sensor = order.sensor or list(SENSORS.values())[int(rng.integers(len(SENSORS)))]
        pixels = finger.impression(impression, sensor.capture, sensor.look)
        latent = order.latent and impression == order.impressions
        file = f"{number:0{digits}d}_{impression}.png"
        Pillow.fromarray(as_latent(pixels, rng) if latent else pixels).save(order.folder / file, dpi=(PPI, PPI))
        written.append(WrittenImpression(file, finger.seed, finger.pattern, sensor.name, latent))
    return written
