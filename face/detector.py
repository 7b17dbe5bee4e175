"""Find faces, and five landmarks in each, with YuNet, in a photo that is upright."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
from numpy.typing import NDArray

from face.detected import DetectedFace
from models.session import ModelSession

# The longer side in pixels that a photo is scaled to, in the order tried until a face is found: the first finds faces
# of a fiftieth of the photo and more, the second small ones in a large photo, the last those that fill the photo.
SEARCH_SIDES = (640, 1280, 320, 160)
GROUP_SIDES = (*SEARCH_SIDES, 2560)  # all of them, to find every face
MAX_ENLARGEMENT = 2.0  # of a small photo, so that tiny faces in it are found and named as such

# On LFW the faces portrayed score 0.85 and more; on scikit-image's photos without a face nothing scores above 0.75.
MIN_SCORE = 0.8
REFINED_SCORE = 0.7  # of a face found before, when it is looked at again
REFINED_SIZES = (110.0, 160.0)  # pixels of a face that is looked at again
CUTTING_SIDE = 3.0  # of the face's size, the side of what is cut out around it
MAX_OVERLAP = 0.3  # intersection over union above which two boxes are one face

_STRIDES = (8, 16, 32)  # pixels between the cells of YuNet's three grids
_MULTIPLE = 32  # the network takes heights and widths of whole coarsest cells


class FaceDetector:
    """YuNet on photos of any size (Wu, Peng and Yu, YuNet, Machine Intelligence Research 20, 2023)."""

    def __init__(self, session: ModelSession) -> None:
        """Detect with an opened YuNet whose input size is free."""
        self._session = session
        self._beside = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="second-look")

    def detect(self, rgb: NDArray[np.uint8], min_score: float = MIN_SCORE) -> tuple[DetectedFace, ...]:
        """Find the faces in a photo, shape (height, width, 3), best score first; none found is an empty tuple.

        Where the photo shows faces of very unlike size, only some of them may be found.
        """
        for scale in _scales(rgb, SEARCH_SIDES):
            faces = self._detect_at(rgb, scale, min_score)
            if faces:
                return faces
        return ()

    def detect_all(self, rgb: NDArray[np.uint8], min_score: float = MIN_SCORE) -> tuple[DetectedFace, ...]:
        """Find the faces of all sizes in a photo, as `detect` does."""
        faces = [face for scale in _scales(rgb, GROUP_SIDES) for face in self._detect_at(rgb, scale, min_score)]
        return _distinct(faces)

    def refine(self, rgb: NDArray[np.uint8], face: DetectedFace) -> DetectedFace:
        """Detect one face of a photo again in a crop at two sizes, and take the mean of the landmarks.

        Returns `face` unchanged if it is not detected in the crop.
        """
        looks = self._beside.map(lambda size: self._detect_near(rgb, face, size), REFINED_SIZES)
        detections = [detection for detection in looks if detection]
        if not detections:
            return face
        landmarks = np.asarray(np.mean([detection.landmarks for detection in detections], axis=0), dtype=np.float32)
        return DetectedFace(detections[0].box, landmarks, detections[0].score)

    def _detect_near(self, rgb: NDArray[np.uint8], face: DetectedFace, size: float) -> DetectedFace | None:
        reach = CUTTING_SIDE * face.size / 2
        left, top = (max(0, int(middle - reach)) for middle in face.centre)
        right, bottom = (int(middle + reach) + 1 for middle in face.centre)
        scale = min(MAX_ENLARGEMENT, size / face.size)
        nearby = self._detect_at(rgb[top:bottom, left:right], scale, REFINED_SCORE)
        nearest = min((located.shifted(left, top) for located in nearby), key=face.distance, default=None)
        return nearest if nearest and face.distance(nearest) < face.size / 2 else None

    def _detect_at(self, rgb: NDArray[np.uint8], scale: float, min_score: float) -> tuple[DetectedFace, ...]:
        size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
        photo = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        rows = -(-photo.shape[0] // _MULTIPLE) * _MULTIPLE
        columns = -(-photo.shape[1] // _MULTIPLE) * _MULTIPLE
        tensor = np.zeros((1, 3, rows, columns), dtype=np.float32)
        tensor[0, :, : photo.shape[0], : photo.shape[1]] = photo[:, :, ::-1].transpose(2, 0, 1)
        scores, geometry = _decode(self._session.run(input=tensor), columns, min_score)
        return _distinct(
            _face(*score_and_geometry) for score_and_geometry in zip(scores, geometry / scale, strict=True)
        )


def _face(score: np.float32, numbers: NDArray[np.float32]) -> DetectedFace:
    x, y, width, height = (float(number) for number in numbers[:4])
    box = (x - width / 2, y - height / 2, width, height)
    return DetectedFace(box, numbers[4:].astype(np.float32).reshape(5, 2), float(score))


def _scales(rgb: NDArray[np.uint8], sides: Sequence[int]) -> Iterable[float]:
    longest = max(rgb.shape[:2])
    return dict.fromkeys(min(MAX_ENLARGEMENT, side / longest) for side in sides)


def _decode(
    outputs: list[NDArray[np.float32]], columns: int, min_score: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Turn the network's grids into scores, shape (n,), and (x, y, w, h, five landmarks), shape (n, 14), in pixels.

    The twelve outputs are class, object, box and landmark grids, each at the three strides; a cell's numbers are
    relative to its place, in cells, with the logarithm of width and height (libfacedetection, PriorBox decoding).
    """
    scores, geometry = [], []
    for level, stride in enumerate(_STRIDES):
        class_score, object_score, box, landmarks = (outputs[level + 3 * kind][0] for kind in range(4))
        score = np.sqrt(np.clip(class_score[:, 0], 0, 1) * np.clip(object_score[:, 0], 0, 1))
        confident = np.flatnonzero(score >= min_score)
        cell_position = np.stack(np.divmod(confident, columns // stride)[::-1], axis=1).astype(np.float32)
        cells = np.hstack(
            [
                cell_position + box[confident, :2],
                np.exp(box[confident, 2:]),
                np.tile(cell_position, 5) + landmarks[confident],
            ]
        )
        scores.append(score[confident])
        geometry.append(cells * stride)
    return np.concatenate(scores), np.concatenate(geometry).astype(np.float32)


def _distinct(faces: Iterable[DetectedFace]) -> tuple[DetectedFace, ...]:
    """Keep the best of every set of overlapping boxes, best first (greedy non-maximum suppression)."""
    distinct: list[DetectedFace] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if not any(face.overlap(other) > MAX_OVERLAP for other in distinct):
            distinct.append(face)
    return tuple(distinct)
