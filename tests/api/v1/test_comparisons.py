"""What two images have in common, over HTTP: of a case in its time, and of a search."""

from __future__ import annotations

import io
from math import dist
from typing import Any

import pytest
from examiners import V1, caller, enrolled_twice
from fastapi.testclient import TestClient
from inputs import form, photo_of, poorer_photo_of, print_of
from made_up_prints import made_up_finger
from PIL import Image as Pillow

from biometrics.kernel.access import Role
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.technique.clock import today
from fingerprint.interchange.codec import write_record
from fingerprint.interchange.conversion import to_record


def laid(motion: list[float], mark: dict[str, Any]) -> tuple[float, float]:
    """Bring a mark into the frame."""
    a, b, c, d, e, f = motion
    return a * mark["x"] + c * mark["y"] + e, b * mark["x"] + d * mark["y"] + f


def apart(chart: dict[str, Any]) -> list[float]:
    """Return how far the marks of each pair lie from each other in the frame, in its pixels."""
    frame = chart["frame"]
    return [
        dist(
            laid(frame["probe"], chart["probe"]["marks"][item]),
            laid(frame["candidate"], chart["candidate"]["marks"][other]),
        )
        for item, other in chart["pairs"]
    ]


def test_a_case_shows_what_agrees_only_after_the_analysis_and_keeps_that_it_did(client: TestClient) -> None:
    case = f"/cases/{enrolled_twice(client, 170)}"
    examiner = caller(client)
    everything = caller(client)("GET", "/cases", params={"kind": "duplicate"}).json()["cases"]
    assert {item["candidate_id"] for item in everything} == {None}
    examiner("POST", f"{case}/take")
    [thumb, _] = examiner("GET", f"{case}/images").json()
    marks = examiner("GET", f"{case}/images/{thumb['name']}/marks").json()
    assert {mark["kind"] for mark in marks["marks"]} <= {"ending", "bifurcation", "other"}
    assert marks["ppi"] == pytest.approx(500, abs=1)
    guessed = [f"sample-{number}" for number in range(1, int(thumb["name"].removeprefix("sample-")))]
    for name in guessed:
        for path in (f"comparisons/{thumb['name']}/{name}", f"images/{name}/marks", f"images/{name}/rendering"):
            refused = examiner("GET", f"{case}/{path}")
            assert (refused.status_code, refused.json()["code"]) == (409, "wrong_step")
    examiner("POST", f"{case}/analyses", json={"of_value": True, "notes": "a loop"})
    other = next(item for item in examiner("GET", f"{case}/images").json() if item["side"] == "candidate")
    answer = examiner("GET", f"{case}/comparisons/{thumb['name']}/{other['name']}")
    chart = answer.json()
    assert len(chart["pairs"]) >= 8
    distances = sorted(apart(chart))
    assert distances[len(distances) // 2] < 6  # pixels at 500 ppi, by one motion for a skin that stretches
    assert "score" not in answer.text
    swapped = examiner("GET", f"{case}/comparisons/{other['name']}/{thumb['name']}")
    assert (swapped.status_code, swapped.json()["code"]) == (422, "invalid_field")
    decision = {"conclusion": "inconclusive", "notes": "compared"}
    [opinion] = examiner("POST", f"{case}/opinions", json=decision).json()["opinions"]
    assert f"candidate {other['name']} with {thumb['name']}" in opinion["looked_at"]


def test_a_case_whose_probe_is_a_minutiae_record_has_no_thumbnail(client: TestClient) -> None:
    content = write_record(to_record(made_up_finger(172), FingerPosition.RIGHT_THUMB))
    files = {"right_thumb": ("a.fmr", content)}
    record = client.post(f"{V1}/enrolments", data=form(name="Only Minutiae"), files=files).json()["id"]
    fields = {"search_id": searched(client, "right_thumb", content)["id"], "record_id": record}
    case = client.post(f"{V1}/cases", data=fields, files=files).json()["number"]
    answer = caller(client, unit="national")("GET", f"/cases/{case}/thumbnail")
    assert (answer.status_code, answer.content) == (204, b"")


def searched(client: TestClient, field: str, content: bytes) -> dict[str, Any]:
    answer = client.post(f"{V1}/identify", files={field: ("a.png", content)})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_print_that_was_searched_with_is_laid_on_what_it_found(client: TestClient, station: dict[int, str]) -> None:
    latent = print_of(1, "left_index", 1)
    search = searched(client, "unknown_finger", latent)
    [sample] = search["candidates"][0]["samples"]
    path, fields = f"{V1}/searches/{search['id']}/comparisons", {"sample_id": sample["sample_id"]}
    kept = client.post(path, data=fields).json()
    chart = client.post(path, data=fields, files={"image": ("a.png", latent)}).json()
    assert search["candidates"][0]["record"]["id"] == station[1]
    assert chart["ordinal"] == kept["ordinal"] == 0
    assert chart["pairs"] == kept["pairs"]
    assert chart["probe"]["width"] == Pillow.open(io.BytesIO(latent)).width
    distances = sorted(apart(chart))
    assert distances[len(distances) // 2] < 6
    for wrong, status, code in (
        ({"data": fields, "files": {"image": ("a.png", print_of(1, "left_index", 0))}}, 422, "invalid_field"),
        ({"data": {"sample_id": 10_000}}, 404, "unknown_sample"),
        ({"data": fields | {"ordinal": 1}}, 422, "invalid_field"),
    ):
        refused = client.post(path, **wrong)
        assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_a_search_gives_its_probes_until_they_are_destroyed(client: TestClient, station: dict[int, str]) -> None:
    photo = poorer_photo_of(0)
    search = searched(client, "photo", photo)
    [probe] = search["probes"]
    assert (probe["label"], probe["kept_until"] > search["created_at"][:10]) == ("photo (a.png)", True)
    assert client.get(probe["image"]).content == photo
    rendering = client.get(probe["rendering"], params={"side": 64})
    assert max(Pillow.open(io.BytesIO(rendering.content)).size) == 64
    order = {"kind": "close", "authority": "JMFC Pune", "reference": "7/2026", "date": f"{today()}"}
    assert client.post(f"{V1}/searches/{search['id']}/retention-orders", json=order).status_code == 201
    assert client.post(f"{V1}/retention/run").json()["code"] == "needs_two_people"
    certificates = caller(client, Role.RECORDS_CLERK, "national")("POST", "/retention/run").json()
    destroyed = [each["search"] for certificate in certificates for each in certificate["content"]["searches"]]
    assert destroyed.count(search["id"]) == 1
    lines = client.get(f"{V1}/expungements").json()["expungements"]
    assert [line["search_id"] for line in lines].count(search["id"]) == 1
    again = client.get(f"{V1}/searches/{search['id']}").json()
    assert (again["probes"][0]["image"], again["candidates"]) == (None, search["candidates"])
    assert client.get(probe["image"]).json()["code"] == "unknown_sample"
    compared = {"sample_id": search["candidates"][0]["samples"][0]["sample_id"]}
    missing = client.post(f"{V1}/searches/{search['id']}/comparisons", data=compared)
    assert (missing.status_code, missing.json()["code"]) == (409, "nothing_to_compare")
    named = {"search_id": search["id"], "rank": 1}
    assert client.post(f"{V1}/cases", data=named).json()["code"] == "invalid_field"
    assert client.post(f"{V1}/standing-searches", data={"search_id": search["id"]}).json()["code"] == "invalid_field"


def test_faces_are_set_upright_and_to_one_size(client: TestClient, station: dict[int, str]) -> None:
    photo = poorer_photo_of(0)
    search = searched(client, "photo", photo)
    sample = search["candidates"][0]["samples"][0]["sample_id"]
    path, fields = f"{V1}/searches/{search['id']}/comparisons", {"sample_id": sample}
    chart = client.post(path, data=fields).json()
    assert chart == client.post(path, data=fields, files={"image": ("a.jpg", photo)}).json()
    assert search["candidates"][0]["record"]["id"] == station[0]
    assert [mark["kind"] for mark in chart["candidate"]["marks"]] == ["eye", "eye", "nose", "mouth", "mouth"]
    assert max(apart(chart)) < 8
    left, right = (laid(chart["frame"]["probe"], mark) for mark in chart["probe"]["marks"][:2])
    assert left[1] == pytest.approx(right[1], abs=8)
    assert right[0] - left[0] == pytest.approx(120, abs=20)
    assert Pillow.open(io.BytesIO(photo_of(0))).width == chart["candidate"]["width"]
