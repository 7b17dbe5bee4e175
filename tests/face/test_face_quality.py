"""Each part of a photo's quality falls with what spoils it, and an officer is told where there is a reason to act."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from heads import turned
from photos import Pixels, resized

from biometrics.kernel.recognition.types import QualityFault
from face.detected import DetectedFace
from face.detector import FaceDetector
from face.quality.measures import FaceQuality, measure
from face.quality.unified import UNKNOWN_QUALITY, quality_from_length


@pytest.fixture(scope="module")
def hoppers_face(detector: FaceDetector, hopper: Pixels) -> DetectedFace:
    """Return where the face of a good portrait is."""
    (face,) = detector.detect(hopper)
    return face


def assessed(pixels: Pixels, face: DetectedFace) -> FaceQuality:
    return measure(np.ascontiguousarray(pixels, dtype=np.uint8), face, 80)


def blurred(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 5.0), dtype=np.uint8)


def darkened(pixels: Pixels) -> Pixels:
    return (pixels // 12).astype(np.uint8)


def burnt_out(pixels: Pixels) -> Pixels:
    return np.minimum(pixels.astype(np.int64) * 3, 255).astype(np.uint8)


def test_a_good_portrait_has_no_fault(hopper: Pixels, hoppers_face: DetectedFace) -> None:
    quality = assessed(hopper, hoppers_face)
    assert set(quality.faults) <= {QualityFault.BUSY_BACKGROUND}
    assert quality.unified == 80
    assert all(0 <= value <= 100 for value in quality.parts.values())


@pytest.mark.parametrize(
    ("spoil", "part", "fault"),
    [
        (blurred, "sharpness", QualityFault.BLURRED),
        (darkened, "under_exposure", QualityFault.TOO_DARK),
        (burnt_out, "over_exposure", QualityFault.TOO_BRIGHT),
    ],
)
def test_faults_of_the_pixels_are_reported(
    hopper: Pixels, hoppers_face: DetectedFace, spoil: Callable[[Pixels], Pixels], part: str, fault: QualityFault
) -> None:
    good, bad = assessed(hopper, hoppers_face), assessed(spoil(hopper), hoppers_face)
    assert bad.parts[part] < good.parts[part]
    assert fault in bad.faults
    assert fault not in good.faults


def test_more_blur_is_less_sharp(hopper: Pixels, hoppers_face: DetectedFace) -> None:
    blurs = [cv2.GaussianBlur(hopper, (0, 0), sigma) for sigma in (1.0, 2.0, 3.0)]
    values = [assessed(np.asarray(pixels), hoppers_face).parts["sharpness"] for pixels in blurs]
    assert values == sorted(values, reverse=True)
    assert values[0] > values[-1]
    assert assessed(np.asarray(cv2.GaussianBlur(hopper, (0, 0), 20.0)), hoppers_face).parts["sharpness"] == 0
    dimmed = assessed((hopper * 0.6).astype(np.uint8), hoppers_face).parts["sharpness"]
    assert dimmed == pytest.approx(assessed(hopper, hoppers_face).parts["sharpness"], abs=10)


def test_a_small_face_is_reported(detector: FaceDetector, hopper: Pixels, hoppers_face: DetectedFace) -> None:
    small = resized(hopper, 0.2)
    (face,) = detector.detect(small)
    assert QualityFault.FAR_AWAY in assessed(small, face).faults
    near, far = (assessed(*item).parts["inter_eye_distance"] for item in ((hopper, hoppers_face), (small, face)))
    assert near > 50 > far


def test_a_turned_head_is_reported(hopper: Pixels, hoppers_face: DetectedFace) -> None:
    """Landmarks of a head turned by 45 degrees are of one turned aside; by 65, of a profile, and not of both."""
    for yaw, fault in ((45, QualityFault.TURNED_ASIDE), (65, QualityFault.PROFILE)):
        face = DetectedFace(hoppers_face.box, turned(yaw, 0, 0), 0.9)
        result = {QualityFault.TURNED_ASIDE, QualityFault.PROFILE} & set(assessed(hopper, face).faults)
        assert result == {fault}
    up = DetectedFace(hoppers_face.box, turned(0, 35, 0), 0.9)
    assert QualityFault.LOOKS_UP_OR_DOWN in assessed(hopper, up).faults


def test_dark_glasses_are_reported(detector: FaceDetector, collins: Pixels) -> None:
    (face,) = detector.detect(collins)
    glasses = collins.copy()
    for x, y in face.landmarks[:2].round().astype(int):
        cv2.ellipse(glasses, (int(x), int(y)), (17, 11), 0, 0, 360, (12, 12, 14), -1)
    assert QualityFault.EYES_COVERED in assessed(glasses, face).faults
    assert QualityFault.EYES_COVERED not in assessed(collins, face).faults


def test_a_busy_background_is_reported(hopper: Pixels, hoppers_face: DetectedFace) -> None:
    x, y, width, height = hoppers_face.box
    rows, columns = np.indices(hopper.shape[:2])
    head = ((columns - x - width / 2) / (0.9 * width)) ** 2 + ((rows - y - 0.4 * height) / (1.3 * width)) ** 2 < 1
    plain = np.where(head[:, :, None], hopper, 180).astype(np.uint8)
    stripes = np.where(head[:, :, None], hopper, ((columns // 25 % 2) * 200)[:, :, None]).astype(np.uint8)
    assert assessed(plain, hoppers_face).parts["background_uniformity"] > 90
    assert QualityFault.BUSY_BACKGROUND in assessed(stripes, hoppers_face).faults
    left, top, right, bottom = (int(number) for number in (x, y, x + width, y + height))
    close = hoppers_face.shifted(-left, -top)
    assert "background_uniformity" not in assessed(hopper[top:bottom, left:right], close).parts


def test_an_uncertain_face_is_reported(hopper: Pixels, hoppers_face: DetectedFace) -> None:
    unsure = DetectedFace(hoppers_face.box, hoppers_face.landmarks, 0.65)
    assert QualityFault.UNSURE_FACE in assessed(hopper, unsure).faults


def test_quality_is_read_off_between_the_lengths() -> None:
    """The two lengths are 0 and 100, and beyond them quality stays there."""
    assert [quality_from_length(length, (5.0, 15.0)) for length in (0, 5, 10, 15, 99)] == [0, 0, 50, 100, 100]


def test_quality_is_unknown_without_lengths() -> None:
    """An embedder whose lengths nobody measured never has a face refused for its quality."""
    assert quality_from_length(0.0, None) == UNKNOWN_QUALITY
