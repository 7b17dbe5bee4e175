"""The orientation field of a generated finger has the singular points of its class, and classes their shares."""

from __future__ import annotations

import numpy as np
import pytest

from fingerprint.synthetic.finger.orientation import NATURAL_PROPORTIONS, Flow, Pattern, Point, draw_flow, draw_pattern

STEP = 2
RADIUS = 12.0  # pixels: a circle that holds one singular point

COUNTS = {
    Pattern.ARCH: 0,
    Pattern.TENTED_ARCH: 1,
    Pattern.LEFT_LOOP: 1,
    Pattern.RIGHT_LOOP: 1,
    Pattern.WHORL: 2,
    Pattern.TWIN_LOOP: 2,
}


def flow(pattern: Pattern, seed: int = 5) -> Flow:
    return draw_flow(pattern, np.random.default_rng(seed), STEP)


def half_turns(field: Flow, centre: Point, radius: float) -> int:
    """Count the half turns that the ridges make along a counter-clockwise circle (the Poincare index, doubled)."""
    around = np.linspace(0, 2 * np.pi, 181)
    x = np.rint((centre[0] + radius * np.cos(around)) / STEP).astype(int)
    y = np.rint((centre[1] - radius * np.sin(around)) / STEP).astype(int)
    turned = np.diff(field.angle[y, x])
    return round(float(np.sum((turned + np.pi / 2) % np.pi - np.pi / 2) / np.pi))


@pytest.mark.parametrize("pattern", Pattern)
def test_ridges_turn_half_around_each_core_and_half_back_around_each_delta(pattern: Pattern) -> None:
    field = flow(pattern)
    assert len(field.cores) == len(field.deltas) == COUNTS[pattern]
    assert [half_turns(field, core, RADIUS) for core in field.cores] == [1] * COUNTS[pattern]
    assert [half_turns(field, delta, RADIUS) for delta in field.deltas] == [-1] * COUNTS[pattern]


def test_an_arch_has_no_singular_point_anywhere() -> None:
    field = flow(Pattern.ARCH)
    assert all(half_turns(field, (x, y), 40) == 0 for x in range(50, 310, 40) for y in range(50, 410, 40))


def test_a_loop_has_its_delta_on_the_side_away_from_its_opening() -> None:
    left, right = flow(Pattern.LEFT_LOOP), flow(Pattern.RIGHT_LOOP)
    assert left.deltas[0][0] > left.cores[0][0]
    assert right.deltas[0][0] < right.cores[0][0]


def test_classes_are_drawn_in_their_proportions() -> None:
    rng = np.random.default_rng(1)
    drawn = [draw_pattern(NATURAL_PROPORTIONS, rng) for _ in range(4000)]
    assert sum(NATURAL_PROPORTIONS.values()) == pytest.approx(1)
    for pattern, share in NATURAL_PROPORTIONS.items():
        assert drawn.count(pattern) / len(drawn) == pytest.approx(share, abs=4 * np.sqrt(share / len(drawn)))
