"""Train the network that distinguishes a print from something else (models/trained/prints.npz).

It is trained on generated prints and on textures.

    python -m benchmarks.training.prints

Generated fingers are impressed on five sensors, and spoiled: dark, faint, blurred, noisy, cut, scanned coarsely, on a
frame; some are latents on a plain surface. The rest are textures of the kinds `TRAINED` (`textures.py`), treated
alike. One half of the images trains what looks at places, the other what weighs them. The command prints how both kinds
of image do that were not trained on, the textures of kinds of their own. Takes some ten minutes of one core.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.training.layers import Rates, train
from benchmarks.training.textures.checked import CHECKED
from benchmarks.training.textures.painting import smooth
from benchmarks.training.textures.texture import texture
from benchmarks.training.textures.trained import TRAINED
from fingerprint.clarity.features import STEP, Field
from fingerprint.extraction.print_likelihood import WEIGHTS, PrintNetworks, image_numbers, place_numbers
from fingerprint.extraction.resolution import resampled
from fingerprint.extraction.ridge_energy import ridge_energy
from fingerprint.perceptron import Perceptron
from fingerprint.synthetic.generator import Finger
from fingerprint.synthetic.latent import as_latent
from fingerprint.synthetic.sensors import SENSORS
from models.trained import FOLDER

FIRST_SEED = 63_000_000
FINGERS, IMPRESSIONS = (60, 45, 15), 4  # of the places' training, of the weighing's, to check
TEXTURES = (520, 520, 180)
PLACES, WEIGHING = (32, Rates(rounds=12, batch=512)), (8, Rates(rounds=150, batch=64, decay=1e-3))
SHOWN = -1.5  # energy of ridges below which hardly any shows any more: such prints are left out
LEAST_RIDGES = 0.5  # strength of ridges at a place, for it to be shown as one of a print
LATENTS = 0.15  # share of the prints that are latents
VARIED, WIDTHS = 0.45, (0.8, 1.6)  # how often a print is varied in each way; scale of its ridges
SPOILED = 0.35  # how often each way of spoiling is taken
DARK = 90.0  # grey levels below the median: what counts as touched, in an impression, by far
COARSE = (0.33, 0.9)  # scale of a scan that is brought to 500 ppi
PRINT = 0.5  # likelihood

_RIDGES = 30  # which of the places' numbers that is

Pixels = NDArray[np.uint8]
Part = int  # 0: the places' training, 1: the weighing's, 2: to check


@dataclass(frozen=True, eq=False)
class PrintExample:
    """An image, and where a print is in it: uint8 of the same shape, None where there is none. `kind` is a name."""

    kind: str
    pixels: Pixels
    where: Pixels | None


def examples(part: Part) -> Iterator[PrintExample]:
    """Make the images of a part."""
    sensors = list(SENSORS.values())
    for number in range(FINGERS[part]):
        seed = FIRST_SEED + 10_000 * part + number
        finger, rng = Finger.generate(seed), np.random.default_rng([seed, 9])
        for impression in range(IMPRESSIONS):
            sensor = sensors[(number + impression) % len(sensors)]
            latent = rng.random() < LATENTS
            pixels = (
                finger.impression(impression) if latent else finger.impression(impression, sensor.capture, sensor.look)
            )
            where = _print_mask(pixels)
            if latent:
                pixels = as_latent(pixels, rng)
            pixels, where = _varied(pixels, where, rng)
            spoiled = spoil(PrintExample("latent" if latent else sensor.name, pixels, where), rng)
            if ridge_energy(spoiled.pixels) >= SHOWN:
                yield spoiled
    kinds = list(TRAINED if part < 2 else CHECKED)
    for number in range(TEXTURES[part]):
        rng = np.random.default_rng([FIRST_SEED, part, number])
        kind = kinds[number % len(kinds)]
        yield spoil(PrintExample(kind, texture(kind, rng), None), rng, share=0.5 * SPOILED)


def _print_mask(pixels: Pixels) -> Pixels:
    """Return where an impression has ridges: 255, else 0."""
    darkness = cv2.GaussianBlur(255.0 - pixels.astype(np.float32), (0, 0), 10.0)
    low, high = np.percentile(darkness, (2, 90))
    return np.asarray(255 * (darkness > low + 0.45 * (high - low)), np.uint8)


def _varied(pixels: Pixels, where: Pixels, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    """Vary a print beyond what the generator does: in the ridges' width, in contrast, and in how wet it is."""
    scale = rng.uniform(*WIDTHS) if rng.random() < VARIED else 1.0
    size = tuple(round(scale * side) for side in pixels.shape[::-1])
    grey, resized = (cv2.resize(image, size, interpolation=cv2.INTER_CUBIC) for image in (pixels, where))
    values = grey.astype(np.float32)
    if rng.random() < VARIED:
        values -= rng.uniform(20, 120) * np.maximum(smooth(values.shape, 120.0, rng), 0)
    if rng.random() < VARIED:
        values = rng.uniform(90, 200) + rng.uniform(1.5, 6) * (values - np.percentile(values, 50))
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8), np.asarray(resized, np.uint8)


def spoil(example: PrintExample, rng: np.random.Generator, share: float = SPOILED) -> PrintExample:
    """Cut, turn and spoil an image, each at random."""
    grey: NDArray[Any] = example.pixels.astype(np.float32)
    where = example.where
    if rng.random() < share:
        grey, where = _cut(grey, where, rng)
    if rng.random() < share:
        grey, where = _scanned(grey, rng.uniform(*COARSE)), where
    if rng.random() < share:
        grey = cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.5, 2.2))
    if rng.random() < share:  # too dark, or too light
        lightest = np.percentile(grey, 95)
        exponent = np.exp(rng.uniform(-1.2, 1.2))
        grey = lightest * np.clip(grey / lightest, 0, 1.2) ** exponent
    if rng.random() < share:  # faint
        grey = rng.uniform(60, 230) + rng.uniform(0.12, 0.6) * (grey - grey.mean())
    if rng.random() < share:  # smudges that hide parts
        smudge = cv2.GaussianBlur(rng.standard_normal(grey.shape), (0, 0), rng.uniform(8, 30))
        grey += rng.uniform(10, 60) * smudge / (np.abs(smudge).max() + 1e-6)
    if rng.random() < share:
        grey += rng.uniform(2, 18) * rng.standard_normal(grey.shape)
    if rng.random() < 0.5 * share:
        grey[:, : rng.integers(1, 8)] = grey[: rng.integers(1, 8)] = rng.uniform(0, 255)
    return PrintExample(example.kind, np.asarray(np.clip(np.rint(grey), 0, 255), np.uint8), where)


def _cut(grey: NDArray[Any], where: Pixels | None, rng: np.random.Generator) -> tuple[NDArray[Any], Pixels | None]:
    """Cut a part out, and turn it by quarters of a circle."""
    height, width = (round(size * rng.uniform(0.5, 1.0)) for size in grey.shape)
    top, left = (int(rng.integers(0, size - part + 1)) for size, part in zip(grey.shape, (height, width), strict=True))
    turns = int(rng.integers(4))
    parts = [
        np.ascontiguousarray(np.rot90(image[top : top + height, left : left + width], turns))
        for image in (grey, grey if where is None else where)
    ]
    return parts[0], None if where is None else np.asarray(parts[1], np.uint8)


def _scanned(grey: NDArray[Any], scale: float) -> Field:
    """Return an image as it looks after a coarse scan, at its size."""
    small = resampled(np.asarray(np.clip(grey, 0, 255), np.uint8), scale)
    return np.asarray(cv2.resize(small, grey.shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def learn() -> PrintNetworks:
    """Train both networks."""
    numbers, targets, weights = [], [], []
    for example in examples(0):
        place_values = place_numbers(example.pixels)
        truth = covered(example, place_values.shape[:2])
        clear = (truth < 0.2) | ((truth > 0.8) & (place_values[..., _RIDGES] >= LEAST_RIDGES))
        numbers.append(place_values[clear])
        targets.append((truth[clear] > 0.5).astype(np.float32)[:, None])
        count = int(np.count_nonzero(clear))
        weights.append(np.full(count, 1.0 / max(1, count), np.float32))
    all_weights = np.concatenate(weights)
    of_places = Perceptron(
        *train(np.concatenate(numbers), np.concatenate(targets), *PLACES, all_weights / all_weights.mean())
    )
    weighed, print_ = [], []
    for example in examples(1):
        weighed.append(_weighed(example, of_places))
        print_.append([float(example.where is not None)])
    return PrintNetworks(of_places, Perceptron(*train(np.stack(weighed), np.array(print_, np.float32), *WEIGHING)))


def covered(example: PrintExample, shape: tuple[int, ...]) -> Field:
    """Return how much of each place is print, 0 to 1."""
    if example.where is None:
        return np.zeros(shape, np.float32)
    share = cv2.blur(example.where.astype(np.float32) / 255, (STEP, STEP))
    rows, columns = (STEP * np.arange(count) + STEP // 2 for count in shape)
    return np.asarray(
        share[np.minimum(rows, share.shape[0] - 1)[:, None], np.minimum(columns, share.shape[1] - 1)], np.float32
    )


def _weighed(example: PrintExample, of_places: Perceptron) -> Field:
    looks = place_numbers(example.pixels)
    return image_numbers(looks, of_places.estimates(looks)[..., 0], example.pixels)


def check(networks: PrintNetworks) -> str:
    """Say how images do that were not trained on."""
    likelihoods: dict[tuple[bool, str], list[float]] = {}
    for example in examples(2):
        estimate = networks.of_image.estimates(_weighed(example, networks.of_places)[None])[0, 0]
        likelihoods.setdefault((example.where is not None, example.kind), []).append(float(estimate))
    lines = ["kind                    images   taken for prints   least   median   most"]
    for (_, kind), values in sorted(likelihoods.items()):
        share = np.mean(np.array(values) >= PRINT)
        lowest, middle, highest = np.percentile(values, (0, 50, 100))
        lines.append(f"{kind:24} {len(values):5} {100 * share:16.1f} %   {lowest:.3f}    {middle:.3f}  {highest:.3f}")
    return "\n".join(lines)


def main() -> None:
    """Make the images, train, save, check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=FOLDER / f"{WEIGHTS}.npz")
    arguments = parser.parse_args()
    networks = learn()
    arrays = {
        prefix + name: array.astype(np.float16)
        for prefix, network in zip(("places_", "image_"), networks, strict=True)
        for name, array in network._asdict().items()
    }
    np.savez_compressed(arguments.out, **arrays)
    print(check(networks))  # noqa: T201


if __name__ == "__main__":
    main()
