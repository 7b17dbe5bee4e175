"""The look of a latent: part of an impression, faint and smeared, on a surface with a pattern of its own."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.parameters import PPI
from fingerprint.synthetic.finger.frame import Field, smooth_noise
from fingerprint.synthetic.surfaces import Surface, surface

Axes = tuple[tuple[float, float], tuple[float, float]]

PART_AXES = ((45.0, 85.0), (60.0, 120.0))  # pixels: semi-axes of the part that is left, across and down
PART_ASIDE = (25.0, 45.0)  # pixels from the middle, one standard deviation, across and down
RAGGEDNESS, RAGGEDNESS_SCALE = 0.25, 40.0  # relative, of the part's rim; pixels
FAINTNESS = (0.45, 0.8)  # of the impression's contrast that is left
PATCHES, PATCHES_SCALE = 0.35, 35.0  # relative spread of the contrast within a print; pixels
SMEAR = (1, 7)  # pixels: the length of the smear
SURFACE_GREY = (120.0, 200.0)
SURFACE_SHADING, SURFACE_SCALE = 10.0, 60.0  # grey levels, one standard deviation; pixels
GRAIN, GRAIN_SIZE = 6.0, 1.2  # grey levels and pixels, both one standard deviation
LINES = (0, 4)  # ruled lines or strokes across the surface
LINE_DARKNESS = (20.0, 70.0)  # grey levels

# Latents on a surface as in casework.
LEFT_AXES = ((50.0, 130.0), (70.0, 180.0))  # pixels: semi-axes of the part that is left, across and down
LEFT_FAINTNESS = (0.2, 0.8)  # of the impression's contrast that is left
OVERLAP_SHARE = 0.25  # of the latents with another print across them
TOUCH, TOUCH_SCALE = 0.4, 10.0  # of the darkest place, from which on a place is print; pixels
LEAST_LEFT = 0.5  # strength of the part, from which on a place belongs to it


@dataclass(frozen=True, eq=False)
class OtherPrint:
    """Another finger's print across a latent: how much of its contrast is left at each place, and if it is turned."""

    contrast: Field
    turned: bool


@dataclass(frozen=True, eq=False)
class LeftLatent:
    """A latent as it was left: its image, and where of it the finger is, all of IMPRESSION_SHAPE.

    `contrast` is how much of the impression's is left at each place; `other` the print that lies across it, if any.
    """

    pixels: NDArray[np.uint8]
    part: NDArray[np.bool_]
    contrast: Field
    surface: Surface
    other: OtherPrint | None

    @property
    def area(self) -> float:
        """Return the area of the part, in square inches."""
        return float(self.part.sum()) / PPI**2

    @property
    def overlapped(self) -> bool:
        """Say whether another finger's print lies across it."""
        return self.other is not None


def leave(
    impression: NDArray[np.uint8],
    other: NDArray[np.uint8],
    rng: np.random.Generator,
    kind: Surface | None = None,
    overlap: float = OVERLAP_SHARE,
) -> LeftLatent:
    """Leave an impression on a surface as in casework, of that kind or of any.

    `other` is an impression of another finger, which lies across it with the likelihood `overlap`.
    """
    kind = kind or list(Surface)[int(rng.integers(len(Surface)))]
    under = surface(kind, rng)
    part = _part(rng, LEFT_AXES, impression.shape)
    contrast = _strength(rng, LEFT_FAINTNESS, impression.shape) * part
    latent = under * (1 - contrast * _marks(impression, rng))
    across = None
    if rng.random() < overlap:
        turned = bool(rng.random() < 0.5)
        shape = impression.shape
        across = OtherPrint(_strength(rng, LEFT_FAINTNESS, shape) * _part(rng, LEFT_AXES, shape), turned)
        latent *= 1 - across.contrast * _marks(np.ascontiguousarray(np.rot90(other, 2)) if turned else other, rng)
    return LeftLatent(
        pixels=np.asarray(np.clip(np.rint(latent), 0, 255), dtype=np.uint8),
        part=(part > LEAST_LEFT) & (_darkness(impression) > 0),
        contrast=contrast,
        surface=kind,
        other=across,
    )


def _darkness(impression: NDArray[np.uint8]) -> Field:
    """Return where an impression shows ridges: above 0."""
    contrast = cv2.GaussianBlur(255.0 - impression.astype(np.float32), (0, 0), TOUCH_SCALE)
    return np.asarray(contrast - np.float32(TOUCH) * contrast.max(), dtype=np.float32)


def as_latent(
    impression: NDArray[np.uint8],
    rng: np.random.Generator,
    axes: Axes = PART_AXES,
) -> NDArray[np.uint8]:
    """Turn an impression (uint8, dark ridges) into a latent of the same shape and place.

    `axes` are between which semi-axes, in pixels, the part is that is left, across and down.
    """
    marks = _marks(impression, rng)
    strength = _strength(rng, FAINTNESS, impression.shape) * _part(rng, axes, impression.shape)
    latent = _surface(rng, impression.shape) * (1 - strength * marks)
    return np.asarray(np.clip(np.rint(latent), 0, 255), dtype=np.uint8)


def _marks(impression: NDArray[np.uint8], rng: np.random.Generator) -> Field:
    """Return how much of a mark an impression leaves at each place, smeared: 0 to 1."""
    marks = np.asarray(1 - impression / np.float32(255), dtype=np.float32)
    smeared = _smeared(marks - np.float32(np.percentile(marks, 5)), rng)
    return np.asarray(np.clip(smeared, 0, 1), dtype=np.float32)


def _strength(rng: np.random.Generator, faintness: tuple[float, float], shape: tuple[int, ...]) -> Field:
    """Return how much of the contrast is left at each place."""
    faded = 1 + PATCHES * smooth_noise(rng, shape, PATCHES_SCALE)
    return np.asarray(rng.uniform(*faintness) * np.clip(faded, 0.1, 1.9), dtype=np.float32)


def _smeared(marks: Field, rng: np.random.Generator) -> Field:
    """Drag the marks along a line of random direction and length."""
    length, angle = int(rng.integers(SMEAR[0], SMEAR[1] + 1)), rng.uniform(0, np.pi)
    stroke = np.zeros((SMEAR[1] + 2, SMEAR[1] + 2), dtype=np.float32)
    middle, reach = (SMEAR[1] + 1) / 2, 0.5 * length * np.array((np.cos(angle), np.sin(angle)))
    start, stop = np.rint(middle - reach).astype(int), np.rint(middle + reach).astype(int)
    cv2.line(stroke, start.tolist(), stop.tolist(), 1.0)
    return np.asarray(cv2.filter2D(marks, -1, stroke / stroke.sum()), dtype=np.float32)


def _part(rng: np.random.Generator, semi_axes: Axes, shape: tuple[int, ...]) -> Field:
    """Return which part is left, from 0 (nothing) to 1, with a ragged and soft rim."""
    height, width = shape
    across, down = (rng.uniform(*axes) for axes in semi_axes)
    x = 0.5 * width + rng.normal(0, PART_ASIDE[0])
    y = 0.5 * height + rng.normal(0, PART_ASIDE[1])
    rows, columns = np.indices(shape, dtype=np.float32)
    radius = np.hypot((columns - x) / across, (rows - y) / down)
    radius = radius + RAGGEDNESS * smooth_noise(rng, shape, RAGGEDNESS_SCALE)
    return np.asarray(1 / (1 + np.exp(8 * (radius - 1))), dtype=np.float32)


def _surface(rng: np.random.Generator, shape: tuple[int, ...]) -> Field:
    """Return the grey values of a shaded, grainy surface with strokes on it."""
    grain = cv2.GaussianBlur(rng.standard_normal(shape, dtype=np.float32), (0, 0), GRAIN_SIZE)
    surface = rng.uniform(*SURFACE_GREY) + SURFACE_SHADING * smooth_noise(rng, shape, SURFACE_SCALE)
    strokes = np.zeros(shape, dtype=np.float32)
    height, width = shape
    for _ in range(int(rng.integers(LINES[0], LINES[1] + 1))):
        ends = rng.uniform((0, 0), (width, height), (2, 2)).astype(int).tolist()
        cv2.line(strokes, ends[0], ends[1], rng.uniform(*LINE_DARKNESS), int(rng.integers(1, 4)), cv2.LINE_AA)
    return np.asarray(surface + GRAIN / grain.std() * grain - strokes, dtype=np.float32)
