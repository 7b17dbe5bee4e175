"""Faces are found where they are, at any size of photo, and nothing else is taken for one."""

from __future__ import annotations

import numpy as np
import pytest
import skimage.data
from photos import Pixels, resized

from face.detected import DetectedFace
from face.detector import FaceDetector

# Read off the photo by eye: eye, eye, nose, corner and corner of the mouth, from the photo's left.
COLLINS_LANDMARKS = np.array([[203, 101], [246, 103], [224, 127], [203, 140], [245, 141]])


def landmark_error(face: DetectedFace, expected: np.ndarray) -> float:
    return float(np.abs(face.landmarks - expected).max())


def test_landmarks_lie_on_the_features(detector: FaceDetector, collins: Pixels) -> None:
    (face,) = detector.detect(collins)
    assert landmark_error(face, COLLINS_LANDMARKS) < 6
    x, y, width, height = face.box
    assert np.all(face.landmarks > (x, y))
    assert np.all(face.landmarks < (x + width, y + height))
    assert 0.9 < face.score <= 1


@pytest.mark.parametrize("factor", [0.3, 1.7, 8.0])
def test_coordinates_are_the_photos_own(detector: FaceDetector, collins: Pixels, factor: float) -> None:
    (face,) = detector.detect(resized(collins, factor))
    assert landmark_error(face, COLLINS_LANDMARKS * factor) < 6 * max(1, factor)


def test_the_shape_of_the_photo_does_not_matter(detector: FaceDetector, collins: Pixels) -> None:
    for top, bottom, left, right in ((0, 201, 0, 511), (30, 500, 150, 301)):
        (face,) = detector.detect(collins[top:bottom, left:right])
        assert landmark_error(face, COLLINS_LANDMARKS - (left, top)) < 6


def test_a_face_that_fills_the_photo_is_found(detector: FaceDetector, collins: Pixels) -> None:
    (face,) = detector.detect(resized(collins[60:180, 175:275], 12.0))
    assert face.size > 800


def test_a_small_face_in_a_large_photo_is_found_and_refined(detector: FaceDetector, collins: Pixels) -> None:
    """A face of 30 in 1920 pixels is found; looked at again, its landmarks are more exact."""
    scene = np.full((1080, 1920, 3), 100, dtype=np.uint8)
    small = resized(collins, 0.3)
    scene[400 : 400 + small.shape[0], 900 : 900 + small.shape[1]] = small
    expected = COLLINS_LANDMARKS * 0.3 + (900, 400)
    (face,) = detector.detect(scene)
    refined = detector.refine(scene, face)
    assert landmark_error(refined, expected) < 0.08 * face.size
    assert landmark_error(refined, expected) < landmark_error(face, expected)


def test_refining_never_moves_to_another_face(detector: FaceDetector, collins: Pixels) -> None:
    """Where the face cannot be found again, it stays as it was, even with another face near by."""
    nobody = DetectedFace((20.0, 20.0, 60.0, 60.0), np.zeros((5, 2), dtype=np.float32), 0.8)
    assert detector.refine(collins, nobody) is nobody


def test_overlapping_boxes_are_one_face(detector: FaceDetector, collins: Pixels, hopper: Pixels) -> None:
    pair = np.hstack([collins, resized(hopper, 512 / 600)])
    faces = detector.detect(pair)
    assert len(faces) == 2
    assert [face.score for face in faces] == sorted((face.score for face in faces), reverse=True)


def test_everybody_in_a_group_is_found(detector: FaceDetector, collins: Pixels, hopper: Pixels) -> None:
    scene = np.full((1600, 2400, 3), 100, dtype=np.uint8)
    scene[:1200, :1024] = resized(hopper, 2.0)
    for column, row in ((1300, 100), (1800, 100), (1300, 700), (1800, 1100)):
        small = resized(collins, 0.5)
        scene[row : row + small.shape[0], column : column + small.shape[1]] = small
    sizes = sorted(face.size for face in detector.detect_all(scene))
    assert len(sizes) == 5
    assert sizes[-1] > 5 * sizes[0]


@pytest.mark.parametrize("name", ["chelsea", "coffee", "rocket", "brick", "coins", "page", "hubble_deep_field"])
def test_an_image_without_a_face_has_none(detector: FaceDetector, name: str) -> None:
    pixels = np.asarray(getattr(skimage.data, name)())
    rgb = pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, axis=2)
    assert detector.detect(rgb) == ()


@pytest.mark.parametrize("shape", [(16, 16, 3), (16, 12000, 3), (9000, 17, 3)])
def test_extreme_shapes_are_searched(detector: FaceDetector, shape: tuple[int, int, int]) -> None:
    assert detector.detect(np.zeros(shape, dtype=np.uint8)) == ()
