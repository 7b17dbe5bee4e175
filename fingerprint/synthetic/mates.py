"""Another impression of a print that is known by its minutiae only.

The rates are those that LEADER makes: measured on 717 aligned pairs of prints of one finger out of FVC2002 and FVC2004
DB1-4_B. Of the minutiae in the overlap 91 % are found again: 65 % of those of quality 0.4, 98 % of those above 0.93.
"""

from __future__ import annotations

import zlib

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.synthetic.randomness import random_numbers
from fingerprint.synthetic.templates import draw_qualities, draw_types
from fingerprint.template import FingerprintTemplate

Plane = NDArray[np.float64]  # shape (n, 2): x and y, pixels

ROTATION = np.deg2rad(13.0)  # between two prints of a finger, one standard deviation
ASIDE = (22.0, 36.0)  # pixels from one print's area to the other's, across and down, one standard deviation
MARGIN = 6.0  # pixels that the area reaches beyond the outermost minutiae
MISSING = 0.58  # times what the quality lacks of 1: the share of the minutiae that is not found again
SPURIOUS = 0.09  # of the minutiae's density: new ones in the overlap
STRETCH, STRETCH_NODES = 3.2, (6, 5)  # pixels that the skin moves, one standard deviation; nodes over the print
POSITION_NOISE = 2.5  # pixels, one standard deviation of a Laplace distribution: most are nearer, some far off
DIRECTION_NOISE = np.deg2rad(5.6)  # likewise
SAME_TYPE, SAME_QUALITY = 0.6, 0.45  # share that keeps it; the others are redrawn (80 % have the same type then)
NEIGHBOUR_NOISE = 0.25  # radians between a new minutia's line and its neighbour's, one standard deviation


def mate(source: FingerprintTemplate, seed: int) -> FingerprintTemplate:
    """Make another impression of a print: shifted, turned, stretched, with minutiae missing and spurious; no ridges.

    It depends on the source's minutiae and the seed (not negative) alone.

    Raises:
        ValueError: a negative seed.
    """
    rng = random_numbers(seed, 5, zlib.crc32(source.x.tobytes() + source.y.tobytes()))
    return source if len(source) == 0 else mate_with_origins(source, rng)[0]


def mate_with_origins(
    source: FingerprintTemplate, rng: np.random.Generator, severity: float = 1.0
) -> tuple[FingerprintTemplate, NDArray[np.int64]]:
    """Make another impression, and say which of the source's minutiae each of its own is: -1 for a spurious one.

    `severity` multiplies every difference but the rotation; 1 is what is usual. The source must have a minutia.
    """
    places = np.stack((source.x, source.y), axis=1).astype(np.float64)
    low, high = places.min(axis=0) - MARGIN, places.max(axis=0) + MARGIN
    middle, axes = (low + high) / 2, (high - low) / 2
    touch_centre = middle + severity * rng.standard_normal(2) * ASIDE
    remains = (rng.random(len(source)) > severity * MISSING * (1 - source.quality)) & _within(
        places, touch_centre, axes
    )
    new, new_directions = _spurious(source, places, (middle, touch_centre, axes), rng)
    n, total = int(remains.sum()), int(remains.sum()) + len(new)
    noise = np.concatenate((rng.laplace(0, severity * POSITION_NOISE / np.sqrt(2), (n, 2)), np.zeros((len(new), 2))))
    moved = np.concatenate((places[remains], new))
    moved += severity * _stretch((moved - low) / (high - low), rng) + noise
    turned = rng.laplace(0, severity * DIRECTION_NOISE / np.sqrt(2), n) + source.direction[remains]
    rotation = ROTATION * np.clip(rng.standard_normal(), -2.5, 2.5)
    moved = _turned(moved - touch_centre, rotation)
    moved += np.array((source.width, source.height)) / 2
    types, qualities = draw_types(rng, total), draw_qualities(rng, total)
    types[:n] = np.where(rng.random(n) < SAME_TYPE, source.type[remains], types[:n])
    qualities[:n] = np.where(rng.random(n) < SAME_QUALITY, source.quality[remains], qualities[:n])
    in_image = np.all((moved >= 0) & (moved <= (source.width, source.height)), axis=1)
    directions = (np.concatenate((turned, new_directions)) + rotation) % (2 * np.pi)
    mate = FingerprintTemplate(
        width=source.width,
        height=source.height,
        x=moved[in_image, 0],
        y=moved[in_image, 1],
        direction=directions[in_image],
        quality=qualities[in_image],
        type=types[in_image],
    )
    return mate, np.concatenate((np.flatnonzero(remains), np.full(len(new), -1)))[in_image]


def _within(places: Plane, centre: Plane, axes: Plane) -> NDArray[np.bool_]:
    return np.asarray((((places - centre) / axes) ** 2).sum(axis=1) <= 1.0)


def _spurious(
    source: FingerprintTemplate, places: Plane, areas: tuple[Plane, Plane, Plane], rng: np.random.Generator
) -> tuple[Plane, Plane]:
    """Draw minutiae where the source's area does not reach, and a few where it does; along their neighbours' lines."""
    middle, touch_centre, axes = areas
    count = len(source)
    radius, turn = np.sqrt(rng.random(count)), 2 * np.pi * rng.random(count)
    drawn = touch_centre + axes * np.stack((radius * np.cos(turn), radius * np.sin(turn)), axis=1)
    drawn = drawn[(rng.random(count) < SPURIOUS) | ~_within(drawn, middle, axes)]
    nearest = ((drawn[:, None] - places) ** 2).sum(axis=2).argmin(axis=1)
    directions = source.direction[nearest] + NEIGHBOUR_NOISE * rng.standard_normal(len(drawn))
    return drawn, directions + np.pi * rng.integers(0, 2, len(drawn))


def _stretch(places: Plane, rng: np.random.Generator) -> Plane:
    """Return how far the skin moves at places given from 0 to 1 over the print (pixels)."""
    nodes = STRETCH * rng.standard_normal((*STRETCH_NODES, 2)).astype(np.float32)
    if len(places) == 0:
        return np.zeros((0, 2))
    scaled = np.clip(places, 0, 1) * (STRETCH_NODES[1] - 1, STRETCH_NODES[0] - 1)
    at = scaled.astype(np.float32)[:, None]
    stretched = cv2.remap(nodes, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(stretched, dtype=np.float64).reshape(-1, 2)


def _turned(places: Plane, angle: float) -> Plane:
    """Turn counter-clockwise as seen on the image, whose y runs down."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack((cos * places[:, 0] + sin * places[:, 1], cos * places[:, 1] - sin * places[:, 0]), axis=1)
