"""Irises through the API and the command line: eyes are told apart, both add up, and what is no iris is refused."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from inputs import form
from made_up_eyes import photo
from officers import Officer
from PIL import Image

from biometrics.imaging.charts import Exhibit
from biometrics.imaging.image import Image as Picture
from iris.recogniser import IrisRecogniser
from models.registry import ModelRegistry

V1 = "/api/v1"
RIGHT, LEFT = 720, 721  # eyes of one made-up person


def file_of(pixels: np.ndarray) -> bytes:
    made = io.BytesIO()
    Image.fromarray(pixels).save(made, "PNG")
    return made.getvalue()


@cache
def eye(number: int, shot: int = 0) -> bytes:
    return file_of(photo(number, shot).pixels)


def answered(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.fixture
def record(client: Officer) -> Any:
    files = {"iris_right": eye(RIGHT), "iris_left": eye(LEFT)}
    return answered(client.post(f"{V1}/enrolments", data=form(name="Asha Verma"), files=files), 201)


def found(client: Officer, **files: bytes) -> list[Any]:
    candidates: list[Any] = answered(client.post(f"{V1}/identify", files=files), 201)["candidates"]
    return candidates


def test_both_eyes_are_two_sources(client: Officer, record: Any) -> None:
    samples = record["encounters"][0]["samples"]
    assert [(sample["modality"], sample["position"]) for sample in samples] == [("iris", 101), ("iris", 102)]
    [one] = found(client, iris_left=eye(LEFT, 1))
    [both] = found(client, iris_left=eye(LEFT, 1), iris_right=eye(RIGHT, 1))
    assert one["above_threshold"]
    assert both["above_threshold"]
    assert [sample["counted"] for sample in both["samples"]] == [True, True]
    claim = {"record_id": record["id"], "purpose": "investigation", "case_number": "1/2026"}
    assert answered(client.post(f"{V1}/verify", data=claim, files={"iris_right": eye(RIGHT, 1)}))["match"]


def test_a_known_eye_is_compared_with_that_eye_only(client: Officer, record: Any) -> None:
    assert not [each for each in found(client, iris_right=eye(LEFT, 1)) if each["above_threshold"]]
    assert found(client, iris_unknown=eye(LEFT, 1))[0]["above_threshold"]


def test_one_eye_is_given_once(client: Officer) -> None:
    twice = [("iris_left", eye(LEFT)), ("iris_left", eye(LEFT, 1))]
    assert answered(client.post(f"{V1}/identify", files=twice), 422)["code"] == "repeated_finger"


def test_a_photo_in_colour_is_refused_with_what_to_do(client: Officer) -> None:
    grey = photo(LEFT).pixels
    colour = file_of(np.stack([grey // 2 + 40, grey // 2, grey // 3], 2))
    refused = answered(client.post(f"{V1}/identify", files={"iris_left": colour}), 422)
    assert (refused["code"], "near-infrared" in refused["detail"]) == ("unusable_sample", True)
    [inspected] = answered(client.post(f"{V1}/inspections", files={"iris_left": colour}))["samples"]
    assert (inspected["position"], inspected["refusal"]["code"]) == (102, "unusable_sample")


def test_a_blurred_iris_is_to_be_taken_again(client: Officer) -> None:
    blurred = file_of(np.asarray(cv2.GaussianBlur(photo(LEFT).pixels, (0, 0), 5)))
    [inspected] = answered(client.post(f"{V1}/inspections", files={"iris_left": blurred}))["samples"]
    assert (inspected["acceptable"], inspected["quality_faults"]) == (False, ["blurred_iris"])
    refused = client.post(f"{V1}/enrolments", data=form(), files={"iris_left": blurred})
    assert answered(refused, 422)["code"] == "poor_quality"


def test_the_chart_draws_the_outlines_and_lays_one_eye_on_the_other(client: Officer, record: Any) -> None:
    search = answered(client.post(f"{V1}/identify", files={"iris_left": eye(LEFT, 1)}), 201)
    sample = record["encounters"][0]["samples"][1]["id"]
    chart = answered(client.post(f"{V1}/searches/{search['id']}/comparisons", data={"sample_id": sample}))
    for side in ("probe", "candidate"):
        assert [len(outline) > 30 for outline in chart[side]["outlines"]] == [True, True]
    motion = np.array(chart["frame"]["probe"]).reshape(3, 2)
    moved = np.array(chart["probe"]["outlines"][1]) @ motion[:2] + motion[2]
    limbus = np.array(chart["candidate"]["outlines"][1])
    assert np.linalg.norm(moved.mean(axis=0) - limbus.mean(axis=0)) < 2


def test_the_probe_is_turned_back_by_how_far_the_head_was_tilted() -> None:
    pixels = photo(LEFT).pixels
    turn = cv2.getRotationMatrix2D((pixels.shape[1] / 2, pixels.shape[0] / 2), 14, 1)
    tilted = cv2.warpAffine(pixels, turn, pixels.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    recogniser = IrisRecogniser(ModelRegistry(Path("/nonexistent")))
    straight, probe = (
        Exhibit(recogniser.extract(image), image)
        for image in (Picture(each, None, "image/png") for each in (pixels, np.asarray(tilted)))
    )
    frame = recogniser.chart(probe, straight).frame
    assert frame.probe is not None
    assert np.degrees(np.arctan2(frame.probe[1], frame.probe[0])) == pytest.approx(14, abs=2)
