"""The rules for several photos of a person, on vectors whose scores are known by hand."""

from __future__ import annotations

import numpy as np

from benchmarks.experiments.several_photos import drawn, rules


def test_rules_by_hand() -> None:
    scored = rules(np.array([[1.0, 0.0]]), np.array([[[0.0, 1.0], [1.0, 0.0]]]))
    assert {rule: round(float(scores[0, 0]), 6) for rule, scores in scored.items()} == {
        "the first photo only": 0.0,
        "best photo": 1.0,
        "mean over photos": 0.5,
        "one mean template": round(0.5**0.5, 6),
    }


def test_nobody_is_searched_with_an_enrolled_photo() -> None:
    subjects = ["few"] * 2 + ["three"] * 3 + ["many"] * 12
    vectors = np.arange(len(subjects), dtype=np.float64)[:, None]
    probes, enrolled, whose = drawn(vectors, subjects, photos=2)
    assert enrolled.shape == (2, 2, 1)
    assert np.bincount(whose).tolist() == [5, 1]
    assert not set(probes.ravel()) & set(enrolled.ravel())
    assert min(*probes.ravel(), *enrolled.ravel()) >= 2
