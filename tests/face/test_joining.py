"""Two vectors become one whose cosines say what both said."""

from __future__ import annotations

import numpy as np
import pytest

from face.joining import Joining, side_by_side

RNG = np.random.default_rng(6)
FIRST, SECOND = RNG.normal(size=(2, 40)), RNG.normal(0, 0.1, size=(2, 30))


def test_distances_survive_the_lift() -> None:
    centre = SECOND.mean(axis=0)
    lifted = side_by_side(FIRST, SECOND, centre, radius=2.0)[:, 40:]
    apart = np.linalg.norm(SECOND[0] - SECOND[1])
    assert np.linalg.norm(lifted[0] - lifted[1]) == pytest.approx(apart / 2.0, rel=1e-5)
    np.testing.assert_allclose(np.linalg.norm(lifted, axis=1), 1, rtol=1e-6)


def test_the_cosine_is_the_mean_of_both() -> None:
    joining = Joining(np.zeros(30, np.float32), 2.0, np.eye(71, dtype=np.float32))
    a, b = (
        joining.join(item.astype(np.float32), other.astype(np.float32))
        for item, other in zip(FIRST, SECOND, strict=True)
    )
    first = FIRST[0] @ FIRST[1] / np.linalg.norm(FIRST[0]) / np.linalg.norm(FIRST[1])
    both = side_by_side(FIRST, SECOND, np.zeros(30, np.float32), 2.0)[:, 40:]
    assert float(a @ b) == pytest.approx((first + both[0] @ both[1]) / 2, abs=1e-6)
    assert np.linalg.norm(a) == pytest.approx(1, abs=1e-6)


def test_far_from_the_centre_is_on_the_equator() -> None:
    far = side_by_side(FIRST, SECOND * 1000, np.zeros(30), 2.0)
    assert np.all(np.isfinite(far))
    np.testing.assert_array_equal(far[:, -1], 0)
