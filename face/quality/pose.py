"""Which way a head is turned, from the five landmarks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Mean place of the landmarks on a head that looks at the camera: right, down, away, in millimetres where the eyes are
# 63 apart. Fitted to the landmarks of LFW's 4,992 development photos, alternating pose and shape, by scaled orthography
# (C. Tomasi, T. Kanade, IJCV 9(2), 1992, without its closed form); turned so that LFW's median pitch is zero.
_HEAD = np.array([[-31.5, -31.7, 4.6], [31.5, -31.7, 4.6], [0.0, 2.8, -26.4], [-27.0, 30.3, 8.6], [27.0, 30.3, 8.6]])


@dataclass(frozen=True)
class Pose:
    """Degrees from looking at the camera: `yaw` to the photo's right, `pitch` up, `roll` clockwise as one sees it."""

    yaw: float
    pitch: float
    roll: float


def head_pose(landmarks: NDArray[np.float32]) -> Pose:
    """Return the pose of a head whose landmarks, shape (5, 2), lie as `DetectedFace.landmarks` says.

    The rotation nearest to the affine map from the mean head's landmarks to these, as seen from far away. It is some 10
    degrees off between people, and beyond 60 degrees of yaw the landmarks are guesses.
    """
    points = landmarks.astype(np.float64)
    affine = np.linalg.lstsq(_HEAD, points - points.mean(axis=0), rcond=None)[0].T
    left, _, right = np.linalg.svd(affine, full_matrices=False)
    across, down = left @ right  # the photo's axes in those of the head
    away = np.cross(across, down)
    yaw = np.arctan2(-across[2], away[2])
    pitch = np.arcsin(np.clip(down[2], -1.0, 1.0))
    roll = np.arctan2(-across[1], down[1])
    return Pose(*(float(np.degrees(angle)) for angle in (yaw, pitch, roll)))
