"""Examples to train on: a latent and a print of one finger, and points that lie on both.

The latent's ridges are those that the network for them sees (`fingerprint.latents.ridges`), the print's those that the
filters draw, as templates hold them. An example takes longer to make than a step of the training, so that they
are made once, and only the points are moved a little in each step.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.training.latents.examples import ASKEW, lay
from benchmarks.training.latents.pool import FULL_TURN, CleanPrint, Grey, Pool
from benchmarks.training.latents.wear import askew, photographed, worn
from fingerprint.extraction.ridges import ridge_map
from fingerprint.latents.descriptors import CLEAR, clearness
from fingerprint.latents.ridges import seen_ridges
from fingerprint.matching.kernels.ridge_windows import ridge_grid
from fingerprint.matching.kernels.surroundings import RidgeCells, ridge_cells, surroundings
from fingerprint.synthetic.finger.frame import Field, smooth_noise
from fingerprint.synthetic.randomness import random_numbers
from fingerprint.trace import Stage
from models.session import ModelSession

SHARD = 200  # examples of a file
STEPS = 127  # of a latent's cell, from 0 to 1
WORN = 0.3  # share of the prints that are shown worse than they were
TURN, STRETCH, SHIFT = 0.25, 0.03, 8.0  # of the print: radians, logarithm of a side's length, pixels; deviations
BENT, BENT_SCALE = 3.0, (35.0, 70.0)  # pixels that the skin is bent by, one deviation, and over which this varies
SURE = 0.35  # likelihood of a minutia of the pool that counts
APART = 16  # pixels between points that are no minutiae
CLEAR_PRINT = 0.25  # least clearness of the ridges around a point of the print
LEVER = 6.0  # pixels from a point to those that say how its direction turns
ROUNDS = 6  # of finding where a bent print shows a point

_STREAM = 31

Points = NDArray[np.float64]  # shape (3, n): x and y in pixels at 500 ppi, y down, direction in radians, y up


@dataclass(frozen=True, eq=False)
class Example:
    """The ridges of a latent and a print of one finger, and points on both.

    `on_latent` and `on_print` are float32, shape (3, n): x and y in pixels at 500 ppi, y up, and direction in radians.
    `minutiae` says which of the points are minutiae; `finger` is the place of the clean print in the pool.
    """

    latent: RidgeCells
    print_: RidgeCells
    on_latent: Field
    on_print: Field
    minutiae: NDArray[np.bool_]
    finger: int


class _Bent(NamedTuple):
    """How a print is shown: by an affine map, and bent; arrays of the print's shape."""

    linear: NDArray[np.float64]
    offset: NDArray[np.float64]
    across: Field
    down: Field

    @classmethod
    def draw(cls, shape: tuple[int, int], rng: np.random.Generator) -> _Bent:
        turn, middle = rng.normal(0, TURN), np.array([shape[1] / 2, shape[0] / 2])
        cosine, sine = np.cos(turn), np.sin(turn)
        linear = np.array([[cosine, sine], [-sine, cosine]]) * np.exp(rng.normal(0, STRETCH, 2))
        strength, scale = abs(rng.normal(0, BENT)), float(rng.uniform(*BENT_SCALE))
        across, down = (np.float32(strength) * smooth_noise(rng, shape, scale) for _ in range(2))
        return cls(linear, middle - linear @ middle + rng.normal(0, SHIFT, 2), across, down)

    def warped(self, pixels: Grey) -> Grey:
        """Return the print as it is shown."""
        y, x = np.indices(pixels.shape, dtype=np.float64)
        from_x = self.linear[0, 0] * x + self.linear[0, 1] * y + self.offset[0] + self.across
        from_y = self.linear[1, 0] * x + self.linear[1, 1] * y + self.offset[1] + self.down
        maps = from_x.astype(np.float32), from_y.astype(np.float32)
        return np.asarray(cv2.remap(pixels, *maps, cv2.INTER_LINEAR, borderValue=255.0), np.uint8)

    def __call__(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where places of the print, shape (2, n), are shown."""
        inverse, warped = np.linalg.inv(self.linear), places
        for _ in range(ROUNDS):
            row, column = (
                np.clip(np.rint(warped[axis]), 0, self.across.shape[1 - axis] - 1).astype(np.int64) for axis in (1, 0)
            )
            bent = np.stack([self.across[row, column], self.down[row, column]])
            warped = inverse @ (places - self.offset[:, None] - bent)
        return warped


def example(pool: Pool, session: ModelSession, seed: int, number: int) -> Example:
    """Make an example; `session` sees the ridges of latents."""
    rng = random_numbers(seed, _STREAM, number)
    finger, stranger = (int(index) for index in rng.choice(len(pool), 2, replace=False))
    pixels, other = pool[finger].pixels, pool[stranger].pixels
    points, minutiae = _points(pool[finger], rng)
    if rng.random() < 0.5:
        pixels, other = (np.ascontiguousarray(print_pixels[:, ::-1]) for print_pixels in (pixels, other))
        points[0], points[2] = pixels.shape[1] - 1 - points[0], pi - points[2]
    left, _ = lay(pixels, other, rng)
    strongest = left.part if left.other is None else left.part & (left.contrast >= left.other.contrast)
    in_strongest = strongest[_nearest(points, strongest.shape)]
    points, minutiae = points[:, in_strongest], minutiae[in_strongest]
    matrix = askew(pixels.shape, rng) if rng.random() < ASKEW else np.eye(2, 3, dtype=np.float32)
    seen_askew = cv2.warpAffine(left.pixels, matrix, pixels.shape[::-1], borderMode=cv2.BORDER_REFLECT_101)
    latent = seen_ridges(session, photographed(np.asarray(seen_askew, np.uint8), rng)).cells()
    bent = _Bent.draw(pixels.shape, rng)
    print_ = ridge_cells(ridge_grid(ridge_map(bent.warped(worn(pixels, rng) if rng.random() < WORN else pixels))))
    on_latent = _up(_moved(points, lambda places: matrix[:, :2] @ places + matrix[:, 2:]))
    on_print = _up(_moved(points, bent))
    is_clear = (_clear(latent, on_latent) >= CLEAR) & (_clear(print_, on_print) >= CLEAR_PRINT)
    return Example(latent, print_, on_latent[:, is_clear], on_print[:, is_clear], minutiae[is_clear], finger)


def _points(clean: CleanPrint, rng: np.random.Generator) -> tuple[Points, NDArray[np.bool_]]:
    """Return minutiae of a clean print, and points between them along its ridges, and which of them are which."""
    likelihood = cv2.GaussianBlur(clean.place.astype(np.float32) / 255, (5, 5), 0, borderType=cv2.BORDER_CONSTANT)
    row, column = np.nonzero((likelihood == cv2.dilate(likelihood, np.ones((7, 7), np.uint8))) & (likelihood > SURE))
    minutiae = np.stack([column, row, clean.direction[row, column] * (2 * pi / FULL_TURN)]).astype(np.float64)
    stages: dict[Stage, NDArray[Any]] = {}
    ridge_map(clean.pixels, trace=stages.__setitem__)
    orientation, foreground = stages[Stage.ORIENTATION], stages[Stage.FOREGROUND]  # at half of the resolution
    height, width = clean.pixels.shape
    y, x = (coordinates.ravel() for coordinates in np.mgrid[APART // 2 : height : APART, APART // 2 : width : APART])
    y, x = (coordinates + rng.uniform(-APART / 2, APART / 2, coordinates.size) for coordinates in (y, x))
    at = tuple(
        np.clip(coordinates / 2, 0, size - 1).astype(np.int64)
        for coordinates, size in zip((y, x), foreground.shape, strict=True)
    )
    ridge_points = np.stack([x, y, orientation[at] + pi * rng.integers(2, size=len(x))])[:, foreground[at]]
    return np.concatenate([minutiae, ridge_points], axis=1), np.arange(
        minutiae.shape[1] + ridge_points.shape[1]
    ) < minutiae.shape[1]


def _moved(points: Points, map_: Any) -> Points:
    """Return points as a map of places, shape (2, n) to (2, n), shows them."""
    places, ahead = points[:2], LEVER * np.stack([np.cos(points[2]), -np.sin(points[2])])
    x, y = map_(places + ahead) - map_(places - ahead)
    return np.stack([*map_(places), np.arctan2(-y, x)])


def _clear(cells: RidgeCells, points: Field) -> NDArray[np.float64]:
    return clearness(surroundings(cells, points.astype(np.float64)))


def _nearest(points: Points, shape: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    row, column = (np.clip(np.rint(points[1 - axis]), 0, shape[axis] - 1).astype(np.int64) for axis in (0, 1))
    return row, column


def _up(points: Points) -> Field:
    return np.asarray(points * np.array([[1], [-1], [1]]), np.float32)


def make(pool: Pool, session: ModelSession, folder: Path, seed: int, count: int) -> None:
    """Write `count` examples as files of SHARD; keep existing files."""
    folder.mkdir(parents=True, exist_ok=True)
    for first in range(0, count, SHARD):
        path = folder / f"{seed}-{first:07d}.npz"
        if path.exists():
            continue
        shard = [example(pool, session, seed, number) for number in range(first, min(first + SHARD, count))]
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.savez_compressed(file, **_arrays(shard))
        part.replace(path)
        print(path.name, flush=True)  # noqa: T201


def load(folder: Path) -> list[Example]:
    """Read the examples of a folder.

    Raises:
        FileNotFoundError: there are none.
    """
    examples = [loaded for path in sorted(folder.glob("*.npz")) for loaded in _examples(path)]
    if not examples:
        raise FileNotFoundError(f"{folder} holds no examples; make them first.")
    return examples


def _arrays(shard: list[Example]) -> dict[str, Any]:
    arrays: dict[str, Any] = {
        "finger": np.array([training_example.finger for training_example in shard]),
        "points": np.array([len(training_example.minutiae) for training_example in shard]),
        "minutiae": np.concatenate([training_example.minutiae for training_example in shard]),
        "on_latent": np.concatenate([training_example.on_latent for training_example in shard], axis=1),
        "on_print": np.concatenate([training_example.on_print for training_example in shard], axis=1),
    }
    for name, all_cells in (
        ("latent", [training_example.latent for training_example in shard]),
        ("print", [training_example.print_ for training_example in shard]),
    ):
        arrays[f"{name}_shape"] = np.array([cells.values.shape for cells in all_cells])
        arrays[f"{name}_corner"] = np.array([(cells.left, cells.top) for cells in all_cells])
        arrays[f"{name}_values"] = np.rint(
            STEPS * np.concatenate([cells.values.ravel() for cells in all_cells])
        ).astype(np.int8)
    return arrays


def _examples(path: Path) -> list[Example]:
    with np.load(path) as arrays:
        content = dict(arrays)
    cells: list[list[RidgeCells]] = []
    for name in ("latent", "print"):
        shapes, corners = content[f"{name}_shape"], content[f"{name}_corner"].tolist()
        values = np.split(content[f"{name}_values"].astype(np.float32) / STEPS, np.cumsum(shapes.prod(axis=1))[:-1])
        parts = zip(values, shapes.tolist(), corners, strict=True)
        cells.append([RidgeCells(cell_values.reshape(shape), *corner) for cell_values, shape, corner in parts])
    ends = np.cumsum(content["points"])[:-1]
    points = (np.split(content[name], ends, axis=-1) for name in ("on_latent", "on_print", "minutiae"))
    return [Example(*fields) for fields in zip(*cells, *points, content["finger"].tolist(), strict=True)]
