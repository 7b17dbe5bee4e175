"""What holds for samples of every modality: who sees them, what is logged and hidden, and how they end."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inputs import WHY, Run, form, photo_of, print_of
from made_up_eyes import photo as eye
from officers import Officer, new_key
from PIL import Image as Pillow

from biometrics.kernel.access import Role
from marks.synthetic import mark

V1 = "/api/v1"
ORDER = {"kind": "destroy", "authority": "JMFC Pune", "reference": "7/2026", "date": "2026-02-01"}


def drawn(number: int) -> bytes:
    file = io.BytesIO()
    mark(number).save(file, "PNG")
    return file.getvalue()


def eye_of(number: int) -> bytes:
    file = io.BytesIO()
    Pillow.fromarray(eye(number).pixels).save(file, "PNG")
    return file.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    "right_thumb": lambda: print_of(60, "right_thumb", 0),
    "photo": lambda: photo_of(0),
    "mark": lambda: drawn(60),
    "iris_left": lambda: eye_of(720),
}

every_modality = pytest.mark.parametrize("field", FILES)


def answered(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if "json" in answer.headers["content-type"] else answer.content


def as_role(client: Officer, role: Role, unit: str = "national") -> dict[str, str]:
    return {"Authorization": new_key(client.application.state.services.accounts, role, unit=unit)}


def enrolled(client: Officer, field: str) -> Any:
    data = form(name=f"Owner of a {field}") | {"accept_poor_quality": "generated"}
    return answered(client.post(f"{V1}/enrolments", data=data, files={field: FILES[field]()}), 201)


def found(client: Officer, field: str, file: bytes | None = None) -> Any:
    return answered(client.post(f"{V1}/identify", files={field: file or FILES[field]()}), 201)


def resaved(content: bytes) -> bytes:
    """Return the same image as another file."""
    file = io.BytesIO()
    picture = Pillow.open(io.BytesIO(content))
    picture.save(file, "PNG", dpi=picture.info.get("dpi", (500, 500)), compress_level=1)
    assert file.getvalue() != content
    return file.getvalue()


def said(run: Run, *arguments: object) -> Any:
    """Return the JSON that a command prints."""
    code, output, errors = run(*arguments, "--json")
    assert code == 0, errors
    return json.loads(output)


@every_modality
def test_an_image_is_shown_to_those_with_the_right_and_each_look_is_logged(client: Officer, field: str) -> None:
    record = enrolled(client, field)
    [sample] = record["encounters"][0]["samples"]
    path = f"{V1}/samples/{sample['id']}/image"
    assert answered(client.get(path)) == FILES[field]()
    auditor = as_role(client, Role.AUDITOR)
    answered(client.get(path, headers=auditor), 403)
    answered(client.get(path, headers=as_role(client, Role.STATION_OFFICER, unit="29")), 404)
    entries = answered(client.get(f"{V1}/audit/entries", params={"person": record["id"]}, headers=auditor))["entries"]
    actions = [entry["action"] for entry in entries]
    assert {"record.enrol", "sample.read"} <= set(actions)


@every_modality
def test_the_examiner_of_a_case_is_shown_no_search_with_its_images(client: Officer, field: str) -> None:
    record = enrolled(client, field)
    search = found(client, field)
    assert record["id"] in [each["record"]["id"] for each in search["candidates"]]
    case = answered(client.post(f"{V1}/cases", data={"search_id": search["id"], "record_id": record["id"]}), 201)
    examiner = as_role(client, Role.EXAMINER)
    answered(client.post(f"{V1}/cases/{case['id']}/take", headers=examiner))
    for file in (FILES[field](), resaved(FILES[field]())):
        refused = client.post(f"{V1}/identify", files={field: file}, headers=examiner)
        assert answered(refused, 403)["code"] == "hidden_until_decided"


@every_modality
def test_a_destroyed_sample_is_certified_and_nothing_finds_it(client: Officer, field: str) -> None:
    record = enrolled(client, field)
    encounter = record["encounters"][0]
    [sample] = encounter["samples"]
    answered(client.post(f"{V1}/encounters/{encounter['id']}/retention-orders", json=ORDER), 201)
    certificates = {each["content"]["record"]: each for each in answered(client.post(f"{V1}/retention/run"))}
    certified = certificates[record["id"]]["content"]["templates"]
    assert [modality for _, modality, _ in certified] == [sample["modality"]]
    answered(client.get(f"{V1}/samples/{sample['id']}/image"), 404)
    assert record["id"] not in [each["record"]["id"] for each in found(client, field)["candidates"]]


@every_modality
def test_a_search_is_replayed_with_the_same_list(client: Officer, field: str) -> None:
    enrolled(client, field)
    search = found(client, field)
    assert answered(client.post(f"{V1}/searches/{search['id']}/replay"))["same"]


@every_modality
def test_the_command_line_takes_it_wherever_it_takes_samples(run: Run, tmp_path: Path, field: str) -> None:
    enrolled, probe = tmp_path / "a.png", tmp_path / "b.png"
    enrolled.write_bytes(FILES[field]())
    probe.write_bytes(resaved(FILES[field]()))
    option, named = ("--print", f"{field}=") if field.startswith("right") else ("--" + field.replace("_", "-"), "")
    visit = ("--fir", "1/2026", "--station", "S1", "--district", "D1", "--state", "27", "--officer", "X")
    generated = ("--accept-poor-quality", "generated")
    record = said(run, "enrol", "--name", "Asha", *visit, *generated, option, f"{named}{enrolled}")
    search = said(run, "identify", *WHY, option, f"{named}{probe}")
    assert [each["record"]["id"] for each in search["candidates"]] == [record["id"]]
    other = (option.replace("--", "--other-"), f"{named}{enrolled}")
    standing = ("standing", "add", "--kind", "wanted", "--case", "1/2026", option, f"{named}{probe}")
    if field == "mark":  # there is no scale, and so no verdict
        for command in (
            ("verify", record["id"], *WHY, option, probe),
            ("compare", *other, *WHY, option, probe),
            standing,
        ):
            assert run(*command)[2].startswith(("nothing_to_compare", "invalid_field: A standing search reports"))
        return
    verified = said(run, "verify", record["id"], *WHY, option, f"{named}{probe}")
    compared = said(run, "compare", *WHY, option, f"{named}{probe}", *other)
    assert compared["samples"][0]["score"] == verified["samples"][0]["score"]
    hits = said(run, *standing)["search"]["candidates"]
    assert [each["record"]["id"] for each in hits] == [record["id"]]
