"""The people in several photos: faces that are alike on average are one person's, those of one photo never."""

from __future__ import annotations

import numpy as np

from biometrics.use_cases.search.photographed_people import same_person


def alike(*pairs: tuple[int, int, float], count: int) -> np.ndarray:
    similarity = np.eye(count)
    for first, second, value in pairs:
        similarity[first, second] = similarity[second, first] = value
    return similarity


def groups(similarity: np.ndarray, photos: list[int], least: float = 0.5) -> list[list[int]]:
    return sorted(sorted(group) for group in same_person(similarity, photos, least))


def test_a_face_joins_those_that_it_resembles_on_average() -> None:
    chained = alike((0, 1, 0.9), (1, 2, 0.6), (0, 2, 0.5), count=4)
    assert groups(chained, [0, 1, 2, 3]) == [[0, 1, 2], [3]]
    like_one_of_two = alike((0, 1, 0.9), (1, 2, 0.6), (0, 2, 0.3), count=3)
    assert groups(like_one_of_two, [0, 1, 2]) == [[0, 1], [2]]


def test_two_faces_of_one_photo_are_never_one_person() -> None:
    twins = alike((0, 1, 0.95), (0, 2, 0.9), (1, 2, 0.6), count=3)
    assert groups(twins, [0, 0, 1]) == [[0, 2], [1]]
    assert groups(np.empty((0, 0)), []) == []
