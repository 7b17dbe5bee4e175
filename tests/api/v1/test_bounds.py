"""No interface states more of a score than the data show, however high it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pytest
from command_examples import enrol_with, saved
from examiners import FINGERS, GROUNDS, V1, caller, enrolled
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import WHY, Run, print_of
from made_up_transactions import file, fingerprint, text
from mosip_client import MosipClient, document
from mosip_client import finger as mosip_finger
from officers import WHY as FOR_SEARCH
from osia_client import client_of
from osia_client import finger as osia_finger
from receiver import receiving
from stated import BOUND, decibans_in, decibans_of_text

from api.settings import Settings
from biometrics import itl
from biometrics.imaging.image import decode
from biometrics.kernel.access import Role
from biometrics.kernel.recognition.evidence import LEAD_BOUND
from biometrics.kernel.recognition.modality import Modality
from biometrics.use_cases.engine.engine import Engine

PERSON = 7
MOST = "the most that the data can show"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        data_folder=tmp_path_factory.mktemp("data"),
        database_url="",
        requests_per_minute=100_000,
        mosip_hosts=frozenset({"127.0.0.1"}),
        mosip_networks=frozenset({"127.0.0.0/8"}),
        _env_file=None,
    )


@pytest.fixture(scope="module")
def twin(client: TestClient) -> str:
    """Enrol a person twice; return the second record's id."""
    enrolled(client, PERSON, 0)
    return enrolled(client, PERSON, 1)


def probes() -> list[tuple[str, tuple[str, bytes]]]:
    """Return prints that are on record, byte by byte: no score is higher."""
    return [(finger, ("a.png", print_of(PERSON, finger, 0))) for finger in FINGERS]


def require_stated(content: Any, least: int = 1) -> None:
    """Check that scores are stated, and none beyond the bound."""
    result = list(decibans_in(content))
    assert len(result) >= least, content
    assert max(result) <= BOUND, content


def raw_scores(client: TestClient) -> list[float]:
    """Return the scores that are kept of all searches, for the order."""
    engine = cast(Engine, cast(FastAPI, client.app).state.services.engine).as_system("a test")
    page = caller(client, Role.SUPERVISOR, "national")("GET", "/searches").json()["searches"]
    return [
        candidate.decibans for line in page for candidate in engine.store.searches.get(line["id"]).search.candidates
    ]


def test_the_api_states_no_more(client: TestClient, twin: str) -> None:
    searched = client.post(f"{V1}/identify", files=probes()).json()
    best, second = searched["candidates"]
    require_stated(searched, 20)
    assert (best["score"]["capped"], second["score"]["capped"]) == (True, True)
    assert (searched["threshold_capped"], 0 < searched["threshold"] < 30) == (False, True)
    # Both lie beyond the bound, so that the difference of what is stated says nothing: its rarity stands instead.
    assert (best["decision_hint"], best["gap"], best["lead"]["capped"], second["lead"]) == ("likely", None, True, None)
    assert best["lead"]["decibans"] <= LEAD_BOUND
    assert max(raw_scores(client)) > 2 * BOUND
    verified = client.post(f"{V1}/verify", data={"record_id": twin}, files=probes()).json()
    require_stated(verified["score"], 4)
    require_stated(verified["samples"], 8)
    assert (verified["threshold_capped"], 0 < verified["threshold"] < 30) == (False, True)
    replayed = client.post(f"{V1}/searches/{searched['id']}/replay").json()
    assert replayed["same"]
    require_stated(replayed, 40)
    require_stated(client.get(f"{V1}/records/{twin}/searches").json(), 4)
    group = client.get(f"{V1}/searches/{searched['id']}").json()
    require_stated(group["candidates"], 20)


def test_a_latent_is_to_be_inspected_and_states_no_more(client: TestClient, twin: str) -> None:
    image = {"image": ("scene.png", print_of(PERSON, "right_thumb", 0))}
    searched = client.post(f"{V1}/identify/latent", data=FOR_SEARCH, files=image).json()
    best = searched["candidates"][0]
    assert twin in {candidate["record"]["id"] for candidate in searched["candidates"][:2]}
    assert best["decision_hint"] == "inspect"
    require_stated(searched["candidates"], 8)


def test_cases_state_no_more(client: TestClient, twin: str) -> None:
    cases = caller(client, Role.SUPERVISOR)("GET", "/cases", params={"kind": "duplicate"}).json()["cases"]
    case = next(case["id"] for case in cases if case["record_id"] == twin)
    examiner = caller(client)
    examiner("POST", f"/cases/{case}/take")
    examiner("POST", f"/cases/{case}/analyses", json={"of_value": True, "notes": "A loop."})
    for item in examiner("GET", f"/cases/{case}/images").json():
        examiner("GET", f"/cases/{case}/images/{item['name']}")
    opinion = {"conclusion": "exclusion", "notes": "No.", "basis": GROUNDS["exclusion"]}
    decided = examiner("POST", f"/cases/{case}/opinions", json=opinion).json()
    assert decided["finding"]["capped"]
    require_stated(decided["finding"], 2)


def test_osia_states_no_more(client: TestClient, twin: str) -> None:
    osia = client_of(client)
    items = [osia_finger(PERSON), osia_finger(PERSON, "left_index")]
    body = osia.post("/identify/ALL", {"filter": {}, "biometricData": items}, threshold=-1000).json()
    assert len(body) == 2
    require_stated(body, 6)
    assert MOST in body[0]["others"]["evidence"]
    same = osia.post("/verify", {"biometricData1": items, "biometricData2": items}).json()
    require_stated(same, 3)
    assert same["scores"][0]["others"]["evidence"] == body[0]["others"]["evidence"]


def test_mosip_states_no_more(client: TestClient, twin: str) -> None:
    with receiving() as shares:
        mosip = MosipClient(client, shares)
        for reference in ("x", "y"):
            mosip.insert(document(mosip_finger(PERSON + 1)), reference)
        answer = mosip.ask("identify", referenceId="y", flags={"maxResults": 5, "targetFPIR": 30})
    (first,) = answer["candidateList"]["candidates"]
    require_stated(first, 2)
    assert MOST in first["analytics"]["evidence"]


def test_an_answer_of_a_transaction_states_no_more(client: TestClient, twin: str) -> None:
    content = print_of(PERSON, "right_thumb", 0)
    image = decode(content)
    sent = file("TPIS", text(f9="32/2026"), fingerprint(1, 1, content, (image.width, image.height)))
    answer = client.post(f"{V1}/itl/transactions", content=sent, headers={"Content-Type": "application/octet-stream"})
    message = itl.parse(answer.content)[1]
    scores = [float(score) for (score,) in message.items(89)]
    assert (len(scores) >= 2, max(scores) <= BOUND) == (True, True)
    messages = [message for (message,) in message.items(60)]
    assert MOST in messages[-1]
    require_stated(messages)


@pytest.mark.essential
def test_the_command_line_states_no_more(run: Run, tmp_path: Path) -> None:
    enrol_with(run, tmp_path, "Asha", 0, 0, FINGERS)
    output = enrol_with(run, tmp_path, "Usha", 0, 1, FINGERS)
    thumb = saved(tmp_path, "thumb.png", print_of(0, "right_thumb", 0))
    result = [run("identify", *WHY, "--print", f"right_thumb={thumb}")[1]]
    record = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", output)[0]
    result += [run("verify", record, *WHY, "--print", f"right_thumb={thumb}")[1]]
    result += [run("fingerprint", "compare", thumb, thumb, "--out", "b.png")[1]]
    assert run("template", "extract", thumb, "--out", "a.json")[0] == 0
    result += [run("template", "match", "a.json", "a.json")[1]]
    for shown in result:
        assert MOST in " ".join(shown.split()), shown
        assert max(decibans_of_text(shown), default=0.0) <= BOUND, shown
        cells = [float(number) for number in re.findall(r"> (\d+\.\d)", shown)]
        assert all(cell <= BOUND for cell in cells), shown


def test_the_bound_is_that_of_the_scales_in_use(client: TestClient) -> None:
    engine = cast(Engine, cast(FastAPI, client.app).state.services.engine).as_system("a test")
    assert max(engine.channels[modality].calibration.bound for modality in Modality.registered()) < BOUND
