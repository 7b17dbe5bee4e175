"""A latent that may be of a palm: searched as a finger and as a palm, compared, decided on, searched for again."""

from __future__ import annotations

import io
import json
from typing import Any, cast

import pytest
from examiners import GROUNDS, V1, Call, caller
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import form, palm_of, print_of
from pdf_text import text_of
from PIL import Image as Pillow

from biometrics import itl
from biometrics.kernel.access import Role
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.check_enrolment import work_off
from palm.synthetic.palm import Palm

WHY = {"purpose": "investigation", "case_number": "70/2026"}
PALMS = (700, 701)  # generated ones, of the people on record


def drawn(seed: int, *, turned: bool = False) -> bytes:
    """Return a latent of 20 mm of a generated palm as PNG."""
    picture = Pillow.fromarray(Palm.generate(seed).latent(3).pixels)
    content = io.BytesIO()
    (picture.rotate(180) if turned else picture).save(content, "PNG", dpi=(500, 500))
    return content.getvalue()


def enrolled(client: TestClient, name: str, palm: int, impression: int = 1) -> str:
    files = {"palm_right_full": palm_of(palm, impression), "right_thumb": print_of(palm, "right_thumb", 0)}
    fields = form(name=name) | {"accept_poor_quality": "generated"}
    answer = client.post(f"{V1}/enrolments", data=fields, files=files)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.fixture(scope="module")
def people(client: TestClient) -> list[str]:
    """The records of people with a palm and a thumb each."""
    return [enrolled(client, f"Palm {palm}", palm) for palm in PALMS]


@pytest.fixture(scope="module")
def latent() -> bytes:
    return drawn(PALMS[0])


@pytest.fixture(scope="module")
def search(client: TestClient, people: list[str], latent: bytes) -> dict[str, Any]:
    """A search with a latent that may be of a finger or a palm."""
    answer = client.post(f"{V1}/identify/latent", data=WHY, files={"image": ("scene.png", latent)})
    assert answer.status_code == 201, answer.text
    return cast(dict[str, Any], answer.json())


def on_list(search: dict[str, Any], modality: str) -> list[dict[str, Any]]:
    return [each for each in search["candidates"] if each["modality"] == modality]


def test_an_unknown_latent_is_searched_as_a_finger_and_as_a_palm(
    client: TestClient, people: list[str], search: dict[str, Any], latent: bytes
) -> None:
    assert set(search["identity"]) == {"fingerprint", "palm"}
    assert {probe["label"] for probe in search["probes"]} == {
        f"unknown {what} (scene.png{way})" for what in ("finger", "palm") for way in ("", ", upside down")
    }
    fingers, palms = on_list(search, "fingerprint"), on_list(search, "palm")
    assert search["candidates"] == fingers + palms
    assert [each["rank_on_list"] for each in palms] == list(range(1, len(palms) + 1))
    first = palms[0]
    assert first["record"]["id"] == people[0]
    [sample] = first["samples"]
    assert sample["probe"] == "unknown palm (scene.png)"
    assert (first["score"]["calibrated"], first["above_threshold"], first["lead"]) == (False, None, None)
    assert search["identity"]["fingerprint"]["latent_scale"]
    assert search["identity"]["palm"]["latent_scale"] is None
    fetched = client.get(f"{V1}/searches/{search['id']}").json()
    assert fetched["candidates"] == search["candidates"]
    for probe in fetched["probes"]:
        assert probe["kept_until"]
        assert client.get(probe["image"]).content == latent
    replayed = client.post(f"{V1}/searches/{search['id']}/replay").json()
    assert (replayed["same"], replayed["candidates"]) == (True, search["candidates"])


def test_the_list_of_fingers_is_that_of_a_search_in_fingers_alone(
    client: TestClient, people: list[str], search: dict[str, Any], latent: bytes
) -> None:
    alone = client.post(
        f"{V1}/identify/latent", data=WHY | {"position": "0"}, files={"image": ("scene.png", latent)}
    ).json()
    assert set(alone["identity"]) == {"fingerprint"}
    assert alone["candidates"] == on_list(search, "fingerprint")
    palm = client.post(
        f"{V1}/identify/latent", data=WHY | {"position": "21"}, files={"image": drawn(PALMS[1], turned=True)}
    ).json()
    assert set(palm["identity"]) == {"palm"}
    assert palm["candidates"][0]["record"]["id"] == people[1]
    assert palm["candidates"][0]["samples"][0]["probe"].endswith("upside down)")
    wrong = client.post(f"{V1}/identify/latent", data=WHY | {"position": "14"}, files={"image": latent})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_field")


def test_marks_larger_than_a_finger_are_searched_in_palms_and_the_answer_says_why(
    client: TestClient, people: list[str]
) -> None:
    seen = client.post(
        f"{V1}/latents/minutiae", data={"ppi": "500", "position": "20"}, files={"image": palm_of(PALMS[0], 2)}
    ).json()
    marks = json.dumps(seen | {"format": "pehchan-minutiae", "version": 1, "minutiae": seen["minutiae"][:200]})
    found = client.post(f"{V1}/identify/latent", data=WHY, files={"marked": marks.encode()}).json()
    assert set(found["identity"]) == {"palm"}
    assert found["candidates"][0]["record"]["id"] == people[0]
    assert set(found["not_searched"]) == {"fingerprint"}
    refused = client.post(f"{V1}/identify/latent", data=WHY | {"position": "0"}, files={"marked": marks.encode()})
    assert (refused.status_code, refused.json()["code"]) == (422, "several_prints")


def decide(case: str, examiner: Call) -> None:
    """Have an examiner take a case, analyse the latent and identify the palm."""
    assert examiner("POST", f"/cases/{case}/take").status_code == 200
    for image in examiner("GET", f"/cases/{case}/images").json():
        examiner("GET", f"/cases/{case}/images/{image['name']}")
    analysis = {"of_value": True, "notes": "The heel of a hand."}
    answer = examiner("POST", f"/cases/{case}/analyses", json=analysis)
    assert answer.status_code == 201, answer.text
    images = examiner("GET", f"/cases/{case}/images").json()
    for image in images:
        examiner("GET", f"/cases/{case}/images/{image['name']}")
    probe, candidate = (
        next(each["name"] for each in images if (each["side"], each["modality"]) == (side, "palm"))
        for side in ("probe", "candidate")
    )
    compared = examiner("GET", f"/cases/{case}/comparisons/{probe}/{candidate}")
    assert compared.status_code == 200, compared.text
    assert len(compared.json()["pairs"]) > 8
    opinion = {"conclusion": "identification", "notes": "They agree.", "unmarked_because": "Compared by eye alone."}
    opinion |= {"probe_image": probe, "candidate_image": candidate, "basis": GROUNDS["identification"]}
    answer = examiner("POST", f"/cases/{case}/opinions", json=opinion)
    assert answer.status_code == 201, answer.text


def test_a_palm_that_was_found_is_decided_on_and_reported_to_a_court(
    client: TestClient, people: list[str], latent: bytes
) -> None:
    officer = caller(client, Role.STATION_OFFICER)
    search = officer("POST", "/identify/latent", data=WHY, files={"image": ("scene.png", latent)}).json()
    [rank] = [each["rank"] for each in on_list(search, "palm") if each["record"]["id"] == people[0]]
    opened = officer("POST", "/cases", data={"search_id": search["id"], "rank": str(rank)})
    assert opened.status_code == 201, opened.text
    assert opened.json()["kind"] == "latent_hit"
    case = opened.json()["id"]
    examiners = [caller(client), caller(client)]
    for examiner in examiners:
        decide(case, examiner)
    assert officer("GET", f"/cases/{case}").json()["outcome"] == "identification"
    content = officer("GET", f"/cases/{case}/report")
    assert content.status_code == 200, content.text
    text = text_of(content.content)
    assert "Nolikelihoodratiocanbestated" in text
    assert "Unknownpalm" in text


def test_a_palm_enrolled_later_is_a_hit_where_it_comes_first(
    client: TestClient, people: list[str], search: dict[str, Any]
) -> None:
    """Scores of palms reach no threshold: a later palm must be more alike than all that the search has come upon."""
    third = client.post(f"{V1}/identify/latent", data=WHY | {"position": "20"}, files={"image": drawn(702)}).json()
    sent = {"search_id": third["id"], "kind": "latent", "case_number": "70/2026"}
    standing = client.post(f"{V1}/standing-searches", data=sent)
    assert standing.status_code == 201, standing.text

    def hits() -> int:
        work_off(cast(Engine, cast(FastAPI, client.app).state.services.engine))
        return len(client.get(f"{V1}/cases", params={"kind": "standing_hit", "limit": 200}).json()["cases"])

    before = hits()
    enrolled(client, "Palm 702", 702)
    assert hits() == before + 1
    enrolled(client, "Palm 703", 703)
    assert hits() == before + 1


def test_a_file_with_a_latent_of_unknown_kind_is_written_read_and_answered(
    client: TestClient, people: list[str], latent: bytes
) -> None:
    seen = client.post(f"{V1}/latents/minutiae", data={"ppi": "500"}, files={"image": latent}).json()
    marks = json.dumps(seen | {"format": "pehchan-minutiae", "version": 1}).encode()
    files = {"marked": marks, "image": latent}
    written = client.post(f"{V1}/latents/files", data={"case_number": "71/2026"}, files=files).content
    assert [record.text(13) for record in itl.parse(written) if record.type == 13] == ["18"]
    assert client.post(f"{V1}/latents/readings", files={"file": written}).json()["position"] == 18
    headers = {"Content-Type": "application/octet-stream"}
    answer = client.post(f"{V1}/itl/transactions", content=written, headers=headers)
    assert answer.headers["x-transaction-type"] == "SRL", answer.text
    candidates = itl.parse(answer.content)[1].items(64)
    palms = [number for number, each in enumerate(itl.parse(answer.content)[1].items(64)) if each[1] == "Palm 700"]
    assert palms
    assert len(candidates) >= 2
