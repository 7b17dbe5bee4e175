"""Faces as people are shown them: upright, and of one size."""

from __future__ import annotations

import numpy as np
import pytest

from biometrics.imaging.image import Image
from face.charting import HEIGHT, WIDTH, chart
from face.detected import DetectedFace

FACE = np.array([[40, 50], [80, 50], [60, 75], [45, 95], [75, 95]], dtype=np.float32)


def photographed(turn: float, larger: float) -> tuple[Image, DetectedFace]:
    """Return a photo of the same face, turned by radians and larger."""
    cos, sin = larger * np.cos(turn), larger * np.sin(turn)
    landmarks = (FACE @ np.array([[cos, sin], [-sin, cos]]) + 300).astype(np.float32)
    pixels = np.zeros((900, 900, 3), dtype=np.uint8)
    return Image(pixels, None, "image/png"), DetectedFace((0, 0, 100, 120), landmarks, 0.9)


def test_a_turned_and_larger_face_is_aligned_with_the_other() -> None:
    drawn = chart(photographed(0, 1), photographed(0.7, 2.5))
    places = []
    for side, motion in ((drawn.probe, drawn.frame.probe), (drawn.candidate, drawn.frame.candidate)):
        a, b, c, d, e, f = motion
        places.append([(a * mark.x + c * mark.y + e, b * mark.x + d * mark.y + f) for mark in side.marks])
    assert np.array(places[0]) == pytest.approx(np.array(places[1]), abs=0.1)
    (left, eyes), (right, other) = places[0][:2]
    assert eyes == pytest.approx(other, abs=2)  # the embedders' template is not quite even
    assert 0 < left < right < WIDTH
    assert all(0 < y < HEIGHT for _, y in places[0])
    assert drawn.pairs == ((0, 0), (1, 1), (2, 2), (3, 3), (4, 4))
