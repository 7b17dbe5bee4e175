"""Find faces, and five landmarks in each, with YuNet."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.session import Session

# The longer side in pixels that a photo is scaled to, in the order tried until a face is found: the first finds faces
# of a fiftieth of the photo and more, the second small ones in a large photo, the last those that fill the photo.
SEARCH_SIDES = (640, 1280, 320, 160)
MAX_ENLARGEMENT = 2.0  # of a small photo, so that tiny faces in it are found and named as such

# On LFW the faces portrayed score 0.85 and more; on scikit-image's photos without a face nothing scores above 0.75.
MIN_SCORE = 0.8
REFINED_SIZE = 110.0  # pixels of a face that is looked at again
CUTTING_SIDE = 3.0  # of the face's size, the side of what is cut out around it
MAX_OVERLAP = 0.3  # intersection over union above which two boxes are one face

_STRIDES = (8, 16, 32)  # pixels between the cells of YuNet's three grids
_MULTIPLE = 32  # the network takes heights and widths of whole coarsest cells


@dataclass(frozen=True)
class DetectedFace:
    """A face in a photo, in that photo's pixels; it may reach past the photo's edge.

    `box` is (x, y, width, height) from the top left corner. `landmarks`, shape (5, 2) float32, are (x, y) of the eye on
    the photo's left, the other eye, the tip of the nose, the corner of the mouth on the photo's left, and the other.
    `score` is the detector's confidence, 0 to 1.
    """

    box: tuple[float, float, float, float]
    landmarks: NDArray[np.float32]
    score: float

    @property
    def size(self) -> float:
        """Side in pixels of the square that is as large as the box."""
        return float(np.sqrt(self.box[2] * self.box[3]))

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the box."""
        x, y, width, height = self.box
        return x + width / 2, y + height / 2

    def distance(self, other: DetectedFace) -> float:
        """Return the pixels between the middles of two faces."""
        return math.dist(self.centre, other.centre)

    def shifted(self, right: int, down: int) -> DetectedFace:
        """Return the same face in a photo whose corner lies so many pixels to the left and above."""
        x, y, width, height = self.box
        landmarks = self.landmarks + np.array([right, down], dtype=np.float32)
        return DetectedFace((x + right, y + down, width, height), landmarks, self.score)


class FaceDetector:
    """YuNet on photos of any size (Wu, Peng and Yu, YuNet, Machine Intelligence Research 20, 2023)."""

    def __init__(self, session: Session) -> None:
        """Detect with an opened YuNet whose input size is free."""
        self._session = session

    def detect(self, rgb: NDArray[np.uint8]) -> tuple[DetectedFace, ...]:
        """Find the faces in a photo, shape (height, width, 3), best score first; none found is an empty tuple."""
        longest = max(rgb.shape[:2])
        for scale in dict.fromkeys(min(MAX_ENLARGEMENT, side / longest) for side in SEARCH_SIDES):
            faces = self._detect_at(rgb, scale)
            if faces:
                return faces
        return ()

    def refine(self, rgb: NDArray[np.uint8], face: DetectedFace) -> DetectedFace:
        """Look again at one face of a photo, cut out and brought to the size where landmarks are most exact.

        A face that cannot be found in the cutting is returned as it was.
        """
        reach = CUTTING_SIDE * face.size / 2
        left, top = (max(0, int(middle - reach)) for middle in face.centre)
        right, bottom = (int(middle + reach) + 1 for middle in face.centre)
        scale = min(MAX_ENLARGEMENT, REFINED_SIZE / face.size)
        found = [again.shifted(left, top) for again in self._detect_at(rgb[top:bottom, left:right], scale)]
        nearest = min(found, key=face.distance, default=face)
        return nearest if face.distance(nearest) < face.size / 2 else face

    def _detect_at(self, rgb: NDArray[np.uint8], scale: float) -> tuple[DetectedFace, ...]:
        size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
        photo = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        rows = -(-photo.shape[0] // _MULTIPLE) * _MULTIPLE
        columns = -(-photo.shape[1] // _MULTIPLE) * _MULTIPLE
        tensor = np.zeros((1, 3, rows, columns), dtype=np.float32)
        tensor[0, :, : photo.shape[0], : photo.shape[1]] = photo[:, :, ::-1].transpose(2, 0, 1)
        scores, geometry = _decode(self._session.run(input=tensor), columns)
        return tuple(
            DetectedFace(
                box=(float(x - w / 2), float(y - h / 2), float(w), float(h)),
                landmarks=landmarks.reshape(5, 2),
                score=float(score),
            )
            for score, (x, y, w, h, *_), landmarks in _best_first(scores, geometry / scale)
        )


def _decode(outputs: list[NDArray[np.float32]], columns: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Turn the network's grids into scores, shape (n,), and (x, y, w, h, five landmarks), shape (n, 14), in pixels.

    The twelve outputs are class, object, box and landmark grids, each at the three strides; a cell's numbers are
    relative to its place, in cells, with the logarithm of width and height (libfacedetection, PriorBox decoding).
    """
    scores, geometry = [], []
    for level, stride in enumerate(_STRIDES):
        class_score, object_score, box, landmarks = (outputs[level + 3 * kind][0] for kind in range(4))
        score = np.sqrt(np.clip(class_score[:, 0], 0, 1) * np.clip(object_score[:, 0], 0, 1))
        found = np.flatnonzero(score >= MIN_SCORE)
        place = np.stack(np.divmod(found, columns // stride)[::-1], axis=1).astype(np.float32)
        cells = np.hstack([place + box[found, :2], np.exp(box[found, 2:]), np.tile(place, 5) + landmarks[found]])
        scores.append(score[found])
        geometry.append(cells * stride)
    return np.concatenate(scores), np.concatenate(geometry).astype(np.float32)


def _best_first(
    scores: NDArray[np.float32], geometry: NDArray[np.float32]
) -> list[tuple[np.float32, NDArray[np.float32], NDArray[np.float32]]]:
    """Keep the best of every set of overlapping boxes (greedy non-maximum suppression)."""
    order = np.argsort(-scores, kind="stable")
    low, high = geometry[:, :2] - geometry[:, 2:4] / 2, geometry[:, :2] + geometry[:, 2:4] / 2
    area = geometry[:, 2] * geometry[:, 3]
    kept = []
    while order.size:
        best, rest = order[0], order[1:]
        common = np.clip(np.minimum(high[best], high[rest]) - np.maximum(low[best], low[rest]), 0, None).prod(axis=1)
        kept.append((scores[best], geometry[best, :4], geometry[best, 4:]))
        order = rest[common <= MAX_OVERLAP * (area[best] + area[rest] - common)]
    return kept
