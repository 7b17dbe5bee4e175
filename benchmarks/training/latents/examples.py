"""Patches to train on: latents and whole prints, with what the teacher reads in the clean prints that they are made of.

Every step draws from random numbers of its own, so a training that is taken up again goes on with the same patches, and
no latent comes twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.training.latents.pool import FULL_TURN, CleanPrint, Grey, Pool
from fingerprint.synthetic.finger.frame import Field, smooth_noise
from fingerprint.synthetic.latent import LeftLatent, leave
from fingerprint.synthetic.randomness import random_numbers
from fingerprint.synthetic.surfaces import Surface

SIDE = 192  # pixels of a patch
SURFACES = {Surface.PRINTED: 0.3, Surface.FORM: 0.25, Surface.PATTERN: 0.15, Surface.PAPER: 0.15, Surface.GLASS: 0.15}
OVERLAP = 0.35  # share of the latents with another print across them
WORN = 0.5  # share of the whole prints that are shown worse than they were
COMPRESSED, JPEG_QUALITY = 0.3, (30, 95)  # share of all patches, and OpenCV's quality
GAMMA, GAIN = (0.7, 1.4), (0.75, 1.1)  # of the grey values
SEEN = 0.06  # least contrast of a print that can be seen at all
UNSURE = 0.1  # likelihood of a minutia from which on it is left out where its print is not labelled
AROUND = 7  # pixels: the square in which such a minutia is left out
FADED, FADED_SCALE = (0.15, 0.9), 40.0  # contrast of a worn print, and pixels over which it varies
BLOTCH, DOTTED = 0.9, 1.2  # standard deviations of the noise that fills valleys, and that breaks ridges
BLUR, NOISE = (0.3, 1.6), (2.0, 12.0)  # pixels; grey levels

_STREAM = 11


@dataclass(frozen=True, eq=False)
class Example:
    """Pixels, and for each what the network is to say; all of one shape.

    `place` is how likely a minutia is, `weight` 0 where nothing is known of that. `direction` is in radians, `ending`
    how likely an ending.
    """

    pixels: Grey
    place: Field
    weight: Field
    direction: Field
    ending: Field

    def cut(self, top: int, left: int) -> Self:
        """Return the patch that begins there."""
        rows, columns = slice(top, top + SIDE), slice(left, left + SIDE)
        return replace(self, **{name: np.ascontiguousarray(each[rows, columns]) for name, each in vars(self).items()})

    def turned(self, quarters: int, mirrored: bool) -> Self:
        """Return it turned counter-clockwise by quarters of a circle, after it was mirrored left to right."""
        maps = {name: np.fliplr(each) if mirrored else each for name, each in vars(self).items()}
        if mirrored:
            maps["direction"] = np.float32(np.pi) - maps["direction"]
        maps["direction"] = maps["direction"] + np.float32(quarters * np.pi / 2)
        return replace(self, **{name: np.ascontiguousarray(np.rot90(each, quarters)) for name, each in maps.items()})


class Batch(NamedTuple):
    """Examples one after the other, float32 of shape (n, height, width)."""

    pixels: Field
    place: Field
    weight: Field
    direction: Field
    ending: Field


def batch(pool: Pool, seed: int, step: int, size: int, whole: float) -> Batch:
    """Return the examples of one step, of which the share `whole` shows whole prints."""
    rng = random_numbers(seed, _STREAM, step)
    drawn = [_drawn(pool, rng, whole=number < round(whole * size)) for number in range(size)]
    return Batch(*(np.stack([getattr(each, name) for each in drawn]).astype(np.float32) for name in Batch._fields))


def _drawn(pool: Pool, rng: np.random.Generator, whole: bool) -> Example:
    first, second = (pool[int(number)] for number in rng.choice(len(pool), 2, replace=False))
    example, covered = whole_print(first, rng) if whole else latent(first, second, rng)
    rows, columns = np.nonzero(covered)
    at = int(rng.integers(len(rows))) if len(rows) else None
    height, width = covered.shape
    middle = (rows[at], columns[at]) if at is not None else (height // 2, width // 2)
    top, left = (
        int(np.clip(place - SIDE // 2, 0, size - SIDE)) for place, size in zip(middle, (height, width), strict=True)
    )
    patch = example.cut(top, left)
    patch = replace(patch, pixels=_photographed(patch.pixels, rng))
    return patch.turned(int(rng.integers(4)), bool(rng.random() < 0.5))


def whole_print(clean: CleanPrint, rng: np.random.Generator) -> tuple[Example, NDArray[np.bool_]]:
    """Return a whole print, as it is or worn, and where it is."""
    pixels = _worn(clean.pixels, rng) if rng.random() < WORN else clean.pixels
    example = _labelled(clean)
    return replace(example, pixels=pixels), cv2.GaussianBlur(255 - clean.pixels, (0, 0), 10.0) > 40


def latent(clean: CleanPrint, other: CleanPrint, rng: np.random.Generator) -> tuple[Example, NDArray[np.bool_]]:
    """Return a latent of a print, which another one may lie across, and where it is."""
    kind = list(SURFACES)[int(rng.choice(len(SURFACES), p=list(SURFACES.values())))]
    left = leave(clean.pixels, other.pixels, rng, kind, OVERLAP)
    return _of_latent(left, _labelled(clean), _labelled(other)), left.part


def _of_latent(left: LeftLatent, own: Example, other: Example) -> Example:
    """Label each place by the print that is stronger there; minutiae of a print that is not are left out."""
    place = np.where(left.part, own.place, np.float32(0))
    unknown = ~left.part & (left.contrast > SEEN) & _near_minutiae(own)
    direction, ending = own.direction, own.ending
    if left.other is not None:
        if left.other.turned:
            other = other.turned(2, mirrored=False)
        there = left.other.contrast > SEEN
        stronger = there & (left.other.contrast > left.contrast)
        unknown = (stronger & left.part & _near_minutiae(own)) | (
            ~stronger & (unknown | (there & _near_minutiae(other)))
        )
        place = np.where(stronger, other.place, place)
        direction, ending = np.where(stronger, other.direction, direction), np.where(stronger, other.ending, ending)
        unknown &= place < UNSURE
    return Example(left.pixels, place, 1 - unknown.astype(np.float32), direction, ending)


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


def _worn(pixels: Grey, rng: np.random.Generator) -> Grey:
    """Show a print pale, dotted, blotched, blurred and noisy."""
    marks = 1 - pixels / np.float32(255)
    if rng.random() < 0.5:  # ridges of dots
        grain = cv2.GaussianBlur(
            rng.standard_normal(pixels.shape, dtype=np.float32), (0, 0), float(rng.uniform(0.8, 2))
        )
        marks = marks / (1 + np.exp(4 * (DOTTED * grain / grain.std() - rng.uniform(-0.5, 1))))
    if rng.random() < 0.5:  # valleys filled with ink
        filled = BLOTCH * smooth_noise(rng, pixels.shape, float(rng.uniform(15, 60))) - rng.uniform(0.2, 1.5)
        covered = cv2.GaussianBlur(marks, (0, 0), 6.0)
        marks = np.maximum(marks, covered.clip(0, 1) * np.clip(filled, 0, 1.3))
    faded = rng.uniform(*FADED) * np.clip(1 + 0.4 * smooth_noise(rng, pixels.shape, FADED_SCALE), 0.1, 1.6)
    grey = rng.uniform(170, 255) * (1 - faded * marks)
    grey = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), float(rng.uniform(*BLUR)))
    grey += rng.uniform(*NOISE) * rng.standard_normal(pixels.shape, dtype=np.float32)
    return np.asarray(np.clip(np.rint(grey), 0, 255), np.uint8)


def _photographed(pixels: Grey, rng: np.random.Generator) -> Grey:
    """Return a patch in other light, and compressed."""
    levels = np.linspace(0, 1, 256) ** rng.uniform(*GAMMA) * rng.uniform(*GAIN)
    pixels = np.clip(np.rint(255 * levels), 0, 255).astype(np.uint8)[pixels]
    if rng.random() < COMPRESSED:
        quality = int(rng.integers(*JPEG_QUALITY))
        coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        pixels = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    return pixels
