"""Generated prints as files: folders of images, pairs of latents and prints, and archives of templates."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from fingerprint.codec import encode
from fingerprint.latents.marked import MarkedMinutia, MarkedPrint, write_json
from fingerprint.parameters import PPI
from fingerprint.synthetic.finger.minutiae import master_minutiae, minutiae_in
from fingerprint.synthetic.finger.orientation import Pattern
from fingerprint.synthetic.generator import DEFAULT_CAPTURE, Finger
from fingerprint.synthetic.latent import LeftLatent, as_latent, leave
from fingerprint.synthetic.randomness import random_numbers
from fingerprint.synthetic.sensors import SENSORS, Sensor
from fingerprint.synthetic.templates import synthetic_template

_TEMPLATES_AT_ONCE = 500
_PRINT, _LATENT, _SECOND = 1, 2, 3  # impressions of a pair's finger
_STRANGERS = 1_000_000  # seeds after the finger's own, of which one is that of the print that lies across its latent


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
        encoded = [template for part in pool.map(_encoded_templates, parts) for template in part]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    with path.open("wb") as file:
        np.savez(file, seeds=seeds, offsets=offsets, data=np.frombuffer(b"".join(encoded), np.uint8))
    return int(offsets[-1])


def write_latents(folder: Path, count: int, seed: int, workers: int, *, second: bool = False) -> Iterator[None]:
    """Write `<finger>/latent.png` and `sensor.png` of the seeds from `seed` on, and what is known of each latent.

    With `second` there is another latent of each finger, `second.png`, as from another scene.

    `minutiae.json` holds the finger's own minutiae in the latent, as an examiner's file (`latents/marked.py`), and
    `latent.json` its seed, class, surface, area in square inches, whether another print lies across it, and the print's
    sensor. Whatever the number of processes, the files are the same.
    """
    digits = len(str(count))
    orders = [(folder / f"{number:0{digits}d}", seed + number - 1, second) for number in range(1, count + 1)]
    with _pool(workers) as pool:
        yield from pool.map(_write_latent, orders)


def _write_latent(order: tuple[Path, int, bool]) -> None:
    folder, seed, second = order
    finger, rng = Finger.generate(seed), random_numbers(seed, 7)
    sensor = list(SENSORS.values())[int(rng.integers(len(SENSORS)))]
    stranger = Finger.generate(seed + int(rng.integers(1, _STRANGERS))).impression(_LATENT)
    latent = leave(finger.impression(_LATENT), stranger, rng)
    placement = DEFAULT_CAPTURE.draw_placement(random_numbers(seed, 3, _LATENT))  # the one of this impression
    minutiae = minutiae_in(master_minutiae(finger.master), placement, latent.part)
    height, width = latent.pixels.shape
    marked = MarkedPrint(width, height, PPI, tuple(MarkedMinutia(*minutia) for minutia in minutiae))
    about = {
        "seed": seed,
        "class": finger.pattern,
        "surface": latent.surface,
        "area": round(latent.area, 4),
        "overlapped": latent.overlapped,
        "sensor": sensor.name,
    }
    folder.mkdir()
    Pillow.fromarray(latent.pixels).save(folder / "latent.png", dpi=(PPI, PPI))
    print_ = finger.impression(_PRINT, sensor.capture, sensor.look)
    Pillow.fromarray(print_).save(folder / "sensor.png", dpi=(PPI, PPI))
    (folder / "minutiae.json").write_bytes(write_json(marked))
    (folder / "latent.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    if second:
        Pillow.fromarray(_second_latent(finger).pixels).save(folder / "second.png", dpi=(PPI, PPI))


def _second_latent(finger: Finger) -> LeftLatent:
    """Leave another impression of a finger, on another surface; nothing is shared with its first latent."""
    rng = random_numbers(finger.seed, 9)
    stranger = Finger.generate(finger.seed + int(rng.integers(1, _STRANGERS))).impression(_SECOND)
    return leave(finger.impression(_SECOND), stranger, rng)


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
