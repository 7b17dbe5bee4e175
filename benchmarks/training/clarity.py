"""Train the network that says how clear a latent's ridges are (models/trained/clarity.npz), on generated latents.

    python -m benchmarks.training.clarity

Of a generated latent the clean impression is known, and where it lies. A place of the latent is legible as far as its
ridges, read by `fingerprint.extraction.ridges`, are those of the impression: 1 where all cells around it agree, 0 where
half of them do, as by chance, and outside the print. Latents of other fingers are used to check it: the command prints
the correlation with the truth, and what each level of `Clarity` means for the minutiae that the published network
finds. Takes some ten minutes of one core.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.training.layers import Rates, train
from fingerprint.clarity.features import STEP, Field, features
from fingerprint.clarity.levels import WEIGHTS, Clarity, ClarityMap
from fingerprint.extraction.leader import detect
from fingerprint.extraction.ridges import ridge_map
from fingerprint.latents.network import MIN_QUALITY
from fingerprint.perceptron import Perceptron
from fingerprint.ridge_map import CELL
from fingerprint.synthetic.finger.minutiae import TrueMinutia, master_minutiae, minutiae_in
from fingerprint.synthetic.generator import DEFAULT_CAPTURE, Finger
from fingerprint.synthetic.latent import LeftLatent, leave
from fingerprint.synthetic.randomness import random_numbers
from fingerprint.trace import Stage
from models.registry import ModelRegistry
from models.session import ModelSession
from models.trained import FOLDER

FIRST_SEED, COUNT = 60_000_000, 450
FIRST_CHECKED, CHECKED = 61_000_000, 60
HIDDEN = 48
RATES = Rates(rounds=25, batch=512)
AROUND = 9  # cells: the side of the square in which ridges are compared
NEAR, TURNED = 9.0, 0.5  # pixels and radians between a minutia and what was found of it

_IMPRESSION, _STREAM, _STRANGERS = 2, 7, 1_000_003


@dataclass(frozen=True, eq=False)
class KnownLatent:
    """A latent with what is true of it: for each place, how legible its ridges are and whether it is of the print."""

    latent: LeftLatent
    legibility: Field
    ridged: Field
    minutiae: list[TrueMinutia]


def known_latents(first: int, count: int) -> Iterator[KnownLatent]:
    """Make latents of the fingers of some seeds."""
    for seed in range(first, first + count):
        finger, rng = Finger.generate(seed), random_numbers(seed, _STREAM)
        impression = finger.impression(_IMPRESSION)
        latent = leave(impression, Finger.generate(seed + _STRANGERS).impression(_IMPRESSION), rng)
        legibility, ridged = truth(impression, latent)
        placement = DEFAULT_CAPTURE.draw_placement(random_numbers(seed, 3, _IMPRESSION))
        minutiae = minutiae_in(master_minutiae(finger.master), placement, latent.part)
        yield KnownLatent(latent, legibility, ridged, minutiae)


def truth(impression: NDArray[np.uint8], latent: LeftLatent) -> tuple[Field, Field]:
    """Return legibility of each place of a latent, and whether the print covers it: shape (rows, columns) each."""
    agrees = ((_response(impression) > 0) == (_response(latent.pixels) > 0)).astype(np.float32)
    agrees = np.asarray(cv2.blur(agrees, (AROUND, AROUND), borderType=cv2.BORDER_REFLECT_101), np.float32)
    covered = np.asarray(cv2.blur(latent.part.astype(np.float32), (2 * STEP + 1, 2 * STEP + 1)), np.float32)
    rows, columns = (STEP * np.arange(size // STEP) + STEP // 2 for size in latent.pixels.shape)
    at_cells = agrees[
        np.minimum(rows // CELL, agrees.shape[0] - 1)[:, None], np.minimum(columns // CELL, agrees.shape[1] - 1)
    ]
    ridged = covered[rows[:, None], columns]
    return (ridged * np.clip(2 * at_cells - 1, 0, 1)).astype(np.float32), ridged


def _response(pixels: NDArray[np.uint8]) -> Field:
    stages: dict[Stage, NDArray[np.generic]] = {}
    ridge_map(pixels, trace=stages.__setitem__)
    return np.asarray(stages[Stage.RESPONSE], np.float32)


def check(network: Perceptron, leader: ModelSession) -> str:
    """Say how well a network does on latents that it was not trained on."""
    estimated, true, of_level = [], [], np.zeros((len(Clarity), 4))
    for latent in known_latents(FIRST_CHECKED, CHECKED):
        result = ClarityMap(*np.moveaxis(network.estimates(features(latent.latent.pixels)), 2, 0))
        estimated.append(np.stack([result.legibility, result.ridged]).reshape(2, -1))
        true.append(np.stack([latent.legibility, latent.ridged]).reshape(2, -1))
        of_level += _minutiae_by_level(latent, result, leader)
    (legibility, ridged), (truly, covered) = np.concatenate(estimated, axis=1), np.concatenate(true, axis=1)
    right = (ridged >= 0.5) == (covered >= 0.5)
    lines = [
        f"legibility: correlation {np.corrcoef(legibility, truly)[0, 1]:.3f}; "
        f"of the print or not: {100 * right.mean():.1f} % of the places are right",
        "level                  known minutiae   of them found   found minutiae   of them known",
    ]
    for level, (present, hit, detected, right_detected) in zip(Clarity, of_level, strict=True):
        lines.append(
            f"{level.name.lower():22} {present:14.0f} {_percent(hit, present):>15} {detected:16.0f} "
            f"{_percent(right_detected, detected):>15}"
        )
    return "\n".join(lines)


def _minutiae_by_level(latent: KnownLatent, result: ClarityMap, leader: ModelSession) -> NDArray[np.float64]:
    """Count a latent's minutiae by level: known ones, those of them found, all found, those of them known."""
    detected = detect(leader, latent.latent.pixels, MIN_QUALITY)
    counts = np.zeros((len(Clarity), 4))
    levels = result.levels
    x, y, direction = (
        np.array([(minutia.x, minutia.y, minutia.direction) for minutia in latent.minutiae]).reshape(-1, 3).T
    )
    near = np.hypot(x[:, None] - detected.x, y[:, None] - detected.y) <= NEAR
    turned = np.abs(np.angle(np.exp(1j * (direction[:, None] - detected.direction)))) <= TURNED
    same = near & turned
    known_hit, found_hit = same.any(axis=1), same.any(axis=0)
    parts = (
        (y, x, known_hit | True),
        (y, x, known_hit),
        (detected.y, detected.x, found_hit | True),
        (detected.y, detected.x, found_hit),
    )
    for column, (down, across, chosen) in enumerate(parts):
        rows, columns = (
            np.minimum(axis[chosen] // STEP, size - 1).astype(np.int64)
            for axis, size in ((down, levels.shape[0]), (across, levels.shape[1]))
        )
        counts[:, column] += np.bincount(levels[rows, columns], minlength=len(Clarity))
    return counts


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / max(whole, 1.0):.0f} %"


def main() -> None:
    """Make the latents, train, check, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=FOLDER / f"{WEIGHTS}.npz")
    arguments = parser.parse_args()
    numbers, targets = [], []
    for latent in known_latents(FIRST_SEED, COUNT):
        place_features = features(latent.latent.pixels)
        numbers.append(place_features.reshape(-1, place_features.shape[2]))
        targets.append(np.stack([latent.legibility, latent.ridged], axis=2).reshape(-1, 2))
    network = Perceptron(*train(np.concatenate(numbers), np.concatenate(targets), HIDDEN, RATES))
    np.savez_compressed(arguments.out, **{name: array.astype(np.float16) for name, array in network._asdict().items()})
    with tempfile.TemporaryDirectory() as folder:
        print(check(network, ModelRegistry(Path(folder)).open_session("leader")))  # noqa: T201


if __name__ == "__main__":
    main()
