"""Impressions of a generated finger, as a plain live-scan captures them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.synthetic.finger.frame import Field, smooth_noise
from fingerprint.synthetic.finger.placement import Placement
from fingerprint.synthetic.look import ImpressionLook

CONTACT_AXES = (118.0, 168.0)  # pixels: semi-axes of the area that touches at mean pressure
CONTACT_GROWTH = 0.07  # relative, a unit of pressure
RAGGEDNESS, RAGGEDNESS_SCALE = 0.03, 110.0  # relative; pixels
EDGE = (0.75, 1.1)  # relative radii between which ridges thin out and vanish

# Levels are added to the ridge profile, which runs from -1 (valley) to 1 (ridge); what is above zero leaves a mark.
PRESSURE_LEVEL = 0.22  # a unit of pressure
MOISTURE_LEVEL = 0.25  # a unit of moisture
BLOTCH_LEVEL, BLOTCH_SCALE = 0.25, 45.0  # scale in pixels
GRAIN_LEVEL, GRAIN_SIZE = 0.42, 1.1  # size: standard deviation of the blur, pixels
DRY_GRAIN = 0.35  # how much rougher ridges are, a unit of missing moisture
PORE_LEVEL, PORE_SIZE, PORE_SHARE = 3.5, 0.7, 0.012  # size as for grain; share of the pixels
SCRATCH_LEVEL, SCRATCH_SOFTNESS = 2.2, 0.7  # softness: standard deviation of the blur, pixels
SCRATCH_REACH = (15.0, 90.0)  # pixels: half the length
EDGE_LEVEL = 4.0

SHARPNESS = 3.0  # marks follow the logistic function of SHARPNESS * level
SHADING_SCALE = 150.0  # pixels
TEXTURE_SIZE = 1.5  # standard deviation of the blur, pixels
STRIP = 8  # rows of the strips that a sweep sensor joins


@dataclass(frozen=True)
class Capture:
    """How much impressions of one finger differ: standard deviations, unless stated otherwise.

    `rotation` is in degrees; `shift`, `roll` and `drag` in pixels; `twist` in degrees (see `Placement`). `pressure`
    and `moisture` are relative to what an operator lets pass. `grain` scales the ridges' roughness and the pores.
    `scratches` is the mean number of scratches.
    """

    rotation: float = 8.0
    shift: float = 12.0
    roll: float = 12.0
    drag: float = 5.0
    twist: float = 2.0
    pressure: float = 1.0
    moisture: float = 1.0
    grain: float = 1.0
    scratches: float = 1.5

    def draw_placement(self, rng: np.random.Generator) -> Placement:
        """Draw how the finger is put down."""
        return Placement(
            rotation=float(np.deg2rad(normal(rng, self.rotation))),
            shift=(normal(rng, self.shift), normal(rng, self.shift)),
            roll=(normal(rng, self.roll), normal(rng, self.roll)),
            drag=(normal(rng, self.drag), normal(rng, self.drag)),
            twist=float(np.deg2rad(normal(rng, self.twist))),
        )


def impress(
    master: NDArray[np.uint8], capture: Capture, look: ImpressionLook, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Make one impression of a master fingerprint: uint8 of IMPRESSION_SHAPE, dark ridges on a light platen.

    The stages are those of SFinGe (Handbook of Fingerprint Recognition, section 6.4): displacement, rotation and skin
    distortion, ridge thickness, noise, contact region, background.
    """
    placement = capture.draw_placement(rng)
    x, y = placement.on_finger()
    away = np.hypot(
        (x - placement.touch_centre[0]) / CONTACT_AXES[0], (y - placement.touch_centre[1]) / CONTACT_AXES[1]
    )
    return sensor_image(profile(master, x, y), away, capture, look, rng)


def sensor_image(
    level: Field, away: Field, capture: Capture, look: ImpressionLook, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Return what a sensor shows of skin that touches it, of the shape of `level`.

    `level` is the ridge profile, from -1 (valley) to 1 (ridge), and changed; `away` is how far each pixel is from the
    middle of the touch, 1 where at mean pressure the area ends that touches.
    """
    pressure, moisture = normal(rng, capture.pressure), normal(rng, capture.moisture)
    level += PRESSURE_LEVEL * pressure + MOISTURE_LEVEL * (moisture + look.wetness)
    level += capture.grain * _roughness(level.shape, moisture + look.wetness, rng)
    level -= PORE_LEVEL * _pores(level.shape, PORE_SHARE * capture.grain, rng)
    level -= SCRATCH_LEVEL * _scratches(level.shape, rng.poisson(capture.scratches), rng)
    contact = _contact(away, pressure, rng)
    level -= EDGE_LEVEL * (1 - contact)
    return _scan(level, contact, look, rng)


def normal(rng: np.random.Generator, spread: float) -> float:
    """Draw from a normal distribution around 0, cut off where an operator would not have kept the print."""
    return float(np.clip(rng.standard_normal(), -2.5, 2.5) * spread)


def profile(master: NDArray[np.uint8], x: Field, y: Field) -> Field:
    """Return the ridge profile at points of the master, from -1 (valley, or outside the master) to 1 (ridge)."""
    grey = cv2.remap(master, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    return np.asarray(1 - grey / np.float32(127.5), dtype=np.float32)


def _roughness(shape: tuple[int, ...], moisture: float, rng: np.random.Generator) -> Field:
    """Return the blotches where skin is wetter or drier, and the grain that breaks up dry ridges."""
    grain = _blur(rng.standard_normal(shape, dtype=np.float32), GRAIN_SIZE)
    grain *= GRAIN_LEVEL * (1 + DRY_GRAIN * max(-moisture, 0)) / grain.std()
    return grain + np.float32(BLOTCH_LEVEL) * smooth_noise(rng, shape, BLOTCH_SCALE)


def _pores(shape: tuple[int, ...], share: float, rng: np.random.Generator) -> Field:
    """Scatter dots over that share of the pixels."""
    dots = rng.random(shape, dtype=np.float32) < share
    return _blur(dots.astype(np.float32), PORE_SIZE)


def _scratches(shape: tuple[int, ...], count: int, rng: np.random.Generator) -> Field:
    """Draw straight scratches one or two pixels wide: up to 1 on a scratch, 0 elsewhere."""
    height, width = shape
    drawn = np.zeros(shape, dtype=np.uint8)
    for _ in range(count):
        centre = rng.uniform((0.2 * width, 0.2 * height), (0.8 * width, 0.8 * height))
        angle, reach = rng.uniform(0, np.pi), rng.uniform(*SCRATCH_REACH)
        end = reach * np.array((np.cos(angle), np.sin(angle)))
        start, stop = np.rint(centre - end).astype(int), np.rint(centre + end).astype(int)
        cv2.line(drawn, start.tolist(), stop.tolist(), 255, int(rng.integers(1, 3)), cv2.LINE_AA)
    return _blur(np.asarray(drawn / np.float32(255), dtype=np.float32), SCRATCH_SOFTNESS)


def _contact(away: Field, pressure: float, rng: np.random.Generator) -> Field:
    """Return how firmly each pixel touches, from 0 (not at all) to 1."""
    ragged = smooth_noise(rng, away.shape, RAGGEDNESS_SCALE)
    growth = (1 + CONTACT_GROWTH * pressure) * (1 + RAGGEDNESS * ragged)
    outward = np.clip((away / growth - EDGE[0]) / (EDGE[1] - EDGE[0]), 0, 1)
    return np.asarray(1 - outward**2, dtype=np.float32)


def _scan(level: Field, contact: Field, look: ImpressionLook, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Turn levels into the grey values of a scanner."""
    marks = 1 / (1 + np.exp(-SHARPNESS * level))
    platen = rng.uniform(*look.platen_grey) + look.shading * smooth_noise(rng, level.shape, SHADING_SCALE)
    valleys = platen * (1 - look.valley_tint * contact)
    inked = np.asarray(valleys + marks * (rng.uniform(*look.ridge_grey) - valleys), dtype=np.float32)
    grey = _blur(inked, rng.uniform(*look.blur))
    grey += look.noise * rng.standard_normal(level.shape, dtype=np.float32)
    if look.texture:
        fibres = _blur(rng.standard_normal(level.shape, dtype=np.float32), TEXTURE_SIZE)
        grey += look.texture / fibres.std() * fibres
    if look.slip:
        grey = _swept(grey, look.slip, rng)
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8)


def _swept(grey: Field, slip: float, rng: np.random.Generator) -> Field:
    """Shift the strips of a sweep against each other, sideways by `slip` pixels from one to the next, at random."""
    height, width = grey.shape
    shifts = slip * np.cumsum(rng.standard_normal(-(-height // STRIP)))
    rows, columns = np.indices((height, width), dtype=np.float32)
    columns += np.repeat(shifts - shifts.mean(), STRIP)[:height, None].astype(np.float32)
    return np.asarray(cv2.remap(grey, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _blur(field: Field | NDArray[np.float64], sigma: float) -> Field:
    return np.asarray(cv2.GaussianBlur(field, (0, 0), sigma), dtype=np.float32)
