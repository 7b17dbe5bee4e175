"""Landmarks of a head that is turned by a known angle give that angle, with the sign that an officer is told."""

from __future__ import annotations

import numpy as np
import pytest
from heads import turned
from photos import Pixels

from face.detector import FaceDetector
from face.quality.pose import head_pose


@pytest.mark.parametrize(
    ("yaw", "pitch", "roll"), [(0, 0, 0), (30, 0, 0), (-50, 0, 0), (0, 20, 0), (0, -25, 0), (0, 0, 40), (0, 0, -15)]
)
def test_one_angle_is_found(yaw: float, pitch: float, roll: float) -> None:
    pose = head_pose(turned(yaw, pitch, roll))
    assert (pose.yaw, pose.pitch, pose.roll) == pytest.approx((yaw, pitch, roll), abs=0.1)


def test_a_portrait_looks_at_the_camera(detector: FaceDetector, hopper: Pixels) -> None:
    """A real portrait from the front is within 15 degrees; the same photo turned by 20 has rolled by 20."""
    (face,) = detector.detect(hopper)
    pose = head_pose(face.landmarks)
    assert abs(pose.yaw) < 15
    assert abs(pose.pitch) < 15
    angle = np.deg2rad(20)
    rolled = face.landmarks @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    assert head_pose(rolled.astype(np.float32)).roll == pytest.approx(pose.roll + 20, abs=0.5)
