"""Where the ridges of a generated palm run, and how far apart they are.

A palm has a triradius below each finger and one at the wrist, loops between fingers, and sometimes one on the
hypothenar; ridges arch around the base of the thumb (H. Cummins, C. Midlo, Finger Prints, Palms and Soles, 1943).
"""

from __future__ import annotations

import numpy as np

from fingerprint.synthetic.finger.frame import Field, smooth_noise

PALM_SHAPE = (1216, 1088)  # rows, columns: 61.8 x 55.3 mm at 500 ppi, the middle of an adult's palm
TRIRADII = ((0.2, 0.08), (0.41, 0.03), (0.63, 0.04), (0.84, 0.1), (0.52, 0.94))  # a, b, c, d, t: shares across and down
INTERDIGITAL = ((0.31, 0.13), (0.52, 0.15), (0.74, 0.18))  # where loops may be, open towards the fingers
LOOP_SHARES = (0.1, 0.5, 0.5)  # of palms that have each of them
HYPOTHENAR, HYPOTHENAR_SHARE = (0.76, 0.62), 0.35  # a loop, and the share of palms that have it
ASIDE = 28.0  # pixels, one standard deviation, that each point lies off its place
THUMB, THENAR, THENAR_REACH = (-0.15, 0.62), (0.2, 0.7), (0.26, 0.24)  # shares: centre of its arcs; where they are
BEND, BEND_SCALE = np.deg2rad(9.0), 190.0  # each palm's own deviation, one standard deviation; pixels
PERIOD, PERIOD_SPREAD = 9.9, 0.4  # pixels: palms are coarser than fingers; over palms
WAVE, WAVE_SCALE = 0.09, 70.0  # standard deviation of the logarithm within a palm; pixels
EXTREMES = (7.5, 12.5)  # pixels, anywhere


def draw_flow(rng: np.random.Generator, step: int) -> Field:
    """Draw the angle along the ridges on every `step`-th pixel: float32 in [0, pi], counter-clockwise from the x axis.

    The zero-pole model, as for fingers (`fingerprint.synthetic.finger.orientation`), and arcs around the thumb.
    """
    height, width = PALM_SHAPE
    rows, columns = np.indices((height // step, width // step), dtype=np.float32) * step
    bend = BEND * smooth_noise(rng, rows.shape, BEND_SCALE / step)
    angle = np.pi / 2 + 0.3 + rng.normal(0, 0.1) + bend
    for triradius in TRIRADII:
        angle -= 0.5 * _bearing(_near(triradius, rng), columns, rows)
    loops = [position for position, share in zip(INTERDIGITAL, LOOP_SHARES, strict=True) if rng.random() < share]
    loops += [HYPOTHENAR] if rng.random() < HYPOTHENAR_SHARE else []
    for loop in loops:
        angle += 0.5 * _bearing(_near(loop, rng), columns, rows)
    arcs = _bearing(_near(THUMB, rng), columns, rows) + np.pi / 2 + bend
    across, down = columns / width - THENAR[0], rows / height - THENAR[1]
    near = np.exp(-0.5 * ((across / THENAR_REACH[0]) ** 4 + (down / THENAR_REACH[1]) ** 4))
    doubled = (1 - near) * np.exp(2j * angle) + near * np.exp(2j * arcs)
    along: Field = np.mod(0.5 * np.angle(doubled), np.pi).astype(np.float32)
    return along


def draw_period(rng: np.random.Generator, step: int) -> Field:
    """Draw how far apart the ridges are on every `step`-th pixel, in pixels."""
    wave = WAVE * smooth_noise(rng, (PALM_SHAPE[0] // step, PALM_SHAPE[1] // step), WAVE_SCALE / step)
    return np.clip(rng.normal(PERIOD, PERIOD_SPREAD) * np.exp(wave), *EXTREMES).astype(np.float32)


def _near(position: tuple[float, float], rng: np.random.Generator) -> tuple[float, float]:
    aside = ASIDE * rng.standard_normal(2)
    return position[0] * PALM_SHAPE[1] + aside[0], position[1] * PALM_SHAPE[0] + aside[1]


def _bearing(point: tuple[float, float], x: Field, y: Field) -> Field:
    """Return the angle under which each place is seen from a point: radians, counter-clockwise from the x axis."""
    bearing: Field = np.arctan2(point[1] - y, x - point[0])
    return bearing
