"""Where the ridges of a generated finger run: its pattern class, its singular points and its orientation field."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from fingerprint.synthetic.finger.frame import MASTER_SHAPE, Field, smooth_noise

Point = tuple[float, float]  # x to the right and y down, in pixels of the master

CENTRE: Point = (0.5 * MASTER_SHAPE[1], 0.42 * MASTER_SHAPE[0])  # where cores lie on average
CENTRE_SPREAD: Point = (12.0, 15.0)  # pixels, one standard deviation

DELTA_ASIDE, DELTA_BELOW = (65.0, 130.0), (75.0, 150.0)  # pixels from the centre
CORE_NARROWING = (0.45, 0.9)  # 0: confocal parabolas, 1: hairpins
CORE_REACH = 90.0  # pixels over which the narrowing fades
TIP_SLOPE = (0.2, 0.5)  # tangent of the ridges' fall at both sides of the fingertip
BEND = np.deg2rad(6.5)  # each finger's own smooth deviation, one standard deviation
BEND_SCALE = 65.0  # pixels


class Pattern(StrEnum):
    """The class of a fingerprint. A left loop opens to the left of the image and has its delta on the right."""

    ARCH = "arch"
    TENTED_ARCH = "tented arch"
    LEFT_LOOP = "left loop"
    RIGHT_LOOP = "right loop"
    WHORL = "whorl"
    TWIN_LOOP = "twin loop"


NATURAL_PROPORTIONS: Mapping[Pattern, float] = MappingProxyType(
    {
        Pattern.ARCH: 0.037,
        Pattern.TENTED_ARCH: 0.029,
        Pattern.LEFT_LOOP: 0.338,
        Pattern.RIGHT_LOOP: 0.317,
        Pattern.WHORL: 0.229,
        Pattern.TWIN_LOOP: 0.050,
    }
)
"""Shares of the five classes over all ten fingers (Wilson, Candela, Watson 1994); that one whorl in six
or so is a twin loop is an assumption."""


def draw_pattern(proportions: Mapping[Pattern, float], rng: np.random.Generator) -> Pattern:
    """Draw a class; a class that is not in `proportions` is never drawn, and they need not sum to one.

    Raises:
        ValueError: a negative proportion, or none above zero.
    """
    patterns = list(Pattern)
    shares = np.array([proportions.get(pattern, 0.0) for pattern in patterns])
    if not (np.all(shares >= 0) and shares.sum() > 0):
        raise ValueError("proportions must not be negative, and one must be above zero")
    return patterns[int(rng.choice(len(patterns), p=shares / shares.sum()))]


@dataclass(frozen=True, eq=False)
class Flow:
    """Which way the ridges run, sampled on a grid over the master.

    `angle` is float32 in [0, pi], counter-clockwise from the x axis. `cores` and `deltas` are the singular points.
    """

    angle: Field
    cores: tuple[Point, ...]
    deltas: tuple[Point, ...]


def draw_flow(pattern: Pattern, rng: np.random.Generator, step: int) -> Flow:
    """Draw the orientation field of one finger of class `pattern`, on every `step`-th pixel of the master.

    The zero-pole model (Sherlock and Monro, "A model for interpreting fingerprint topology", Pattern Recognition
    1993): each core adds half of the angle under which it is seen, each delta takes half of its own away. The angle
    seen from a core is corrected as Vizcaya and Gerhardt (Pattern Recognition 1996) propose, here by a sine about the
    core's axis, so that loops are as narrow as real ones. Arches have no singular points: a sine wave in the middle
    (Cappelli, Handbook of Fingerprint Recognition, section 6.3).
    """
    shape = (MASTER_SHAPE[0] // step, MASTER_SHAPE[1] // step)
    rows, columns = np.indices(shape, dtype=np.float32)
    x, y = columns * step + 0.5 * (step - 1), rows * step + 0.5 * (step - 1)
    cores, deltas = _draw_singular_points(pattern, rng)
    angle = BEND * smooth_noise(rng, shape, BEND_SCALE / step) + _tip_fall(x, y, rng)
    if pattern is Pattern.ARCH:
        angle = angle + _arch_wave(x, y, rng)
    for delta in deltas:
        angle = angle - 0.5 * _bearing(delta, x, y)
    for core in cores:
        other_cores = [other for other in cores if other is not core]
        angle = angle + 0.5 * _core_bearing(core, _axis(core, other_cores, deltas), rng.uniform(*CORE_NARROWING), x, y)
    return Flow(np.mod(angle, np.pi).astype(np.float32), cores, deltas)


def _draw_singular_points(pattern: Pattern, rng: np.random.Generator) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Draw cores and deltas, equally many so that the ridges run level far away from them (pixels)."""
    x, y = rng.normal(CENTRE, CENTRE_SPREAD)
    left = (x - rng.uniform(*DELTA_ASIDE), y + rng.uniform(*DELTA_BELOW))
    right = (x + rng.uniform(*DELTA_ASIDE), y + rng.uniform(*DELTA_BELOW))
    match pattern:
        case Pattern.ARCH:
            return (), ()
        case Pattern.TENTED_ARCH:
            return ((x, y + 20),), ((x + rng.normal(0, 6), y + 20 + rng.uniform(60, 100)),)
        case Pattern.LEFT_LOOP:
            return ((x, y),), (right,)
        case Pattern.RIGHT_LOOP:
            return ((x, y),), (left,)
        case Pattern.WHORL:
            dx, dy = rng.normal(0, 5), rng.uniform(10, 28)
        case Pattern.TWIN_LOOP:
            dx, dy = rng.choice((-1, 1)) * rng.uniform(18, 32), rng.uniform(22, 36)
    return ((x - dx, y - dy), (x + dx, y + dy)), (left, right)


def _bearing(point: Point, x: Field, y: Field) -> Field:
    """Return the angle under which each place is seen from `point` (radians, counter-clockwise from the x axis)."""
    bearing: Field = np.arctan2(point[1] - y, x - point[0])
    return bearing


def _core_bearing(core: Point, axis: float, narrowing: float, x: Field, y: Field) -> Field:
    """Return the bearing from the core, drawn towards its axis by a correction that fades with distance (radians)."""
    bearing = _bearing(core, x, y)
    reach = np.exp(-np.hypot(x - core[0], y - core[1]) / CORE_REACH)
    drawn: Field = bearing - narrowing * reach * np.sin(bearing - axis)
    return drawn


def _axis(core: Point, other_cores: list[Point], deltas: tuple[Point, ...]) -> float:
    """Return the direction into which the loop at `core` opens: there a ridge points straight at the core (radians).

    With phi what the other singular points add at the core, that is where bearing / 2 + phi = bearing, modulo pi.
    """
    x, y = core
    from_cores = sum(math.atan2(core_y - y, x - core_x) for core_x, core_y in other_cores)
    from_deltas = sum(math.atan2(delta_y - y, x - delta_x) for delta_x, delta_y in deltas)
    return from_cores - from_deltas


def _tip_fall(x: Field, y: Field, rng: np.random.Generator) -> Field:
    """Return how ridges fall away at both sides of the fingertip, which lies above the centre (radians)."""
    above = np.clip((CENTRE[1] - y) / CENTRE[1], 0, 1)
    fall: Field = -np.arctan(rng.uniform(*TIP_SLOPE) * above * np.sin(np.pi * (x - CENTRE[0]) / MASTER_SHAPE[1]))
    return fall


def _arch_wave(x: Field, y: Field, rng: np.random.Generator) -> Field:
    """Return the wave that ridges make in the middle of a plain arch (radians)."""
    height = rng.uniform(0.45, 0.9)  # tangent of the steepest slope
    centre = rng.normal(CENTRE, CENTRE_SPREAD)
    above, below = rng.uniform(110, 160), rng.uniform(60, 90)  # pixels over which the wave dies out
    fade = np.exp(-(((y - centre[1] - 30) / np.where(y < centre[1] + 30, above, below)) ** 2))
    phase = np.clip((x - centre[0]) / MASTER_SHAPE[1], -0.5, 0.5)
    wave: Field = -np.arctan(height * fade * np.sin(2 * np.pi * phase)) - np.arctan(0.4 * fade * np.sin(np.pi * phase))
    return wave
