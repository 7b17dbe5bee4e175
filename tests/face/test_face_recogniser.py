"""From a photo to a score: one person is one, two are two, and a photo that cannot be used says why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data
from photos import Pixels, jpeg, photo, resized
from PIL import Image as Pillow

from biometrics.imaging.image import decode
from biometrics.kernel.errors import FaceTooSmall, InvalidTemplate, ModelMismatch, NoFace, SeveralFaces, UnusableSample
from biometrics.kernel.recognition.types import QualityFault, Template
from face.modality import FACE
from face.quality.unified import FLOOR
from face.recogniser import FaceRecogniser
from face.selection import most_prominent
from models.registry import ModelRegistry

MODEL = "0946b349069c80cbf81d2e4da0fcb01a9610948b7bf6424a6cef2e8ce2082337"  # changes with whatever changes embeddings

SAME = 0.55  # cosine that no two people of LFW's development pairs reach

UNDO = {  # what a camera's orientation tag asks for, and how to lay the upright photo down first
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_90,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_270,
}


@pytest.fixture(scope="module")
def reference(recogniser: FaceRecogniser, collins: Pixels) -> Template:
    """Return the template of the plain photo."""
    return recogniser.extract(photo(collins))


def similarity(recogniser: FaceRecogniser, reference: Template, pixels: Pixels) -> float:
    return float(recogniser.compare(reference, [recogniser.extract(photo(pixels))])[0])


def test_a_template_says_what_made_it(recogniser: FaceRecogniser, reference: Template) -> None:
    assert (reference.modality, reference.model) == (FACE, recogniser.model)
    assert recogniser.model == recogniser.feature_space == MODEL
    vector = recogniser.features(reference)
    assert vector.shape == (recogniser.dimension,) == (128,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)


def test_one_person_scores_above_another(
    recogniser: FaceRecogniser, reference: Template, collins: Pixels, hopper: Pixels
) -> None:
    candidates = [recogniser.extract(photo(pixels)) for pixels in (hopper, resized(collins, 0.4), collins[30:300, 90:])]
    scores = recogniser.compare(reference, candidates)
    assert scores.shape == (3,)
    assert scores.dtype == np.float64
    assert scores[0] < SAME
    assert scores[1:].min() > 0.85
    assert recogniser.compare(reference, [reference])[0] == pytest.approx(1)
    assert recogniser.compare(reference, []).shape == (0,)


@pytest.mark.parametrize("orientation", UNDO)
def test_a_photo_turned_by_its_tag_is_upright(
    recogniser: FaceRecogniser, reference: Template, collins: Pixels, orientation: int
) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    laid_down = np.asarray(Pillow.fromarray(collins).transpose(UNDO[orientation]))
    template = recogniser.extract(decode(jpeg(laid_down, exif=exif)))
    assert recogniser.compare(reference, [template])[0] > 0.95


@pytest.mark.slow
def test_a_small_face_in_a_huge_photo_is_used_in_full(
    recogniser: FaceRecogniser, reference: Template, collins: Pixels
) -> None:
    scene = np.full((5000, 7000, 3), 90, dtype=np.uint8)
    scene[300:812, 4000:4512] = collins
    assert similarity(recogniser, reference, scene) > 0.95


@pytest.mark.parametrize(
    "window", [(slice(None), slice(205, None)), (slice(85, None), slice(None))], ids=["half", "brow"]
)
def test_a_face_partly_outside_is_used_while_it_can_be_recognised(
    recogniser: FaceRecogniser, reference: Template, collins: Pixels, window: tuple[slice, slice]
) -> None:
    template = recogniser.extract(photo(collins[window]))
    assert recogniser.compare(reference, [template])[0] > SAME
    assert template.quality < reference.quality


@pytest.mark.parametrize("left", [235, 250], ids=["an eye and a cheek", "a cheek"])
def test_a_face_mostly_outside_is_none(recogniser: FaceRecogniser, collins: Pixels, left: int) -> None:
    with pytest.raises(NoFace):
        recogniser.extract(photo(collins[:, left:]))


def test_everybody_in_a_photo_has_a_template(
    recogniser: FaceRecogniser, reference: Template, collins: Pixels, hopper: Pixels
) -> None:
    pair = np.hstack([collins, hopper[:512]])
    lying = np.ascontiguousarray(np.rot90(pair))
    first, second = recogniser.extract_all(photo(lying))
    assert first.face.size > second.face.size
    scores = recogniser.compare(reference, [first.template, second.template])
    assert scores[0] < SAME
    assert scores[1] > 0.95
    column, row = second.face.centre
    assert abs(column - 119) < 12
    assert abs(row - (lying.shape[0] - 223)) < 12
    assert second.quality.unified == second.template.quality


def test_nobody_in_a_group_photo_is_an_error(recogniser: FaceRecogniser, collins: Pixels) -> None:
    with pytest.raises(NoFace):
        recogniser.extract_all(photo(np.asarray(skimage.data.chelsea())))
    with pytest.raises(FaceTooSmall):
        recogniser.extract_all(photo(resized(collins, 0.15)))


def test_an_assessment_names_its_parts(recogniser: FaceRecogniser, reference: Template, collins: Pixels) -> None:
    assessment = recogniser.assess(photo(collins), reference)
    assert assessment.score == reference.quality
    assert assessment.acceptable
    assert set(assessment.faults) <= {QualityFault.BUSY_BACKGROUND, QualityFault.FAR_AWAY}
    assert {"sharpness", "inter_eye_distance", "pose_yaw", "background_uniformity"} <= dict(assessment.parts).keys()
    assert all(0 <= value <= 100 for _, value in assessment.parts)


def test_a_poor_photo_is_not_acceptable(recogniser: FaceRecogniser, collins: Pixels) -> None:
    poor = np.asarray(cv2.GaussianBlur(collins, (0, 0), 5.0))
    template = recogniser.extract(photo(poor))
    assessment = recogniser.assess(photo(poor), template)
    assert assessment.score is not None
    assert assessment.score < FLOOR
    assert not assessment.acceptable
    assert QualityFault.BLURRED in assessment.faults


def test_no_face_several_faces_and_a_tiny_face_have_different_errors(
    recogniser: FaceRecogniser, collins: Pixels, hopper: Pixels
) -> None:
    pair = np.hstack([resized(collins, 2.0)[50:650, 150:750], hopper])
    for pixels, error in (
        (np.asarray(skimage.data.chelsea()), NoFace),
        (np.full((300, 400, 3), 255, dtype=np.uint8), NoFace),
        (pair, SeveralFaces),
        (resized(collins, 0.15), FaceTooSmall),
    ):
        with pytest.raises(UnusableSample) as caught:
            recogniser.extract(photo(pixels))
        assert caught.type is error


@pytest.mark.real_models
def test_threads_get_what_one_gets(
    recogniser: FaceRecogniser, reference: Template, collins: Pixels, hopper: Pixels
) -> None:
    other = recogniser.extract(photo(hopper))
    with ThreadPoolExecutor(4) as threads:
        result = list(threads.map(recogniser.extract, [photo(collins), photo(hopper)] * 4))
    assert np.allclose(recogniser.compare(reference, result[::2]), 1, atol=1e-4)
    assert np.allclose(recogniser.compare(other, result[1::2]), 1, atol=1e-4)


def test_templates_of_another_model_are_never_compared(recogniser: FaceRecogniser, reference: Template) -> None:
    foreign = Template(FACE, "0" * 64, reference.data, 80)
    for probe, candidate in ((foreign, reference), (reference, foreign)):
        with pytest.raises(ModelMismatch):
            recogniser.compare(probe, [candidate])
    with pytest.raises(InvalidTemplate):
        recogniser.compare(reference, [Template(FACE, recogniser.model, reference.data[:-4], 80)])


@pytest.mark.slow
def test_lfw_people_are_distinguished(registry: ModelRegistry, shared_data: Path) -> None:
    folder = shared_data / "face" / "lfw"
    prominent = FaceRecogniser(registry, choose=most_prominent)

    def template(name: str, number: str) -> Template:
        return prominent.extract(decode((folder / name / f"{name}_{int(number):04d}.jpg").read_bytes()))

    mated, non_mated = [], []
    for line in (folder / "pairsDevTest.txt").read_text(encoding="utf-8").splitlines()[::30]:
        name, number, *other = line.split()
        two = (name, other[0]) if len(other) == 1 else (other[0], other[1])
        score = float(prominent.compare(template(name, number), [template(*two)])[0])
        (mated if len(other) == 1 else non_mated).append(score)
    assert min(len(mated), len(non_mated)) > 15
    assert sorted(mated)[1] > 0.5
    assert max(non_mated) < SAME
