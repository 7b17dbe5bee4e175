"""Impressions of a generated finger show its ridges, each under conditions of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fingerprint.synthetic import Capture, Finger
from fingerprint.synthetic.finger.placement import PAD_CENTRE, Placement

STILL = Placement(rotation=0.0, shift=(0.0, 0.0), roll=(0.0, 0.0), drag=(0.0, 0.0), twist=0.0)
STEADY = Capture(rotation=0, shift=0, roll=0, drag=0, twist=0, pressure=0, moisture=0, grain=0, scratches=0)


@pytest.fixture(scope="module")
def finger() -> Finger:
    return Finger.generate(3)


def similarity(first: np.ndarray, second: np.ndarray) -> float:
    """Correlate two impressions where the finger touches."""
    return float(np.corrcoef(first[70:330, 65:235].ravel(), second[70:330, 65:235].ravel())[0, 1])


def test_a_steady_capture_shows_the_master_as_it_is(finger: Finger) -> None:
    x, y = (round(side) for side in PAD_CENTRE)
    crop = finger.master[y - 200 : y + 200, x - 150 : x + 150]
    assert similarity(finger.impression(0, STEADY), crop) > 0.85
    assert similarity(finger.impression(0, STEADY), finger.impression(1, STEADY)) > 0.9


@pytest.mark.parametrize("change", [{"rotation": 8}, {"shift": 12}, {"roll": 12}, {"twist": 8}, {"drag": 12}])
def test_each_kind_of_movement_makes_impressions_differ(finger: Finger, change: dict[str, float]) -> None:
    capture = replace(STEADY, **change)
    assert similarity(finger.impression(0, capture), finger.impression(1, capture)) < 0.85


def test_pressure_and_moisture_make_ridges_thicker_or_thinner(finger: Finger) -> None:
    def ridge_shares(capture: Capture) -> list[float]:
        prints = [finger.impression(seed, capture)[120:280, 90:210] for seed in range(8)]
        return [float(np.mean(print_ < np.mean(np.percentile(print_, (5, 95))))) for print_ in prints]

    steady, varied = ridge_shares(STEADY), ridge_shares(replace(STEADY, pressure=1, moisture=1))
    assert 0.35 < np.mean(steady) < 0.6
    assert np.std(varied) > 3 * np.std(steady)


def test_the_finger_leaves_a_light_border_around_its_contact_area(finger: Finger) -> None:
    impression = finger.impression(0, STEADY)
    corners = [impression[:30, :30], impression[:30, -30:], impression[-30:, :30], impression[-30:, -30:]]
    assert all(corner.mean() > 180 and corner.std() < 10 for corner in corners)
    assert impression[120:280, 90:210].std() > 40


def test_skin_that_is_not_pulled_moves_rigidly() -> None:
    x, y = Placement(rotation=0.3, shift=(9.0, -4.0), roll=(5.0, 6.0), drag=(0.0, 0.0), twist=0.0).on_finger()
    assert np.allclose(np.hypot(np.diff(x, axis=1), np.diff(y, axis=1)), 1, atol=1e-3)
    assert np.allclose(np.hypot(np.diff(x, axis=0), np.diff(y, axis=0)), 1, atol=1e-3)


def test_pulled_skin_sticks_in_the_middle_and_moves_at_the_rim() -> None:
    x, y = STILL.on_finger()
    dragged_x, dragged_y = Placement(0.0, (0.0, 0.0), (0.0, 0.0), drag=(7.0, -3.0), twist=0.0).on_finger()
    moved_x, moved_y = dragged_x - x, dragged_y - y
    assert (moved_x[200, 150], moved_y[200, 150]) == (0, 0)
    assert (moved_x[200, 2], moved_y[200, 2]) == pytest.approx((7, -3), abs=0.01)
    assert np.all(np.diff(dragged_x, axis=1) > 0.5), "the skin folds over"
