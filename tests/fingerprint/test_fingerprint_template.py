"""A template holds proper values and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from fingerprint.template import MAX_MINUTIAE, FingerprintTemplate, Minutia, MinutiaType


def template(**changed: object) -> FingerprintTemplate:
    values = {
        "width": 300,
        "height": 400,
        "x": [10, 20.5],
        "y": [30, 40],
        "direction": [0.5, 6.0],
        "quality": [0.9, 0.4],
        "type": [1, 2],
    }
    return FingerprintTemplate(**(values | changed))


def test_minutiae_come_out_one_by_one() -> None:
    second = template().minutiae()[1]
    assert second == Minutia(20.5, 40.0, 6.0, pytest.approx(0.4), MinutiaType.BIFURCATION)
    assert len(template()) == 2


def test_arrays_cannot_be_written_and_are_no_views_of_the_callers() -> None:
    x = np.array([10, 20], np.float32)
    made = template(x=x)
    x[0] = 99
    assert made.x[0] == 10
    with pytest.raises(ValueError, match="read-only"):
        made.x[0] = 5


@pytest.mark.parametrize(
    "changed",
    [
        {"x": [10]},
        {"x": [10, 301]},
        {"y": [30, -1]},
        {"direction": [0.5, np.nan]},
        {"quality": [0.9, 1.5]},
        {"type": [1, 3]},
        {"width": 0},
        {"height": 10_000},
        {"x": [[10, 20]]},
    ],
)
def test_improper_values_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
        template(**changed)


def test_more_minutiae_than_the_standard_can_hold_are_refused() -> None:
    many = np.ones(MAX_MINUTIAE + 1)
    with pytest.raises(ValueError, match="at most 255"):
        template(x=many, y=many, direction=many, quality=many, type=many)
