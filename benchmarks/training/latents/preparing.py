"""Make the pool of clean prints: generated ones, and those of folders of real ones, with the teacher's reading of each.

Of real prints only those of the development half of the people are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import torch

from benchmarks.runs.datasets import LabelledImage, development_half, read_image, read_strangers
from benchmarks.runs.fingerprints import folder_and_ppi
from benchmarks.training.latents.network import MULTIPLE, Leader, published_weights
from benchmarks.training.latents.pool import FIRST_SEED, FULL_TURN, Grey
from fingerprint.extraction.resolution import resampled
from fingerprint.parameters import PPI
from fingerprint.synthetic.finger.frame import IMPRESSION_SHAPE
from fingerprint.synthetic.generator import DEFAULT_CAPTURE, Finger
from fingerprint.synthetic.look import LIVE_SCAN
from fingerprint.synthetic.randomness import random_numbers
from fingerprint.synthetic.sensors import SENSORS

SHARD = 50  # prints of a file
SENSOR_SHARE = 0.5  # of the generated prints that look as from another sensor than the usual one
AT_MOST = 400  # real prints of a folder
VALLEY, VALLEY_SCALE = 21, 10.0  # pixels: of the square whose lightest place is taken for the background, and its blur
LEAST_WHITE = 60.0  # grey of a background; where it is darker there is no print


def prepare(folder: Path, generated: int, real: Sequence[str], workers: int) -> None:
    """Write the pool of so many generated prints and of the prints of folders, DIR[:PPI]; keep what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    sources: dict[str, Sequence[int] | Sequence[LabelledImage]] = {"generated": range(generated)}
    for argument in real:
        sources["-".join(folder_and_ppi(argument)[0].parts[-2:])] = _some(development_half(_images(argument)))
    tasks = [
        (first / len(prints), folder / f"{name}-{first:07d}.npy", prints[first : first + SHARD])
        for name, prints in sources.items()
        for first in range(0, len(prints), SHARD)
    ]
    tasks.sort(key=lambda task: task[:2])  # so that a part of the pool holds something of each source
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as processes:
        for path in processes.map(_write, *zip(*(task[1:] for task in tasks), strict=True)):
            print(path.name, flush=True)  # noqa: T201


def _some(images: Sequence[LabelledImage]) -> list[LabelledImage]:
    order = random_numbers(FIRST_SEED, 0).permutation(len(images))[:AT_MOST]
    return [images[index] for index in np.sort(order)]


def _write(path: Path, sources: Sequence[int] | Sequence[LabelledImage]) -> Path:
    if not path.exists():
        torch.set_num_threads(1)
        teacher = Leader(published_weights())
        shard = np.stack([read(teacher, pixels) for pixels in _pixels(sources)])
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.save(file, shard)
        part.replace(path)
    return path


def _pixels(sources: Iterable[int | LabelledImage]) -> Iterator[Grey]:
    for source in sources:
        yield generated_print(source) if isinstance(source, int) else real_print(source)


def generated_print(number: int) -> Grey:
    """Return a generated finger's impression, of any sensor."""
    rng = random_numbers(FIRST_SEED + number, 1)
    capture, look = DEFAULT_CAPTURE, LIVE_SCAN
    if rng.random() < SENSOR_SHARE:
        sensor = list(SENSORS.values())[int(rng.integers(len(SENSORS)))]
        capture, look = sensor.capture, sensor.look
    return Finger.generate(FIRST_SEED + number).impression(0, capture, look)


def real_print(image: LabelledImage) -> Grey:
    """Return the middle of a print at 500 ppi, of IMPRESSION_SHAPE, its background as white as paper."""
    decoded = read_image(image.path, image.ppi)
    pixels = resampled(decoded.grey(), PPI / (decoded.ppi or PPI))
    lightest = cv2.dilate(pixels, np.ones((VALLEY, VALLEY), np.uint8)).astype(np.float32)
    white = cv2.GaussianBlur(lightest, (0, 0), VALLEY_SCALE)
    grey = np.where(white < LEAST_WHITE, 255, np.minimum(255 * (pixels / np.maximum(white, 1)), 255)).astype(np.uint8)
    rows, columns = np.nonzero(cv2.GaussianBlur(255 - grey, (0, 0), VALLEY_SCALE) > 64)
    middle = (rows.mean(), columns.mean()) if len(rows) else (grey.shape[0] / 2, grey.shape[1] / 2)
    down, right = (round(size / 2 - at) for size, at in zip(IMPRESSION_SHAPE, middle, strict=True))
    move, size = np.array([[1, 0, right], [0, 1, down]], np.float64), IMPRESSION_SHAPE[::-1]
    return np.asarray(cv2.warpAffine(grey, move, size, flags=cv2.INTER_NEAREST, borderValue=255.0), np.uint8)


def read(teacher: Leader, pixels: Grey) -> Grey:
    """Return a print with the teacher's reading of it, shape (4, height, width)."""
    height, width = pixels.shape
    padded = cv2.copyMakeBorder(
        pixels, 0, -height % MULTIPLE, 0, -width % MULTIPLE, cv2.BORDER_CONSTANT, value=float(np.median(pixels[0]))
    )
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):  # 2.5 times as fast, and as good in bytes
        outputs = teacher(torch.from_numpy(padded.astype(np.float32))[None, None])
    likelihood, ending = (torch.sigmoid(logits)[0, 0].float().numpy() for logits in (outputs.place, outputs.ending))
    cosine, sine = outputs.direction[0].float().numpy()
    turns = np.rint(np.arctan2(sine, cosine) * (FULL_TURN / (2 * np.pi))).astype(np.int64) % FULL_TURN
    maps = [np.rint(255 * likelihood), turns, np.rint(255 * ending)]
    return np.stack([pixels, *(values[:height, :width].astype(np.uint8) for values in maps)])


def _images(argument: str) -> tuple[LabelledImage, ...]:
    folder, ppi = folder_and_ppi(argument)
    return tuple(replace(image, ppi=ppi or image.ppi or PPI) for image in read_strangers(folder))
