"""Templates of generated fingers without images: for galleries too large to draw.

The minutiae follow the flow of a finger of a natural class, at the density, spacing and quality that LEADER finds on
plain prints (medians of 640 prints of FVC2002 and FVC2004, sets DB1-4_B). There are no ridges in them, for these would
cost far more: the score of such a pair is that of minutiae only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprint.synthetic.finger.frame import IMPRESSION_SHAPE
from fingerprint.synthetic.finger.orientation import NATURAL_PROPORTIONS, draw_flow, draw_pattern
from fingerprint.synthetic.finger.placement import PAD_CENTRE
from fingerprint.synthetic.finger.scatter import scatter
from fingerprint.synthetic.randomness import random_numbers
from fingerprint.template import FingerprintTemplate, MinutiaType

STEP = 16  # pixels of the master from one sample of the flow to the next
TOUCH_AXES = (112.0, 170.0)  # pixels: semi-axes of the area with minutiae
TOUCH_SPREAD = 0.12  # natural logarithm, one standard deviation, of each of them
TOUCH_ASIDE = 12.0  # pixels from the pad's centre, one standard deviation
DENSITY, DENSITY_SPREAD = 6.6e-4, 0.24  # minutiae a square pixel; natural logarithm, one standard deviation
FEWEST, MOST = 8, 120  # minutiae
SIDE_NODES = (6, 5)  # down and across, of the field that says to which side ridges end: some 90 pixels apart
ENDINGS = 0.65  # share of the minutiae

_QUALITY_SHARES = (0.0, 0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 1.0)
_QUALITIES = (0.33, 0.36, 0.45, 0.55, 0.79, 0.92, 0.95, 0.97)


def synthetic_template(seed: int) -> FingerprintTemplate:
    """Make the template of a seed (not negative): the same one every time, under the same library versions.

    Its finger has the class and the flow of `Finger.generate(seed)`, but other minutiae. It has no ridges.

    Raises:
        ValueError: a negative seed.
    """
    choosing, drawing, rng = (random_numbers(seed, stream) for stream in (0, 1, 4))
    flow = draw_flow(draw_pattern(NATURAL_PROPORTIONS, choosing), drawing, STEP)
    spread = rng.standard_normal(5)
    centre = np.array(PAD_CENTRE) + TOUCH_ASIDE * np.clip(spread[:2], -2, 2)
    axes = np.minimum(np.array(TOUCH_AXES) * np.exp(TOUCH_SPREAD * spread[2:4]), (148, 198))  # inside the frame
    density = DENSITY * np.exp(DENSITY_SPREAD * spread[4])
    count = int(np.clip(rng.poisson(density * np.pi * axes[0] * axes[1]), FEWEST, MOST))
    side_field = rng.standard_normal(SIDE_NODES)
    points = scatter(rng, count, np.concatenate((centre, axes)), flow.angle, side_field, float(STEP))
    height, width = IMPRESSION_SHAPE
    return FingerprintTemplate(
        width=width,
        height=height,
        x=points[:, 0] - centre[0] + 0.5 * width,
        y=points[:, 1] - centre[1] + 0.5 * height,
        direction=(points[:, 2] % (2 * np.pi)).astype(np.float32),
        quality=draw_qualities(rng, len(points)),
        type=draw_types(rng, len(points)),
    )


def draw_qualities(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Draw as LEADER's are distributed: half of them above 0.92, a tenth below 0.55."""
    return np.interp(rng.random(count), _QUALITY_SHARES, _QUALITIES).astype(np.float32)


def draw_types(rng: np.random.Generator, count: int) -> NDArray[np.uint8]:
    """Draw endings and bifurcations."""
    return np.where(rng.random(count) < ENDINGS, MinutiaType.ENDING, MinutiaType.BIFURCATION).astype(np.uint8)
