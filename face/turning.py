"""Photos that lie on their side or head: turned until their faces stand upright."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from face.detected import DetectedFace
from face.detector import MIN_SCORE, FaceDetector

# A face that lies on its side, or stands on its head, scores 0.92 at most on LFW, and always less than when upright.
UPRIGHT_SCORE = 0.92
UNSURE_SCORE = 0.6  # of what may be a face, where nothing scores MIN_SCORE: one in profile, dark, blurred or covered


@dataclass(frozen=True)
class TurnedPhoto:
    """A photo turned anticlockwise by `quarters`, shape (height, width, 3), and its faces there, best score first."""

    rgb: NDArray[np.uint8]
    quarters: int
    faces: tuple[DetectedFace, ...]

    def back(self, face: DetectedFace) -> DetectedFace:
        """Return where a face is in the photo as it was."""
        height, width = self.rgb.shape[:2] if self.quarters % 2 == 0 else self.rgb.shape[1::-1]
        return face.turned_back(self.quarters, width, height)


def turned_upright(detector: FaceDetector, rgb: NDArray[np.uint8], all_sizes: bool) -> TurnedPhoto:
    """Find the faces of a photo, shape (height, width, 3), in the orientation where the best of them scores highest.

    Uncertain faces are returned only if there are no others, and none if nothing resembles a face.

    Args:
        detector: finds faces that are upright.
        rgb: the photo.
        all_sizes: look for faces of all sizes, which takes longer.
    """
    for min_score in (MIN_SCORE, UNSURE_SCORE):
        orientations = list(_orientations(detector.detect, rgb, min_score))
        if orientations:
            best = max(orientations, key=lambda photo: photo.faces[0].score)
            if all_sizes:
                return TurnedPhoto(best.rgb, best.quarters, detector.detect_all(best.rgb, min_score))
            return best
    return TurnedPhoto(rgb, 0, ())


def _orientations(
    detect: Callable[[NDArray[np.uint8], float], tuple[DetectedFace, ...]], rgb: NDArray[np.uint8], min_score: float
) -> Iterator[TurnedPhoto]:
    """Yield the orientations with a face; where one is certainly upright as the photo is, that one only."""
    for quarters in range(4):
        turned = np.ascontiguousarray(np.rot90(rgb, quarters))
        faces = detect(turned, min_score)
        if faces:
            yield TurnedPhoto(turned, quarters, faces)
        if quarters == 0 and faces and faces[0].score >= UPRIGHT_SCORE:
            return
