"""Sets of stills: who is found, what is seen of strangers, and the stills that are made of photos."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from api.bootstrap.recognisers import calibration_of
from api.settings import Settings
from benchmarks.runs.stills import Camera
from benchmarks.search.still_sets import PersonStills, measure, observed
from benchmarks.training.faces import Looks, learn
from biometrics.kernel.recognition.types import Template
from face.codec import encode
from face.detected import DetectedFace
from face.joining import side_by_side
from face.modality import FACE
from face.recogniser import FaceRecogniser
from models.registry import ModelRegistry

PEOPLE, STILLS = 20, 6


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> FaceRecogniser:
    return FaceRecogniser(ModelRegistry(tmp_path_factory.mktemp("models")))


def template(recogniser: FaceRecogniser, vector: np.ndarray) -> Template:
    return Template(FACE, recogniser.model, encode((vector / np.linalg.norm(vector)).astype(np.float32)), 80)


def test_more_stills_find_more_people_and_refused_stills_add_nothing(recogniser: FaceRecogniser) -> None:
    rng = np.random.default_rng(1)
    people = []
    for person in range(PEOPLE):
        face = rng.normal(size=recogniser.dimension)
        stills = [
            template(recogniser, face + rng.normal(0, 1 + 9 * (shot % 2), face.shape))  # every second one is useless
            for shot in range(STILLS)
        ]
        refused = [None] * STILLS if person == 0 else stills
        people.append(PersonStills(str(person), template(recogniser, face), tuple(refused)))
    one, five = measure(recogniser, calibration_of(recogniser, Settings()), people, (1, 5, 7))  # nobody has seven
    assert (len(one.searches.ranks), len(five.searches.ranks)) == (PEOPLE * STILLS, PEOPLE)
    assert (one.without_face, five.without_face) == (STILLS, 1)
    assert one.content()["rank1"] < five.content()["rank1"] <= 100 * (PEOPLE - 1) / PEOPLE


def test_what_is_seen_is_the_rate_of_what_is_stated() -> None:
    stated = np.repeat([25.0, 15.0, 0.0], [5, 95, 900])
    assert observed(stated) == (10.0, 23.0, None)  # 100 and 5 of 1,000; none


def test_a_still_shows_the_face_where_and_as_large_as_the_camera_says() -> None:
    landmarks = np.array([[100, 100], [140, 104], [119, 122], [104, 143], [133, 146]], np.float32)
    photo = np.zeros((250, 250, 3), np.uint8)
    for x, y in landmarks.astype(int):
        photo[y - 3 : y + 4, x - 3 : x + 4] = 255
    camera = replace(
        Camera.drawn(np.random.default_rng(3)), eyes=30.0, gain=1.0, blur=0.0, motion=0.0, noise=0.0, comb=0, quality=95
    )
    face = DetectedFace((80, 80, 80, 90), landmarks, 0.9)
    still = camera.still(photo, face, np.random.default_rng(0))
    places = camera.landmarks(face)
    assert still.shape == (round(camera.window * 30), round(camera.window * 30), 3)
    assert np.linalg.norm(places[1] - places[0]) == pytest.approx(30, rel=0.1)
    assert all(still[round(float(y)), round(float(x))].min() > 150 for x, y in places)
    dark = replace(camera, gain=0.05).still(photo, face, np.random.default_rng(0))
    assert 0 < dark.max() < 100


def test_the_joined_vectors_of_stills_come_near_the_photos_of_their_people() -> None:
    rng = np.random.default_rng(2)
    spread = rng.normal(size=(4, 60))  # what stills change
    faces = rng.normal(size=(300, 60))
    photos, stills = (faces + rng.normal(0, 0.3, faces.shape) for _ in range(2))
    stills += rng.normal(0, 2, (300, 4)) @ spread
    both = np.stack([photos, stills], axis=1).reshape(-1, 60).astype(np.float32)
    looks = Looks(both[:, :40], both[:, 40:] / 20, np.repeat(np.arange(300), 2), np.tile([False, True], 300))
    known = looks.person < 150
    joining = learn(Looks(*(part[known] for part in (looks.first, looks.second, looks.person, looks.is_still))))

    def found(axes: np.ndarray) -> float:
        vectors = side_by_side(looks.first[~known], looks.second[~known], joining.centre, joining.radius) @ axes
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return float(np.mean((vectors[1::2] @ vectors[::2].T).argmax(axis=1) == np.arange(150)))

    assert found(joining.axes) > found(np.eye(61)) + 0.1
