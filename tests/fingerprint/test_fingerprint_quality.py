"""The first quality measure."""

from __future__ import annotations

import numpy as np
from made_up_prints import made_up_finger, template_of

from biometrics.types import Template
from fingerprint.quality import quality


def test_it_is_0_without_minutiae_and_100_for_many_sure_ones() -> None:
    assert quality(made_up_finger(1, 0)) == 0
    many = np.linspace(200, 600, 60)
    assert quality(template_of(many, many, np.zeros(60), quality=1.0)) == 100


def test_fewer_or_less_sure_minutiae_each_lower_it() -> None:
    positions = np.linspace(200, 600, 36)
    best = quality(template_of(positions, positions, np.zeros(36), quality=0.9))
    assert quality(template_of(positions[::2], positions[::2], np.zeros(18), quality=0.9)) < best
    assert quality(template_of(positions, positions, np.zeros(36), quality=0.5)) < best


def test_real_prints_are_in_between(real_prints: dict[tuple[int, int], Template]) -> None:
    values = [template.quality for template in real_prints.values()]
    assert min(values) >= 30
    assert max(values) <= 100
