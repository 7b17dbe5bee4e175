"""Photos that lie on their side or head give the faces of the upright photo, in their own pixels."""

from __future__ import annotations

import numpy as np
import pytest
from photos import Pixels

from face.detected import DetectedFace
from face.detector import FaceDetector
from face.turning import turned_upright


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_turned_photo_is_turned_back(detector: FaceDetector, collins: Pixels, quarters: int) -> None:
    laid_down = np.ascontiguousarray(np.rot90(collins[:, 50:450], quarters))
    photo = turned_upright(detector, laid_down, all_sizes=False)
    assert photo.quarters == -quarters % 4
    left_eye, right_eye = photo.faces[0].landmarks[:2]
    assert right_eye[0] - left_eye[0] > abs(right_eye[1] - left_eye[1])
    back = photo.back(photo.faces[0])
    x, y = (int(number) for number in back.centre)
    row, column = np.argwhere(np.rot90(_marked(collins.shape[0], 400, 119, 173), quarters))[0]
    assert abs(x - column) < 8
    assert abs(y - row) < 8


def _marked(height: int, width: int, row: int, column: int) -> np.ndarray:
    """Return an empty photo with the middle of the face marked."""
    marked = np.zeros((height, width), dtype=bool)
    marked[row, column] = True
    return marked


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_turning_back_undoes_turning(quarters: int) -> None:
    photo = np.arange(30 * 20).reshape(20, 30)
    turned = np.rot90(photo, quarters)
    face = DetectedFace((3.0, 5.0, 4.0, 6.0), np.array([[3.0, 5.0]] * 5, dtype=np.float32), 0.9)
    x, y, width, height = (int(number) for number in face.turned_back(quarters, 30, 20).box)
    cut = np.rot90(photo[y : y + height, x : x + width], quarters)
    np.testing.assert_array_equal(cut, turned[5:11, 3:7])


def test_nothing_like_a_face_is_no_face(detector: FaceDetector) -> None:
    photo = turned_upright(detector, np.full((200, 300, 3), 128, dtype=np.uint8), all_sizes=True)
    assert (photo.quarters, photo.faces) == (0, ())


def test_everybody_is_found_in_a_turned_photo(detector: FaceDetector, collins: Pixels, hopper: Pixels) -> None:
    pair = np.hstack([collins, hopper[:512]])
    photo = turned_upright(detector, np.ascontiguousarray(np.rot90(pair)), all_sizes=True)
    assert photo.quarters == 3
    assert len(photo.faces) == 2
