"""Prints as people are shown them: minutiae on the image's own pixels, and one print laid on the other."""

from __future__ import annotations

from math import hypot

import numpy as np
import pytest
from made_up_prints import SIDE, made_up_finger, moved

from biometrics.imaging.image import Image
from fingerprint.charting import ComparedPrint, chart, marked
from fingerprint.matching.cylinders import prepare
from fingerprint.matching.explanation import explain


def blank(side: int) -> Image:
    return Image(np.full((side, side), 255, dtype=np.uint8), None, "image/png")


def test_minutiae_lie_on_the_pixels_of_the_image_whatever_its_resolution() -> None:
    finger = made_up_finger(1)
    fine, as_it_is = marked(finger, blank(2 * SIDE)), marked(finger, None)
    assert (fine.ppi, as_it_is.ppi) == (1000, 500)
    assert (as_it_is.width, fine.width) == (SIDE, 2 * SIDE)
    for item, other in zip(fine.marks, as_it_is.marks, strict=True):
        assert (item.x, item.y) == pytest.approx((2 * other.x, 2 * other.y))
        assert item.direction == other.direction


def test_a_print_is_laid_on_the_other_by_its_own_pixels() -> None:
    """The probe is a fine scan, turned and shifted: each pair comes to lie together at 500 ppi all the same."""
    finger = made_up_finger(2)
    turned = moved(finger, 0.5, 30, -20)
    probe, candidate = ComparedPrint(turned, blank(2 * SIDE)), ComparedPrint(finger, blank(SIDE))
    drawn = chart(explain(prepare(turned), prepare(finger)), probe, candidate)
    assert len(drawn.pairs) > 0.8 * len(finger)
    a, b, c, d, e, f = drawn.frame.probe
    for ours, theirs in drawn.pairs:
        mark, mate = drawn.probe.marks[ours], drawn.candidate.marks[theirs]
        x, y = a * mark.x + c * mark.y + e, b * mark.x + d * mark.y + f
        assert hypot(x - mate.x, y - mate.y) < 1
    assert drawn.frame.candidate == (1, 0, 0, 1, 0, 0)
