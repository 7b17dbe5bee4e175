"""Impressions of a generated finger, as a plain live-scan captures them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.synthetic.frame import IMPRESSION_SHAPE, smooth_noise
from fingerprint.synthetic.placement import Placement

CONTACT_AXES = (118.0, 168.0)  # pixels: semi-axes of the area that touches at mean pressure
CONTACT_GROWTH = 0.07  # relative, a standard deviation of pressure
CONTACT_RAGGEDNESS, CONTACT_RAGGEDNESS_SCALE = 0.03, 110.0  # relative; pixels
EDGE = (0.75, 1.1)  # relative radii between which ridges thin out and vanish

# Levels are added to the ridge profile, which runs from -1 (valley) to 1 (ridge); what is above zero leaves a mark.
PRESSURE_LEVEL = 0.22
MOISTURE_LEVEL = 0.25
BLOTCH_LEVEL, BLOTCH_SCALE = 0.25, 45.0
GRAIN_LEVEL, GRAIN_SIZE = 0.42, 1.1  # size: standard deviation of the blur, pixels
EDGE_LEVEL = 3.0
PORE_LEVEL, PORE_SIZE, PORE_SHARE = 7.0, 0.7, 0.012  # share: of the pixels
SCRATCH_LEVEL = 1.8
SHARPNESS = 3.0  # grey levels follow the logistic function of SHARPNESS * level

PLATEN_GREY = (215.0, 250.0)
RIDGE_GREY = (25.0, 95.0)
VALLEY_TINT = 0.06  # how much darker than the platen valleys in contact are
SHADING = 5.0  # grey levels over the platen, one standard deviation
SENSOR_BLUR = (0.5, 0.9)  # pixels
SENSOR_NOISE = 4.0  # grey levels


@dataclass(frozen=True)
class Capture:
    """How much impressions of one finger differ: standard deviations, unless said otherwise.

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

    def place(self, rng: np.random.Generator) -> Placement:
        """Draw how the finger is put down."""
        return Placement(
            rotation=float(np.deg2rad(rng.normal(0, self.rotation))),
            shift=_pair(rng, self.shift),
            roll=_pair(rng, self.roll),
            drag=_pair(rng, self.drag),
            twist=float(np.deg2rad(rng.normal(0, self.twist))),
        )


def impress(master: NDArray[np.uint8], capture: Capture, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Make one impression of a master fingerprint: uint8 of IMPRESSION_SHAPE, dark ridges on a light platen.

    The stages are those of SFinGe (Handbook of Fingerprint Recognition, section 6.4): displacement and rotation, skin
    distortion, contact region, ridge thickness, noising, background.
    """
    placement = capture.place(rng)
    x, y = placement.on_finger()
    pressure, moisture = np.clip(rng.standard_normal(2), -2, 2) * (capture.pressure, capture.moisture)

    level = (127.5 - cv2.remap(master, x, y, cv2.INTER_LINEAR, borderValue=255).astype(np.float32)) / 127.5
    level += PRESSURE_LEVEL * pressure + MOISTURE_LEVEL * moisture
    level += _roughness(moisture, capture.grain, rng)
    level -= SCRATCH_LEVEL * _scratches(rng.poisson(capture.scratches), rng)
    contact = _contact(x - placement.touch[0], y - placement.touch[1], pressure, rng)
    level -= EDGE_LEVEL * (1 - contact)
    marks = 1 / (1 + np.exp(-SHARPNESS * level))
    return _scan(marks, contact, rng)


def _pair(rng: np.random.Generator, spread: float) -> tuple[float, float]:
    x, y = np.clip(rng.standard_normal(2), -2.5, 2.5) * spread
    return float(x), float(y)


def _contact(
    x: NDArray[np.float32], y: NDArray[np.float32], pressure: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return how firmly each pixel touches, from 0 (not at all) to 1; x and y are measured from the touch's centre."""
    ragged = smooth_noise(rng, IMPRESSION_SHAPE, CONTACT_RAGGEDNESS_SCALE)
    growth = (1 + CONTACT_GROWTH * pressure) * (1 + CONTACT_RAGGEDNESS * ragged)
    radius = np.hypot(x / CONTACT_AXES[0], y / CONTACT_AXES[1]) / growth
    outward = np.clip((radius - EDGE[0]) / (EDGE[1] - EDGE[0]), 0, 1)
    return np.asarray(1 - outward**2, dtype=np.float32)


def _roughness(moisture: float, grain: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return blotches where skin is wetter or drier, grain that breaks up dry ridges, and pores."""
    speckle = cv2.GaussianBlur(rng.standard_normal(IMPRESSION_SHAPE, dtype=np.float32), None, GRAIN_SIZE)
    pores = (rng.random(IMPRESSION_SHAPE, dtype=np.float32) < PORE_SHARE * min(grain, 1)).astype(np.float32)
    pores = cv2.GaussianBlur(pores, None, PORE_SIZE)
    dryness = 1 + 0.35 * max(-moisture, 0.0)
    speckle *= GRAIN_LEVEL * grain * dryness / speckle.std()
    blotches = BLOTCH_LEVEL * grain * smooth_noise(rng, IMPRESSION_SHAPE, BLOTCH_SCALE)
    return np.asarray(speckle + blotches - PORE_LEVEL * grain * 0.5 * pores, dtype=np.float32)


def _scratches(count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw straight scratches one or two pixels wide: float32 of IMPRESSION_SHAPE, 1 on a scratch."""
    height, width = IMPRESSION_SHAPE
    drawn = np.zeros(IMPRESSION_SHAPE, dtype=np.uint8)
    for _ in range(count):
        centre = rng.uniform((0.2 * width, 0.2 * height), (0.8 * width, 0.8 * height))
        angle, reach = rng.uniform(0, np.pi), rng.uniform(15, 90)
        end = reach * np.array((np.cos(angle), np.sin(angle)))
        start, stop = np.rint(centre - end).astype(int), np.rint(centre + end).astype(int)
        cv2.line(drawn, start.tolist(), stop.tolist(), 255, int(rng.integers(1, 3)), cv2.LINE_AA)
    return drawn.astype(np.float32) / 255


def _scan(marks: NDArray[np.float32], contact: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Turn marks, from 0 to 1, into grey levels of a scanner."""
    platen = rng.uniform(*PLATEN_GREY) + SHADING * smooth_noise(rng, IMPRESSION_SHAPE, 150)
    tinted = platen * (1 - VALLEY_TINT * contact)
    grey = tinted + marks * (rng.uniform(*RIDGE_GREY) - tinted)
    grey = cv2.GaussianBlur(grey, None, rng.uniform(*SENSOR_BLUR))
    grey += SENSOR_NOISE * rng.standard_normal(IMPRESSION_SHAPE, dtype=np.float32)
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8)
