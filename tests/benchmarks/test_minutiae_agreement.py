"""Found minutiae are paired with known ones, each with one at most."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.metrics.minutiae import Agreement


def test_pairs_are_near_and_point_the_same_way() -> None:
    known = np.array([(10, 10, 0.1), (50, 10, 3.0), (90, 10, 1.0), (10, 60, 0.0)], np.float64)
    found = np.array([(12, 10, -0.1), (14, 10, 0.1), (50, 18, -3.0), (90, 10, 2.0), (10, 70, 0.0)], np.float64)
    agreement = Agreement.of(found, known)  # the second is farther than the first, the others turned or too far
    assert agreement == Agreement(found=5, known=4, both=2)
    assert (agreement.precision, agreement.recall, agreement.f1) == pytest.approx((0.4, 0.5, 4 / 9))


def test_prints_add_up_and_none_found_is_no_error() -> None:
    nothing = np.zeros((0, 3))
    total = Agreement.of(nothing, np.zeros((2, 3))) + Agreement.of(np.zeros((1, 3)), nothing) + Agreement(1, 1, 1)
    assert total == Agreement(found=2, known=3, both=1)
    assert Agreement().f1 == 0.0
