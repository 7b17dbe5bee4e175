"""A photo is refused for several people only when it could be about another one than the most prominent."""

from __future__ import annotations

import numpy as np
import pytest

from biometrics.kernel.errors import NoFace, SeveralFaces
from face.detected import DetectedFace
from face.selection import most_prominent, sole_face

WIDTH, HEIGHT = 800, 600


def face(x: float, y: float, size: float) -> DetectedFace:
    """Return a face around a middle."""
    return DetectedFace((x - size / 2, y - size / 2, size, size), np.zeros((5, 2), dtype=np.float32), 0.9)


MAIN = face(400, 300, 200)


@pytest.mark.parametrize("choose", [sole_face, most_prominent])
def test_a_photo_of_nobody_is_an_error(choose: object) -> None:
    assert callable(choose)
    with pytest.raises(NoFace):
        choose([], WIDTH, HEIGHT)


@pytest.mark.parametrize(
    "other",
    [face(650, 300, 130), face(40, 300, 60), face(60, 300, 190), face(400, 595, 190)],
    ids=["less than half the area", "far behind", "cut off at the left", "cut off at the bottom"],
)
def test_bystanders_do_not_matter(other: DetectedFace) -> None:
    assert sole_face([other, MAIN], WIDTH, HEIGHT) is MAIN
    assert sole_face([MAIN, other], WIDTH, HEIGHT) is MAIN


@pytest.mark.parametrize("other", [face(650, 300, 150), face(150, 300, 260)], ids=["half the area", "larger"])
def test_two_who_could_be_meant_are_refused(other: DetectedFace) -> None:
    """A whole face of half the area or more could be the one meant."""
    with pytest.raises(SeveralFaces, match="2 people"):
        sole_face([MAIN, other], WIDTH, HEIGHT)
    assert most_prominent([MAIN, other], WIDTH, HEIGHT) is MAIN


def test_two_faces_cut_off_by_the_edges_are_both_subjects() -> None:
    with pytest.raises(SeveralFaces):
        sole_face([face(150, 300, 310), face(650, 300, 310)], WIDTH, HEIGHT)


def test_the_middle_wins_among_equals() -> None:
    assert most_prominent([face(150, 300, 200), MAIN, face(650, 300, 200)], WIDTH, HEIGHT) is MAIN
