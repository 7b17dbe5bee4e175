"""Patches to train on: latents and whole prints, with what the teacher reads in the clean prints that they are made of.

Every step draws from random numbers of its own, so a training that is taken up again goes on with the same patches, and
no latent comes twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple, Self, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.training.latents.pool import FULL_TURN, CleanPrint, Grey, Pool
from benchmarks.training.latents.wear import askew, dotted, photographed, worn
from fingerprint.synthetic.finger.frame import Field
from fingerprint.synthetic.latent import LeftLatent, leave
from fingerprint.synthetic.randomness import random_numbers
from fingerprint.synthetic.surfaces import Surface

SIDE = 192  # pixels of a patch
SURFACES = {Surface.PRINTED: 0.3, Surface.FORM: 0.25, Surface.PATTERN: 0.15, Surface.PAPER: 0.15, Surface.GLASS: 0.15}
OVERLAP = 0.35  # share of the latents with another print across them
DOUBLE, SECOND_TAP = 0.3, 25.0  # share of these whose other print is the same finger's, and pixels it lies away
DOTTED = 0.2  # share of the latents whose ridges are rows of dots, as ninhydrin shows pores
ASKEW = 0.5  # share of the latents that are seen askew
WORN = 0.5  # share of the whole prints that are shown worse than they were
SEEN = 0.06  # least contrast of a print that can be seen at all
UNSURE = 0.1  # likelihood of a minutia from which on it is left out where its print is not labelled
AROUND = 7  # pixels: the square in which such a minutia is left out

_STREAM = 11

Covered = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Patch:
    """Pixels, and for each what the network is to say; all of one shape."""

    pixels: Grey
    LINEAR: ClassVar[frozenset[str]] = frozenset({"pixels"})  # maps that may be mixed between pixels

    def cut(self, top: int, left: int) -> Self:
        """Return the patch that begins there."""
        rows, columns = slice(top, top + SIDE), slice(left, left + SIDE)
        return replace(
            self, **{name: np.ascontiguousarray(values[rows, columns]) for name, values in vars(self).items()}
        )

    def turned(self, quarters: int, mirrored: bool) -> Self:
        """Return it turned counter-clockwise by quarters of a circle, after it was mirrored left to right."""
        maps = {name: np.fliplr(values) if mirrored else values for name, values in vars(self).items()}
        return replace(
            self, **{name: np.ascontiguousarray(np.rot90(values, quarters)) for name, values in maps.items()}
        )

    def moved(self, matrix: Field) -> Self:
        """Return it as an affine map, shape (2, 3), shows it; nothing is known of what comes into sight."""
        size = self.pixels.shape[::-1]
        rims = {"pixels": cv2.BORDER_REFLECT_101}
        moved_maps: dict[str, Any] = {
            name: cv2.warpAffine(
                values,
                matrix,
                size,
                flags=cv2.INTER_LINEAR if name in self.LINEAR else cv2.INTER_NEAREST,
                borderMode=rims.get(name, cv2.BORDER_CONSTANT),
            )
            for name, values in vars(self).items()
        }
        return replace(self, **moved_maps)


AnyPatch = TypeVar("AnyPatch", bound=Patch)


@dataclass(frozen=True, eq=False)
class Example(Patch):
    """A patch with its minutiae.

    `place` is how likely a minutia is, `weight` 0 where nothing is known of that. `direction` is in radians, `ending`
    how likely an ending.
    """

    place: Field
    weight: Field
    direction: Field
    ending: Field
    LINEAR = frozenset({"pixels", "place"})

    def turned(self, quarters: int, mirrored: bool) -> Self:
        """Return it turned; see `Patch`."""
        direction = np.float32(np.pi) - self.direction if mirrored else self.direction
        turned = super(Example, replace(self, direction=direction)).turned(quarters, mirrored)
        return replace(turned, direction=turned.direction + np.float32(quarters * np.pi / 2))

    def moved(self, matrix: Field) -> Self:
        """Return it as an affine map shows it; see `Patch`."""
        x, y = np.cos(self.direction), -np.sin(self.direction)
        ahead = matrix[:, :2] @ np.stack([x.ravel(), y.ravel()])
        direction = np.arctan2(-ahead[1], ahead[0]).reshape(self.pixels.shape).astype(np.float32)
        return super(Example, replace(self, direction=direction)).moved(matrix)


class Batch(NamedTuple):
    """Examples one after the other, float32 of shape (n, height, width)."""

    pixels: Field
    place: Field
    weight: Field
    direction: Field
    ending: Field


def batch(pool: Pool, seed: int, step: int, size: int, whole: float) -> Batch:
    """Return the examples of one step, a share `whole` of them with whole prints."""
    rng = random_numbers(seed, _STREAM, step)
    drawn = [_drawn(pool, rng, whole=number < round(whole * size)) for number in range(size)]
    return Batch(
        *(np.stack([getattr(example, name) for example in drawn]).astype(np.float32) for name in Batch._fields)
    )


def _drawn(pool: Pool, rng: np.random.Generator, whole: bool) -> Example:
    first, second = (pool[int(number)] for number in rng.choice(len(pool), 2, replace=False))
    if whole:
        pixels, covered = worn_print(first.pixels, rng)
        return photographed_patch(replace(_labelled(first), pixels=pixels), covered, rng)
    return photographed_patch(*askew_or_not(*latent(first, second, rng), rng), rng)


def photographed_patch(example: AnyPatch, covered: Covered, rng: np.random.Generator, step: int = 1) -> AnyPatch:
    """Return a patch of what is covered, photographed and turned; it begins at a multiple of `step` pixels."""
    rows, columns = np.nonzero(covered)
    at = int(rng.integers(len(rows))) if len(rows) else None
    height, width = covered.shape
    middle = (rows[at], columns[at]) if at is not None else (height // 2, width // 2)
    top, left = (
        int(np.clip(centre - SIDE // 2, 0, size - SIDE)) // step * step
        for centre, size in zip(middle, (height, width), strict=True)
    )
    patch = example.cut(top, left)
    patch = replace(patch, pixels=photographed(patch.pixels, rng))
    return patch.turned(int(rng.integers(4)), bool(rng.random() < 0.5))


def worn_print(pixels: Grey, rng: np.random.Generator) -> tuple[Grey, Covered]:
    """Return a whole print, as it is or worn, and where it is."""
    print_pixels = worn(pixels, rng) if rng.random() < WORN else pixels
    return print_pixels, cv2.GaussianBlur(255 - pixels, (0, 0), 10.0) > 40


def latent(clean: CleanPrint, other: CleanPrint, rng: np.random.Generator) -> tuple[Example, Covered]:
    """Return a latent of a print, which another one or the same finger may lie across, and where it is."""
    left, away = lay(clean.pixels, other.pixels, rng)
    if away is not None:
        other = CleanPrint(*(np.roll(values, away, (0, 1)) for values in vars(clean).values()))
    return labelled(left, clean, other), left.part


def lay(pixels: Grey, other: Grey, rng: np.random.Generator) -> tuple[LeftLatent, tuple[int, int] | None]:
    """Leave a print on any surface; across it may lie another one, or itself, so many rows and columns away."""
    kind = list(SURFACES)[int(rng.choice(len(SURFACES), p=list(SURFACES.values())))]
    away: tuple[int, int] | None = None
    if rng.random() < DOUBLE:
        down, right = np.rint(rng.normal(0, SECOND_TAP, 2)).astype(np.int64).tolist()
        away = (down, right)
        other = np.roll(pixels, away, (0, 1))
    ridges = dotted(pixels, rng) if rng.random() < DOTTED else pixels
    return leave(ridges, other, rng, kind, OVERLAP), away


def askew_or_not(example: AnyPatch, part: Covered, rng: np.random.Generator) -> tuple[AnyPatch, Covered]:
    """Return a latent as it is or seen askew, and where the print is then."""
    if rng.random() >= ASKEW:
        return example, part
    matrix = askew(part.shape, rng)
    return example.moved(matrix), cv2.warpAffine(part.astype(np.uint8), matrix, part.shape[::-1]) > 0


def labelled(left: LeftLatent, print_: CleanPrint, across: CleanPrint) -> Example:
    """Label each place of a latent by the print that is stronger there; minutiae of the other are left out."""
    labels, other = _labelled(print_), _labelled(across)
    likelihood = np.where(left.part, labels.place, np.float32(0))
    unknown = ~left.part & (left.contrast > SEEN) & _near_minutiae(labels)
    direction, ending = labels.direction, labels.ending
    if left.other is not None:
        if left.other.turned:
            other = other.turned(2, mirrored=False)
        other_visible = left.other.contrast > SEEN
        stronger = other_visible & (left.other.contrast > left.contrast)
        unknown = (stronger & left.part & _near_minutiae(labels)) | (
            ~stronger & (unknown | (other_visible & _near_minutiae(other)))
        )
        likelihood = np.where(stronger, other.place, likelihood)
        direction, ending = np.where(stronger, other.direction, direction), np.where(stronger, other.ending, ending)
        unknown &= likelihood < UNSURE
    return Example(left.pixels, likelihood, 1 - unknown.astype(np.float32), direction, ending)


def _near_minutiae(example: Example) -> NDArray[np.bool_]:
    return np.asarray(cv2.dilate(example.place, np.ones((AROUND, AROUND), np.uint8)) > UNSURE)


def _labelled(clean: CleanPrint) -> Example:
    return Example(
        pixels=clean.pixels,
        place=np.asarray(clean.place / np.float32(255), np.float32),
        weight=np.ones(clean.place.shape, np.float32),
        direction=clean.direction * np.float32(2 * np.pi / FULL_TURN),
        ending=np.asarray(clean.ending / np.float32(255), np.float32),
    )
