"""The compiled cylinders against the paper's formulas, written out slowly."""

from __future__ import annotations

from math import erf, exp, hypot, pi, sqrt

import cv2
import numpy as np
import pytest
from made_up_prints import made_up_finger, moved, template_of

from fingerprint.matching.cylinders import PreparedPrint, prepare, prepare_all
from fingerprint.matching.parameters import CylinderParameters

P = CylinderParameters()
BORDERLINE = 1e-9  # densities this close to the threshold may round either way


def difference(a: float, b: float) -> float:
    return (a - b + pi) % (2 * pi) - pi


def reference_cell(m: int, i: int, j: int, minutiae: list[tuple[float, float, float]], hull: np.ndarray):
    """Return whether cell (i, j) of minutia m is valid, and its six densities before thresholding."""
    x, y, direction = minutiae[m]
    a, b = (i - 3.5) * 17.5, (j - 3.5) * 17.5
    px = x + a * np.cos(direction) - b * np.sin(direction)
    py = y + a * np.sin(direction) + b * np.cos(direction)
    outside = -cv2.pointPolygonTest(hull, (float(px), float(py)), True)
    valid = hypot(a, b) <= 70 and outside <= 50
    densities = np.zeros(6)
    for t, (tx, ty, t_direction) in enumerate(minutiae):
        distance = hypot(tx - px, ty - py)
        if t == m or distance > 28:
            continue
        spatial = exp(-(distance**2) / (2 * P.sigma_position**2)) / (P.sigma_position * sqrt(2 * pi))
        for k in range(6):
            centre = -pi + (k + 0.5) * pi / 3
            alpha = difference(centre, difference(direction, t_direction))
            low, high = ((alpha + edge) / (P.sigma_direction * sqrt(2)) for edge in (-pi / 6, pi / 6))
            densities[k] += spatial * (erf(high) - erf(low)) / 2
    return valid, densities


def cylinder_at(prepared: PreparedPrint, x: float, y: float) -> int | None:
    matches = np.nonzero(np.hypot(prepared.points[0] - x, prepared.points[1] - y) < 1e-6)[0]
    return int(matches[0]) if len(matches) and matches[0] < prepared.cylinders else None


@pytest.mark.parametrize("seed", [1, 2])
def test_bits_and_valid_cells_are_those_of_the_formulas(seed: int) -> None:
    template = made_up_finger(seed, 30)
    prepared = prepare(template)
    minutiae = list(
        zip(template.x.astype(float), -template.y.astype(float), template.direction.astype(float), strict=True)
    )
    hull = cv2.convexHull(np.array([m[:2] for m in minutiae], np.float32))
    with_cylinder = 0
    for m, (x, y, _) in enumerate(minutiae):
        cells = [reference_cell(m, i, j, minutiae, hull) for i in range(8) for j in range(8)]
        valid = np.array([cell[0] for cell in cells])
        at = cylinder_at(prepared, x, y)
        assert (at is not None) == (valid.sum() >= 0.75 * 52)
        if at is None:
            continue
        with_cylinder += 1
        word_bits = (prepared.words[:, at, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
        np.testing.assert_array_equal(word_bits[6], valid)
        densities = np.array([cell[1] for cell in cells]).T
        sure = valid & (abs(densities - P.bit_threshold) > BORDERLINE)
        np.testing.assert_array_equal(word_bits[:6][sure], (densities >= P.bit_threshold)[sure])
    assert with_cylinder == prepared.cylinders > 15


def test_turning_and_shifting_changes_hardly_a_bit() -> None:
    template = made_up_finger(3)
    first, other = prepare(template), prepare(moved(template, 1.1, 60, -35))
    assert first.cylinders == other.cylinders
    changed = np.bitwise_count(first.words[:6, : first.cylinders] ^ other.words[:6, : first.cylinders]).sum()
    assert np.bitwise_count(first.words[:6]).sum() > 0
    assert changed <= 0.002 * np.bitwise_count(first.words[:6]).sum()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_print_of_hardly_any_minutiae_has_no_cylinders(count: int) -> None:
    prepared = prepare(template_of(np.full(count, 500.0), np.full(count, 500.0), np.zeros(count)))
    assert prepared.cylinders == 0
    assert prepared.points.shape == (3, count)
    assert not prepared.words.any()


def test_minutiae_in_one_point_or_one_line_are_no_trouble() -> None:
    assert prepare(template_of(np.full(9, 500.0), np.full(9, 500.0), np.arange(9) / 2)).points.shape == (3, 9)
    assert prepare(template_of(400.0 + 20 * np.arange(9), np.full(9, 500.0), np.arange(9) / 2)).points.shape == (3, 9)


def test_minutiae_with_a_cylinder_come_first_and_the_others_have_no_bits() -> None:
    finger = made_up_finger(4)
    prepared = prepare(template_of([*finger.x, 950.0], [*finger.y, 950.0], [*finger.direction, 0.0]))
    assert prepared.cylinders < len(finger) + 1
    assert prepared.words[6, : prepared.cylinders].all()
    assert not prepared.words[:, prepared.cylinders :].any()


def test_several_prints_are_prepared_as_each_of_them_alone() -> None:
    templates = [made_up_finger(seed, count) for seed, count in ((0, 45), (1, 0), (2, 2), (3, 60), (4, 1), (5, 12))]
    together = prepare_all(templates)
    assert len(together) == len(templates)
    for mine, template in zip(together, templates, strict=True):
        alone = prepare(template)
        np.testing.assert_array_equal(mine.packed, alone.packed)
        np.testing.assert_array_equal(mine.words, alone.words)
        np.testing.assert_array_equal(mine.hull, alone.hull)
        np.testing.assert_array_equal(mine.order, alone.order)
        assert (mine.cylinders, mine.key) == (alone.cylinders, alone.key)
    assert prepare_all([]) == []
