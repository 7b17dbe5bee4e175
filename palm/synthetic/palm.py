"""A generated palm: drawn from a seed, with as many impressions and latents as wanted, whose minutiae are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fingerprint.synthetic.finger.frame import Field
from fingerprint.synthetic.finger.minutiae import TrueMinutia, master_minutiae
from fingerprint.synthetic.finger.ridges import GRID, grow
from fingerprint.synthetic.impressions import profile, sensor_image
from fingerprint.synthetic.latent import as_latent
from fingerprint.synthetic.randomness import random_numbers
from fingerprint.synthetic.sensors import INK, OPTICAL, OPTICAL_DRY, Sensor
from palm.synthetic.creases import draw_creases
from palm.synthetic.flow import PALM_SHAPE, draw_flow, draw_period
from palm.synthetic.placement import Placement, place_latent, place_palm

SENSORS = (OPTICAL, OPTICAL_DRY, INK)  # that take palms
CELLS = (36, 32)  # where the growth of the ridges begins
CREASED = 0.2  # of a crease, at which a minutia is none
CONTACT = (0.46, 0.455)  # of the palm's sides, down and across: semi-axes of the area that touches
HOLLOW, HOLLOW_REACH = 0.9, (0.2, 0.16)  # at most how far the middle stays off; of the palm's sides
LATENT_SHAPE = (480, 480)  # rows, columns
LATENT_AXES = ((190.0, 204.0), (190.0, 204.0))  # pixels: semi-axes of a latent, 20 mm across
_GROW, _CREASES, _FLOW, _PERIOD, _IMPRESSION, _LATENT = range(20, 26)  # streams of random numbers


@dataclass(frozen=True, eq=False)
class PalmImage:
    """An impression or a latent: uint8 at 500 ppi, dark ridges, and the palm's own minutiae in it."""

    pixels: NDArray[np.uint8]
    minutiae: Sequence[TrueMinutia]


@dataclass(frozen=True, eq=False)
class Palm:
    """A generated palm, of no real person.

    `master` is its whole ridge pattern, creases and scars: uint8 of PALM_SHAPE, read-only, at 500 ppi, dark ridges.
    `minutiae` are those of its ridges that no crease hides.
    """

    seed: int
    master: NDArray[np.uint8]
    minutiae: Sequence[TrueMinutia]

    @classmethod
    def generate(cls, seed: int) -> Palm:
        """Generate the palm of a seed (not negative): the same one every time, under the same library versions.

        Raises:
            ValueError: a negative seed.
        """
        flow, period = draw_flow(random_numbers(seed, _FLOW), GRID), draw_period(random_numbers(seed, _PERIOD), GRID)
        ridges = grow(flow, period, PALM_SHAPE, CELLS, random_numbers(seed, _GROW))
        creases = draw_creases(random_numbers(seed, _CREASES))
        master = (ridges + (255 - ridges) * creases).astype(np.uint8)
        master.setflags(write=False)
        visible = [minutia for minutia in master_minutiae(ridges) if creases[int(minutia.y), int(minutia.x)] < CREASED]
        return cls(seed, master, visible)

    def impression(self, seed: int, sensor: Sensor | None = None) -> PalmImage:
        """Make the impression of a seed (not negative), by a sensor or by one of SENSORS: pixels of PALM_SHAPE.

        The same seed gives every palm another impression, and one palm the same one every time.

        Raises:
            ValueError: a negative seed.
        """
        rng = random_numbers(self.seed, _IMPRESSION, seed)
        return self._impression(place_palm(rng), sensor or SENSORS[int(rng.integers(len(SENSORS)))], rng)

    def latent(self, seed: int) -> PalmImage:
        """Leave a latent, 20 mm across, of a place that the seed decides, turned by up to an eighth of a circle.

        Raises:
            ValueError: a negative seed.
        """
        rng = random_numbers(self.seed, _LATENT, seed)
        whole = self._impression(place_latent(rng, LATENT_SHAPE), OPTICAL, rng)
        height, width = LATENT_SHAPE
        left = [
            minutia
            for minutia in whole.minutiae
            if np.hypot(minutia.x - width / 2, minutia.y - height / 2) < min(min(axes) for axes in LATENT_AXES)
        ]
        return PalmImage(as_latent(whole.pixels, rng, LATENT_AXES), left)

    def _impression(self, placement: Placement, sensor: Sensor, rng: np.random.Generator) -> PalmImage:
        x, y = placement.on_palm()
        away = _away(x, y, HOLLOW * rng.random())
        pixels = sensor_image(profile(self.master, x, y), away, sensor.capture, sensor.look, rng)
        return PalmImage(pixels, placement.project(self.minutiae, away < 1.0))


def _away(x: Field, y: Field, hollow: float) -> Field:
    """Return how far each place of the palm is from what touches, 1 where that ends at mean pressure."""
    height, width = PALM_SHAPE
    across, down = np.abs(x / width - 0.5), np.abs(y / height - 0.5)
    away = ((across / CONTACT[1]) ** 4 + (down / CONTACT[0]) ** 4) ** 0.25
    middle = np.exp(-((across / HOLLOW_REACH[1]) ** 2) - (down / HOLLOW_REACH[0]) ** 2)
    return np.asarray(away + hollow * middle, np.float32)
