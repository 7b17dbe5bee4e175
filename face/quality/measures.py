"""The parts of a face's quality, each 0 (bad) to 100 (good), and what an officer can do about a bad one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.recognition.types import QualityFault
from face.detected import DetectedFace
from face.detector import MIN_SCORE
from face.presentation import AttackDetector
from face.quality import looks
from face.quality.portrait import portrait
from face.quality.pose import Pose, head_pose

PROFILE_YAW = 50.0  # degrees: one eye is all but hidden

_SHARPNESS = (0.12, 0.27)  # ratio of a useless and of a sharp face
_EYES_APART, _EYES_SPREAD = 70.0, 20.0  # pixels: where the distance of the eyes counts 50, and how steeply that rises
_GLASSES = (0.9, 0.6)  # darkness of eyes behind black glasses, and of those that are certainly not

# A part that is below its limit has its fault. docs/face.md says how each was set.
_LIMITS = {
    "sharpness": (35, QualityFault.BLURRED),
    "under_exposure": (75, QualityFault.TOO_DARK),
    "over_exposure": (85, QualityFault.TOO_BRIGHT),
    "inter_eye_distance": (15, QualityFault.FAR_AWAY),
    "pose_yaw": (60, QualityFault.TURNED_ASIDE),
    "pose_pitch": (80, QualityFault.LOOKS_UP_OR_DOWN),
    "eyes_visible": (35, QualityFault.EYES_COVERED),
    "background_uniformity": (40, QualityFault.BUSY_BACKGROUND),
}


@dataclass(frozen=True)
class FaceQuality:
    """Quality after ISO/IEC 29794-5: the `unified` score, 0 to 100, its `parts` by name, the `pose`, what is wrong.

    What cannot be measured, a background that the photo does not show, is not among the parts.
    """

    unified: int
    parts: Mapping[str, int]
    pose: Pose
    faults: tuple[QualityFault, ...]


def measure(
    rgb: NDArray[np.uint8], face: DetectedFace, unified: int, attacks: AttackDetector | None = None
) -> FaceQuality:
    """Measure the quality of a face in an upright photo, shape (height, width, 3), whose unified score is known."""
    pose = head_pose(face.landmarks)
    values = {**_of_pixels(rgb, face), **_of_geometry(face, pose)}
    if (spread := looks.background_spread(rgb, face)) is not None:
        values["background_uniformity"] = 100.0 - 2.0 * spread
    parts = {name: round(min(100.0, max(0.0, value))) for name, value in values.items()}
    faults = _faults(parts, pose, face)
    if attacks:
        attack = attacks.assess(rgb, face)
        parts["no_attack"] = round(100.0 * (1.0 - attack.likely))
        faults += (QualityFault.PICTURE_OF_A_PICTURE,) if attack.suspected else ()
    return FaceQuality(unified, MappingProxyType(parts), pose, faults)


def _of_pixels(rgb: NDArray[np.uint8], face: DetectedFace) -> dict[str, float]:
    cutout = portrait(rgb, face.landmarks)
    return {
        "sharpness": 100.0 * _between(looks.sharpness(cutout), *_SHARPNESS),
        "under_exposure": 100.0 * (1.0 - looks.share_dark(cutout)),
        "over_exposure": 100.0 * (1.0 - looks.share_bright(cutout)),
        "eyes_visible": 100.0 * _between(looks.eyes_darker(cutout), *_GLASSES),
    }


def _of_geometry(face: DetectedFace, pose: Pose) -> dict[str, float]:
    """The distance of the eyes as if seen from the front, and squared cosines of the pose (ISO/IEC 29794-5)."""
    eye_distance = float(np.hypot(*(face.landmarks[1] - face.landmarks[0]))) / max(
        0.5, float(np.cos(np.radians(pose.yaw)))
    )
    angles = {"pose_yaw": pose.yaw, "pose_pitch": pose.pitch, "pose_roll": pose.roll}
    return {
        "inter_eye_distance": 100.0 / (1.0 + float(np.exp((_EYES_APART - eye_distance) / _EYES_SPREAD))),
        **{name: 100.0 * max(0.0, float(np.cos(np.radians(angle)))) ** 2 for name, angle in angles.items()},
    }


def _faults(parts: Mapping[str, int], pose: Pose, face: DetectedFace) -> tuple[QualityFault, ...]:
    faults = [fault for name, (min_value, fault) in _LIMITS.items() if parts.get(name, 100) < min_value]
    if abs(pose.yaw) > PROFILE_YAW:
        faults = [QualityFault.PROFILE if fault is QualityFault.TURNED_ASIDE else fault for fault in faults]
    if face.score < MIN_SCORE:
        faults.append(QualityFault.UNSURE_FACE)
    return tuple(faults)


def _between(value: float, worst: float, best: float) -> float:
    return (value - worst) / (best - worst)
