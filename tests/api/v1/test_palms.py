"""Palms through the API: parts of one hand are compared, those of the other hand are not; what is none is refused."""

from __future__ import annotations

import io
from typing import Any

from inputs import blank, form, palm_of, print_of
from officers import Officer
from PIL import Image as Pillow
from PIL.Image import Image as Picture

from palm.synthetic.palm import Palm

V1 = "/api/v1"


def answered(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def opened(content: bytes) -> Picture:
    return Pillow.open(io.BytesIO(content))


def png(picture: Picture, **saved: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", **saved)
    return file.getvalue()


def found(client: Officer, **files: bytes) -> list[Any]:
    candidates: list[Any] = answered(client.post(f"{V1}/identify", files=files), 201)["candidates"]
    return candidates


def test_part_of_a_palm_and_a_latent_find_the_hand(client: Officer) -> None:
    files = {"palm_right_full": palm_of(1), "palm_left_full": palm_of(2)}
    record = answered(client.post(f"{V1}/enrolments", data=form(), files=files), 201)
    right, left = (each["id"] for each in record["encounters"][0]["samples"])
    lower = png(opened(palm_of(1, 2)).crop((0, 500, 1088, 1216)), dpi=(500, 500))
    [candidate] = found(client, palm_right_lower=lower)
    assert [each["sample_id"] for each in candidate["samples"]] == [right]
    assert not candidate["above_threshold"]  # there is no scale of palms
    assert [each["sample_id"] for each in found(client, palm_left_lower=lower)[0]["samples"]] == [left]
    latent = png(Pillow.fromarray(Palm.generate(1).latent(3).pixels), dpi=(500, 500))
    search = answered(client.post(f"{V1}/identify", files={"palm_unknown": latent}), 201)
    assert [each["sample_id"] for each in search["candidates"][0]["samples"]] == [right]
    compared = client.post(f"{V1}/searches/{search['id']}/comparisons", data={"sample_id": right})
    assert len(answered(compared)["pairs"]) > 8


def test_the_resolution_of_a_form_is_that_of_palms_too(client: Officer) -> None:
    files = {"palm_right_full": png(opened(palm_of(3)).resize((544, 608)))}
    enrolled = answered(client.post(f"{V1}/enrolments", data=form() | {"ppi": "250"}, files=files), 201)
    assert [each["ppi"] for each in enrolled["encounters"][0]["samples"]] == [250.0]
    [inspected] = answered(client.post(f"{V1}/inspections", data={"ppi": "250"}, files=files))["samples"]
    assert (inspected["position"], inspected["ppi"]) == (21, 250.0)


def test_what_is_no_palm_is_refused_with_what_to_do(client: Officer) -> None:
    refused = answered(client.post(f"{V1}/identify", files={"palm_left_full": blank()}), 422)
    [inspected] = answered(client.post(f"{V1}/inspections", files={"palm_left_full": blank()}))["samples"]
    assert refused["code"] == inspected["refusal"]["code"] == "too_few_minutiae"
    finger = print_of(60, "right_thumb", 0)
    refused = answered(client.post(f"{V1}/enrolments", data=form(), files={"palm_left_full": finger}), 422)
    assert refused["code"] == "poor_quality"
