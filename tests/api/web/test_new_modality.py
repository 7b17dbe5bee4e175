"""A modality that a package of its own adds by one registration (`tests/support/antler`), through the whole service."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from browsing import Station, Visitor
from enrolling import PHOTOS, enrolled, entered, expect_draft_stored, file, step
from inputs import ENCOUNTER, form, photo_of
from officers import ROLES, new_key
from PIL import Image
from playwright.sync_api import expect
from server import running

from api.accounts.factory import accounts_of
from api.bootstrap.store import open_store
from api.settings import Settings
from biometrics.kernel.access import Role

pytestmark = pytest.mark.reach

SUPPORT = Path(__file__).parents[2] / "support"
ORDER = {"kind": "destroy", "authority": "JMFC Pune", "reference": "7/2026", "date": "2026-02-01"}


def antler(person: int, shot: int = 0) -> bytes:
    """Return a made-up photo of a person's antler, as PNG; each shot has other noise."""
    coarse = np.random.default_rng(person).integers(60, 200, (8, 8)).astype(np.uint8)
    pixels = np.asarray(Image.fromarray(coarse).resize((160, 240), Image.Resampling.BICUBIC), np.int16)
    noise = np.random.default_rng(1000 + 10 * person + shot).normal(0, 6, pixels.shape)
    file = BytesIO()
    Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """Run the service with its one more modality; its officer may also destroy what a court orders."""
    folder = tmp_path_factory.mktemp("antlers") / "data"
    settings = Settings(data_folder=folder, _env_file=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(SUPPORT))
        with (
            running(folder, program=[sys.executable, "-m", "antler.service"], totp_required="false") as server,
            open_store(settings).as_system("a test") as store,
        ):
            server.http.headers["Authorization"] = new_key(accounts_of(settings, store), *ROLES)
            yield Station(server, settings, store)


def answered(status: int, answer: httpx.Response) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if answer.headers["content-type"] == "application/json" else answer.content


def test_people_are_enrolled_found_shown_replayed_and_erased_by_a_modality_that_one_registration_added(
    service: Station,
) -> None:
    http, url = service.server.http, service.server.url
    pages = f"{service.server.root}/app"
    people = [
        answered(
            201, http.post(f"{url}/enrolments", data=form(name=f"Person {who}"), files={"antler_right": antler(who)})
        )
        for who in range(3)
    ]
    both = {"antler_left": antler(3), "photo": photo_of(0)}
    record = answered(201, http.post(f"{url}/enrolments", data=form(name="Asha Verma"), files=both))
    samples = record["encounters"][0]["samples"]
    assert {(sample["modality"], sample["position"]) for sample in samples} == {("antler", 202), ("face", None)}

    item = {"key": "antler-1", "record": {"name": "Sita Devi"}, "encounter": ENCOUNTER}
    item |= {"samples": [{"file": 0, "position": 202}]}
    sent = {"data": {"items": json.dumps([item])}, "files": [("files", ("a.png", antler(4)))]}
    assert json.loads(http.post(f"{url}/batches", **sent).text)["status"] == 201
    [found, *_] = answered(201, http.post(f"{url}/identify", files={"antler_unknown": antler(4, shot=1)}))["candidates"]
    assert found["record"]["name"] == "Sita Devi"

    search = answered(201, http.post(f"{url}/identify", files={"antler_right": antler(1, shot=1)}))
    first = search["candidates"][0]
    assert first["record"]["id"] == people[1]["id"]
    assert not first["above_threshold"]  # no command made its calibration
    assert first["score"]["decibans"] == 0
    assert list(search["identity"]) == ["antler"]
    claim = {"record_id": people[1]["id"]}
    verification = http.post(f"{url}/verify", data=claim, files={"antler_right": antler(1, shot=2)})
    assert verification.json()["code"] == "nothing_to_compare"
    others = answered(201, http.post(f"{url}/identify", files={"antler_left": antler(1, shot=1)}))["candidates"]
    assert people[1]["id"] not in [candidate["record"]["id"] for candidate in others]

    assert "<figcaption>Right antler</figcaption>" in http.get(f"{pages}/searches/{search['id']}").text
    assert "<b>Right antler</b>" in http.get(f"{pages}/records/{people[1]['id']}").text
    sample = people[1]["encounters"][0]["samples"][0]["id"]
    assert answered(200, http.get(f"{url}/samples/{sample}/image")) == antler(1)
    auditor = {"Authorization": new_key(service.accounts, Role.AUDITOR)}
    answered(403, http.get(f"{url}/samples/{sample}/image", headers=auditor))

    replay = f"{url}/searches/{search['id']}/replay"
    assert answered(200, http.post(replay))["same"]
    encounter = people[1]["encounters"][0]["id"]
    second = {"Authorization": new_key(service.accounts, Role.SUPERVISOR)}
    for headers in ({}, second):
        answered(201, http.post(f"{url}/encounters/{encounter}/retention-orders", json=ORDER, headers=headers))
    [certificate] = answered(200, http.post(f"{url}/retention/run"))
    assert [modality for _, modality, _ in certificate["content"]["templates"]] == ["antler"]
    answered(404, http.get(f"{url}/samples/{sample}/image"))
    again = answered(201, http.post(f"{url}/identify", files={"antler_unknown": antler(1, shot=1)}))
    assert people[1]["id"] not in [each["record"]["id"] for each in again["candidates"]]


def test_the_enrolment_page_has_a_part_for_it_and_keeps_its_files_in_the_draft(
    service: Station, visit: Callable[..., Visitor]
) -> None:
    somebody = visit(service)
    page = somebody.sign_in(service.officer(Role.STATION_OFFICER), "/enrol")
    entered(page, "Mohan Joshi", "7001/2026")
    step(page, PHOTOS)
    page.locator("#files-antler_left").set_input_files([file("left.png", antler(7)), file("right.png", antler(8))])
    expect(page.locator(".files .worth").get_by_text("good enough")).to_have_count(2)
    page.get_by_role("button", name="Remove of right.png").click()
    expect_draft_stored(page)
    page.reload()
    expect(page.get_by_role("list", name="Left antler").get_by_role("listitem")).to_contain_text(["left.png"])
    somebody.check_access()
    enrolled(page)
    http, url = service.server.http, service.server.url
    found = answered(201, http.post(f"{url}/identify", files={"antler_left": antler(7, shot=1)}))["candidates"][0]
    assert found["record"]["name"] == "Mohan Joshi"
